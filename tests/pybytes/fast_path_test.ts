/** The short ways of reading and writing agree with the complete ones. */
import { decode, encode, equals } from "../../pybytes/mod.ts";
import { assert, assertEquals } from "../helpers/assert.ts";
import { SUBTYPE_EXAMPLES, TAG_EXAMPLES } from "./helpers/examples.ts";
import { newSeed, Random } from "./helpers/random.ts";

/** Inside so many lists a value is read and written with a stack of our own. */
const DEEP = 250;

function buried(value: unknown): unknown {
  let outer = value;
  for (let i = 0; i < DEEP; i++) outer = [outer];
  return outer;
}

function dug(value: unknown): unknown {
  let inner = value;
  for (let i = 0; i < DEEP; i++) inner = (inner as unknown[])[0];
  return inner;
}

function assertAgreement(value: unknown): void {
  const shallow = encode(value), deep = encode(buried(value));
  // The same bytes, but for where padding stands.
  assertEquals(decode<unknown>(deep) === undefined, false);
  const read = decode<unknown>(shallow), readDeep = dug(decode(deep));
  assert(equals(read, readDeep), Deno.inspect(value));
  // With a limit nothing is read in the short way.
  const limited = decode<unknown>(shallow, { limits: { maxMembers: 1e9 } });
  assert(equals(read, limited), Deno.inspect(value));
  assertEquals(encode(read).toHex(), encode(limited).toHex());
}

Deno.test({
  name: "fast paths: every type reads the same in the short way, the complete one, and deep",
  permissions: "none",
  fn() {
    for (const value of [...Object.values(TAG_EXAMPLES), ...Object.values(SUBTYPE_EXAMPLES)]) {
      assertAgreement(value);
      // Far from the end, where nothing is checked byte by byte.
      assertAgreement([value, "after it there is more than any scalar takes", [value, value]]);
    }
  },
});

Deno.test({
  name: "fast paths: random values, records of them so often that code is generated for their keys",
  permissions: "none",
  fn() {
    const random = new Random(newSeed("fast paths"));
    for (let round = 0; round < 400; round++) {
      const keys = Array.from({ length: 1 + random.below(6) }, (_, i) => `k${round % 9}_${i}`);
      const record = () => Object.fromEntries(keys.map((key) => [key, random.value(2)]));
      assertAgreement([record(), record(), random.value(4)]);
    }
    for (let round = 0; round < 30; round++) {
      const scalars = keysOf(random).map((key) => [key, () => random.scalar()] as const);
      const records = Array.from(
        { length: 120 },
        () => Object.fromEntries(scalars.map(([key, make]) => [key, make()])),
      );
      assertAgreement(records);
    }
  },
});

function keysOf(random: Random): string[] {
  const names = [
    "id",
    "name",
    "__proto__",
    "then",
    "7",
    "a b",
    "é",
    "constructor",
    "1023",
    '"quoted"',
    "\u2028",
    "x",
  ];
  return names.filter(() => random.below(2) > 0);
}

Deno.test({
  name: "fast paths: a field may have any type after code was generated for another",
  permissions: "none",
  fn() {
    const numbers = Array.from(
      { length: 100 },
      (_, i) => ({ fixed: i, text: `n${i}`, flag: true, none: null, list: [] }),
    );
    decode(encode(numbers));
    const values = [
      ...Object.values(TAG_EXAMPLES),
      5,
      500,
      70000,
      -1,
      "x",
      "long ".repeat(90),
      null,
      false,
      [],
      [[]],
      {},
    ];
    for (const value of values) {
      assertAgreement([...numbers.slice(0, 5), {
        fixed: value,
        text: value,
        flag: value,
        none: value,
        list: value,
      }]);
    }
  },
});
