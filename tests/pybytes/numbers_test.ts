import { Complex, decode, encode, equals, Float } from "../../pybytes/mod.ts";
import { findPlaces } from "../../pybytes/wire/decimals.ts";
import { assert, assertEquals } from "../helpers/assert.ts";
import { bytesOf, decodeErrorOf, hexOf } from "./helpers/errors.ts";
import { newSeed, Random } from "./helpers/random.ts";

Deno.test({
  name: "ints: the neighbourhood of every limit comes back, in the expected size",
  permissions: "none",
  fn() {
    // deno-fmt-ignore
    const limits: readonly (readonly [bigint, number])[] = [
      [95n, 1], [96n, 2], [2143n, 2], [2144n, 3], [67679n, 3], [67680n, 4], [(1n << 23n) - 1n, 4], [1n << 23n, 5],
      [(1n << 32n) - 1n, 5], [1n << 32n, 7], [(1n << 47n) - 1n, 7], [1n << 47n, 9], [(1n << 64n) - 1n, 9], [1n << 64n, 11],
      [-8n, 1], [-9n, 2], [-264n, 2], [-265n, 3], [-65800n, 3], [-65801n, 4], [-(1n << 23n), 4], [-(1n << 23n) - 1n, 5],
      [-(1n << 32n), 5], [-(1n << 32n) - 1n, 7], [-(1n << 47n), 7], [-(1n << 47n) - 1n, 9], [-(1n << 64n), 9], [-(1n << 64n) - 1n, 11],
    ];
    for (const [limit, size] of limits) {
      assertEquals(encode(limit).length, size, `${limit}`);
      for (let value = limit - 3n; value <= limit + 3n; value++) {
        const number = Number(value);
        const expected = Number.isSafeInteger(number) ? number : value;
        assertEquals(decode(encode(value)), expected);
        assertEquals(decode(encode(value), { ints: "bigint" }), value);
        if (expected === number) assertEquals(hexOf(encode(number)), hexOf(encode(value)));
      }
    }
    for (const value of [2 ** 53 - 1, -(2 ** 53) + 1]) assertEquals(decode(encode(value)), value);
    for (const value of [2n ** 53n, -(2n ** 53n)]) assertEquals(decode(encode(value)), value);
  },
});

Deno.test({
  name: "ints: long ones convert in near-linear time, and beyond the limit fail typed",
  permissions: "none",
  fn() {
    const million = (1n << 8_000_000n) - 12345n;
    const start = performance.now();
    for (const value of [million, -million]) assert(decode(encode(value)) === value);
    assert(performance.now() - start < 5000);
    const tooLong = new Uint8Array(2 ** 27 + 20).fill(0xff);
    tooLong.set([0xd5, 0xfb, 1, 0, 0, 8]);
    assertEquals(decodeErrorOf(tooLong).code, "integer_too_large");
  },
});

Deno.test({
  name: "ints: forms longer than needed are read",
  permissions: "none",
  fn() {
    const fives = [
      "cf050000",
      "d005000000",
      "d2050000000000",
      "d30500000000000000",
      "d500050000000000000000",
      "d501 05000000000000000000",
    ];
    for (const hex of fives) assertEquals(decode(bytesOf(hex)), 5, hex);
    assertEquals(decode(bytesOf("d600ffffffffffffffff00")), -(2n ** 64n));
  },
});

/** The integer nearest to x * 10^k, ties to even, without the arithmetic that is under test. */
function simpleInteger(value: number, places: number): number {
  const product = value * 10 ** places;
  let integer = Math.floor(product);
  const rest = product - integer;
  if (rest > 0.5 || (rest === 0.5 && integer % 2 !== 0)) integer++;
  return integer;
}

/** The definition of the decimal form: the first k of 0..15 that gives the value back, or -1. */
function simplePlaces(value: number): number {
  for (let k = 0; k <= 15; k++) {
    if (Math.abs(value * 10 ** k) >= 2 ** 47) return -1;
    const integer = simpleInteger(value, k);
    if (Math.abs(integer) >= 2 ** 47) return -1;
    if (integer !== 0 && integer / 10 ** k === value) return k;
  }
  return -1;
}

