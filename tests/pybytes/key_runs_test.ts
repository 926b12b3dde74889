/** Keys that are recognised by their bytes must be what reading them gives, whatever came before. */
import { decode, type DecodeOptions, Dict, encode, equals, Str } from "../../pybytes/mod.ts";
import { findKeyRun, hashKeys, keepKeyRun } from "../../pybytes/key_runs.ts";
import { Cursor } from "../../pybytes/wire/cursor.ts";
import { assert, assertEquals, assertInstanceOf } from "../helpers/assert.ts";
import { bytesOf, decodeErrorOf, hexOf } from "./helpers/errors.ts";
import { newSeed, Random } from "./helpers/random.ts";

/** Often enough for the keys to be known. */
const TIMES = 5;

Deno.test({
  name: "key runs: records that come again have the same keys and values, in every mode",
  permissions: "none",
  fn() {
    const records: readonly Record<string, unknown>[] = [
      { id: 1, name: "a", ok: true },
      { id: 2, nam: "a", okk: true },
      { "": 1 },
      { a: 1, "": 2 },
      { "2": 1, "1": 2, b: 3 },
      { "\u00e9": 1, "привет": 2, "你好": 3, "😀": 4, "\ud800": 5 },
      { ["x".repeat(32)]: 1, ["y".repeat(300)]: 2 },
      Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`field_number_${i}`, i])),
      Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`k${i}`, i])),
      JSON.parse('{"__proto__": 1, "constructor": 2}'),
    ];
    const modes: readonly DecodeOptions[] = [{}, { dicts: "map" }, { exact: true }, {
      ints: "bigint",
    }];
    for (const record of records) {
      const bytes = encode([record, record]);
      for (let time = 0; time < TIMES; time++) {
        for (const options of modes) {
          const copies = decode<unknown[]>(bytes, options);
          assert(equals(copies, [record, record], { dictKinds: false }));
          for (const copy of copies) {
            if (options.exact) assertInstanceOf(copy, Dict);
            else if (options.dicts === "map") {
              assert(copy instanceof Map && !(copy instanceof Dict));
            } else assertEquals(Object.getPrototypeOf(copy), Object.prototype);
            // In the wire's order, which a plain object changes only for integers.
            if (copy instanceof Map) assertEquals([...copy.keys()], keysOf(bytes));
            else assertEquals(Object.keys(Object(copy)), Object.keys(record));
          }
        }
      }
    }
  },
});

function keysOf(bytes: Uint8Array): unknown[] {
  const [first] = decode<Dict<string, unknown>[]>(bytes, { exact: true });
  return [...first.keys()];
}

Deno.test({
  name: "key runs: the objects are plain ones, and nothing happens to their prototype",
  permissions: "none",
  fn() {
    const before = Reflect.ownKeys(Object.prototype);
    const names = [..."abcdefghijklmnopqrstuvwxyz", "__proto__", "constructor", "toString"];
    const bytes = encode(new Dict(names.map((name, i) => [name, i])));
    for (let time = 0; time < TIMES; time++) {
      const object = decode<Record<string, unknown>>(bytes);
      assertEquals(Object.getOwnPropertyNames(object), names);
      for (const [i, name] of names.entries()) {
        const property = { value: i, writable: true, enumerable: true, configurable: true };
        assertEquals(Object.getOwnPropertyDescriptor(object, name), property);
      }
      assertEquals(structuredClone(decode(encode({ a: 1 }))), { a: 1 });
      assertEquals(Reflect.get(decode<object>(encode({ a: 1 })), "constructor"), Object);
      object.extra = 1;
      delete object.a;
      assertEquals(Object.keys(decode<object>(bytes)), names);
    }
    assertEquals(Reflect.ownKeys(Object.prototype), before);
  },
});

