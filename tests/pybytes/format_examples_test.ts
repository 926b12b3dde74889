import { Decimal, decode, encode, MemoryView, Time } from "../../pybytes/mod.ts";
import { assert, assertEquals } from "../helpers/assert.ts";
import { bytesOf } from "./helpers/errors.ts";

/** The documents that FORMAT.md shows outside its tables, as it writes them, and their values. */
const EXAMPLES: readonly (readonly [string, unknown])[] = [
  ["db 24 4e61bc00", 1234.5678],
  ["f7 3e c436", Decimal.parse("1.50")],
  ["ef 252b04 a602", Temporal.PlainTime.from("03:04:05.678")],
  [
    "ef 252b30 6c4575726f70652f5061726973",
    new Time({ hour: 3, minute: 4, second: 5, tz: { kind: "zone", key: "Europe/Paris" } }),
  ],
  [
    "f4 19 d018d22667 70416d65726963612f4e65775f596f726b",
    Temporal.ZonedDateTime.from("2024-11-03T01:30:00-05:00[America/New_York]"),
  ],
  ["ed 6b 02 000000000000f03f 0000000000000040", Float64Array.of(1, 2)],
  [
    "ed 82 02 02 03 010203040506",
    new MemoryView({ format: "B", shape: [2, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 6) }),
  ],
  [
    "ed 7f 01 42 02 01 0506",
    new MemoryView({ format: "B", shape: [1], itemSizeBytes: 2, data: Uint8Array.of(5, 6) }),
  ],
];

Deno.test({
  name: "FORMAT.md: its worked examples are what the code writes and reads",
  permissions: { read: [new URL("../../pybytes/FORMAT.md", import.meta.url)] },
  fn() {
    const text = Deno.readTextFileSync(new URL("../../pybytes/FORMAT.md", import.meta.url))
      .replaceAll(/\s+/g, " ");
    for (const [hex, value] of EXAMPLES) {
      assert(text.includes(`\`${hex}\``), `${hex} is not in FORMAT.md`);
      assertEquals(encode(value).toHex(), bytesOf(hex).toHex());
      assertEquals(decode(bytesOf(hex)), value);
    }
  },
});

Deno.test({
  name: "FORMAT.md: the decimal floats that only a decoder meets are read",
  permissions: "none",
  fn() {
    // m = -2^47, which encoders leave to the binary forms.
    assertEquals(decode(bytesOf("db 0e 000000000080")), -14073748835532.8);
    assertEquals(encode(-14073748835532.8).toHex(), "de9a9999999999a9c2");
  },
});
