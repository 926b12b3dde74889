import { decode, encode, Float } from "../../pybytes/mod.ts";
import { findDecimal } from "../../pybytes/wire/floats.ts";
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

/** The definition of the decimal form: the first k of 0..15 that gives the value back. */
function simpleDecimal(value: number): boolean {
  for (let k = 0; k <= 15; k++) {
    const product = value * 10 ** k;
    if (Math.abs(product) >= 2 ** 53) return false;
    let integer = Math.floor(product);
    const rest = product - integer;
    if (rest > 0.5 || (rest === 0.5 && integer % 2 !== 0)) integer++;
    if (integer !== 0 && integer / 10 ** k === value) return true;
  }
  return false;
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
    for (let k = 0; k <= 15; k++) {
      const product = value * 10 ** k;
      if (Math.abs(product) >= 2 ** 53) break;
      let integer = Math.floor(product);
      const rest = product - integer;
      if (rest > 0.5 || (rest === 0.5 && integer % 2 !== 0)) integer++;
      if (integer === 0 || integer / 10 ** k !== value) continue;
      let width = 1;
      while (BigInt.asIntN(8 * width, BigInt(integer)) !== BigInt(integer)) width++;
      const body = hexOf(
        new Uint8Array(BigInt64Array.of(BigInt(integer)).buffer).subarray(0, width),
      );
      if (k === 1 && width === 1) return `d9${body}`;
      if (k === 2 && width <= 2) return `da${hexOf(new Uint8Array(Int16Array.of(integer).buffer))}`;
      candidates.push(`db${hexOf(Uint8Array.of(k << 3 | width))}${body}`);
      break;
    }
  }
  const half = new Float16Array([value]), single = new Float32Array([value]);
  if (Object.is(half[0], value)) candidates.push(`dc${hexOf(new Uint8Array(half.buffer))}`);
  if (Object.is(single[0], value)) candidates.push(`dd${hexOf(new Uint8Array(single.buffer))}`);
  candidates.push(`de${bits}`);
  return candidates.reduce((best, next) => next.length < best.length ? next : best);
}

Deno.test({
  name:
    "floats: the quick search for a decimal agrees with its definition, and the whole choice with a slow one",
  permissions: "none",
  fn() {
    const seed = newSeed("floats");
    const random = new Random(seed);
    let decimals = 0, binaries = 0;
    for (let i = 0; i < 200_000; i++) {
      const value = random.double();
      if (!Number.isFinite(value) || value === 0) continue;
      const expected = simpleDecimal(value);
      assert(findDecimal(value) === expected, `seed ${seed}: ${value}`);
      if (expected) decimals++;
      else binaries++;
      if (i % 20 === 0) {
        const bytes = encode(new Float(value));
        assertEquals(hexOf(bytes), simpleEncoding(value), `${value}`);
        assert(Object.is(decode(bytes), value));
      }
    }
    assert(decimals > 10_000 && binaries > 10_000);
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
