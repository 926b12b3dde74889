/** Floats: seven forms, the shortest that gives back the same 64 bits. */
import { type Cursor, i48At, readU16, readU8, take, u32At, viewOf } from "./cursor.ts";
import { findPlaces, integerOf, MAX_PLACES, mayBeDecimal, POWER } from "./decimals.ts";
import { fail } from "./failure.ts";
import { Tag } from "./tags.ts";
import { type Writer, writeU16, writeU32 } from "./writer.ts";

const { F_0, F_I8, F_D1, F_D2, F_DEC, F16, F32, F64 } = Tag;
const TWO_32 = 2 ** 32;
/** The widest integer of F_DEC; with seven bytes it would be no shorter than F64. */
const MAX_WIDTH = 6;

const f32 = new Float32Array(1);
const u32OfF32 = new Uint32Array(f32.buffer);

/** Writes a float in its shortest form, NaN as the default quiet NaN; uses the slack. */
export function writeFloat(w: Writer, value: number): void {
  if (Math.trunc(value) !== value || !writeRound(w, value)) writeFraction(w, value);
}

/** Writes a float that is not an integer of one byte, a zero or an infinity; uses the slack. */
export function writeFraction(w: Writer, value: number): void {
  if (mayBeDecimal(value)) {
    const places = findPlaces(value);
    if (places >= 0) return writeDecimal(w, value, places);
  }
  if (Math.fround(value) === value) return writeSingle(w, value);
  if (value !== value) return writeNaN(w, 0x7ff80000, 0);
  writeDouble(w, value);
}

/** Writes the eight bytes of a number that is no NaN; uses the slack. */
export function writeDouble(w: Writer, value: number): void {
  const at = w.pos;
  w.bytes[at] = F64;
  (w.view ?? w.look()).setFloat64(at + 1, value, true);
  w.pos = at + 9;
}

/** Writes a zero, an infinity, or an integer of one byte; false if it is none of these. */
function writeRound(w: Writer, value: number): boolean {
  if (value === 0 && 1 / value > 0) {
    w.bytes[w.pos++] = F_0;
  } else if (value === 0 || value - value !== 0) {
    writeSingle(w, value);
  } else if (value >= -128 && value < 128) {
    w.bytes[w.pos++] = F_I8;
    w.bytes[w.pos++] = value;
  } else {
    return false;
  }
  return true;
}

/** Writes a value that binary32 holds. */
function writeSingle(w: Writer, value: number): void {
  f32[0] = value;
  writeSingleBits(w, u32OfF32[0]);
}

function writeSingleBits(w: Writer, bits: number): void {
  const half = halfBits(bits);
  if (half >= 0) {
    w.bytes[w.pos++] = F16;
    return writeU16(w, half);
  }
  w.bytes[w.pos++] = F32;
  writeU32(w, bits);
}

/** Writes the NaN with these halves; its payload is kept. */
export function writeNaN(w: Writer, high: number, low: number): void {
  if ((low & 0x1fffffff) === 0) {
    const bits = high & 0x80000000 | 0x7f800000 | (high & 0xfffff) << 3 | low >>> 29;
    return writeSingleBits(w, bits >>> 0);
  }
  w.bytes[w.pos++] = F64;
  writeU32(w, low);
  writeU32(w, high);
}

/** Writes a float that is a decimal of `places` places as that, unless a binary form is shorter. */
function writeDecimal(w: Writer, value: number, places: number): void {
  const integer = integerOf(value, places);
  const low = integer | 0;
  const width = low === integer ? widthOf(low) : integer < 2 ** 39 && integer >= -(2 ** 39) ? 5 : 6;
  const b = w.bytes, at = w.pos;
  if (places === 1 && width === 1) {
    b[at] = F_D1;
    b[at + 1] = low;
    w.pos = at + 2;
    return;
  }
  if (places === 2 && width <= 2) {
    b[at] = F_D2;
    b[at + 1] = low;
    b[at + 2] = low >> 8;
    w.pos = at + 3;
    return;
  }
  if (width > 1 && Math.fround(value) === value) {
    f32[0] = value;
    const bits = u32OfF32[0];
    if (width > 3 || halfBits(bits) >= 0) return writeSingleBits(w, bits);
  }
  b[at] = F_DEC;
  b[at + 1] = places << 3 | width;
  // All eight bytes fit the slack; what is beyond the width is written over by the next value.
  const view = w.view ?? w.look();
  view.setInt32(at + 2, low, true);
  if (width > 4) view.setInt16(at + 6, Math.floor(integer / TWO_32), true);
  w.pos = at + 2 + width;
}

/** Bytes of a signed 32-bit integer. */
function widthOf(integer: number): number {
  const v = integer ^ integer >> 31;
  return v < 0x8000 ? v < 0x80 ? 1 : 2 : v < 0x800000 ? 3 : 4;
}

