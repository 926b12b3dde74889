import { decode, type DecodeOptions, encode, type EncodeOptions } from "../../pybytes/mod.ts";
import { assertEquals, assertThrows } from "../helpers/assert.ts";
import { decodeErrorOf } from "./helpers/errors.ts";

Deno.test({
  name: "options: what is unknown or misspelt is refused, not ignored",
  permissions: "none",
  fn() {
    const bytes = encode(1);
    const wrong: readonly object[] = [
      { canonical: true },
      { types: 1 },
      { exact: 1 },
      { dicts: "Map" },
      { ints: "number" },
      { dates: "Date" },
      { zeroCopy: 1 },
      { limits: { depth: 1 } },
      { limits: 1000 },
      { limits: null },
      new (class {
        get dates() {
          return "Date";
        }
      })(),
    ];
    for (const options of wrong) {
      assertThrows(() => decode(bytes, options as DecodeOptions), TypeError);
    }
    for (
      const options of [{ canonical: 1 }, { pooled: 1 }, { dedup: 0 }, { types: {} }, {
        zeroCopy: true,
      }]
    ) {
      assertThrows(() => encode(1, options as EncodeOptions), TypeError);
    }
    for (const options of [true, 5, "exact", null]) {
      assertThrows(() => decode(bytes, options as unknown as DecodeOptions), TypeError);
      assertThrows(() => encode(1, options as unknown as EncodeOptions), TypeError);
    }
    for (
      const limits of [
        { maxDepth: -1 },
        { maxSizeBytes: NaN },
        { maxMembers: -1 },
        Object.create({ maxMembers: NaN }),
      ]
    ) {
      assertThrows(() => decode(bytes, { limits }), RangeError);
    }
    for (const input of [undefined, null, "abc", [1], {}, new Uint16Array(1)]) {
      assertThrows(() => decode(input as unknown as Uint8Array), TypeError);
    }
    const all = {
      exact: undefined,
      dicts: undefined,
      ints: undefined,
      dates: undefined,
      temporal: undefined,
      zeroCopy: undefined,
      types: undefined,
      limits: undefined,
    };
    assertEquals(decode(bytes, all), 1);
  },
});

Deno.test({
  name: "options: the size limit counts bytes of input",
  permissions: "none",
  fn() {
    const bytes = encode([1, 2, 3]);
    assertEquals(decode(bytes, { limits: { maxSizeBytes: 4 } }), [1, 2, 3]);
    const error = decodeErrorOf(bytes, { limits: { maxSizeBytes: 3 } });
    assertEquals([error.code, error.offset, error.path], ["size_exceeded", 0, "$"]);
  },
});

Deno.test({
  name: "options: an object of a class may have them as accessors, and nothing of them stays",
  permissions: "none",
  fn() {
    class Strict {
      get limits() {
        return { maxSizeBytes: 3 };
      }
    }
    const bytes = encode([1, 2, 3]);
    assertEquals(decodeErrorOf(bytes, new Strict()).code, "size_exceeded");
    assertEquals(decode(bytes), [1, 2, 3]);
  },
});