/** The bytes that the definition gives for a decimal of k places; by trying all forms, slowly. */
function simpleEncoding(value: number): string {
  const exact = new Float64Array([value]);
  const bits = hexOf(new Uint8Array(exact.buffer));
  if (bits === "0000000000000000") return "d7";
  const candidates: string[] = [];
  if (Number.isFinite(value) && value !== 0) {
    if (Number.isInteger(value) && value >= -128 && value < 128) {
      return `d8${hexOf(Uint8Array.of(value))}`;
    }
    const k = simplePlaces(value);
    if (k >= 0) {
      const integer = simpleInteger(value, k);
      let width = 1;
      while (BigInt.asIntN(8 * width, BigInt(integer)) !== BigInt(integer)) width++;
      const body = hexOf(
        new Uint8Array(BigInt64Array.of(BigInt(integer)).buffer).subarray(0, width),
      );
      if (k === 1 && width === 1) return `d9${body}`;
      if (k === 2 && width <= 2) return `da${hexOf(new Uint8Array(Int16Array.of(integer).buffer))}`;
      candidates.push(`db${hexOf(Uint8Array.of(k << 3 | width))}${body}`);
    }
  }
  const half = new Float16Array([value]), single = new Float32Array([value]);
  if (Object.is(half[0], value)) candidates.push(`dc${hexOf(new Uint8Array(half.buffer))}`);
  if (Object.is(single[0], value)) candidates.push(`dd${hexOf(new Uint8Array(single.buffer))}`);
  candidates.push(`de${bits}`);
  return candidates.reduce((best, next) => next.length < best.length ? next : best);
}

/** Doubles around every limit of the search: of each k, of each width, of each binary exponent. */
function boundaryDoubles(random: Random): number[] {
  const values: number[] = [];
  const around = (value: number, steps: number) => {
    values.push(value, -value);
    const words = new BigInt64Array(new Float64Array([value]).buffer);
    for (let step = -steps; step <= steps; step++) {
      const near = new Float64Array(BigInt64Array.of(words[0] + BigInt(step)).buffer)[0];
      values.push(near, -near);
    }
  };
  for (let k = 0; k <= 16; k++) {
    for (const bits of [7, 8, 15, 16, 23, 31, 32, 39, 46, 47, 48, 51, 52, 53]) {
      for (const step of [-2, -1, 0, 1, 2]) around((2 ** bits + step) / 10 ** k, 2);
      // An integer just below the limit, with as many zeros at its end as it can have.
      for (let zeros = 0; zeros <= 14; zeros++) {
        const unit = 10 ** zeros;
        around(Math.floor(2 ** bits / unit) * unit / 10 ** k, 1);
        around((Math.floor(random.next() * 2 ** bits / unit) + 1) * unit / 10 ** k, 1);
      }
    }
    for (const digits of [1, 9, 15, 99, 101]) around(digits / 10 ** k, 3);
  }
  for (let exponent = -60; exponent <= 60; exponent++) {
    around(2 ** exponent, 3);
    around(2 ** exponent * (1 + random.next()), 1);
  }
  return values.filter((value) => Number.isFinite(value) && value !== 0);
}

Deno.test({
  name:
    "floats: the quick search for a decimal agrees with its definition, and the whole choice with a slow one",
  permissions: "none",
  fn() {
    const seed = newSeed("floats");
    const random = new Random(seed);
    const boundaries = boundaryDoubles(random);
    assert(boundaries.length > 20_000);
    let decimals = 0, binaries = 0;
    for (let i = 0; i < 400_000 + boundaries.length; i++) {
      const value = i < boundaries.length ? boundaries[i] : random.double();
      if (!Number.isFinite(value) || value === 0) continue;
      const expected = simplePlaces(value);
      assert(findPlaces(value) === expected, `seed ${seed}: ${value} has ${expected} places`);
      if (expected >= 0) decimals++;
      else binaries++;
      if (i % 20 === 0) {
        const bytes = encode(new Float(value));
        assertEquals(hexOf(bytes), simpleEncoding(value), `${value}`);
        assert(Object.is(decode(bytes), value));
      }
    }
    assert(decimals > 50_000 && binaries > 100_000, `${decimals} ${binaries}`);
    for (const none of [0, -0, NaN, Infinity, -Infinity, 5e-324]) {
      assertEquals(findPlaces(none), -1);
    }
  },
});