Deno.test({
  name: "key runs: what is no run of str keys is never taken for one",
  permissions: "none",
  fn() {
    // The key of two code points is a Str when exact and the same string as its character otherwise.
    const split = encode(new Map<unknown, unknown>([[new Str([0xd83d, 0xde00]), 1], ["b", 2]]));
    for (let time = 0; time < TIMES; time++) {
      assertEquals(decode(split), { "😀": 1, b: 2 });
      const exact = decode<Map<unknown, unknown>>(split, { exact: true });
      assertEquals([...exact.keys()], [new Str([0xd83d, 0xde00]), "b"]);
    }
    // Errors stay errors, also when all that is right about the bytes has been seen.
    const twice = bytesOf("a2 6161 6161 01 02"), unhashable = bytesOf("a1 80 01");
    const cut = bytesOf("a2 6161 6162 01");
    for (let time = 0; time < TIMES; time++) {
      assertEquals(decode(bytesOf("a2 6161 6162 01 02")), { a: 1, b: 2 });
      assertEquals(decodeErrorOf(twice).code, "duplicate_key");
      assertEquals(decodeErrorOf(unhashable).code, "unhashable_key");
      assertEquals([decodeErrorOf(cut).code, decodeErrorOf(cut).offset], ["truncated", 6]);
    }
    // The values of a dict with two keys in the bytes of one with one.
    const one = bytesOf("82 a1 6161 6162 a2 6161 6162 c1 c2");
    for (let time = 0; time < TIMES; time++) {
      assertEquals(decode(one), [{ a: "b" }, { a: false, b: true }]);
    }
  },
});

Deno.test({
  name: "key runs: more kinds of records than can be kept, in random order, cut and changed",
  permissions: "none",
  fn() {
    const seed = newSeed("key runs");
    const random = new Random(seed);
    const records: Record<string, unknown>[] = Array.from({ length: 900 }, (_, i) => {
      // Many begin alike, some are prefixes of others.
      const length = 1 + random.below(30);
      return Object.fromEntries(
        Array.from({ length }, (_, k) => [`name_${k < 4 ? 0 : i % 7}_${k}`, k]),
      );
    });
    for (let round = 0; round < 4000; round++) {
      const record = random.pick(records);
      const bytes = encode(record, { pooled: false });
      assertEquals(hexOf(encode(decode(bytes))), hexOf(bytes), `seed ${seed}, round ${round}`);
      if (round % 20 !== 0) continue;
      const length = random.below(bytes.length);
      const error = decodeErrorOf(bytes.subarray(0, length));
      assertEquals(error.code, "truncated", `seed ${seed}, round ${round}`);
      // A letter of any key: no tag and no value is one of these.
      let at = random.below(bytes.length);
      while (!"name".includes(String.fromCharCode(bytes[at]))) at = random.below(bytes.length);
      bytes[at] ^= 1;
      const names = Object.keys(decode<object>(bytes));
      const different = names.filter((name) => !Object.hasOwn(record, name));
      assertEquals(different.length, 1, `seed ${seed}, round ${round}`);
      assertEquals(names.length, Object.keys(record).length);
    }
  },
});

Deno.test({
  name: "key runs: memory that changed after its keys were read is not kept",
  permissions: "none",
  fn() {
    const keep = (bytes: Uint8Array, keys: readonly string[]) => {
      for (let time = 0; time < TIMES; time++) {
        const c = new Cursor(bytes);
        const hash = hashKeys(c, keys.length);
        c.pos = bytes.length - keys.length;
        keepKeyRun(c, 0, keys, hash);
      }
      const c = new Cursor(bytes);
      return findKeyRun(c, keys.length, hashKeys(c, keys.length))?.keys;
    };
    const bytes = bytesOf("66 6368616e6765 65 6b65657073 01 02");
    for (const keys of [["change", "keepz"], ["chang", "ekeeps"], ["x", "y"]]) {
      assertEquals(keep(bytes, keys), undefined);
    }
    for (
      const text of ["66 6368616e6765 e7 6b65657073 01 02", "66 6368616e6765 69 6b65657073 01 02"]
    ) {
      assertEquals(keep(bytesOf(text), ["change", "keeps"]), undefined);
    }
    assertEquals(keep(bytes, ["change", "keeps"]), ["change", "keeps"]);
    assertEquals(decode(bytesOf(`a2 ${hexOf(bytes)}`)), { change: 1, keeps: 2 });
  },
});
