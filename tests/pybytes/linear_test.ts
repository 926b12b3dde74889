/** Whatever the input is, its cost grows as it does. */
import {
  Counter,
  Decimal,
  decode,
  DecodeError,
  encode,
  EncodeError,
  equals,
  Extension,
  FrozenSet,
  inspect,
  Tuple,
} from "../../pybytes/mod.ts";
import { assert } from "../helpers/assert.ts";
import { Box, boxType } from "./helpers/box.ts";
import { exponentOf, MAX_EXPONENT, type Work } from "./hostile/growth.ts";
import { deep, joined, listOf, times } from "./hostile/bombs.ts";

let sink = 0;

/** Functions whose growth is known. */
const KNOWN: Readonly<Record<string, Work>> = {
  linear: (size) => () => {
    for (let i = 0; i < 50 * size; i++) sink = (sink + i * i) | 0;
  },
  "n log n": (size) => () => {
    Array.from({ length: size }, (_, i) => (i * 7919) % size).sort((a, b) => a - b);
  },
  quadratic: (size) => () => {
    for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) sink = (sink + i * j) | 0;
  },
};

Deno.test({
  name: "linear: the classifier tells quadratic from linear and n log n",
  permissions: "none",
  fn() {
    const found = Object.entries(KNOWN).map(([name, work]) => [name, exponentOf(work)] as const);
    for (const [name, exponent] of found) {
      assert(name === "quadratic" === exponent >= MAX_EXPONENT, `${name}: ${exponent}`);
    }
  },
});

const TYPES = { types: [boxType(1)] };

function many<T>(size: number, make: (index: number) => T): T[] {
  return Array.from({ length: size }, (_, i) => make(i));
}

function nested(size: number, outer: (value: unknown) => unknown): unknown {
  let value: unknown = 0;
  for (let i = 0; i < size; i++) value = outer(value);
  return value;
}

/** Values by what is nasty about them. */
const VALUES: Readonly<Record<string, (size: number) => unknown>> = {
  "deep lists": (size) => nested(size, (value) => [value]),
  "deep dicts": (size) => nested(size, (value) => ({ a: value })),
  "deep Maps": (size) => nested(size, (value) => new Map([[1, value]])),
  "a wide list": (size) => many(size, (i) => i % 3 === 0 ? i : `${i}`),
  "a wide dict": (size) => Object.fromEntries(many(size, (i) => [`key ${i}`, i])),
  "a wide dict of indexes": (size) => Object.fromEntries(many(size, (i) => [`${i * 65536}`, i])),
  "many different shapes": (size) => many(size, (i) => ({ [`a${i}`]: 1, b: 2, [`c${i}`]: 3 })),
  "shapes that begin alike": (size) => many(size, (i) => ({ a: 1, b: 2, c: 3, [`d${i}`]: 3 })),
  "many different strings": (size) => many(size, (i) => `string ${i}`),
  "many equal strings": (size) => many(size, () => "the same string"),
  "strings of every script": (size) => many(size, (i) => `${"é你а😀"[i % 4]} ${i}`),
  "one long string": (size) => "añ你".repeat(size),
  "lone surrogates": (size) => "\ud800".repeat(size),
  "a big int": (size) => 1n << BigInt(64 * size),
  "many ints beyond 64 bits": (size) => many(size, (i) => BigInt(i) * 3n ** 50n),
  "a set of frozensets": (size) => new Set(many(size, (i) => new FrozenSet([i, `${i}`]))),
  "deep frozensets": (size) => nested(size, (value) => new FrozenSet([value])),
  "a set of tuples": (size) => new Set(many(size, (i) => Tuple.of(i, Tuple.of(`${i}`)))),
  "many Map keys": (size) => new Map(many(size, (i) => [i * 1.5 + 0.25, i])),
  "a Counter": (size) => new Counter(many(size, (i) => [`${i}`, i])),
  Decimals: (size) => many(size, (i) => Decimal.parse(`${i}.${i}`)),
  "user types": (size) => many(size, (i) => new Box(i)),
  "deep extensions": (size) => nested(size, (value) => new Extension(7, value)),
  bytes: (size) => many(size, (i) => new Uint8Array(i % 40)),
  fractions: (size) => many(size, (i) => Math.sqrt(i)),
};

