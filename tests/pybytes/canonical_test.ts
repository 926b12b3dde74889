/** Canonical documents: equal values give equal bytes. */
import {
  Counter,
  decode,
  Dict,
  encode,
  encodeInto,
  Float,
  FrozenSet,
  MemoryView,
  NamedTuple,
  OrderedDict,
  Tuple,
} from "../../pybytes/mod.ts";
import { assert, assertEquals, assertThrows } from "../helpers/assert.ts";
import { encodeErrorOf } from "./helpers/errors.ts";
import { newSeed, Random } from "./helpers/random.ts";

function canonical(value: unknown): string {
  return encode(value, { canonical: true }).toHex();
}

/** Values that are equal, written in different ways. */
const EQUAL: readonly (readonly [string, unknown, unknown])[] = [
  ["plain objects in another order", { b: 1, a: 2 }, { a: 2, b: 1 }],
  ["an object and a Map", { b: 1, a: 2 }, new Map([["a", 2], ["b", 1]])],
  ["an object and a Dict", { "1": 1, a: 2 }, new Dict<string, number>([["a", 2], ["1", 1]])],
  ["sets in another order", new Set([3, "a", 1n << 70n]), new Set(["a", 1n << 70n, 3])],
  [
    "frozensets of frozensets",
    new FrozenSet([new FrozenSet([2, 1]), new FrozenSet([3])]),
    new FrozenSet([new FrozenSet([3]), new FrozenSet([1, 2])]),
  ],
  [
    "dicts with tuple keys",
    new Map<unknown, unknown>([[Tuple.of(2, "x"), { z: 1, y: 2 }], [1, null]]),
    new Map<unknown, unknown>([[1, null], [Tuple.of(2, "x"), { y: 2, z: 1 }]]),
  ],
  ["counters", new Counter([["a", 1], ["b", 2]]), new Counter([["b", 2], ["a", 1]])],
  ["a bigint and a number", 5n, 5],
  ["NaNs", NaN, -NaN],
];

Deno.test({
  name: "canonical: equal values give equal bytes",
  permissions: "none",
  fn() {
    for (const [name, a, b] of EQUAL) {
      assertEquals(canonical(a), canonical(b), name);
      assertEquals(canonical([{ x: a }]), canonical([{ x: b }]), name);
      assertEquals(canonical(decode(encode(a), { exact: true })), canonical(a), name);
    }
  },
});

Deno.test({
  name: "canonical: what differs in Python differs here",
  permissions: "none",
  fn() {
    const pairs: readonly (readonly [unknown, unknown])[] = [
      [1, new Float(1)],
      [0, -0],
      [[1, 2], Tuple.of(1, 2)],
      [new Set([1]), new FrozenSet([1])],
      [new OrderedDict([["a", 1], ["b", 2]]), new OrderedDict([["b", 2], ["a", 1]])],
      [NamedTuple.create("P", { x: 1, y: 2 }), NamedTuple.create("P", { y: 2, x: 1 })],
      [[1, 2], [2, 1]],
    ];
    for (const [a, b] of pairs) assert(canonical(a) !== canonical(b));
  },
});

Deno.test({
  name: "canonical: the bytes are those that FORMAT.md gives",
  permissions: "none",
  fn() {
    const rows: readonly (readonly [unknown, string])[] = [
      [{ b: 1, a: 2, "": 3 }, "a360616161620302" + "01"],
      [new Set([300, 5, "a", -1]), "ea04056161b8c4cc"],
      [[0.5, 1, 2.25, 19.99, 3], "85d90501dae100dacf0703"],
      [new Array(5).fill(true), "85c2c2c2c2c2"],
      [["abc", "abc"], "826361626363616263"],
      [[{ a: 1 }, { a: 2 }], "82a1616101a1616102"],
      [new Map(), "a0"],
    ];
    for (const [value, hex] of rows) assertEquals(canonical(value), hex);
    const texts = Array.from({ length: 50 }, () => "same text");
    assertEquals(encode(texts, { canonical: true }).length, 2 + 50 * 10);
  },
});

Deno.test({
  name: "canonical: decoding and encoding again gives the same bytes, in exact mode and by default",
  permissions: "none",
  fn() {
    const random = new Random(newSeed("canonical"));
    for (let i = 0; i < 1500; i++) {
      const bytes = encode(random.value(4), { canonical: true });
      assertEquals(canonical(decode(bytes, { exact: true })), bytes.toHex());
    }
  },
});

Deno.test({
  name: "canonical: sorting takes no recursion, and goes into a target as well",
  permissions: "none",
  fn() {
    let value: unknown = new FrozenSet([1]);
    for (let i = 0; i < 3000; i++) value = new FrozenSet([i, value]);
    const bytes = encode(value, { canonical: true });
    assertEquals(canonical(decode(bytes)), bytes.toHex());
    const target = new Uint8Array(bytes.length);
    assertEquals(encodeInto(value, target, { canonical: true }), bytes.length);
    assertEquals(target, new Uint8Array(bytes));
    assertThrows(() => encodeInto(value, target.subarray(1), { canonical: true }), Error, "needed");
  },
});

Deno.test({
  name: "canonical: a memoryview that would have to be moved after it was aligned is refused",
  permissions: "none",
  fn() {
    const view = new MemoryView({
      format: "B",
      itemSizeBytes: 8,
      shape: [16],
      data: new Uint8Array(128),
      readonly: true,
    });
    for (const value of [new Set([view]), new Map([[view, 1]]), new Map([[Tuple.of(view), 1]])]) {
      assertEquals(encodeErrorOf(value, { canonical: true }).code, "unsupported_type");
      encode(value);
    }
    encode({ b: view, a: new Float64Array(100) }, { canonical: true });
  },
});
