/** Reading the items of lists that begin with a number: as long as numbers come, without a call for each. */
import { itemArray } from "./build_container.ts";
import type { DecodeState } from "./decode_state.ts";
import type { PyValue } from "./values.ts";
import { viewOf } from "./wire/cursor.ts";
import { MAX_PLACES, POWER } from "./wire/decimals.ts";
import { Tag } from "./wire/tags.ts";

const { FIXSTR, INT2P, INT2N, U16, N16, I24, U32, I48, F_0, F_I8, F_D1, F_D2, F_DEC, F64 } = Tag;
/** The longest number: a tag and eight bytes. So far from the end no byte has to be checked for. */
const MAX_NUMBER_BYTES = 9;
const TWO_32 = 2 ** 32;

/** Reads any value. */
type AnyReader = (s: DecodeState, depth: number) => PyValue;

/**
 * Reads `count` items, of which the first is a number, in a mode in which ints and floats are plain numbers.
 *
 * The forms that lists of numbers are full of are read here, 4 to 8 ns each; all others, and whatever is near the end of
 * the input, by `readValue`.
 */
export function readNumbers(
  s: DecodeState,
  count: number,
  depth: number,
  readValue: AnyReader,
): PyValue[] {
  const b = s.bytes, pos = s.pos;
  if (b[pos] === F64) {
    if (count === 2 && pos + 2 * MAX_NUMBER_BYTES <= s.end && b[pos + MAX_NUMBER_BYTES] === F64) {
      const view = viewOf(s);
      s.pos = pos + 2 * MAX_NUMBER_BYTES;
      return [view.getFloat64(pos + 1, true), view.getFloat64(pos + MAX_NUMBER_BYTES + 1, true)];
    }
    return readFloats(s, count, depth, readValue);
  }
  return b[pos] >= F_0
    ? readFloats(s, count, depth, readValue)
    : readInts(s, count, depth, readValue);
}

function readInts(
  s: DecodeState,
  count: number,
  depth: number,
  readValue: AnyReader,
): PyValue[] {
  const items = itemArray(count);
  const b = s.bytes;
  let pos = s.pos, safe = s.end - MAX_NUMBER_BYTES;
  for (let i = 0; i < count; i++) {
    if (pos <= safe) {
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
    safe = s.end - MAX_NUMBER_BYTES;
  }
  s.pos = pos;
  return items;
}

function readFloats(
  s: DecodeState,
  count: number,
  depth: number,
  readValue: AnyReader,
): PyValue[] {
  const items = itemArray(count);
  const b = s.bytes, view = viewOf(s);
  let pos = s.pos, safe = s.end - MAX_NUMBER_BYTES;
  for (let i = 0; i < count; i++) {
    if (pos <= safe) {
      const tag = b[pos];
      if (tag === F64) {
        items[i] = view.getFloat64(pos + 1, true);
        pos += MAX_NUMBER_BYTES;
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
    safe = s.end - MAX_NUMBER_BYTES;
  }
  s.pos = pos;
  return items;
}