/** The binary16 bits of what these binary32 bits stand for, or -1 when it has none; NaN payloads are kept. */
function halfBits(bits: number): number {
  const sign = bits >>> 16 & 0x8000, fraction = bits & 0x7fffff;
  const e = (bits >>> 23 & 0xff) - 127;
  if (e === -127) return fraction === 0 ? sign : -1;
  if (e === 128) return fraction & 0x1fff ? -1 : sign | 0x7c00 | fraction >>> 13;
  if (e > 15 || e < -24) return -1;
  if (e >= -14) return fraction & 0x1fff ? -1 : sign | (e + 15) << 10 | fraction >>> 13;
  // Subnormal: the value is significand * 2^-24.
  const shift = -1 - e;
  const significand = fraction | 0x800000;
  return significand & ((1 << shift) - 1) ? -1 : sign | significand >>> shift;
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
    case F64:
      return readDouble(c, start);
    case F_DEC:
      return readDecimal(c, start);
    case F_0:
      return 0;
    case F_I8:
      return readU8(c, start) << 24 >> 24;
    case F_D1:
      return (readU8(c, start) << 24 >> 24) / 10;
    case F_D2:
      return (readU16(c, start) << 16 >> 16) / 100;
    case F16:
      return fromHalf(readU16(c, start));
    case F32:
      return fromSingle(u32At(c.bytes, take(c, start, 4)));
  }
  return fail("invalid_value", start, `a float expected, found tag 0x${tag.toString(16)}`);
}

function readDouble(c: Cursor, start: number): number {
  const at = take(c, start, 8);
  const value = viewOf(c).getFloat64(at, true);
  return value === value ? value : noteNaN(u32At(c.bytes, at + 4), u32At(c.bytes, at));
}

const f64 = new Float64Array(1);
const u32OfF64 = new Uint32Array(f64.buffer);

/** The binary float of `width` bytes (2, 4 or 8) at `at`, unchecked; a NaN's bits go where {@linkcode readFloat} leaves them. */
export function float64At(b: Uint8Array, at: number, width: number): number {
  if (width === 2) return fromHalf(b[at] | b[at + 1] << 8);
  if (width === 4) return fromSingle(u32At(b, at));
  u32OfF64[0] = u32At(b, at);
  u32OfF64[1] = u32At(b, at + 4);
  const value = f64[0];
  return value === value ? value : noteNaN(u32At(b, at + 4), u32At(b, at));
}

function noteNaN(high: number, low: number): number {
  nanHigh = high;
  nanLow = low;
  return NaN;
}

/** By the exponent bits of a binary16: what its significand is multiplied by. `**` takes 30 ns. */
const HALF_SCALE: readonly number[] = Array.from({ length: 31 }, (_, bits) => 2 ** (bits - 25));

function fromHalf(bits: number): number {
  const exponent = bits >>> 10 & 31, fraction = bits & 0x3ff;
  if (exponent === 31) {
    if (fraction !== 0) return noteNaN((bits & 0x8000) << 16 | 0x7ff00000 | fraction << 10, 0);
    return bits & 0x8000 ? -Infinity : Infinity;
  }
  const magnitude = exponent === 0
    ? fraction * HALF_SCALE[1]
    : (1024 + fraction) * HALF_SCALE[exponent];
  return bits & 0x8000 ? -magnitude : magnitude;
}

function fromSingle(bits: number): number {
  const fraction = bits & 0x7fffff;
  if ((bits >>> 23 & 0xff) === 0xff && fraction !== 0) {
    return noteNaN(bits & 0x80000000 | 0x7ff00000 | fraction >>> 3, (fraction & 7) << 29 >>> 0);
  }
  u32OfF32[0] = bits;
  return f32[0];
}

/**
 * Checks the header byte of decimals, `8*places + width`, and returns the width.
 *
 * @throws {WireFailure} `invalid_value`
 */
export function decimalWidth(start: number, header: number): number {
  const width = header & 7, places = header >> 3;
  if (width !== 0 && width <= MAX_WIDTH && places <= MAX_PLACES) return width;
  return fail(
    "invalid_value",
    start,
    `a decimal float of ${width} bytes and ${places} places, 1..${MAX_WIDTH} and 0..${MAX_PLACES} expected`,
  );
}

function readDecimal(c: Cursor, start: number): number {
  const header = readU8(c, start);
  const width = decimalWidth(start, header), places = header >> 3;
  const at = take(c, start, width);
  const integer = signedAt(c.bytes, at, width);
  if (integer === 0) fail("invalid_value", start, "a decimal float of 0");
  return integer / POWER[places];
}

/** The signed integer of `width` bytes (1 to 6) at `at`, unchecked. */
export function signedAt(b: Uint8Array, at: number, width: number): number {
  switch (width) {
    case 1:
      return b[at] << 24 >> 24;
    case 2:
      return (b[at] | b[at + 1] << 8) << 16 >> 16;
    case 3:
      return (b[at] | b[at + 1] << 8 | b[at + 2] << 16) << 8 >> 8;
    case 4:
      return u32At(b, at) | 0;
    case 5:
      return u32At(b, at) + (b[at + 4] << 24 >> 24) * TWO_32;
  }
  return i48At(b, at);
}
