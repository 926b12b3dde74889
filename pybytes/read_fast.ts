/**
 * Reading what documents are full of, in the default mode: small numbers and strings, lists and records of them.
 *
 * Every form here is also read by `readAny`, which has all checks and all modes; tests compare the two. What is read here
 * stands far enough from the end that no byte of a scalar has to be checked for.
 */
import { itemArray } from "./build_container.ts";
import { readDate } from "./decode_datetimes.ts";
import type { DecodeState } from "./decode_state.ts";
import { readFloatItems, readIntItems, readPairs, readTextItems } from "./read_items.ts";
import { readAny } from "./read_value.ts";
import type { PyValue } from "./values.ts";
import { viewOf } from "./wire/cursor.ts";
import { POWER } from "./wire/decimals.ts";
import { Tag } from "./wire/tags.ts";
import { cutNarrow, cutWide } from "./wire/text_block.ts";

const { FIXSTR, FIXLIST, FIXTUPLE, DREF, FIXDICT, NONE, FALSE, TRUE } = Tag;
const { INT2P, INT2N, U16, N16, I24, U32, I48 } = Tag;
const { F_0, F_D1, F_D2, F_DEC, F64, STRV, SU8, SREF, DREFV, DTU_US } = Tag;

/** Reads the next value; `depth` containers are open around it. Small, so that V8 puts it where it is called. */
export function readValue(s: DecodeState, depth: number): PyValue {
  const start = s.pos;
  if (start > s.safe) return readAny(s, depth);
  const tag = s.bytes[start];
  if (tag < FIXSTR) {
    s.pos = start + 1;
    return tag;
  }
  return readTagged(s, start, tag, depth);
}

function readTagged(s: DecodeState, start: number, tag: number, depth: number): PyValue {
  const b = s.bytes;
  if (tag < FIXLIST) {
    if (!s.bundled) return readAny(s, depth);
    s.pos = start + 1;
    return cutNarrow(s, start, tag - FIXSTR);
  }
  if (tag < FIXTUPLE) return readList(s, start, tag - FIXLIST, depth + 1);
  if (tag < NONE) {
    return tag >= DREF && tag < FIXDICT
      ? readReferred(s, start, start + 1, tag - DREF, depth + 1)
      : readAny(s, depth);
  }
  switch (tag) {
    case NONE:
      s.pos = start + 1;
      return null;
    case FALSE:
      s.pos = start + 1;
      return false;
    case TRUE:
      s.pos = start + 1;
      return true;
    case INT2P:
    case INT2P + 1:
    case INT2P + 2:
    case INT2P + 3:
    case INT2P + 4:
    case INT2P + 5:
    case INT2P + 6:
    case INT2P + 7:
      s.pos = start + 2;
      return 96 + (tag - INT2P << 8) + b[start + 1];
    case INT2N:
      s.pos = start + 2;
      return -9 - b[start + 1];
    case U16:
      s.pos = start + 3;
      return 2144 + (b[start + 1] | b[start + 2] << 8);
    case N16:
      s.pos = start + 3;
      return -265 - (b[start + 1] | b[start + 2] << 8);
    case I24:
      s.pos = start + 4;
      return (b[start + 1] | b[start + 2] << 8 | b[start + 3] << 16) << 8 >> 8;
    case U32:
      s.pos = start + 5;
      return (b[start + 1] | b[start + 2] << 8 | b[start + 3] << 16 | b[start + 4] << 24) >>> 0;
    case I48:
      s.pos = start + 7;
      return ((b[start + 1] | b[start + 2] << 8 | b[start + 3] << 16 | b[start + 4] << 24) >>> 0) +
        ((b[start + 5] | b[start + 6] << 8) << 16 >> 16) * 2 ** 32;
    case F_D1:
      s.pos = start + 2;
      return (b[start + 1] << 24 >> 24) / 10;
    case F_D2:
      s.pos = start + 3;
      return ((b[start + 1] | b[start + 2] << 8) << 16 >> 16) / 100;
    case F_DEC: {
      // Three bytes, as most prices have them; zero is no decimal.
      const header = b[start + 1];
      const integer = (b[start + 2] | b[start + 3] << 8 | b[start + 4] << 16) << 8 >> 8;
      if ((header & 0x87) !== 3 || integer === 0) return readAny(s, depth);
      s.pos = start + 5;
      return integer / POWER[header >> 3];
    }
    case F64:
      s.pos = start + 9;
      return viewOf(s).getFloat64(start + 1, true);
    case STRV: {
      // The length is one byte, and of the numbered strings' lengths, as most are.
      const length = b[start + 1];
      if (!s.bundled || length >= 224) return readAny(s, depth);
      s.pos = start + 2;
      return cutNarrow(s, start, length + 32);
    }
    case SU8: {
      const length = b[start + 1];
      if (!s.bundled || length >= 248) return readAny(s, depth);
      s.pos = start + 2;
      return cutWide(s, start, length + 2);
    }
    case SREF: {
      const number = b[start + 1];
      if (number >= 248 || number >= s.stringCount) return readAny(s, depth);
      s.pos = start + 2;
      return s.strings[number];
    }
    case DTU_US:
      return readDate(s, start) ?? readAny(s, depth);
    case DREFV: {
      const number = b[start + 1];
      if (number >= 248) return readAny(s, depth);
      return readReferred(s, start, start + 2, number + 8, depth + 1);
    }
  }
  return readAny(s, depth);
}

