/** Rows 6 to 9, and of row 20 the keys that collide: what may be a key. */
import { decode, DecodeError, type DecodeOptions, Dict, encode } from "../../../pybytes/mod.ts";
import { assert, assertEquals, assertInstanceOf } from "../../helpers/assert.ts";
import { encodeErrorOf } from "../helpers/errors.ts";
import { joined, length32, times } from "./bombs.ts";
import { assertRefused, assertUnharmed, decodeDeep } from "./unharmed.ts";

// deno-fmt-ignore
const NAMES: readonly string[] = [
  "__proto__", "constructor", "prototype", "toString", "valueOf", "hasOwnProperty", "then", "toJSON", "length",
  "__defineGetter__", "", "\0", "a\0b", "0", "1", "01", "-0", "-1", "1.5", "4294967294", "4294967295", "1e3", "NaN",
];

function written(value: unknown): Uint8Array {
  return encode(value, { pooled: false });
}

Deno.test({
  name: "hostile 6: every key name is an own property, at every depth, how often it may come",
  permissions: "none",
  fn() {
    const before = Object.getOwnPropertyNames(Object.prototype).toSorted();
    for (const name of NAMES) {
      const bytes = written(new Dict([[name, { polluted: 1 }]]));
      const reads: (() => unknown)[] = [() => decode<unknown>(bytes), () => decodeDeep(bytes)];
      // So often that code is generated for the keys, where it may be.
      for (let i = 0; i < 60; i++) reads.push(reads[0]);
      for (const read of reads) {
        const object = read() as Record<string, unknown>;
        assertEquals(Object.getPrototypeOf(object), Object.prototype);
        assertEquals(Reflect.ownKeys(object), [name]);
        assertEquals(Object.getOwnPropertyDescriptor(object, name), {
          value: { polluted: 1 },
          writable: true,
          enumerable: true,
          configurable: true,
        });
        assertEquals(written(object), bytes);
      }
      for (const options of [{ exact: true }, { dicts: "map" }] as const) {
        const map = decode<Map<string, unknown>>(bytes, options);
        assertEquals([...map.keys()], [name]);
      }
    }
    assertEquals(Object.getOwnPropertyNames(Object.prototype).toSorted(), before);
    assertUnharmed();
  },
});

Deno.test({
  name:
    "hostile 6: an object with a key `then` is no promise, one with `toJSON` no function of ours",
  permissions: "none",
  async fn() {
    const value = await decode<Promise<unknown>>(written({ then: 1, toJSON: 2 }));
    assertEquals(value, { then: 1, toJSON: 2 });
    assertEquals(
      decode(encode(Object.fromEntries(NAMES.map((name, i) => [name, i])))) instanceof Object,
      true,
    );
  },
});

Deno.test({
  name: "hostile 7: JavaScript's key order loses nothing, and exact keeps the wire's",
  permissions: "none",
  fn() {
    const keys = ["b", "2", "1", "4294967294", "01", "a", "-0", "4294967295", "0"];
    const bytes = written(new Dict(keys.map((key, i) => [key, i])));
    for (const read of [decode<unknown>, decodeDeep]) {
      const plain = read(bytes) as Record<string, number>;
      assertEquals(keys.map((key) => plain[key]), keys.map((_, i) => i));
      assertEquals(Object.keys(plain).length, keys.length);
      const exact = read(bytes, { exact: true });
      assertInstanceOf(exact, Dict);
      assertEquals([...exact], keys.map((key, i) => [key, i]));
      assertEquals(written(exact), bytes);
    }
    // With keys that are referred to as well.
    const twice = joined("82", bytes, "98", times(keys.length, "c0"));
    const [, other] = decode<Map<string, null>[]>(twice, { exact: true });
    assertEquals([...other.keys()], keys);
  },
});

/** Pairs that are one key in Python. */
const EQUAL_KEYS: readonly (readonly [string, string])[] = [
  ["01", "c2"],
  ["01", "d801"],
  ["01", "f74001"],
  ["01", "dfd801d7"],
  ["00", "c1"],
  ["00", "d7"],
  ["00", "dc0080"],
  ["d7", "dc0080"],
  ["dc007e", "dc00fe"],
  ["dc007e", "de010000000000f87f"],
  ["6161", "6161"],
  ["6161", "e2006100"],
  ["6161", "e3000161"],
  ["9101", "91c2"],
  ["eb020102", "eb0202d801"],
  ["ad61", "ad61"],
  ["d30000000000000080", "de000000000000e043"],
];

