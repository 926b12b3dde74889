/** Lists and tuples of numbers and bools that are packed. */
import { decode, encode, equals, Float, Tuple } from "../../pybytes/mod.ts";
import { assert, assertEquals } from "../helpers/assert.ts";
import { newSeed, Random } from "./helpers/random.ts";

const EDGES = [7, 8, 15, 16, 23, 24, 31, 32, 39, 40, 47, 48, 53].flatMap((bits) => {
  const power = 2 ** bits;
  return [power - 1, power, power + 1, -power - 1, -power, -power + 1];
});
const FLOATS = [
  0.5,
  -0.5,
  0.1,
  19.99,
  -327.68,
  327.675,
  1e-7,
  1 / 3,
  1e300,
  -0,
  NaN,
  Infinity,
  2 ** 60,
  5e-324,
  123456.789,
];

function isPacked(bytes: Uint8Array): boolean {
  return bytes[0] === 0xed && bytes[1] >> 5 < 2;
}

function assertRoundTrip(list: readonly unknown[], what = ""): Uint8Array {
  for (const value of [list, Tuple.from(list)]) {
    const bytes = encode(value);
    assert(equals(decode(bytes), value), what);
    assert(equals(decode(bytes, { exact: true }), value), what);
    assertEquals(encode(decode(bytes, { exact: true })), bytes, what);
    const big = decode<unknown[]>(bytes, { ints: "bigint" });
    assert(
      big.every((item, i) =>
        typeof item === "bigint" ? Number(item) === list[i] : Object.is(item, list[i])
      ),
      what,
    );
    const plain = encode(value, { canonical: true });
    // Many numbers that are nearly as long may be packed doubles.
    const most = list.length <= 32 ? plain.length + 2 : plain.length * 1.25;
    assert(bytes.length <= most, `${what}: ${bytes.length} of ${plain.length}`);
  }
  return encode(list);
}

Deno.test({
  name: "packed: ints around every limit, alone and beside small ones",
  permissions: "none",
  fn() {
    const safe = EDGES.filter(Number.isSafeInteger);
    for (const edge of safe) {
      for (const count of [4, 5, 16, 17, 40]) {
        assertRoundTrip(new Array(count).fill(edge), `${edge} x ${count}`);
        assertRoundTrip([...new Array(count).fill(edge), 0, -1], `${edge} x ${count} and less`);
        assertRoundTrip([0, 1, ...new Array(count).fill(-edge)], `${-edge} x ${count}`);
      }
    }
    assert(isPacked(assertRoundTrip(new Array(10).fill(200))));
    assert(!isPacked(assertRoundTrip(new Array(10).fill(5))));
  },
});

Deno.test({
  name: "packed: floats, ints among them, at every length and place",
  permissions: "none",
  fn() {
    const random = new Random(newSeed("packed"));
    for (let round = 0; round < 3000; round++) {
      const kinds = 1 + random.below(4);
      const places = random.below(7);
      const count = random.below(3) ? random.below(12) : random.below(200);
      const list = Array.from({ length: count }, () => {
        switch (random.below(kinds)) {
          case 0:
            return random.below(100_000) / 10 ** places;
          case 1:
            return random.below(1000) - 500;
          case 2:
            return FLOATS[random.below(FLOATS.length)];
          default:
            return (random.next() - 0.5) * 1000;
        }
      });
      assertRoundTrip(list, JSON.stringify(list));
    }
    const prices = Array.from({ length: 1000 }, (_, i) => (i * 37 % 20_000) / 100);
    assertEquals(assertRoundTrip(prices, "prices").length, 2 + 3 + 1 + 2 * 1000);
  },
});

Deno.test({
  name: "packed: bools, of every number",
  permissions: "none",
  fn() {
    for (let count = 0; count < 70; count++) {
      const list = Array.from({ length: count }, (_, i) => i * i % 7 < 3);
      const bytes = encode(list);
      assertEquals(decode(bytes), list);
      assertEquals(decode(encode(Tuple.from(list))), Tuple.from(list));
      assert(bytes.length <= count + 2);
    }
  },
});

Deno.test({
  name: "packed: what is no plain list of numbers is not",
  permissions: "none",
  fn() {
    const lists: readonly (readonly unknown[])[] = [
      [1, 2, 3, 300, null],
      [1, 2, 3, 300, 5n],
      [0.5, 0.25, 0.125, new Float(1)],
      [true, false, true, true, 1, false],
      [300, 300, 300, 300, "300"],
      [300, 300, , 300, 300],
      [0.5, 1.5, 2.5, [3.5]],
      [300, 300, 300, 300, true],
    ];
    for (const list of lists) {
      const bytes = encode(list);
      assert(!isPacked(bytes), Deno.inspect(list));
      assert(
        equals(decode(bytes, { exact: true }), Array.from(list, (item) => item === 5n ? 5 : item)),
      );
    }
  },
});

Deno.test({
  name: "packed: a list that changes while it is read is written as it was read",
  permissions: "none",
  fn() {
    let reads = 0;
    const changing = new Proxy([300, 301, 302, 303, 304], {
      get(target, key, receiver) {
        if (key === "3" && ++reads > 1) return "text";
        return Reflect.get(target, key, receiver);
      },
    });
    const value = decode<unknown[]>(encode(changing));
    assertEquals(value.length, 5);
    const nested = Array.from({ length: 8 }, (_, i) => i / 4);
    Object.defineProperty(nested, 5, {
      get: () => decode<number[]>(encode([9.5, 8.5, 7.5, 6.5, 5.25]))[4],
      enumerable: true,
    });
    assertEquals(decode(encode(nested)), [0, 0.25, 0.5, 0.75, 1, 5.25, 1.5, 1.75]);
  },
});
