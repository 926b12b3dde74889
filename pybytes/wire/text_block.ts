/**
 * The text of larger documents: one block of characters behind the structure, from which strings are cut.
 *
 * Making a string of bytes costs 40 ns and more, cutting one from a text that is decoded already 6 ns.
 */
import { Cursor, readLength, take, truncated, u32At, u48At } from "./cursor.ts";
import { fail } from "./failure.ts";
import { decodeUtf8, readShortString, readString } from "./text.ts";
import { Subtype, Tag } from "./tags.ts";

const { FIXSTR, STRV, SU8 } = Tag;

/** Strings of fewer or more UTF-16 units than this have no number: a reference would save nothing, or expand too much. */
export const MIN_NUMBERED_UNITS = 3, MAX_NUMBERED_UNITS = 255;

/** The table of strings that a document with a text block begins with has room for as many at most. */
const MAX_ROOM = 1 << 12;
/** A longer table is not kept for other documents. */
const KEPT_STRINGS = 256;

/** A cursor with the strings that came before it. */
export class TextCursor extends Cursor {
  /** Whether the frequent forms may be read in the short way: no option wants them otherwise. */
  isPlain = true;
  /** The last index from which a scalar of any fixed size can be read unchecked; -1 when that is not wanted. */
  safe = -1;
  /** Whether strings come from the text block. */
  bundled = false;
  /** The characters up to U+00FF of all bundled strings. */
  narrow = "";
  /** Index of the next character of {@linkcode narrow}. */
  narrowPos = 0;
  /** The bundled strings that have characters above U+00FF. */
  wide = "";
  /** Index of the next UTF-16 unit of {@linkcode wide}. */
  widePos = 0;
  /** Index after the text block's last byte. */
  textEnd = 0;
  /** Every numbered string so far; its index is its number. */
  strings: string[] = [];
  /** How many strings this document has numbered. */
  stringCount = 0;

  /** The table that small documents share: making one for each would take longer than reading it. */
  #smallTable: string[];

  /** Stands before the first byte of `bytes`. */
  constructor(bytes: Uint8Array) {
    super(bytes);
    this.#smallTable = this.strings;
  }

  /** Lets go of all strings. */
  releaseText(): void {
    const table = this.#smallTable;
    if (table.length > KEPT_STRINGS) this.strings = this.#smallTable = [];
    else for (let i = 0; i < table.length && table[i] !== ""; i++) table[i] = "";
    this.stringCount = 0;
    if (!this.bundled) return;
    this.bundled = false;
    this.strings = this.#smallTable;
    this.narrow = this.wide = "";
    this.narrowPos = this.widePos = 0;
  }

  /**
   * Goes on with a table of this document's own: V8 stores a new string in a new array in 2 ns, in one that has survived
   * other documents in 5.
   */
  beginTable(structureBytes: number): void {
    const table = new Array<string>(Math.min(MAX_ROOM, this.stringCount + structureBytes));
    for (let i = 0; i < this.stringCount; i++) table[i] = this.strings[i];
    this.strings = table;
  }
}

/** Bytes of what follows the subtypes BUNDLE and LONG_BUNDLE: three sizes, and in the long form four zero bytes. */
export const BUNDLE_BYTES = 6, LONG_BUNDLE_BYTES = 22;
/** The subtypes differ by so much that what was aligned stays so when one takes the place of the other. */
export const LONGER_BY_BYTES: number = LONG_BUNDLE_BYTES - BUNDLE_BYTES;

/** Where the parts of a document with a text block are. */
export interface TextBlock {
  /** Index after the structure: the first byte of the narrow text. */
  readonly structureEnd: number;
  /** Index of the first byte of the wide text. */
  readonly wideStart: number;
  /** Index after the document. */
  readonly end: number;
}

/**
 * Reads what follows the subtype BUNDLE or LONG_BUNDLE.
 *
 * Layout: `structure:u16 narrow:u16 wide:u16`, the sizes of what comes next in this order; in the long form each is a
 * `u48`, and four zero bytes follow
 *
 * @throws {WireFailure} `truncated`, `invalid_padding`
 */
