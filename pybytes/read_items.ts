/**
 * Reading the items of lists of one kind, without a call for each: ints, floats, strings, pairs of floats.
 *
 * In the default mode only. What is of another kind, or stands near the end, is read by `readValue`.
 */
import { doubleArray, itemArray } from "./build_container.ts";
import type { DecodeState } from "./decode_state.ts";
import { readValue } from "./read_fast.ts";
import type { PyValue } from "./values.ts";
import { viewOf } from "./wire/cursor.ts";
import { MAX_PLACES, POWER } from "./wire/decimals.ts";
import { Tag } from "./wire/tags.ts";
import { MIN_NUMBERED_UNITS } from "./wire/text_block.ts";

const {
  FIXSTR,
  FIXLIST,
  INT2P,
  INT2N,
  U16,
  N16,
  I24,
  U32,
  I48,
  F_I8,
  F_D1,
  F_D2,
  F_DEC,
  SU8,
  F64,
} = Tag;
/** A tag and eight bytes. */
const DOUBLE_BYTES = 9;
/** Wide strings whose length has one byte and that have a number, by that byte. */
const MAX_SHORT_WIDE = 248;
const TWO_32 = 2 ** 32;

/** Reads items of which the first is an int: 4 to 8 ns each. */
export function readIntItems(
  s: DecodeState,
  count: number,
  depth: number,
): PyValue[] {
  const items = itemArray(count);
  const b = s.bytes;
  let pos = s.pos;
  for (let i = 0; i < count; i++) {
    if (pos <= s.safe) {
      const tag = b[pos];
      if (tag < FIXSTR) {
        items[i] = tag;
        pos++;
        continue;
      }
      if (tag >= INT2P && tag < INT2N) {
        items[i] = 96 + (tag - INT2P << 8) + b[pos + 1];
        pos += 2;
        continue;
      }
      if (tag === U16) {
        items[i] = 2144 + (b[pos + 1] | b[pos + 2] << 8);
        pos += 3;
        continue;
      }
      if (tag === I24) {
        items[i] = (b[pos + 1] | b[pos + 2] << 8 | b[pos + 3] << 16) << 8 >> 8;
        pos += 4;
        continue;
      }
      if (tag === INT2N) {
        items[i] = -9 - b[pos + 1];
        pos += 2;
        continue;
      }
      if (tag === N16) {
        items[i] = -265 - (b[pos + 1] | b[pos + 2] << 8);
        pos += 3;
        continue;
      }
      if (tag === U32) {
        items[i] = (b[pos + 1] | b[pos + 2] << 8 | b[pos + 3] << 16 | b[pos + 4] << 24) >>> 0;
        pos += 5;
        continue;
      }
      if (tag === I48) {
        const low = (b[pos + 1] | b[pos + 2] << 8 | b[pos + 3] << 16 | b[pos + 4] << 24) >>> 0;
        items[i] = low + ((b[pos + 5] | b[pos + 6] << 8) << 16 >> 16) * TWO_32;
        pos += 7;
        continue;
      }
    }
    s.pos = pos;
    items[i] = readValue(s, depth);
    pos = s.pos;
  }
  s.pos = pos;
  return items;
}

