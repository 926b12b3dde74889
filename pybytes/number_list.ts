/** Writing lists of numbers: packed where that is shorter than a tag for each, and without a call for each where not. */
import {
  findPlaces,
  INTEGER_LIMIT,
  integerOf,
  mayBeDecimal,
  POWER,
  ROUNDER,
} from "./wire/decimals.ts";
import { KIND_LIST, ListType, packedWidth } from "./wire/packed_list.ts";
import { Tag } from "./wire/tags.ts";
import { lengthSizeBytes, type Writer } from "./wire/writer.ts";
import {
  intBytes,
  signedWidth,
  writePackedDecimals,
  writePackedDoubles,
  writePackedInts,
  writePlainInts,
} from "./packed_numbers.ts";
import { writePackedBools } from "./packed_bools.ts";
import { writeBinary, writeNumber } from "./write_number.ts";

/** Shorter lists gain nothing: a packed one has at least three bytes before its items. */
export const MIN_PACKED_ITEMS = 4;
/** What {@linkcode scratch} holds; for longer lists there is one of their own. */
const SCRATCH_ITEMS = 4096;
/** How many items the size of a list with tags is estimated by, where it has more than those that are all counted. */
const SAMPLED = 64, COUNTED = 256;
/**
 * From so many bytes a number on, lists of more than 32 are packed doubles: looking for decimals that would
 * save a byte of each takes ten times as long as all the rest.
 */
const LONG_BYTES = 6.5, MANY = 32;
/** Numbers below this have hundredths of 32 bits. */
const FEW_LIMIT = 2 ** 24;

/** Points that are looked at first, and how many of their coordinates may be decimals before all are looked for. */
const SAMPLED_POINTS = 16, FEW_DECIMALS = 8;
/** The header of a list of two. */
const PAIR = Tag.FIXLIST + 2;

/** The numbers of the list at hand, taken out once: what a getter changes later does not count. */
let scratch: Float64Array<ArrayBuffer> | undefined;

/** The extremes of the ints, or the largest size of the numbers, that were looked at last. */
let lowest = 0, highest = 0, largest = 0;

/**
 * Writes a list of numbers or of bools.
 *
 * @param kind {@linkcode KIND_LIST}, or `KIND_TUPLE` for what is written if it is to be packed
 * @returns false, with nothing written, if an item is of another type, or if floats or a tuple are shorter unpacked
 */
export function writeNumberList(
  w: Writer,
  items: ArrayLike<unknown>,
  count: number,
  kind: number = KIND_LIST,
): boolean {
  const first = items[0];
  if (typeof first === "boolean") return writePackedBools(w, items, count, kind);
  if (typeof first !== "number") return false;
  const values = count > SCRATCH_ITEMS
    ? new Float64Array(count)
    : scratch ?? new Float64Array(SCRATCH_ITEMS);
  // Taken while it is in use, for a getter may encode a list too.
  scratch = undefined;
  const isWritten = writeNumbers(w, items, values, count, kind, Number.isInteger(first));
  if (values.length === SCRATCH_ITEMS) scratch = values;
  return isWritten;
}

function writeNumbers(
  w: Writer,
  items: ArrayLike<unknown>,
  values: Float64Array<ArrayBuffer>,
  count: number,
  kind: number,
  beginsWithInt: boolean,
): boolean {
  const ints = beginsWithInt ? copyInts(items, values, count) : 0;
  if (ints === count) return writeInts(w, values, count, kind);
  return ints >= 0 && copyNumbers(items, values, ints, count) && writeMixed(w, values, count, kind);
}

/** Copies ints; returns how many there are before the first float, or -1 if an item is no number. */
function copyInts(items: ArrayLike<unknown>, values: Float64Array, count: number): number {
  let low = 0, high = 0;
  for (let i = 0; i < count; i++) {
    const value = items[i];
    if (typeof value !== "number") return -1;
    const int32 = value | 0;
    if (int32 === value ? int32 === 0 && 1 / value < 0 : !Number.isSafeInteger(value)) return i;
    values[i] = value;
    if (value < low) low = value;
    else if (value > high) high = value;
  }
  lowest = low;
  highest = high;
  return count;
}

/**
 * Copies the items from an index on; false if one of them is no number.
 *
 * By itself, so that V8 sees arrays of doubles most of the time: where it has seen others too, it makes an object of each.
 */
function copyNumbers(
  items: ArrayLike<unknown>,
  values: Float64Array,
  from: number,
  count: number,
): boolean {
  for (let i = from; i < count; i++) {
    const value = items[i];
    if (typeof value !== "number") return false;
    // Whatever bits a NaN has, as a number it is the one NaN.
    values[i] = value === value ? value : NaN;
  }
  return true;
}

function writeInts(
  w: Writer,
  values: Float64Array<ArrayBuffer>,
  count: number,
  kind: number,
): boolean {
  const type = intType(lowest, highest);
  if (type < 0) return false;
  const width = packedWidth(type)!;
  if (headerBytes(count) + count * width < taggedBytes(values, count)) {
    writePackedInts(w, values, count, kind, type, width);
    return true;
  }
  if (kind !== KIND_LIST) return false;
  writePlainInts(w, values, count);
  return true;
}

/** Bytes before packed items. */
function headerBytes(count: number): number {
  return 2 + lengthSizeBytes(count);
}

