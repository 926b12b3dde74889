/**
 * The text of larger documents: one block of characters behind the structure, from which strings are cut.
 *
 * Making a string of bytes costs 40 ns and more, cutting one from a text that is decoded already 6 ns.
 */
import { Cursor, readLength, take, truncated, u32At } from "./cursor.ts";
import { fail } from "./failure.ts";
import { decodeUtf8, readShortString, readString } from "./text.ts";
import { Subtype, Tag } from "./tags.ts";

const { FIXSTR, STRV, SU8 } = Tag;

/** Strings of fewer or more UTF-16 units than this have no number: a reference would save nothing, or expand too much. */
export const MIN_NUMBERED_UNITS = 3, MAX_NUMBERED_UNITS = 255;

/** Strings that {@linkcode TextCursor.releaseText} clears one by one; a longer table is let go as a whole. */
const KEPT_STRINGS = 256;

/** A cursor with the strings that came before it. */
export class TextCursor extends Cursor {
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

  /** Lets go of all strings. */
  releaseText(): void {
    const count = this.stringCount;
    if (count > KEPT_STRINGS) this.strings = [];
    else for (let i = 0; i < count; i++) this.strings[i] = "";
    this.stringCount = 0;
    if (!this.bundled) return;
    this.bundled = false;
    this.narrow = this.wide = "";
    this.narrowPos = this.widePos = 0;
  }
}

/** Bytes of what follows the subtypes BUNDLE and LONG_BUNDLE: three sizes, and in the long form six zero bytes. */
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

/**
 * Takes the text block: from here on strings come from it. The cursor stands after the subtype.
 *
 * @throws {WireFailure} as {@linkcode readTextBlock}; `invalid_value` for a second block, `invalid_utf8`
 */
export function openText(c: TextCursor, start: number): void {
  if (c.bundled) fail("invalid_value", start, "a second text block");
  const isLong = c.bytes[c.pos - 1] === Subtype.LONG_BUNDLE;
  const { structureEnd, wideStart, end } = readTextBlock(c, start, isLong);
  c.narrow = decodeUtf8(c.bytes, structureEnd, wideStart - structureEnd, start);
  c.wide = decodeUtf8(c.bytes, wideStart, end - wideStart, start);
  c.bundled = true;
  c.end = structureEnd;
  c.textEnd = end;
}

function u48At(b: Uint8Array, at: number): number {
  return u32At(b, at) + (b[at + 4] | b[at + 5] << 8) * 2 ** 32;
}

/** Whether all of the text was taken, or there is none. */
export function isTextUsed(c: TextCursor): boolean {
  return c.narrowPos === c.narrow.length && c.widePos === c.wide.length;
}

function cutNarrow(c: TextCursor, start: number, length: number): string {
  const from = c.narrowPos, to = from + length;
  if (to > c.narrow.length) fail("truncated", start, "the text block has fewer characters");
  c.narrowPos = to;
  return c.narrow.slice(from, to);
}

function cutWide(c: TextCursor, start: number, length: number): string {
  const from = c.widePos, to = from + length;
  if (to > c.wide.length) fail("truncated", start, "the text block has fewer characters");
  c.widePos = to;
  return c.wide.slice(from, to);
}

/** Reads the characters of a FIXSTR that is a value; the cursor stands after its tag. */
export function readShortText(c: TextCursor, start: number, length: number): string {
  const text = c.bundled ? cutNarrow(c, start, length) : readShortString(c, start, length);
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
  else if (tag >= FIXSTR && tag < FIXSTR + 32) text = cutNarrow(c, start, tag - FIXSTR);
  else if (tag === STRV) text = cutNarrow(c, start, readLength(c, start) + 32);
  else if (tag === SU8) text = cutWide(c, start, readLength(c, start) + 2);
  else text = readString(c, start, tag);
  const { length } = text;
  if (length >= MIN_NUMBERED_UNITS && length <= MAX_NUMBERED_UNITS) {
    c.strings[c.stringCount++] = text;
  }
  return text;
}
