/** Writing many numbers one after the other: packed, or ints with a tag each. */
import { INTEGER_LIMIT, POWER, ROUNDER } from "./wire/decimals.ts";
import { writeInt } from "./wire/integers.ts";
import { ListType } from "./wire/packed_list.ts";
import { Tag } from "./wire/tags.ts";
import { writeLength, type Writer } from "./wire/writer.ts";
import { writeListHeader } from "./write_headers.ts";

const { INT2P, U16, I24 } = Tag;

/** Bytes of an int with its tag. */
export function intBytes(v: number): number {
  if (v >= 0) {
    if (v < 2144) return v < 96 ? 1 : 2;
    return v < 67680 ? 3 : v < 2 ** 23 ? 4 : v < 2 ** 32 ? 5 : v < 2 ** 47 ? 7 : 9;
  }
  if (v >= -264) return v >= -8 ? 1 : 2;
  return v >= -65800 ? 3 : v >= -(2 ** 23) ? 4 : v >= -(2 ** 32) ? 5 : v >= -(2 ** 47) ? 7 : 9;
}

/** Bytes of signed integers of this size and less, or 8 if they are no decimals. */
export function signedWidth(size: number): number {
  // A product may be off by a rounding, so the limits are not reached.
  if (size < 127) return 1;
  if (size < 2 ** 15 - 1) return 2;
  if (size < 2 ** 23 - 1) return 3;
  if (size < 2 ** 31 - 1) return 4;
  return size < 2 ** 39 - 1 ? 5 : size < INTEGER_LIMIT - 1 ? 6 : 8;
}

/** Writes what stands before packed items, and reserves room for them. */
export function writePackedHeader(
  w: Writer,
  kind: number,
  type: number,
  count: number,
  dataBytes: number,
): void {
  w.reserve(dataBytes + 16);
  w.bytes[w.pos++] = Tag.PACK;
  w.bytes[w.pos++] = kind << 5 | type;
  writeLength(w, count);
}

/** Writes ints that a type of so many bytes holds. */
export function writePackedInts(
  w: Writer,
  values: Float64Array,
  count: number,
  kind: number,
  type: number,
  width: number,
): void {
  writePackedHeader(w, kind, type, count, count * width);
  putIntegers(w, values, count, width);
}

/** Writes numbers of at most so many decimal places, whose integers have so many bytes; changes the values. */
export function writePackedDecimals(
  w: Writer,
  values: Float64Array,
  count: number,
  kind: number,
  places: number,
  width: number,
): void {
  writePackedHeader(w, kind, ListType.DECIMAL, count, count * width);
  w.bytes[w.pos++] = places << 3 | width;
  putDecimals(w, values, count, width, POWER[places]);
}

/** Puts the integers that the numbers times a power of ten are, of so many bytes each. */
function putDecimals(
  w: Writer,
  values: Float64Array,
  count: number,
  width: number,
  power: number,
): void {
  if (width === 1 || width > 4) {
    for (let i = 0; i < count; i++) values[i] = values[i] * power + ROUNDER - ROUNDER;
    return putIntegers(w, values, count, width);
  }
  const view = w.view ?? w.look();
  let at = w.pos;
  for (let i = 0; i < count; i++, at += width) {
    view.setInt32(at, values[i] * power + ROUNDER - ROUNDER, true);
  }
  w.pos = at;
}

/** Writes numbers as doubles. */
export function writePackedDoubles(
  w: Writer,
  values: Float64Array<ArrayBuffer>,
  count: number,
  kind: number,
): void {
  writePackedHeader(w, kind, ListType.NUMBER, count, 8 * count);
  // Little-endian, as every host of V8 is.
  w.bytes.set(new Uint8Array(values.buffer, 0, 8 * count), w.pos);
  w.pos += 8 * count;
}

/**
 * Puts integers of so many bytes each, two's complement.
 *
 * Four bytes are stored at a time, which the next integer overwrites what it needs of; the last one's are in the slack.
 */
function putIntegers(w: Writer, values: Float64Array, count: number, width: number): void {
  const b = w.bytes, view = w.view ?? w.look();
  let at = w.pos;
  if (width === 1) {
    for (let i = 0; i < count; i++) b[at++] = values[i];
  } else if (width <= 4) {
    for (let i = 0; i < count; i++, at += width) view.setInt32(at, values[i], true);
  } else {
    for (let i = 0; i < count; i++, at += width) {
      view.setInt32(at, values[i], true);
      view.setInt32(at + 4, Math.floor(values[i] / 2 ** 32), true);
    }
  }
  w.pos = at;
}

/** Writes a list of ints of 48 bits at most with a tag for each: the forms of `writeInt`, without a call for each. */
export function writePlainInts(w: Writer, values: Float64Array, count: number): void {
  w.reserve(7 * count + 8);
  writeListHeader(w, count);
  const b = w.bytes;
  let at = w.pos;
  for (let i = 0; i < count; i++) {
    const v = values[i];
    if (v < 0 || v >= 2 ** 23) {
      w.pos = at;
      writeInt(w, v);
      at = w.pos;
    } else if (v < 96) {
      b[at++] = v;
    } else if (v < 2144) {
      const rest = v - 96;
      b[at] = INT2P + (rest >> 8);
      b[at + 1] = rest;
      at += 2;
    } else if (v < 67680) {
      const rest = v - 2144;
      b[at] = U16;
      b[at + 1] = rest;
      b[at + 2] = rest >> 8;
      at += 3;
    } else {
      b[at] = I24;
      b[at + 1] = v;
      b[at + 2] = v >> 8;
      b[at + 3] = v >> 16;
      at += 4;
    }
  }
  w.pos = at;
}
