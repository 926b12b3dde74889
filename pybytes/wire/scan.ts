/**
 * The shape of a document without its values: what a tag's own bytes are, and how many values are nested in it.
 *
 * One scanner serves the inspector and the search for the path of an error, so that the two cannot drift apart.
 */
import {
  type Cursor,
  readLength,
  readTag,
  readU16,
  readU24,
  readU8,
  take,
  truncated,
} from "./cursor.ts";
import { fail } from "./failure.ts";
import { readPackHeader } from "./pack.ts";
import { subtypeRow, tagRow } from "./tag_table.ts";
import { FIXBYTES_LENGTHS, Subtype, Tag } from "./tags.ts";
import { Resolution, ZoneKind } from "./time.ts";

/** What the values nested in a tag are to it. */
export type Nesting = "parts" | "items" | "entries";

/** A tag and its own bytes. */
export interface Head {
  /** Index of the tag. */
  readonly start: number;
  /** Index after the tag's own bytes: where nested values begin, or the next value. */
  readonly end: number;
  /** The tag's name; of an XT the subtype's. */
  readonly name: string;
  /** Values nested in it: the parts of one value, the items of a container, or all keys and then all values of a dict. */
  readonly nesting: Nesting;
  /** How many values are nested. */
  readonly count: number;
}

let nesting: Nesting = "parts";

/**
 * Reads one tag and its own bytes.
 *
 * @throws {WireFailure} if they are cut off, reserved or unknown; what they mean is not checked
 */
export function scanHead(c: Cursor): Head {
  const start = c.pos;
  const tag = readTag(c);
  const row = tagRow(tag);
  nesting = "parts";
  const count = scanBody(c, start, tag, tag - row.first);
  const isExtended = tag === Tag.XT;
  const name = isExtended ? `XT.${subtypeRow(c.bytes[start + 1])?.name}` : row.name;
  return { start, end: c.pos, name, nesting, count };
}

function items(count: number): number {
  nesting = "items";
  return count;
}

function entries(count: number): number {
  nesting = "entries";
  return 2 * count;
}

function skip(c: Cursor, start: number, count: number): number {
  take(c, start, count);
  return 0;
}

function scanBody(c: Cursor, start: number, tag: number, n: number): number {
  const row = tagRow(tag);
  if (row.isReserved) fail("reserved_tag", start, `tag 0x${tag.toString(16)} is reserved`);
  if (row.sizeBytes > 0) take(c, start, row.sizeBytes);
  switch (row.first) {
    case Tag.FIXSTR:
      return skip(c, start, n);
    case Tag.FIXLIST:
    case Tag.FIXTUPLE:
      return items(n);
    case Tag.FIXDICT:
      return entries(n);
    case Tag.FIXBYTES:
      return skip(c, start, FIXBYTES_LENGTHS[n]);
    case Tag.BIGP:
    case Tag.BIGN:
    case Tag.BYTESV:
      return skip(c, start, readLength(c, start) + 9);
    case Tag.F_DEC:
      return skip(c, start, readU8(c, start) & 7);
    case Tag.COMPLEX:
      return 2;
    case Tag.STRV:
      return skip(c, start, readLength(c, start) + 32);
    case Tag.SU8:
      return skip(c, start, readLength(c, start) + 2);
    case Tag.SU16:
      return skip(c, start, 2 * (readLength(c, start) + 1));
    case Tag.SX:
      take(c, start, 1);
      return skip(c, start, readLength(c, start));
    case Tag.BARR:
      return skip(c, start, readLength(c, start));
    case Tag.LISTV:
      return items(readLength(c, start) + 16);
    case Tag.TUPLEV:
      return items(readLength(c, start) + 8);
    case Tag.DICTV:
      return entries(readLength(c, start) + 12);
    case Tag.SET:
    case Tag.FSET:
      return items(readLength(c, start));
    case Tag.PACK:
      return skip(c, start, readPackHeader(c, start).dataSizeBytes);
    case Tag.TIME:
      return scanTime(c, start);
    case Tag.DTX:
      return 1 + zoneParts(c.bytes[start + 1] >> 3 & 7, start);
    case Tag.TD:
      return 1;
    case Tag.DEC:
      return decimalParts(c.bytes[start + 1] & 0x7f);
    case Tag.XT:
      return scanExtended(c, start);
  }
  return 0;
}

function scanTime(c: Cursor, start: number): number {
  const word = readU24(c, start);
  const resolution = word >> 18 & 3;
  const sizeBytes = resolution === Resolution.SECOND ? 0 : resolution + 1;
  take(c, start, sizeBytes);
  return zoneParts(word >> 20 & 7, start);
}

function zoneParts(kind: number, start: number): number {
  if (kind > ZoneKind.NAMED) {
    fail("invalid_time_zone", start, `time zone kind ${kind} has no meaning`);
  }
  return kind === ZoneKind.NONE ? 0 : kind === ZoneKind.NAMED ? 2 : 1;
}

function decimalParts(exponent: number): number {
  return exponent === 0x7c ? 0 : exponent === 0x7f ? 2 : 1;
}

function scanExtended(c: Cursor, start: number): number {
  const subtype = readU8(c, start);
  const row = subtypeRow(subtype);
  const text = `XT subtype 0x${subtype.toString(16)}`;
  if (row === undefined) return fail("unknown_tag", start, `${text} has no meaning`);
  if (row.isReserved) return fail("reserved_tag", start, `${text} is reserved`);
  switch (subtype) {
    case Subtype.UNDEFINED:
      return 0;
    case Subtype.RANGE2:
    case Subtype.DEQUE_MAX:
    case Subtype.NAMED_TUPLE:
      return 2;
    case Subtype.RANGE3:
      return 3;
    case Subtype.DURATION:
      return bitCount(readU16(c, start));
    case Subtype.CALENDAR:
      take(c, start, 1);
      return 2;
    case Subtype.CODE_POINTS: {
      const count = readLength(c, start);
      if (c.end - c.pos < 3 * count) truncated(c, start, 3 * count);
      return skip(c, start, 3 * count);
    }
  }
  return 1;
}

function bitCount(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}