export function readTextBlock(c: Cursor, start: number, isLong: boolean): TextBlock {
  const at = take(c, start, isLong ? LONG_BUNDLE_BYTES : BUNDLE_BYTES);
  const b = c.bytes;
  const size = (index: number) =>
    isLong ? u48At(b, at + 6 * index) : b[at + 2 * index] | b[at + 2 * index + 1] << 8;
  if (isLong && u32At(b, at + 18) !== 0) {
    fail("invalid_padding", start, "the bytes after the sizes of the text block are not zero");
  }
  const structureBytes = size(0), narrowBytes = size(1), wideBytes = size(2);
  const structureEnd = c.pos + structureBytes, wideStart = structureEnd + narrowBytes;
  const end = wideStart + wideBytes;
  if (end > c.end) truncated(c, start, end - c.pos);
  return { structureEnd, wideStart, end };
}

/** Notes up to where scalars can be read unchecked: the longest have a tag and eight bytes. */
export function markSafe(c: TextCursor): void {
  c.safe = c.isPlain ? c.end - 9 : -1;
}

/**
 * Takes the text block: from here on strings come from it. The cursor stands after the subtype.
 *
 * @throws {WireFailure} as {@linkcode readTextBlock}; `invalid_value` for a second block, `invalid_utf8`
 */
export function openText(c: TextCursor, start: number): void {
  if (c.bundled) fail("invalid_value", start, "a second text block");
  const isLong = c.bytes[c.pos - 1] === Subtype.LONG_BUNDLE;
  const { structureEnd, wideStart, end } = readTextBlock(c, start, isLong);
  const narrow = decodeUtf8(c.bytes, structureEnd, wideStart - structureEnd, start);
  const wide = decodeUtf8(c.bytes, wideStart, end - wideStart, start);
  c.beginTable(structureEnd - c.pos);
  c.narrow = narrow;
  c.wide = wide;
  c.bundled = true;
  c.end = structureEnd;
  c.textEnd = end;
  markSafe(c);
}

/** Whether all of the text was taken, or there is none. */
export function isTextUsed(c: TextCursor): boolean {
  return c.narrowPos === c.narrow.length && c.widePos === c.wide.length;
}

/** Cuts the next string from the narrow text, and numbers it. */
export function cutNarrow(c: TextCursor, start: number, length: number): string {
  const from = c.narrowPos, to = from + length;
  if (to > c.narrow.length) fail("truncated", start, "the text block has fewer characters");
  c.narrowPos = to;
  const text = c.narrow.slice(from, to);
  if (length >= MIN_NUMBERED_UNITS && length <= MAX_NUMBERED_UNITS) {
    c.strings[c.stringCount++] = text;
  }
  return text;
}

/** Cuts the next string from the wide text, and numbers it. */
export function cutWide(c: TextCursor, start: number, length: number): string {
  const from = c.widePos, to = from + length;
  if (to > c.wide.length) fail("truncated", start, "the text block has fewer characters");
  c.widePos = to;
  const text = c.wide.slice(from, to);
  if (length >= MIN_NUMBERED_UNITS && length <= MAX_NUMBERED_UNITS) {
    c.strings[c.stringCount++] = text;
  }
  return text;
}

/** Reads the characters of a FIXSTR that is a value; the cursor stands after its tag. */
export function readShortText(c: TextCursor, start: number, length: number): string {
  if (c.bundled) return cutNarrow(c, start, length);
  const text = readShortString(c, start, length);
  if (length >= MIN_NUMBERED_UNITS) c.strings[c.stringCount++] = text;
  return text;
}

/**
 * Reads a string that is a value, bundled or not, a reference included.
 *
 * @throws {WireFailure} as {@linkcode readString}; `invalid_reference`
 */
export function readText(c: TextCursor, start: number, tag: number): string {
  if (tag === Tag.SREF) {
    const number = readLength(c, start);
    if (number >= c.stringCount) {
      fail("invalid_reference", start, `string ${number} of ${c.stringCount} so far`);
    }
    return c.strings[number];
  }
  let text: string;
  if (!c.bundled) text = readString(c, start, tag);
  else if (tag >= FIXSTR && tag < FIXSTR + 32) return cutNarrow(c, start, tag - FIXSTR);
  else if (tag === STRV) return cutNarrow(c, start, readLength(c, start) + 32);
  else if (tag === SU8) return cutWide(c, start, readLength(c, start) + 2);
  else text = readString(c, start, tag);
  const { length } = text;
  if (length >= MIN_NUMBERED_UNITS && length <= MAX_NUMBERED_UNITS) {
    c.strings[c.stringCount++] = text;
  }
  return text;
}
