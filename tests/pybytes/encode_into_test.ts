import {
  decode,
  encode,
  EncodeError,
  encodeInto,
  type EncodeOptions,
  equals,
} from "../../pybytes/mod.ts";
import { assert, assertEquals, assertInstanceOf, assertThrows } from "../helpers/assert.ts";
import { MORE_EXAMPLES, SUBTYPE_EXAMPLES, TAG_EXAMPLES } from "./helpers/examples.ts";
import { newSeed, Random } from "./helpers/random.ts";

const VALUES = [
  ...Object.values(TAG_EXAMPLES),
  ...Object.values(SUBTYPE_EXAMPLES),
  ...MORE_EXAMPLES,
  "x".repeat(100),
  "é".repeat(100),
  "你".repeat(3000),
  new Uint8Array(40_000),
  Array.from({ length: 20_000 }, (_, i) => `${i}`),
];

Deno.test({
  name: "encodeInto: fills a target of exactly the size, in plain and shared memory, at any offset",
  permissions: "none",
  fn() {
    for (const value of VALUES) {
      const expected = encode(value);
      for (const room of [0, 1, 47, 48, 49, 300]) {
        for (
          const buffer of [
            new ArrayBuffer(expected.length + room + 13),
            new SharedArrayBuffer(expected.length + room + 13),
          ]
        ) {
          const all = new Uint8Array(buffer).fill(0xaa);
          const target = all.subarray(5, 5 + expected.length + room);
          assertEquals(encodeInto(value, target), expected.length);
          assertEquals(target.slice(0, expected.length), expected.slice());
          assertEquals(all.slice(0, 5), new Uint8Array(5).fill(0xaa));
          assertEquals(all.slice(-8), new Uint8Array(8).fill(0xaa));
        }
      }
    }
  },
});

Deno.test({
  name:
    "encodeInto: a target that is too small says how many bytes are needed, and nothing is written beyond it",
  permissions: "none",
  fn() {
    for (const value of VALUES) {
      const size = encode(value).length;
      for (const length of [0, 1, size >> 1, size - 1]) {
        if (length >= size) continue;
        const all = new Uint8Array(length + 64).fill(0xaa);
        const error = assertThrows(() => encodeInto(value, all.subarray(0, length)), EncodeError);
        assertEquals([error.code, error.neededBytes], ["target_too_small", size]);
        assertEquals(all.slice(length), new Uint8Array(64).fill(0xaa));
      }
    }
    assertThrows(() => encodeInto(1, [] as unknown as Uint8Array), TypeError);
  },
});

Deno.test({
  name: "encodeInto: random values into targets of random size",
  permissions: "none",
  fn() {
    const seed = newSeed("encodeInto");
    const random = new Random(seed);
    for (let i = 0; i < 500; i++) {
      const value = random.value(3);
      const target = new Uint8Array(random.below(600));
      const expected = encode(value);
      try {
        const size = encodeInto(value, target);
        assertEquals(target.subarray(0, size), expected.subarray(), `seed ${seed}`);
      } catch (error) {
        assertInstanceOf(error, EncodeError);
        assertEquals(error.neededBytes, expected.length, `seed ${seed}`);
        assert(expected.length > target.length);
      }
    }
  },
});

Deno.test({
  name: "encode: pooled results are views that nothing rewrites, others are exact",
  permissions: "none",
  fn() {
    const kept: [Uint8Array, unknown][] = [];
    for (let i = 0; i < 3000; i++) {
      const value = { i, text: "x".repeat(i % 200), list: new Array(i % 7).fill(i) };
      kept.push([encode(value), value]);
      if (i % 10 === 0) assertThrows(() => encode([value, () => 1]), EncodeError);
      if (i % 100 === 0) kept.push([encode("y".repeat(i * 10)), "y".repeat(i * 10)]);
    }
    for (const [bytes, value] of kept) assert(equals(decode(bytes), value));
    const small = encode(5);
    assertEquals(small.buffer.byteLength, 8192);
    const exact = encode(5, { pooled: false });
    assertEquals([exact.buffer.byteLength, exact.byteOffset], [1, 0]);
    for (const size of [2047, 2048, 2049, 8192, 100_000]) {
      const bytes = encode(new Uint8Array(size));
      assertEquals(bytes.byteOffset === 0 && bytes.buffer.byteLength === bytes.length, size > 2045);
    }
  },
});

Deno.test({
  name: "encode: a value that moves to the slab midway is the same as one that did not",
  permissions: "none",
  fn() {
    for (let length = 7000; length < 9000; length += 7) {
      const value = ["a".repeat(length), 1.5, { b: "c" }];
      assert(equals(decode(encode(value)), value));
    }
    const parts = Array.from(
      { length: 3000 },
      (_, i) => ({ id: i, ok: i % 2 === 0, name: `n${i}` }),
    );
    assert(equals(decode(encode(parts)), parts));
  },
});

Deno.test({
  name: "encodeInto: options are checked as those of encode are",
  permissions: "none",
  fn() {
    const target = new Uint8Array(16);
    for (const options of [{}, { pooled: true }, { pooled: false }, { pooled: undefined }]) {
      assertEquals(target.subarray(0, encodeInto([1, 2], target, options)), encode([1, 2]));
    }
    for (const options of [{ canonical: 1 }, { pooled: 1 }, { Pooled: true }]) {
      assertThrows(() => encodeInto(1, target, options as EncodeOptions), TypeError, "option");
    }
  },
});

Deno.test({
  name: "encodeInto: floats go where the value goes, at any offset, in any memory",
  permissions: "none",
  fn() {
    const value = [1 / 3, Math.PI, 1234.5678, 0.1, -1e300, { a: [2 / 3] }];
    const expected = encode(value);
    for (let offset = 0; offset < 9; offset++) {
      for (const buffer of [new ArrayBuffer(400), new SharedArrayBuffer(400)]) {
        const target = new Uint8Array(buffer, offset, 300);
        assertEquals(target.slice(0, encodeInto(value, target)), expected.slice());
        // Two targets in turn, and results in the pool between them.
        const other = new Uint8Array(300);
        assertEquals(encodeInto(value, other), expected.length);
        assertEquals(other.subarray(0, expected.length), expected.subarray());
        assertEquals(encode(value), expected);
      }
    }
    const long = Array.from({ length: 20_000 }, (_, i) => i / 7);
    const target = new Uint8Array(200_000);
    assertEquals(decode(target.subarray(0, encodeInto(long, target))), long);
    assertEquals(decode(encode(long)), long);
  },
});

/** As Node's `Buffer`: its `slice` is a view. */
class ViewSlicing extends Uint8Array {
  override slice(start?: number, end?: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.buffer as ArrayBuffer, this.byteOffset, this.length)
      .subarray(start, end);
  }
}

Deno.test({
  name: "encodeInto: a target of a subclass is written as any other, whatever its methods do",
  permissions: "none",
  fn() {
    const texts = Array.from({ length: 16 }, (_, i) => `s${i}`);
    const value = [...texts, "aΩ", 1, "b", 2, "c", 3];
    const bytes = encode(value);
    const target = new ViewSlicing(400);
    assertEquals(encodeInto(value, target), bytes.length);
    assertEquals(new Uint8Array(target.buffer, 0, bytes.length), bytes);
  },
});