/** Reads the values of a dict with the keys of an earlier one; they begin at `pos`. */
function readReferred(
  s: DecodeState,
  start: number,
  pos: number,
  back: number,
  depth: number,
): PyValue {
  const index = s.shapeCount - 1 - back;
  if (index >= 0 && depth <= s.recursiveDepth) {
    const shape = s.shapes[index];
    const { count } = shape;
    if (count <= s.end - pos && count <= s.budget) {
      s.budget -= count;
      s.pos = pos;
      const { compiled } = shape;
      return compiled === undefined ? shape.make(readValue, s, depth) : compiled(s, depth);
    }
  }
  s.pos = start;
  return readAny(s, depth - 1);
}

/** Reads the items of a FIXLIST, which begin at the byte after `start`. */
function readList(s: DecodeState, start: number, count: number, depth: number): PyValue {
  const pos = start + 1;
  if (depth > s.recursiveDepth || count > s.end - pos || count > s.budget) {
    return readAny(s, depth - 1);
  }
  s.pos = pos;
  if (count === 0) return [];
  s.budget -= count;
  // Literals have exactly their capacity and no holes; growing an array from nothing reserves 17 places.
  if (count === 1) return [readValue(s, depth)];
  return readItems(s, count, depth);
}

/** Reads the items of a list whose members have been claimed. */
export function readItems(s: DecodeState, count: number, depth: number): PyValue[] {
  const pos = s.pos;
  if (pos <= s.safe && count > 1) {
    const tag = s.bytes[pos];
    if (tag >= F_0 && tag <= F64) return readFloatItems(s, count, depth);
    if (tag < FIXSTR || (tag >= INT2P && tag < F_0)) return readIntItems(s, count, depth);
    if (count > 3 && s.bundled && (tag < FIXLIST || tag === SU8)) {
      return readTextItems(s, itemArray(count), 0, count, depth);
    }
    if (tag === FIXLIST + 2 && count > 3) return readPairs(s, count, depth);
    if (tag >= DREF && tag < FIXDICT) return readRecords(s, count, depth);
  }
  if (count === 2) return [readValue(s, depth), readValue(s, depth)];
  if (count === 3) return [readValue(s, depth), readValue(s, depth), readValue(s, depth)];
  const items = itemArray(count);
  const { bundled } = s;
  for (let i = 0; i < count; i++) {
    items[i] = readValue(s, depth);
    // The text block begins in the middle of a list more often than before one.
    if (s.bundled !== bundled) return readTextItems(s, items, i + 1, count, depth);
  }
  return items;
}

/** Reads items of which the first has the keys of an earlier dict, as the others most likely have. */
function readRecords(s: DecodeState, count: number, depth: number): PyValue[] {
  const items = itemArray(count), b = s.bytes;
  for (let i = 0; i < count; i++) {
    const start = s.pos;
    const tag = start <= s.safe ? b[start] : NONE;
    items[i] = tag >= DREF && tag < FIXDICT
      ? readReferred(s, start, start + 1, tag - DREF, depth + 1)
      : readValue(s, depth);
  }
  return items;
}