Deno.test({
  name: "floats: a decimal of the longest integers, and what is no decimal float",
  permissions: "none",
  fn() {
    assertEquals(hexOf(encode(new Float(2 ** 47 - 1))), "db06ffffffffff7f");
    assertEquals(hexOf(encode(new Float(-(2 ** 47) + 1))), "db06010000000080");
    // Beyond six bytes it would be as long as the double.
    assertEquals(encode(14073748835532.9)[0], 0xde);
    assertEquals(encode(14073748835532.7)[0], 0xdb);
    // No encoder writes it, but the bytes say what it is.
    assertEquals(decode(bytesOf("db06000000000080")), -(2 ** 47));
    for (
      const bad of [
        "db0001",
        "db0701020304050607",
        "db8101",
        "db0800",
        "db0100",
        "db06000000000000",
      ]
    ) {
      const error = decodeErrorOf(bytesOf(bad));
      assertEquals([bad, error.code, error.offset], [bad, "invalid_value", 0]);
    }
  },
});

Deno.test({
  name: "floats: limits of every form come back bit for bit",
  permissions: "none",
  fn() {
    const values = [
      0,
      -0,
      1,
      -1,
      127,
      -128,
      128,
      -129,
      12.7,
      -12.8,
      12.8,
      327.67,
      -327.68,
      327.68,
      65504,
      65505,
      65520,
      2 ** -24,
      2 ** -25,
      2 ** -14,
      2 ** -14 - 2 ** -24,
      3.4028234663852886e38,
      3.4028235677973366e38,
      2 ** -149,
      2 ** -150,
      5e-324,
      1.7976931348623157e308,
      2.2250738585072014e-308,
      2 ** 53,
      2 ** 53 + 2,
      2 ** 53 - 1,
      2 ** 52 + 0.5,
      4503599627370497.5,
      9007199254740991,
      1e15 + 0.3,
      1e22,
      0.1 + 0.2,
      Infinity,
      -Infinity,
      NaN,
      Math.PI,
      1 / 3,
    ];
    for (const value of values) {
      const bytes = encode(new Float(value));
      assertEquals(hexOf(bytes), simpleEncoding(value), `${value}`);
      assert(Object.is(decode(bytes), value), `${value}`);
    }
  },
});

Deno.test({
  name: "floats: NaN payloads survive when exact, bit by bit at every width",
  permissions: "none",
  fn() {
    const payloads: readonly (readonly [bigint, number])[] = [
      [0x7ff8000000000000n, 3],
      [0xfff8000000000000n, 3],
      [0x7ff0040000000000n, 3],
      [0x7ff0020000000000n, 5],
      [0xfff0000020000000n, 5],
      [0x7ff0000010000000n, 9],
      [0x7ff0000000000001n, 9],
      [0xffffffffffffffffn, 9],
    ];
    for (const [bits, size] of payloads) {
      const bytes = encode(Float.fromBits(bits));
      assertEquals(bytes.length, size, bits.toString(16));
      assert(Number.isNaN(decode(bytes)));
      const exact = decode(bytes, { exact: true });
      assertEquals((exact instanceof Float ? exact : new Float(NaN)).bits, bits);
    }
  },
});

Deno.test({
  name:
    "floats: integral ones are ints by default, Floats when exact, and large ones floats always",
  permissions: "none",
  fn() {
    const bytes = encode([new Float(3), 3, 2 ** 53, 1e300]);
    assertEquals(decode(bytes), [3, 3, 2 ** 53, 1e300]);
    assertEquals(decode(bytes, { exact: true }), [new Float(3), 3, 2 ** 53, 1e300]);
  },
});

Deno.test({
  name: "floats: the parts of a complex keep NaN payloads when exact",
  permissions: "none",
  fn() {
    const quiet = 0x7ff8000000000000n;
    const parts = [
      0n,
      0x8000000000000000n,
      0x3ff0000000000000n,
      0x400921fb54442d18n,
      quiet,
      0xfff8000000000000n,
      0x7ff0040000000000n,
      0xfff0000020000000n,
      0x7ff0000000000001n,
    ];
    for (const re of parts) {
      for (const im of parts) {
        const value = Complex.fromBits(re, im);
        const bytes = encode([value, value]);
        const copies = decode<Complex[]>(bytes, { exact: true });
        for (const copy of copies) assertEquals([copy.reBits, copy.imBits], [re, im]);
        assertEquals(hexOf(encode(copies)), hexOf(bytes));
        assert(equals(copies[0], value));
        // Each part is written as that float is alone.
        const [one, two] = [Float.fromBits(re), Float.fromBits(im)].map((part) => encode(part));
        assertEquals(hexOf(encode(value)), `df${hexOf(one)}${hexOf(two)}`);
        const plain = decode<Complex>(encode(value));
        assert(Object.is(plain.re, value.re) && Object.is(plain.im, value.im));
      }
    }
    assertEquals(hexOf(encode(Complex.fromBits(quiet, 0n))), "dfdc007ed7");
  },
});
