/** Runs the codec in a thread whose global object has no `Temporal`, and reports what dates decode to. */
Reflect.deleteProperty(globalThis, "Temporal");
const { decode, DecodeError, encode } = await import("../../../pybytes/mod.ts");
const { TAG_TABLE } = await import("../../../pybytes/wire/tag_table.ts");
const { bytesOf, hexOf } = await import("./errors.ts");

function exampleOf(name: string): string {
  return TAG_TABLE.find((row) => row.name === name)?.hex ?? "";
}

function shown(hex: string): string {
  const value = decode<object>(bytesOf(hex));
  return `${value.constructor.name} ${value}`;
}

function codeOf(hex: string): string {
  try {
    decode(bytesOf(hex));
    return "decoded";
  } catch (error) {
    return error instanceof DecodeError ? error.code : String(error);
  }
}

const names = ["DATE16", "TIME", "DTN_S", "DTU_S", "DTN_US", "DTX", "TD"];
// In a worker the global object has this method, in the window that types describe another one.
(globalThis as unknown as { postMessage(message: unknown): void }).postMessage({
  temporal: typeof Reflect.get(globalThis, "Temporal"),
  date: shown(exampleOf("DATE16")),
  time: shown(exampleOf("TIME")),
  naive: shown(exampleOf("DTN_S")),
  utc: shown(exampleOf("DTU_S")),
  zoned: shown(exampleOf("DTX")),
  delta: shown(exampleOf("TD")),
  asDate: decode<Date>(bytesOf(exampleOf("DTU_S")), { dates: "date" }).toISOString(),
  duration: codeOf("f8190b00010204"),
  calendar: codeOf("f81a00686275646468697374ee0c4d"),
  sameBytes: names.every((name) =>
    hexOf(encode(decode(bytesOf(exampleOf(name))))) === exampleOf(name)
  ),
  other: JSON.stringify(decode(encode([1, "two", { three: 3.5 }]))),
});