/** Reads items of which the first is a float. */
export function readFloatItems(
  s: DecodeState,
  count: number,
  depth: number,
): PyValue[] {
  if (count === 2) return readPair(s, depth);
  const items: PyValue[] = doubleArray(count);
  const b = s.bytes, view = viewOf(s);
  let pos = s.pos;
  for (let i = 0; i < count; i++) {
    if (pos <= s.safe) {
      const tag = b[pos];
      if (tag === F64) {
        items[i] = view.getFloat64(pos + 1, true);
        pos += DOUBLE_BYTES;
        continue;
      }
      if (tag === F_D2) {
        items[i] = ((b[pos + 1] | b[pos + 2] << 8) << 16 >> 16) / 100;
        pos += 3;
        continue;
      }
      if (tag === F_DEC) {
        const width = b[pos + 1] & 7, places = b[pos + 1] >> 3;
        const integer = width === 6
          ? view.getUint32(pos + 2, true) + view.getInt16(pos + 6, true) * TWO_32
          : width === 3
          ? view.getInt32(pos + 1, true) >> 8
          : width === 4
          ? view.getInt32(pos + 2, true)
          : width === 5
          ? view.getUint32(pos + 2, true) + view.getInt8(pos + 6) * TWO_32
          : 0;
        if (integer !== 0 && places <= MAX_PLACES) {
          items[i] = integer / POWER[places];
          pos += 2 + width;
          continue;
        }
      }
      if (tag === F_D1 || tag === F_I8) {
        const integer = b[pos + 1] << 24 >> 24;
        items[i] = tag === F_D1 ? integer / 10 : integer;
        pos += 2;
        continue;
      }
      if (tag < FIXSTR) {
        items[i] = tag;
        pos++;
        continue;
      }
    }
    s.pos = pos;
    items[i] = readValue(s, depth);
    pos = s.pos;
  }
  s.pos = pos;
  return items;
}

/** Reads two items of which the first is a float. */
function readPair(s: DecodeState, depth: number): PyValue[] {
  const b = s.bytes, pos = s.pos;
  if (b[pos] === F64 && pos + DOUBLE_BYTES <= s.safe && b[pos + DOUBLE_BYTES] === F64) {
    const view = viewOf(s);
    s.pos = pos + 2 * DOUBLE_BYTES;
    return [view.getFloat64(pos + 1, true), view.getFloat64(pos + DOUBLE_BYTES + 1, true)];
  }
  return [readValue(s, depth), readValue(s, depth)];
}

/** Reads lists of which the first has two items: the points of a line, most of all. */
export function readPairs(s: DecodeState, count: number, depth: number): PyValue[] {
  const items = itemArray(count);
  const b = s.bytes, view = viewOf(s);
  for (let i = 0; i < count; i++) {
    const pos = s.pos;
    if (
      pos + DOUBLE_BYTES + 1 <= s.safe && b[pos] === FIXLIST + 2 && b[pos + 1] === F64 &&
      b[pos + DOUBLE_BYTES + 1] === F64 && s.budget >= 2 && depth < s.recursiveDepth
    ) {
      s.budget -= 2;
      s.pos = pos + 2 * DOUBLE_BYTES + 1;
      items[i] = [view.getFloat64(pos + 2, true), view.getFloat64(pos + DOUBLE_BYTES + 2, true)];
    } else {
      items[i] = readValue(s, depth);
    }
  }
  return items;
}

/** Reads the items from the one with index `first` on, which is a string in the text block. */
export function readTextItems(
  s: DecodeState,
  items: PyValue[],
  first: number,
  count: number,
  depth: number,
): PyValue[] {
  const b = s.bytes, { narrow, wide, strings } = s;
  let pos = s.pos, from = s.narrowPos, fromWide = s.widePos, numbered = s.stringCount;
  for (let i = first; i < count; i++) {
    const length = pos <= s.safe ? b[pos] - FIXSTR : -1;
    if (length >= 0 && length < FIXLIST - FIXSTR && from + length <= narrow.length) {
      const text = narrow.slice(from, from + length);
      pos++;
      from += length;
      if (length >= MIN_NUMBERED_UNITS) strings[numbered++] = text;
      items[i] = text;
      continue;
    }
    if (length === SU8 - FIXSTR && b[pos + 1] < MAX_SHORT_WIDE) {
      const units = b[pos + 1] + 2;
      if (fromWide + units <= wide.length) {
        const text = wide.slice(fromWide, fromWide + units);
        pos += 2;
        fromWide += units;
        if (units >= MIN_NUMBERED_UNITS) strings[numbered++] = text;
        items[i] = text;
        continue;
      }
    }
    s.pos = pos;
    s.narrowPos = from;
    s.widePos = fromWide;
    s.stringCount = numbered;
    items[i] = readValue(s, depth);
    pos = s.pos;
    from = s.narrowPos;
    fromWide = s.widePos;
    numbered = s.stringCount;
  }
  s.pos = pos;
  s.narrowPos = from;
  s.widePos = fromWide;
  s.stringCount = numbered;
  return items;
}
