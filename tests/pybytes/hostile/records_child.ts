/** Decodes records so often that code would be generated for them, and prints what comes of it. */
import { decode, Dict, encode } from "../../../pybytes/mod.ts";

/** Keys for which a generated object literal could be another object than one that is filled key by key. */
const SHAPES: readonly (readonly string[])[] = [
  ["a", "b", "c"],
  ["b", "2", "1", "a"],
  ["__proto__"],
  ["a", "__proto__", "b"],
  ["constructor", "toString", "then", "valueOf", "hasOwnProperty"],
  ["", "\0", "\u2028\u2029", '"', "\\", "`${x}`", "'", "\n"],
  ["get", "set", "async", "static", "*", "[x]", "...a", "#x"],
  ["\ud800", "\udc00", "\ufeff", "\ufffd", "😀", "é\u0080"],
  ["read", "state", "depth", "return", "this", "eval", "arguments"],
  ["0", "-0", "01", "1e3", "4294967294", "4294967295", "NaN", "Infinity"],
  ["490", "a"],
  Array.from({ length: 100 }, (_, i) => `key ${i}`),
  Array.from({ length: 129 }, (_, i) => `k${i}`),
];

/** Readings of a document that are looked at: before code is generated, around it, and long after. */
const LOOKED_AT: readonly number[] = [0, 1, 2, 12, 13, 19, 20, 38, 39, 40, 41, 199];

/** Whether the host generates code from text. */
function generatesCode(): boolean {
  try {
    return new Function("return true")();
  } catch {
    return false;
  }
}

/** An object with its keys, their order and their attributes, and its prototype. */
function shown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== "object" || value === null) return value;
  return {
    isPlain: Object.getPrototypeOf(value) === Object.prototype,
    properties: Reflect.ownKeys(value).map((key) => {
      const { value: member, ...attributes } = Reflect.getOwnPropertyDescriptor(value, key)!;
      return [String(key), shown(member), attributes];
    }),
  };
}

if (import.meta.main) {
  const lines: unknown[] = [];
  for (const keys of SHAPES) {
    const record = (value: unknown) => new Dict(keys.map((key) => [key, value]));
    const inner = record({ polluted: true });
    const one = encode(record(1), { pooled: false });
    const documents = [one, encode([inner, record(inner), record([])], { pooled: false })];
    for (const document of documents) {
      const seen = new Set<string>();
      for (let i = 0; i < 200; i++) {
        const value = decode<unknown>(document);
        if (!LOOKED_AT.includes(i)) continue;
        const hex = encode(value, { pooled: false }).toHex();
        seen.add(JSON.stringify([shown(value), hex]));
      }
      lines.push([...seen]);
    }
    // Many records of one document, the last of them cut off: in generated code too it fails, and leaves nothing.
    const many = encode(Array.from({ length: 300 }, () => record(0.1)), { pooled: false });
    let failures = 0;
    for (let i = 0; i < 20; i++) {
      try {
        decode(many.subarray(0, many.length - 1));
      } catch {
        failures++;
      }
    }
    lines.push([failures, encode(decode(many)).toHex(), Reflect.get({}, "polluted") ?? null]);
  }
  console.log(JSON.stringify({ generatesCode: generatesCode(), lines }));
}