for (const [name, make] of Object.entries(VALUES)) {
  Deno.test({
    name: `linear: ${name}`,
    permissions: "none",
    fn() {
      const encoding = exponentOf((size) => {
        const value = make(size);
        return () => encode(value, TYPES);
      });
      const decoding = exponentOf((size) => {
        const bytes = encode(make(size), TYPES);
        return () => decode<unknown>(bytes, TYPES);
      });
      assert(encoding < MAX_EXPONENT, `encode: ${encoding}`);
      assert(decoding < MAX_EXPONENT, `decode: ${decoding}`);
    },
  });
}

/** Values of which other things are done than encoding and decoding. */
const OTHERS: Readonly<Record<string, Work>> = {
  "canonical encoding": (size) => {
    const value = new Map(many(size, (i) => [`${size - i}`, new Set([i, `${i}`])]));
    return () => encode(value, { canonical: true });
  },
  "equality": (size) => {
    const [a, b] = [0, 1].map(() => new Set(many(size, (i) => Tuple.of(i, new FrozenSet([i])))));
    return () => equals(a, b);
  },
  "equality of deep values": (size) => {
    const [a, b] = [0, 1].map(() => nested(size, (value) => [value, 1]));
    return () => equals(a, b);
  },
  "inspect": (size) => {
    const bytes = encode(many(size, (i) => ({ name: `name ${i}`, tags: [i, `${i}`] })));
    return () => inspect(bytes);
  },
  "inspect, deep": (size) => {
    const bytes = deep(Uint8Array.of(0xc0), size);
    return () => inspect(bytes);
  },
};

/** Bytes with an error that is as hard to find as can be. */
const ERRORS: Readonly<Record<string, (size: number) => Uint8Array>> = {
  "deep in lists": (size) => deep(Uint8Array.of(0xfc), size),
  "deep in dicts": (size) => joined(times(size, "a16161"), "fc"),
  "deep in dicts of many keys": (size) => joined(times(size, "a36161616261630102"), "fc"),
  "after many dicts": (size) => joined("82", listOf(size, "a1616101"), "fc"),
  "at the end of a list": (size) => {
    const bytes = listOf(size, "61 61");
    bytes[bytes.length - 2] = 0xfc;
    return bytes;
  },
  "at the end of a dict": (size) => {
    const bytes = encode(Object.fromEntries(many(size, (i) => [`key ${i}`, true])), {
      pooled: false,
    });
    bytes[bytes.length - 1] = 0xfc;
    return bytes;
  },
  "two equal keys": (size) => {
    const keys = many(size, (i) => encode(`k${i % (size - 1)}`));
    const count = size - 12;
    return joined(
      "e9fb",
      Uint8Array.of(count, count >> 8, count >> 16, 0),
      ...keys,
      times(size, "c0"),
    );
  },
  "the same dict's keys again and again": (size) =>
    joined("83a1616101", listOf(size, "9801"), "fc"),
  "a count that is too large, nested": (size) =>
    joined(times(size, "e7f9f7fd"), times(66_000, "00")),
};

for (const [name, work] of Object.entries(OTHERS)) {
  Deno.test({
    name: `linear: ${name}`,
    permissions: "none",
    fn() {
      const exponent = exponentOf(work);
      assert(exponent < MAX_EXPONENT, `${exponent}`);
    },
  });
}

for (const [name, make] of Object.entries(ERRORS)) {
  Deno.test({
    name: `linear: finding an error: ${name}`,
    permissions: "none",
    fn() {
      const exponent = exponentOf((size) => {
        const bytes = make(size);
        return () => {
          try {
            decode(bytes);
          } catch (error) {
            if (error instanceof DecodeError) return error.path;
          }
          throw new Error("a DecodeError expected");
        };
      });
      assert(exponent < MAX_EXPONENT, `${exponent}`);
    },
  });
}

Deno.test({
  name: "linear: finding what cannot be encoded",
  permissions: "none",
  fn() {
    const exponent = exponentOf((size) => {
      const value = nested(size, (inner) => inner === 0 ? () => 1 : { a: 1, b: [inner] });
      return () => {
        try {
          encode(value);
        } catch (error) {
          if (error instanceof EncodeError) return error.path;
        }
        throw new Error("an EncodeError expected");
      };
    });
    assert(exponent < MAX_EXPONENT, `${exponent}`);
  },
});