/** The narrowest type that holds ints in this range, or -1. */
function intType(low: number, high: number): number {
  if (low >= 0) {
    if (high < 2 ** 8) return ListType.U8;
    if (high < 2 ** 16) return ListType.U16;
    if (high < 2 ** 24) return ListType.U24;
    if (high < 2 ** 32) return ListType.U32;
  } else if (low >= -(2 ** 31) && high < 2 ** 31) {
    if (low >= -(2 ** 7) && high < 2 ** 7) return ListType.I8;
    if (low >= -(2 ** 15) && high < 2 ** 15) return ListType.I16;
    return ListType.I32;
  }
  return low >= -(2 ** 47) && high < 2 ** 47 ? ListType.I48 : -1;
}

/** Bytes of the list with a tag for each item; of a longer list, about. */
function taggedBytes(values: Float64Array, count: number): number {
  const sampled = count <= COUNTED ? count : SAMPLED;
  let bytes = 0;
  for (let i = 0; i < sampled; i++) bytes += numberBytes(values[Math.floor(i * count / sampled)]);
  const header = count < 16 ? 1 : 1 + lengthSizeBytes(count - 16);
  return header + bytes * count / sampled;
}

/** Bytes of a number with its tag. */
function numberBytes(value: number): number {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) return intBytes(value);
  const hundredths = hundredthsOf(value);
  const places = hundredths !== 0 ? fewPlaces(hundredths) : findPlaces(value);
  if (places < 0) return Math.fround(value) === value ? 5 : value === value ? 9 : 3;
  const integer = integerOf(value, places);
  const size = integer < 0 ? -1 - integer : integer;
  if (places === 1 && size < 128) return 2;
  if (places === 2 && size < 32768) return 3;
  const bytes = 2 + signedWidth(size);
  return bytes > 5 && Math.fround(value) === value ? 5 : bytes;
}

/** Writes ints and floats: as decimals of the same number of places, as doubles, or not at all. */
function writeMixed(
  w: Writer,
  values: Float64Array<ArrayBuffer>,
  count: number,
  kind: number,
): boolean {
  const tagged = taggedBytes(values, count);
  const asDoubles = headerBytes(count) + 8 * count;
  const areLong = count > MANY && tagged > LONG_BYTES * count;
  const places = areLong ? -1 : commonPlaces(values, count);
  const width = places < 0 ? 8 : signedWidth(largest * POWER[places]);
  const asDecimals = width > 6 ? Infinity : headerBytes(count) + 1 + width * count;
  if (asDecimals < tagged && asDecimals <= asDoubles) {
    writePackedDecimals(w, values, count, kind, places, width);
    return true;
  }
  if (asDoubles >= tagged && !areLong) return false;
  writePackedDoubles(w, values, count, kind);
  return true;
}

/** The fewest decimal places that all of the numbers have, or -1 if one has none. Leaves the largest size. */
function commonPlaces(values: Float64Array, count: number): number {
  let places = 0, most = 0;
  for (let i = 0; i < count; i++) {
    const value = values[i];
    const size = Math.abs(value);
    if (size > most) most = size;
    // Two places and less are found without the search: prices, percentages and the like.
    const hundredths = hundredthsOf(value);
    if (hundredths !== 0) {
      if (places < 2) places = Math.max(places, fewPlaces(hundredths));
      continue;
    }
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) continue;
    const own = findPlaces(value);
    if (own < 0) return -1;
    if (own > places) places = own;
  }
  largest = most;
  // Lists of ints do not come here, but the first float may be one that only the format takes for a float.
  return places > 0 && most * POWER[places] < INTEGER_LIMIT ? places : -1;
}

/** The hundredths that a number is, 0 when there are too many, or when it is none of them. */
function hundredthsOf(value: number): number {
  const hundredths = value * 100 + ROUNDER - ROUNDER;
  return Math.abs(value) < FEW_LIMIT && hundredths / 100 === value ? hundredths | 0 : 0;
}

function fewPlaces(hundredths: number): number {
  return hundredths % 10 !== 0 ? 2 : hundredths % 100 !== 0 ? 1 : 0;
}

/**
 * Writes the numbers of a short list that begins with a float, up to the first item that is no number.
 *
 * @returns how many items were written
 */
export function writeFewFloats(w: Writer, items: ArrayLike<unknown>, count: number): number {
  for (let i = 0; i < count; i++) {
    const value = items[i];
    if (typeof value !== "number") return i;
    if (w.pos > w.limit) w.grow(0);
    writeNumber(w, value);
  }
  return count;
}

/**
 * Writes the items of a list as long as they are pairs of floats: the points of a line.
 *
 * Such pairs contain nothing that could contain them, and are too short to be packed. Where hardly any of the first points
 * has a short decimal none is looked for: that takes a third of the time, and a tenth of them would be a third shorter.
 *
 * @returns how many items were written
 */
export function writePoints(w: Writer, items: ArrayLike<unknown>, count: number): number {
  let decimals = 0;
  for (let i = 0; i < count; i++) {
    const item = items[i];
    if (!Array.isArray(item) || item.length !== 2 || item.constructor !== Array) return i;
    const x: unknown = item[0], y: unknown = item[1];
    if (typeof x !== "number" || typeof y !== "number") return i;
    if (w.pos > w.limit) w.grow(0);
    w.bytes[w.pos++] = PAIR;
    if (i < SAMPLED_POINTS) decimals += (mayBeDecimal(x) ? 1 : 0) + (mayBeDecimal(y) ? 1 : 0);
    if (i >= SAMPLED_POINTS && decimals <= FEW_DECIMALS) {
      writeBinary(w, x);
      writeBinary(w, y);
    } else {
      writeNumber(w, x);
      writeNumber(w, y);
    }
  }
  return count;
}
