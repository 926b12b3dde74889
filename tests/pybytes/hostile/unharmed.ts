/** What every test of hostile input asks at its end: that nothing is left of it. */
import { decode, type DecodeOptions, encode, equals } from "../../../pybytes/mod.ts";
import { assert, assertEquals } from "../../helpers/assert.ts";
import { decodeErrorOf } from "../helpers/errors.ts";
import { deep } from "./bombs.ts";

/** A value whose document has a text block, numbered strings and keys that are referred to. */
const VALUE = [
  ...Array.from({ length: 40 }, (_, i) => `text ${i % 13}${i % 5 === 0 ? " é€" : ""}`),
  { first: "text 3", second: 1.5 },
  { first: "text 4", second: 2.5 },
  new Uint8Array([1, 2, 3]),
  new Map<unknown, unknown>([[1, "text 5"]]),
];
const HEX = encode(VALUE, { pooled: false }).toHex();
const SMALL_HEX = encode({ first: ["abc", "abc"] }, { pooled: false }).toHex();

/** Checks that plain encoding and decoding work, and give the bytes that they always give. */
export function assertUnharmed(): void {
  assertEquals(encode(VALUE).toHex(), HEX);
  assertEquals(encode({ first: ["abc", "abc"] }).toHex(), SMALL_HEX);
  assert(equals(decode(Uint8Array.fromHex(HEX)), VALUE, { order: true }));
  assert(equals(decode(Uint8Array.fromHex(SMALL_HEX)), { first: ["abc", "abc"] }));
  // No string and no keys of an earlier document can be referred to.
  for (const hex of ["e400", "98"]) {
    assertEquals(decodeErrorOf(Uint8Array.fromHex(hex)).code, "invalid_reference");
  }
  assertEquals(Object.getOwnPropertyNames(Object.prototype).includes("polluted"), false);
}

const MODES: readonly DecodeOptions[] = [{}, { exact: true }, { dicts: "map" }, { zeroCopy: true }];

/** Checks that decoding fails with a code, in every mode, by recursion and without, and harms nothing. */
export function assertRefused(bytes: Uint8Array, code: string, what = ""): void {
  for (const document of [bytes, deep(bytes)]) {
    for (const options of MODES) {
      const error = decodeErrorOf(document, options);
      assertEquals([what, error.code], [what, code]);
      assert(error.offset >= document.length - bytes.length && error.offset <= document.length);
    }
  }
  assertUnharmed();
}

/** What a document decodes to where it lies deep, without recursion. */
export function decodeDeep(bytes: Uint8Array, options?: DecodeOptions): unknown {
  let value = decode<unknown>(deep(bytes), options);
  for (let i = 0; i < 256; i++) value = (value as unknown[])[0];
  return value;
}
