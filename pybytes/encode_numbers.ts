/** Writing lists of numbers, or of bools, packed: where that is shorter than a tag for each. */
import { findPlaces, integerOf, POWER } from "./wire/decimals.ts";
import { KIND_LIST, ListType, packedWidth } from "./wire/packed_list.ts";
import { Tag } from "./wire/tags.ts";
import { lengthSizeBytes, writeLength, type Writer } from "./wire/writer.ts";

/** Shorter lists gain nothing: a packed one has at least three bytes before its items. */
export const MIN_PACKED_ITEMS = 4;
/** What {@linkcode scratch} holds; for longer lists there is one of their own. */
const SCRATCH_ITEMS = 4096;
/** Numbers that are looked at first in lists of at least twice as many, and the bytes each from which doubles are packed. */
const SAMPLED = 16, LONG_BYTES = 6.5;
/** Packed decimals have to be smaller than this, as those of F_DEC. */
const DECIMAL_LIMIT = 2 ** 47;

/** The numbers of the list at hand, taken out once: what a getter changes later does not count. */
let scratch: Float64Array<ArrayBuffer> | undefined;

/**
 * Writes the items packed, if all of them are numbers or all are bools and it is shorter that way.
 *
 * @param kind {@linkcode KIND_LIST} or `KIND_TUPLE`
 * @returns false, with nothing written, if they are not or it is not
 */
export function writePacked(
  w: Writer,
  items: ArrayLike<unknown>,
  count: number,
  kind: number = KIND_LIST,
): boolean {
  const first = items[0];
  if (typeof first === "boolean") return writeBools(w, items, count, kind);
  if (typeof first !== "number") return false;
  const values = count > SCRATCH_ITEMS
    ? new Float64Array(count)
    : scratch ?? new Float64Array(SCRATCH_ITEMS);
  // Taken while it is in use, for a getter may encode a list too.
  scratch = undefined;
  const isWritten = writeNumbers(w, items, values, count, kind);
  if (values.length === SCRATCH_ITEMS) scratch = values;
  return isWritten;
}

function writeHeader(w: Writer, kind: number, type: number, count: number, dataBytes: number) {
  w.reserve(dataBytes + 16);
  w.bytes[w.pos++] = Tag.PACK;
  w.bytes[w.pos++] = kind << 5 | type;
  writeLength(w, count);
}

function writeBools(w: Writer, items: ArrayLike<unknown>, count: number, kind: number): boolean {
  for (let i = 0; i < count; i++) if (typeof items[i] !== "boolean") return false;
  const sizeBytes = (count + 7) >> 3;
  if (2 + lengthSizeBytes(count) + sizeBytes >= plainHeaderBytes(count) + count) return false;
  writeHeader(w, kind, ListType.BOOL, count, sizeBytes);
  const b = w.bytes, at = w.pos;
  b.fill(0, at, at + sizeBytes);
  for (let i = 0; i < count; i++) if (items[i] === true) b[at + (i >> 3)] |= 1 << (i & 7);
  w.pos = at + sizeBytes;
  return true;
}

/** Bytes before the items of a list that is not packed. */
function plainHeaderBytes(count: number): number {
  return count < 16 ? 1 : 1 + lengthSizeBytes(count - 16);
}

/** Bytes of an int that is not packed, its tag included. */
function intBytes(v: number): number {
  if (v >= 0) {
    if (v < 2144) return v < 96 ? 1 : 2;
    return v < 67680 ? 3 : v < 2 ** 23 ? 4 : v < 2 ** 32 ? 5 : v < 2 ** 47 ? 7 : 9;
  }
  if (v >= -264) return v >= -8 ? 1 : 2;
  return v >= -65800 ? 3 : v >= -(2 ** 23) ? 4 : v >= -(2 ** 32) ? 5 : v >= -(2 ** 47) ? 7 : 9;
}

function writeNumbers(
  w: Writer,
  items: ArrayLike<unknown>,
  values: Float64Array<ArrayBuffer>,
  count: number,
  kind: number,
): boolean {
  let plainBytes = plainHeaderBytes(count);
  let lowest = 0, highest = 0;
  for (let i = 0; i < count; i++) {
    const value = items[i];
    if (typeof value !== "number") return false;
    values[i] = value;
    const int32 = value | 0;
    if (int32 === value ? int32 === 0 && 1 / value < 0 : !Number.isSafeInteger(value)) {
      return writeMixed(w, items, values, count, kind, i, plainBytes, Math.max(highest, -lowest));
    }
    if (value < lowest) lowest = value;
    else if (value > highest) highest = value;
    plainBytes += intBytes(value);
  }
  const type = intType(lowest, highest);
  if (type < 0) return false;
  const width = packedWidth(type)!;
  if (2 + lengthSizeBytes(count) + count * width >= plainBytes) return false;
  writeHeader(w, kind, type, count, count * width);
  writeIntegers(w, values, count, width);
  return true;
}

/** The narrowest type that holds ints in this range, or -1. */
function intType(lowest: number, highest: number): number {
  if (lowest >= 0) {
    if (highest < 2 ** 8) return ListType.U8;
    if (highest < 2 ** 16) return ListType.U16;
    if (highest < 2 ** 24) return ListType.U24;
    if (highest < 2 ** 32) return ListType.U32;
  } else if (lowest >= -(2 ** 31) && highest < 2 ** 31) {
    if (lowest >= -(2 ** 7) && highest < 2 ** 7) return ListType.I8;
    if (lowest >= -(2 ** 15) && highest < 2 ** 15) return ListType.I16;
    return ListType.I32;
  }
  return lowest >= -(2 ** 47) && highest < 2 ** 47 ? ListType.I48 : -1;
}

