/** Floats: seven forms, the shortest that gives back the same 64 bits. */
import { type Cursor, readU16, readU8, take, u32At } from "./cursor.ts";
import { fail } from "./failure.ts";
import { Tag } from "./tags.ts";
import { type Writer, writeU16, writeU32 } from "./writer.ts";

const { F_0, F_I8, F_D1, F_D2, F_DEC, F16, F32, F64 } = Tag;
const TWO_53 = 2 ** 53;
const MAX_PLACES = 15;
/** Decimal places tried one after another before the test that rejects most doubles at once. */
const QUICK_PLACES = 4;
const POWER: readonly number[] = Array.from({ length: MAX_PLACES + 1 }, (_, k) => 10 ** k);

// One double and its two 32-bit halves; little-endian hosts only, as every host of V8 is.
const f64 = new Float64Array(1);
const u32 = new Uint32Array(f64.buffer);
const f32 = new Float32Array(1);
const u32OfF32 = new Uint32Array(f32.buffer);

/** The places and the integer of the last {@linkcode findDecimal} that returned true. */
let foundPlaces = 0;
let foundInteger = 0;

/** Adding and subtracting this rounds a double below 2^51 to the nearest integer, ties to even. */
const ROUNDER = 1.5 * 2 ** 52;

/** Rounds half to even, as Python's `round`; |value| < 2^53. */
function roundHalfEven(value: number): number {
  if (value < 2 ** 51 && value > -(2 ** 51)) return value + ROUNDER - ROUNDER;
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** Whether `value` is `integer / 10^places`, the integer being the rounded product. */
function isDecimal(value: number, places: number): boolean {
  const power = POWER[places];
  const product = value * power;
  if (product >= TWO_53 || product <= -TWO_53) return false;
  const integer = roundHalfEven(product);
  // Two roundings bring the product at most 2^-52 of itself away from its integer: most doubles end here, undivided.
  const error = product - integer, bound = product * 2 ** -51;
  if (error * error > bound * bound || integer === 0 || integer / power !== value) return false;
  foundPlaces = places;
  foundInteger = integer;
  return true;
}

/**
 * Finds the smallest k <= 15 for which round(value * 10^k) / 10^k gives `value` back, the product below 2^53.
 *
 * The definition is the loop over all k. This finds the same k with two or three divisions for an arbitrary double:
 * what is a decimal of k places is one of k + 1 places too, so after the first few k (which real data have) it asks
 * for the largest possible k, and only if that succeeds goes down. A product of 2^51 or more may be off by two
 * units, so there the neighbours are asked as well. A random double takes 30 ns.
 */
export function findDecimal(value: number): boolean {
  for (let k = 0; k <= QUICK_PLACES; k++) if (isDecimal(value, k)) return true;
  let k = MAX_PLACES;
  let product = value * POWER[k];
  while (k > QUICK_PLACES && (product >= TWO_53 || product <= -TWO_53)) {
    product = value * POWER[--k];
  }
  if (k <= QUICK_PLACES) return false;
  const atTop = isDecimal(value, k);
  if (!atTop) {
    if (product < 2 ** 51 && product > -(2 ** 51)) return false;
    const integer = roundHalfEven(product), power = POWER[k];
    if (
      (integer - 1) / power !== value && (integer + 1) / power !== value &&
      (integer - 2) / power !== value && (integer + 2) / power !== value
    ) return false;
  }
  let smallest = atTop ? k : -1;
  while (--k > QUICK_PLACES && isDecimal(value, k)) smallest = k;
  // The last failed question may not have left the answer in place.
  return smallest >= 0 && isDecimal(value, smallest);
}

/** Bytes of a signed integer below 2^53. */
function widthOf(integer: number): number {
  const v = integer < 0 ? -1 - integer : integer;
  return v < 0x80
    ? 1
    : v < 0x8000
    ? 2
    : v < 0x800000
    ? 3
    : v < 0x80000000
    ? 4
    : v < 2 ** 39
    ? 5
    : v < 2 ** 47
    ? 6
    : 7;
}

/** Writes a float in its shortest form, NaN as the default quiet NaN; uses the slack. */
export function writeFloat(w: Writer, value: number): void {
  if (value !== value) return writeFloatBits(w, 0x7ff80000, 0);
  if (value !== 0 && value - value === 0) {
    if (value >= -128 && value < 128 && Math.trunc(value) === value) {
      w.bytes[w.pos++] = F_I8;
      w.bytes[w.pos++] = value;
      return;
    }
    if (findDecimal(value) && writeDecimal(w, value, foundPlaces, foundInteger)) return;
  }
  f64[0] = value;
  writeFloatBits(w, u32[1], u32[0]);
}

/** Writes integer / 10^places unless a binary form of `value` is shorter. */
function writeDecimal(w: Writer, value: number, places: number, integer: number): boolean {
  const width = widthOf(integer), b = w.bytes;
  if (places === 1 && width === 1) {
    b[w.pos++] = F_D1;
    b[w.pos++] = integer;
    return true;
  }
  if (places === 2 && width <= 2) {
    b[w.pos++] = F_D2;
    writeU16(w, integer);
    return true;
  }
  if (width > 1 && isHalf(value)) return false;
  if (width > 3 && Math.fround(value) === value) return false;
  b[w.pos++] = F_DEC;
  b[w.pos++] = places << 3 | width;
  // All eight bytes fit the slack; what is beyond the width is written over by the next value.
  const at = w.pos;
  writeU32(w, integer);
  if (width > 4) writeU32(w, Math.floor(integer / 2 ** 32));
  w.pos = at + width;
  return true;
}

function isHalf(value: number): boolean {
  f64[0] = value;
  return halfBits(u32[1], u32[0]) >= 0;
}

/** The binary16 bits of a double given by its halves, or -1 when it has none; NaN payloads are kept. */
function halfBits(high: number, low: number): number {
  const sign = high >>> 16 & 0x8000;
  const exponent = high >>> 20 & 0x7ff;
  const fraction = high & 0xfffff;
  if (low !== 0) return -1;
  if (exponent === 0x7ff) {
    return fraction & 0x3ff ? -1 : sign | 0x7c00 | fraction >>> 10;
  }
  if (exponent === 0) return fraction === 0 ? sign : -1;
  const e = exponent - 1023;
  if (e > 15 || e < -24) return -1;
  if (e >= -14) return fraction & 0x3ff ? -1 : sign | (e + 15) << 10 | fraction >>> 10;
  // Subnormal: the value is significand * 2^-24.
  const shift = 10 + (-14 - e);
  const significand = fraction | 0x100000;
  return significand & ((1 << shift) - 1) ? -1 : sign | significand >>> shift;
}

/** Writes the double with these halves as F_0, F16, F32 or F64, whichever is the shortest exact one. */
export function writeFloatBits(w: Writer, high: number, low: number): void {
  const b = w.bytes;
  if (high === 0 && low === 0) {
    b[w.pos++] = F_0;
    return;
  }
  const half = halfBits(high >>> 0, low);
  if (half >= 0) {
    b[w.pos++] = F16;
    return writeU16(w, half);
  }
  if ((high >>> 20 & 0x7ff) === 0x7ff) {
    if ((low & 0x1fffffff) === 0) {
      b[w.pos++] = F32;
      return writeU32(w, high & 0x80000000 | 0x7f800000 | (high & 0xfffff) << 3 | low >>> 29);
    }
  } else {
    u32[0] = low;
    u32[1] = high;
    f32[0] = f64[0];
    if (f32[0] === f64[0]) {
      b[w.pos++] = F32;
      return writeU32(w, u32OfF32[0]);
    }
  }
  b[w.pos++] = F64;
  writeU32(w, low);
  writeU32(w, high);
}

/** Whether a tag starts a float. */
export function isFloatTag(tag: number): boolean {
  return tag >= F_0 && tag <= F64;
}

/** The bits of the last NaN that {@linkcode readFloat} returned. */
export let nanHigh = 0x7ff80000;
/** See {@linkcode nanHigh}. */
export let nanLow = 0;

/**
 * Reads the float that `tag` starts. Of a NaN it leaves the bits in `nanHigh` and `nanLow`, for a JavaScript number
 * does not keep them reliably.
 *
 * @throws {WireFailure} `truncated`; `invalid_value` for an impossible decimal or when `tag` is no float's
 */
export function readFloat(c: Cursor, start: number, tag: number): number {
  switch (tag) {
    case F_0:
      return 0;
    case F_I8:
      return readU8(c, start) << 24 >> 24;
    case F_D1:
      return (readU8(c, start) << 24 >> 24) / 10;
    case F_D2:
      return (readU16(c, start) << 16 >> 16) / 100;
    case F_DEC:
      return readDecimal(c, start);
    case F16:
      return fromHalf(readU16(c, start));
    case F32:
      return fromSingle(u32At(c.bytes, take(c, start, 4)));
    case F64: {
      const at = take(c, start, 8);
      return fromBits(u32At(c.bytes, at + 4), u32At(c.bytes, at));
    }
  }
  return fail("invalid_value", start, `a float expected, found tag 0x${tag.toString(16)}`);
}

function fromBits(high: number, low: number): number {
  u32[0] = low;
  u32[1] = high;
  const value = f64[0];
  if (value !== value) {
    nanHigh = high;
    nanLow = low;
  }
  return value;
}

function fromHalf(bits: number): number {
  const exponent = bits >>> 10 & 31, fraction = bits & 0x3ff;
  if (exponent === 31) return fromBits((bits & 0x8000) << 16 | 0x7ff00000 | fraction << 10, 0);
  const magnitude = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
  return bits & 0x8000 ? -magnitude : magnitude;
}

function fromSingle(bits: number): number {
  if ((bits & 0x7f800000) === 0x7f800000 && bits & 0x7fffff) {
    return fromBits(
      (bits & 0x80000000 | 0x7ff00000 | bits >>> 3 & 0xfffff) >>> 0,
      bits << 29 >>> 0,
    );
  }
  u32OfF32[0] = bits;
  return f32[0];
}

function readDecimal(c: Cursor, start: number): number {
  const header = readU8(c, start);
  const width = header & 7, places = header >> 3;
  if (width === 0 || places > MAX_PLACES) {
    fail("invalid_value", start, `a decimal float of ${width} bytes and ${places} places`);
  }
  const at = take(c, start, width), b = c.bytes;
  let integer = b[at + width - 1] << 24 >> 24;
  for (let i = at + width - 2; i >= at; i--) integer = integer * 256 + b[i];
  if (integer === 0 || integer >= TWO_53 || integer <= -TWO_53) {
    fail("invalid_value", start, `a decimal float of 0 or beyond 2^53`);
  }
  return integer / POWER[places];
}
