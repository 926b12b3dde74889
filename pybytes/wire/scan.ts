/**
 * The shape of a document without its values: what a tag's own bytes are, and how many values are nested in it.
 *
 * One scanner serves the inspector and the search for the path of an error, so that the two cannot drift apart.
 */
import { Cursor, readLength, readTag, readU16, readU24, readU8, take } from "./cursor.ts";
import { fail } from "./failure.ts";
import { readPackHeader } from "./pack.ts";
import { KIND_TUPLE, ListType, packedWidth } from "./packed_list.ts";
import { subtypeRow, tagRow } from "./tag_table.ts";
import { FIXBYTES_LENGTHS, Subtype, Tag } from "./tags.ts";
import { readTextBlock } from "./text_block.ts";
import { Resolution, ZoneKind } from "./time.ts";

/**
 * What the values nested in a tag are to it: parts of one value, the items of a container, all keys and then all values
 * of a dict, the values of a dict whose keys are referred to, or the one value that a user type or the mark of the text
 * block stands before.
 */
export type Nesting = "parts" | "items" | "entries" | "values" | "content";

/** What a value is to the one around it: strings are bundled, numbered and referred to only where they are values. */
export type Role = "value" | "key" | "part";

/** Where the keys of a dict are, for those that refer to them. */
export interface Keys {
  /** Index of the first key. */
  readonly first: number;
  /** How many there are. */
  readonly count: number;
}

/** A cursor that knows what came before it. */
export class ScanCursor extends Cursor {
  /** Whether the characters of strings that are values are in the text block. */
  bundled = false;
  /** Index after the document, once the mark of the text block was read. */
  documentEnd: number | undefined = undefined;
  /** The keys of every dict so far that later ones may refer to; whoever walks through the document notes them. */
  readonly keys: Keys[] = [];
}

/** A tag and its own bytes. */
export interface Head {
  /** Index of the tag. */
  readonly start: number;
  /** Index after the tag's own bytes: where nested values begin, or the next value. */
  readonly end: number;
  /** The tag's name; of an XT the subtype's. */
  readonly name: string;
  /** What the values nested in it are. */
  readonly nesting: Nesting;
  /** How many values are nested. */
  readonly count: number;
  /** With the nesting `"values"`, the keys of these values. */
  readonly keys: Keys | undefined;
}

let nesting: Nesting = "parts";
let keys: Keys | undefined;

/**
 * Reads one tag and its own bytes.
 *
 * @throws {WireFailure} if they are cut off, reserved or unknown; what they mean is not checked
 */
export function scanHead(c: ScanCursor, role: Role): Head {
  const start = c.pos;
  const tag = readTag(c);
  const row = tagRow(tag);
  nesting = "parts";
  keys = undefined;
  const count = c.bundled && role === "value" && isBundledTag(tag)
    ? scanBundled(c, start, tag)
    : scanBody(c, start, tag, tag - row.first);
  const isExtended = tag === Tag.XT;
  const name = isExtended ? `XT.${subtypeRow(c.bytes[start + 1])?.name}` : row.name;
  return { start, end: c.pos, name, nesting, count, keys };
}

function isBundledTag(tag: number): boolean {
  return (tag >= Tag.FIXSTR && tag < Tag.FIXLIST) || tag === Tag.STRV || tag === Tag.SU8;
}

/** A string whose characters are elsewhere: a tag and a length. */
function scanBundled(c: Cursor, start: number, tag: number): number {
  if (tag >= Tag.FIXLIST) readLength(c, start);
  return 0;
}

function items(count: number): number {
  nesting = "items";
  return count;
}

function entries(count: number): number {
  nesting = "entries";
  return 2 * count;
}

function referred(c: ScanCursor, start: number, number: number): number {
  keys = c.keys[c.keys.length - 1 - number];
  if (keys === undefined) {
    return fail(
      "invalid_reference",
      start,
      `the keys ${number} dicts back, of ${c.keys.length} so far`,
    );
  }
  nesting = "values";
  return keys.count;
}

function content(): number {
  nesting = "content";
  return 1;
}

function skip(c: Cursor, start: number, count: number): number {
  take(c, start, count);
  return 0;
}

function scanBody(c: ScanCursor, start: number, tag: number, n: number): number {
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
    case Tag.DREF:
      return referred(c, start, n);
    case Tag.DREFV:
      return referred(c, start, readLength(c, start) + 8);
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
    case Tag.SREF:
      readLength(c, start);
      return 0;
    case Tag.EXTV:
      readLength(c, start);
      return content();
    case Tag.EXTB:
      readLength(c, start);
      return skip(c, start, readLength(c, start));
    case Tag.SET:
    case Tag.FSET:
      return items(readLength(c, start));
    case Tag.PACK:
      return skip(c, start, scanPacked(c, start));
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

/** Reads what stands before packed data and returns the bytes of these. */
function scanPacked(c: Cursor, start: number): number {
  const header = c.pos < c.end ? c.bytes[c.pos] : 0xff;
  if (header >> 5 > KIND_TUPLE) return readPackHeader(c, start).dataSizeBytes;
  c.pos++;
  const type = header & 31;
  const count = readLength(c, start);
  if (type === ListType.DECIMAL) return count * (readU8(c, start) & 7);
  const width = packedWidth(type);
  if (width !== undefined) return Math.ceil(count * width);
  return fail("unknown_tag", start, `element type ${type} has no meaning in a list`);
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

function scanExtended(c: ScanCursor, start: number): number {
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
    case Subtype.BUNDLE:
    case Subtype.LONG_BUNDLE: {
      if (c.bundled) fail("invalid_value", start, "a second text block");
      const block = readTextBlock(c, start, subtype === Subtype.LONG_BUNDLE);
      c.bundled = true;
      c.end = block.structureEnd;
      c.documentEnd = block.end;
      return content();
    }
    case Subtype.CODE_POINTS:
      return skip(c, start, 3 * readLength(c, start));
  }
  return 1;
}

function bitCount(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}
