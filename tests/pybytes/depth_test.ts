import { decode, encode, FrozenSet, inspect, Tuple } from "../../pybytes/mod.ts";
import { assert, assertEquals, assertStringIncludes } from "../helpers/assert.ts";
import { decodeErrorOf, encodeErrorOf } from "./helpers/errors.ts";

const LEVELS = 1_000_000;

/** The bytes of `levels` repetitions of `head` around 0. */
function nested(head: readonly number[], levels: number): Uint8Array {
  const bytes = new Uint8Array(head.length * levels + 1);
  for (let i = 0; i < levels; i++) bytes.set(head, i * head.length);
  return bytes;
}

const LIST = [0x81];
const TUPLE = [0x91];
const DICT = [0xa1, 0x61, 0x61];
const MIXED = [
  ...LIST,
  ...TUPLE,
  ...DICT,
  0xa1,
  0x05,
  0xf8,
  0x06,
  0x81,
  0xf8,
  0x08,
  0xa1,
  0x61,
  0x62,
];
const FROZEN_SET = [0xeb, 0x01];

for (
  const [name, head, levels] of [
    ["lists", LIST, LEVELS],
    ["tuples", TUPLE, LEVELS],
    ["dicts", DICT, LEVELS],
    ["lists, tuples, dicts, deques and OrderedDicts", MIXED, Math.floor(LEVELS / 6)],
    ["sets of frozensets", FROZEN_SET, 50_000],
  ] as const
) {
  Deno.test({
    name: `depth: ${levels} nested ${name} decode and encode to the same bytes`,
    permissions: "none",
    fn() {
      const bytes = nested(head, levels);
      const again = encode(decode(bytes), { dedup: false });
      assertEquals(again.length, bytes.length);
      let same = 0;
      while (same < bytes.length && bytes[same] === again[same]) same++;
      assertEquals(same, bytes.length);
    },
  });
}

Deno.test({
  name: "depth: values built in JavaScript, sets as members too",
  permissions: "none",
  fn() {
    let value: unknown = 0;
    for (let i = 0; i < 100_000; i++) {
      value = i % 4 === 0
        ? [value]
        : i % 4 === 1
        ? Tuple.of(value)
        : i % 4 === 2
        ? { a: value }
        : new Map([[1, value]]);
    }
    const bytes = encode(value);
    assertEquals(encode(decode(bytes)), bytes);
    let set: unknown = 1;
    for (let i = 0; i < 20_000; i++) set = new FrozenSet([set, i]);
    const setBytes = encode([set]);
    assertEquals(encode(decode(setBytes)), setBytes);
  },
});

Deno.test({
  name: "depth: errors deep inside have an abbreviated path",
  permissions: "none",
  fn() {
    const bytes = nested(LIST, 100_000);
    bytes[100_000] = 0xfc;
    const error = decodeErrorOf(bytes);
    assertEquals([error.code, error.offset], ["reserved_tag", 100_000]);
    assertEquals(error.path, `$${"[0]".repeat(8)}…(99984 more)…${"[0]".repeat(8)}`);
    let value: unknown = () => 1;
    for (let i = 0; i < 1000; i++) value = [value];
    assertEquals(
      encodeErrorOf({ a: value }).path,
      `$.a${"[0]".repeat(7)}…(985 more)…${"[0]".repeat(8)}`,
    );
    let shallow: unknown = () => 1;
    for (let i = 0; i < 15; i++) shallow = [shallow];
    assertEquals(encodeErrorOf({ a: shallow }).path, `$.a${"[0]".repeat(15)}`);
  },
});

Deno.test({
  name: "depth: the limit counts containers, in recursion and below",
  permissions: "none",
  fn() {
    assertEquals(decode(nested(LIST, 3), { limits: { maxDepth: 3 } }), [[[0]]]);
    assertEquals(decode(Uint8Array.of(5), { limits: { maxDepth: 0 } }), 5);
    for (const maxDepth of [0, 1, 2, 100, 199, 200, 201, 202, 5000]) {
      const error = decodeErrorOf(nested(LIST, 10_000), { limits: { maxDepth } });
      assertEquals([error.code, error.offset], ["depth_exceeded", maxDepth]);
      const bytes = nested(LIST, maxDepth);
      assertEquals(encode(decode(bytes, { limits: { maxDepth } })), bytes);
    }
  },
});

Deno.test({
  name: "depth: cycles are refused, whatever they go through",
  permissions: "none",
  fn() {
    const list: unknown[] = [1];
    list.push(list);
    const error = encodeErrorOf(list);
    assertEquals(error.code, "cycle");
    assertEquals(error.path, "$[1]");
    const object: Record<string, unknown> = {};
    object.map = new Map([[1, new Set([1])]]);
    object.list = [{ back: Tuple.of(object) }];
    assertEquals(encodeErrorOf({ object }).code, "cycle");
    // Cycles of every length, at every distance from the root.
    for (let distance = 0; distance < 20; distance++) {
      for (let length = 1; length < 20; length++) {
        const ring: unknown[] = [];
        let last: unknown[] = ring;
        for (let i = 1; i < length; i++) last.push(last = [i]);
        last.push([1, [2]], ring);
        let value: unknown = ring;
        for (let i = 0; i < distance; i++) value = { a: value };
        assertEquals(encodeErrorOf(value).code, "cycle");
      }
    }
    // A cycle below a deep chain, and one with much beside it.
    let chain: unknown = list;
    for (let i = 0; i < 10_000; i++) chain = [chain];
    assertEquals(encodeErrorOf(chain).code, "cycle");
    const wide: unknown[] = [new Uint8Array(1 << 20)];
    wide.push([wide]);
    assertEquals(encodeErrorOf(wide).code, "cycle");
  },
});

Deno.test({
  name: "depth: one object in many places is no cycle",
  permissions: "none",
  fn() {
    const shared = [1, [2]];
    const value = Array.from({ length: 300 }, () => [shared, [shared]]);
    assertEquals(decode(encode(value)), value);
  },
});

Deno.test({
  name: "depth: inspect describes 100,000 levels in linear space",
  permissions: "none",
  fn() {
    const text = inspect(nested(DICT, 100_000));
    assertEquals(text.split("\n").length, 200_001);
    assertStringIncludes(text, "(depth 99999) ");
    assert(text.length < 200_001 * 130);
  },
});

Deno.test({
  name: "depth: the limit counts an empty list in a record that comes often",
  permissions: "none",
  fn() {
    const records = Array.from({ length: 60 }, (_, i) => ({ none: [], number: i }));
    const bytes = encode([...records, ...new Array(20).fill("zz")]);
    for (let round = 0; round < 3; round++) {
      const error = decodeErrorOf(bytes, { limits: { maxDepth: 2 } });
      assertEquals(error.code, "depth_exceeded");
      decode(bytes, { limits: { maxDepth: 3 } });
    }
  },
});