/** Writes integers of so many bytes each, two's complement. */
function writeIntegers(
  w: Writer,
  values: Float64Array<ArrayBuffer>,
  count: number,
  width: number,
): void {
  const b = w.bytes;
  let at = w.pos;
  if (width === 1) {
    for (let i = 0; i < count; i++) b[at++] = values[i];
  } else if (width <= 4) {
    for (let i = 0; i < count; i++, at += width) {
      const v = values[i] | 0;
      b[at] = v;
      b[at + 1] = v >> 8;
      if (width > 2) b[at + 2] = v >> 16;
      if (width > 3) b[at + 3] = v >> 24;
    }
  } else {
    for (let i = 0; i < count; i++, at += width) {
      const v = values[i], low = v | 0, high = Math.floor(v / 2 ** 32);
      b[at] = low;
      b[at + 1] = low >> 8;
      b[at + 2] = low >> 16;
      b[at + 3] = low >> 24;
      b[at + 4] = high;
      if (width > 5) b[at + 5] = high >> 8;
    }
  }
  w.pos += count * width;
}

/** Goes on at the first number that is no int: as decimals of the same number of places, as doubles, or not packed. */
function writeMixed(
  w: Writer,
  items: ArrayLike<unknown>,
  values: Float64Array<ArrayBuffer>,
  count: number,
  kind: number,
  from: number,
  plainBytesBefore: number,
  largestBefore: number,
): boolean {
  if (count >= 2 * SAMPLED && areLong(items, count)) {
    for (let i = from; i < count; i++) {
      const value = items[i];
      if (typeof value !== "number") return false;
      values[i] = value === value ? value : NaN;
    }
    return writeAsDoubles(w, values, count, kind);
  }
  let plainBytes = plainBytesBefore, largest = largestBefore;
  let places = 0, areDecimals = true;
  for (let i = from; i < count; i++) {
    const value = items[i];
    if (typeof value !== "number") return false;
    values[i] = value;
    const size = Math.abs(value);
    if (size > largest) largest = size;
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
      plainBytes += intBytes(value);
      continue;
    }
    const own = fewPlaces(value);
    if (own > places) places = own;
    if (own > 0) {
      plainBytes += decimalBytes(integerOf(value, own), own);
    } else {
      areDecimals = false;
      plainBytes += Math.fround(value) === value ? 5 : value === value ? 9 : 3;
      // Whatever bits a NaN has, as a number it is the one NaN.
      if (value !== value) values[i] = NaN;
    }
  }
  const headerBytes = 2 + lengthSizeBytes(count);
  const width = areDecimals ? widthOf(largest * POWER[places]) : 8;
  const decimalTotal = width < 8 ? headerBytes + 1 + width * count : Infinity;
  const doubleTotal = headerBytes + 8 * count;
  if (Math.min(decimalTotal, doubleTotal) >= plainBytes) return false;
  if (decimalTotal > doubleTotal) return writeAsDoubles(w, values, count, kind);
  writeHeader(w, kind, ListType.DECIMAL, count, width * count);
  w.bytes[w.pos++] = places << 3 | width;
  for (let i = 0; i < count; i++) values[i] = integerOf(values[i], places);
  writeIntegers(w, values, count, width);
  return true;
}

/** The decimal places of a number; most have two at most, and are found without the search. 0 or less if it has none. */
function fewPlaces(value: number): number {
  const integer = integerOf(value, 2);
  if (integer < 2 ** 31 && integer > -(2 ** 31) && integer / 100 === value && integer !== 0) {
    return (integer | 0) % 10 === 0 ? 1 : 2;
  }
  return findPlaces(value);
}

/** Bytes of a decimal that is not packed, about. */
function decimalBytes(integer: number, places: number): number {
  const width = widthOf(Math.abs(integer));
  return places === 1 && width === 1 ? 2 : places === 2 && width <= 2 ? 3 : 2 + width;
}

/** Bytes of integers whose size is at most this, or 8 if decimals are not that large. */
function widthOf(largest: number): number {
  // A product may be off by a rounding, so the limits are not reached.
  if (largest < 127) return 1;
  if (largest < 2 ** 15 - 1) return 2;
  if (largest < 2 ** 23 - 1) return 3;
  if (largest < 2 ** 31 - 1) return 4;
  return largest < 2 ** 39 - 1 ? 5 : largest < DECIMAL_LIMIT - 1 ? 6 : 8;
}

/**
 * Whether packed doubles are the choice, by a few of the numbers: where decimals would take nearly as many bytes,
 * looking for them takes ten times as long as all the rest.
 */
function areLong(items: ArrayLike<unknown>, count: number): boolean {
  let bytes = 0;
  for (let i = 0; i < SAMPLED; i++) {
    const value = items[Math.floor(i * count / SAMPLED)];
    if (typeof value !== "number") return false;
    const places = Number.isInteger(value) ? 0 : fewPlaces(value);
    bytes += places === 0
      ? intBytes(value)
      : places < 0
      ? 9
      : decimalBytes(integerOf(value, places), places);
  }
  return bytes >= LONG_BYTES * SAMPLED;
}

function writeAsDoubles(
  w: Writer,
  values: Float64Array<ArrayBuffer>,
  count: number,
  kind: number,
): boolean {
  writeHeader(w, kind, ListType.NUMBER, count, 8 * count);
  // Little-endian, as every host of V8 is.
  w.bytes.set(new Uint8Array(values.buffer, 0, 8 * count), w.pos);
  w.pos += 8 * count;
  return true;
}
