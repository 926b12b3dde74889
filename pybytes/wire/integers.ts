/** Ints: twelve forms up to 64 bits, a magnitude of any length beyond. */
import {
  type Cursor,
  i48At,
  readLength,
  readU16,
  readU24,
  readU32,
  readU8,
  take,
  u32At,
} from "./cursor.ts";
import { fail } from "./failure.ts";
import { bytesToMagnitude, magnitudeToBytes } from "./magnitude.ts";
import { Tag } from "./tags.ts";
import { writeLength, type Writer, writeU16, writeU24, writeU32 } from "./writer.ts";

const { FIXINT, NEGFIX, INT2P, INT2N, U16, N16, I24, U32, N32, I48, U64, N64, BIGP, BIGN } = Tag;
const TWO_32 = 2 ** 32;
const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER), MIN_SAFE = -MAX_SAFE;
/** V8's longest `bigint` has 2^30 bits. */
const MAX_MAGNITUDE_BYTES = 2 ** 27;

/** Writes a safe integer that is not -0 in its shortest form; uses the slack. */
export function writeInt(w: Writer, value: number): void {
  const b = w.bytes;
  if (value >= 0) {
    if (value < 96) {
      b[w.pos++] = FIXINT + value;
    } else if (value < 2144) {
      const rest = value - 96;
      b[w.pos++] = INT2P + (rest >> 8);
      b[w.pos++] = rest;
    } else if (value < 2144 + 65536) {
      b[w.pos++] = U16;
      writeU16(w, value - 2144);
    } else if (value < 2 ** 23) {
      b[w.pos++] = I24;
      writeU24(w, value);
    } else if (value < TWO_32) {
      b[w.pos++] = U32;
      writeU32(w, value);
    } else if (value < 2 ** 47) {
      b[w.pos++] = I48;
      writeU32(w, value);
      writeU16(w, Math.floor(value / TWO_32));
    } else {
      b[w.pos++] = U64;
      writeU32(w, value);
      writeU32(w, Math.floor(value / TWO_32));
    }
  } else if (value >= -8) {
    b[w.pos++] = NEGFIX - 1 - value;
  } else if (value >= -264) {
    b[w.pos++] = INT2N;
    b[w.pos++] = -9 - value;
  } else if (value >= -65800) {
    b[w.pos++] = N16;
    writeU16(w, -265 - value);
  } else if (value >= -(2 ** 23)) {
    b[w.pos++] = I24;
    writeU24(w, value);
  } else if (value >= -TWO_32) {
    b[w.pos++] = N32;
    writeU32(w, -1 - value);
  } else if (value >= -(2 ** 47)) {
    b[w.pos++] = I48;
    writeU32(w, value);
    writeU16(w, Math.floor(value / TWO_32));
  } else {
    const rest = -1 - value;
    b[w.pos++] = N64;
    writeU32(w, rest);
    writeU32(w, Math.floor(rest / TWO_32));
  }
}

/** Writes any `bigint` in its shortest form. */
export function writeBigInt(w: Writer, value: bigint): void {
  if (value >= MIN_SAFE && value <= MAX_SAFE) return writeInt(w, Number(value));
  const magnitude = value < 0n ? -1n - value : value;
  if (magnitude < 1n << 64n) {
    w.bytes[w.pos++] = value < 0n ? N64 : U64;
    writeU32(w, Number(magnitude & 0xffffffffn));
    writeU32(w, Number(magnitude >> 32n));
    return;
  }
  const bytes = magnitudeToBytes(magnitude);
  w.bytes[w.pos++] = value < 0n ? BIGN : BIGP;
  writeLength(w, bytes.length - 9);
  w.reserve(bytes.length);
  w.bytes.set(bytes, w.pos);
  w.pos += bytes.length;
}

/**
 * Reads the int that `tag` starts: a `number` when it is safe, else a `bigint`.
 *
 * @throws {WireFailure} `truncated`, `invalid_length`, `integer_too_large`; `invalid_value` when `tag` is no int's
 */
export function readInt(c: Cursor, start: number, tag: number): number | bigint {
  if (tag < 0x60) return tag;
  if (tag < NEGFIX) return notAnInt(tag, start);
  if (tag < NEGFIX + 8) return NEGFIX - 1 - tag;
  if (tag < INT2P) return notAnInt(tag, start);
  if (tag < INT2P + 8) return 96 + ((tag - INT2P) << 8) + readU8(c, start);
  switch (tag) {
    case INT2N:
      return -9 - readU8(c, start);
    case U16:
      return 2144 + readU16(c, start);
    case N16:
      return -265 - readU16(c, start);
    case I24:
      return readU24(c, start) << 8 >> 8;
    case U32:
      return readU32(c, start);
    case N32:
      return -1 - readU32(c, start);
    case I48:
      return i48At(c.bytes, take(c, start, 6));
    case U64:
      return read64(c, start, false);
    case N64:
      return read64(c, start, true);
    case BIGP:
      return shrink(readMagnitude(c, start));
    case BIGN:
      return shrink(-1n - readMagnitude(c, start));
  }
  return notAnInt(tag, start);
}

function notAnInt(tag: number, start: number): never {
  return fail("invalid_value", start, `an int expected, found tag 0x${tag.toString(16)}`);
}

/** The 64-bit integer at `at`, unchecked: a `number` when it is safe, else a `bigint`. */
export function int64At(b: Uint8Array, at: number, isSigned: boolean): number | bigint {
  const low = u32At(b, at), unsignedHigh = u32At(b, at + 4);
  const high = isSigned ? unsignedHigh | 0 : unsignedHigh;
  const value = high * TWO_32 + low;
  return Number.isSafeInteger(value) ? value : (BigInt(high) << 32n) + BigInt(low);
}

function read64(c: Cursor, start: number, negative: boolean): number | bigint {
  const at = take(c, start, 8);
  const low = u32At(c.bytes, at), high = u32At(c.bytes, at + 4);
  if (high < 0x200000) {
    const magnitude = high * TWO_32 + low;
    // 2^53 - 1 is the largest safe number; -1 - (2^53 - 1) is already beyond.
    if (!negative) return magnitude;
    if (magnitude < 9007199254740991) return -1 - magnitude;
  }
  const magnitude = BigInt(high) << 32n | BigInt(low);
  return negative ? -1n - magnitude : magnitude;
}

/** A magnitude may be written longer than it needs to be. */
function shrink(value: bigint): number | bigint {
  return value >= MIN_SAFE && value <= MAX_SAFE ? Number(value) : value;
}

function readMagnitude(c: Cursor, start: number): bigint {
  const length = readLength(c, start) + 9;
  if (length > MAX_MAGNITUDE_BYTES) {
    fail("integer_too_large", start, `an int of ${length} bytes, at most ${MAX_MAGNITUDE_BYTES}`);
  }
  const at = take(c, start, length);
  const magnitude = bytesToMagnitude(c.bytes, at, length);
  return magnitude ?? fail("integer_too_large", start, `no bigint holds ${length} bytes here`);
}