Deno.test({
  name: "hostile 8: equal keys are refused in dicts, Maps, sets and wherever keys are",
  permissions: "none",
  fn() {
    for (const [a, b] of EQUAL_KEYS) {
      for (const [one, other] of [[a, b], [b, a]]) {
        for (const head of ["a2", "f81ea2", "f808a2", "f80aa2"]) {
          assertRefused(
            joined(head, one, other, "0102"),
            "duplicate_key",
            `${head} ${one} ${other}`,
          );
        }
        for (const head of ["ea02", "eb02"]) {
          assertRefused(joined(head, one, other), "duplicate_key", `${head} ${one} ${other}`);
        }
      }
    }
    assertRefused(joined("f80c60a2616161610102"), "duplicate_key", "fields");
    assertEquals(
      encodeErrorOf(new Map<unknown, unknown>([[1, 1], [true, 2]])).code,
      "duplicate_key",
    );
    // One NaN is a key like any other.
    assertEquals(decode<Map<number, number>>(joined("a1dc007e05")).get(NaN), 5);
    assertUnharmed();
  },
});

Deno.test({
  name: "hostile 9: what cannot be hashed is no key, and becomes no text",
  permissions: "none",
  fn() {
    const unhashable = [
      "80",
      "a0",
      "8101",
      "ea00",
      "e600",
      "f80680",
      "f80b81a0",
      "f808a0",
      "f80aa0",
      "f77e00",
    ];
    const more = [
      "f905c0",
      "fa0500",
      "9180",
      "919180",
      "eb0191a0",
      "ed6b00",
      "ed0000",
      "f81ea0",
      "f80c60a1616180",
    ];
    for (const key of [...unhashable, ...more]) {
      for (
        const document of [
          `a1${key}00`,
          `ea01${key}`,
          `eb01${key}`,
          `f808a1${key}00`,
          `a201${key}0000`,
        ]
      ) {
        assertRefused(joined(document), "unhashable_key", document);
      }
    }
    const texts: string[] = [];
    const spy = { toString: () => texts.push("asked") && "x" };
    assertEquals(encodeErrorOf(new Map([[spy, 1]])).code, "unhashable_key");
    assertEquals(texts, []);
  },
});

const COLLIDING = 12_000;

/** Keys that V8 gives one hash each, and as many that have nothing in common, as bytes. */
const FAMILIES: Readonly<
  Record<string, readonly [(i: number) => unknown, (i: number) => unknown]>
> = {
  "strings of digits": [(i) => `${i * 65536}`, (i) => `k${i * 65536}`],
  "ints above 64 bits": [(i) => BigInt(i + 1) << 64n, (i) => (BigInt(i + 1) << 64n) + BigInt(i)],
};

/** Headers before that many keys, and whether values follow. */
const CONTAINERS: Readonly<Record<string, readonly [string, number, boolean, DecodeOptions]>> = {
  dict: ["e9", 12, true, {}],
  "exact dict": ["e9", 12, true, { exact: true }],
  Map: ["f81ee9", 12, true, {}],
  set: ["ea", 0, false, {}],
  frozenset: ["eb", 0, false, {}],
};

function timeOf(bytes: Uint8Array, options: DecodeOptions): number {
  const start = performance.now();
  try {
    decode(bytes, options);
  } catch (error) {
    // A decoder may as well refuse them.
    if (!(error instanceof DecodeError)) throw error;
  }
  return performance.now() - start;
}

for (const [family, makers] of Object.entries(FAMILIES)) {
  for (const [name, [head, least, hasValues, options]] of Object.entries(CONTAINERS)) {
    Deno.test({
      name: `hostile 20: keys that collide cost a ${name} no more than others: ${family}`,
      permissions: "none",
      fn() {
        const [colliding, other] = makers.map((make) => {
          const keys = Array.from({ length: COLLIDING }, (_, i) => written(make(i)));
          const values = new Uint8Array(hasValues ? COLLIDING : 0);
          return joined(head, length32(COLLIDING - least), ...keys, values);
        });
        const times = () => [timeOf(colliding, options), timeOf(other, options)];
        times();
        const [slow, fast] = times();
        assert(slow < 20 * fast + 50, `${slow} ms, others ${fast} ms`);
        assertUnharmed();
      },
    });
  }
}

Deno.test({
  name: "hostile 20: a hundred thousand integer-like keys of an object",
  permissions: "none",
  fn() {
    const size = 100_000;
    const object = Object.fromEntries(Array.from({ length: size }, (_, i) => [`${i * 65536}`, i]));
    const bytes = written(object);
    const start = performance.now();
    assertEquals(Object.keys(decode<object>(bytes)).length, size);
    assertEquals(written(decode(bytes)), bytes);
    assert(performance.now() - start < 10_000);
  },
});
