/** Reading strings: the mirror of strings.ts. Every form gives the string UTF-16 unit for unit, or a failure. */
import { type Cursor, readLength, readU24, readU8, take } from "./cursor.ts";
import { fail } from "./failure.ts";
import { FIRST_STATIC_WINDOW, STATIC_WINDOWS } from "./strings.ts";
import { Tag } from "./tags.ts";

const { FIXSTR, STRV, SU8, SU16, SX, S1 } = Tag;
/** V8's longest string on 64-bit hosts has 2^29 - 24 units. */
const MAX_STRING_UNITS = 2 ** 29 - 24;
/** Above this `TextDecoder` wins: 48 bytes take 200 ns in either, 128 take 520 in pieces and 215 natively. */
const NATIVE_BYTES = 40;
/** The same for UTF-16: 140 units take 625 ns in either. */
const NATIVE_UNITS = 160;
/** Units per `fromCharCode.apply`, well below any engine's limit on arguments. */
const PIECE_UNITS = 4096;

// Not fatal: that keeps the native ASCII path. Replacement characters are looked at again with the fatal one.
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });
const strict = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });
const utf16 = new TextDecoder("utf-16le", { ignoreBOM: true });

/** Whether a tag starts a string. */
export function isStringTag(tag: number): boolean {
  return (tag >= FIXSTR && tag < FIXSTR + 32) || (tag >= STRV && tag <= SX) || tag === S1;
}

/**
 * Reads the string that `tag` starts.
 *
 * @throws {WireFailure} `truncated`, `invalid_length`, `count_too_large`, `invalid_utf8`, `invalid_string`;
 * `invalid_value` when `tag` is no string's
 */
export function readString(c: Cursor, start: number, tag: number): string {
  if (tag >= FIXSTR && tag < FIXSTR + 32) return readShortString(c, start, tag - FIXSTR);
  switch (tag) {
    case STRV: {
      const length = checkedUnits(readLength(c, start) + 32, start);
      return readLatin1(c.bytes, take(c, start, length), length);
    }
    case SU8: {
      const length = readLength(c, start) + 2;
      if (length > 3 * MAX_STRING_UNITS) checkedUnits(length, start);
      return readUtf8(c.bytes, take(c, start, length), length, start);
    }
    case SU16: {
      const length = checkedUnits(readLength(c, start) + 1, start);
      return readUtf16(c.bytes, take(c, start, 2 * length), length);
    }
    case SX:
      return readWindowed(c, start);
    case S1: {
      const point = readU24(c, start);
      if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) {
        fail("invalid_string", start, `a character expected, found U+${point.toString(16)}`);
      }
      return String.fromCodePoint(point);
    }
  }
  return fail("invalid_value", start, `a str expected, found tag 0x${tag.toString(16)}`);
}

/** Reads the characters of a FIXSTR; the cursor stands after its tag. */
export function readShortString(c: Cursor, start: number, length: number): string {
  const at = take(c, start, length), b = c.bytes;
  return length < 16
    ? latinUnder16(b, at, length)
    : latin16(b, at) + latinUnder16(b, at + 16, length - 16);
}

function checkedUnits(length: number, start: number): number {
  if (length > MAX_STRING_UNITS) fail("count_too_large", start, `a str of ${length} characters`);
  return length;
}

/** Reads Latin-1: any byte is a character, so nothing can fail. */
export function readLatin1(b: Uint8Array, at: number, length: number): string {
  if (length > NATIVE_BYTES) return readLongLatin1(b, at, length);
  let text = "";
  while (length >= 16) {
    text += latin16(b, at);
    at += 16;
    length -= 16;
  }
  return length === 0 ? text : text + latinUnder16(b, at, length);
}

const fromCharCode = String.fromCharCode;

/** Keys read lately, by a hash of their length and some of their bytes; a key of the same hash replaces the older. */
const KEY_SLOTS = 2048;
const keys: string[] = new Array<string>(KEY_SLOTS).fill("");

/**
 * Reads a FIXSTR that is a dict's key; the cursor stands after its tag.
 *
 * The same few keys come again and again, and a string that V8 already knows as a property name saves making it and
 * looking it up. The cache holds only strings, each compared with the bytes before it is used.
 */
export function readKey(c: Cursor, start: number, tag: number): string {
  const length = tag - FIXSTR;
  const at = take(c, start, length), b = c.bytes;
  if (length === 0) return "";
  const slot = (length * 31 + b[at] * 7 + b[at + length - 1] * 67 + b[at + (length >> 1)] * 521) &
    (KEY_SLOTS - 1);
  const known = keys[slot];
  if (known.length === length) {
    let i = 0;
    while (i < length && known.charCodeAt(i) === b[at + i]) i++;
    if (i === length) return known;
  }
  // A property name's own string, not merely an equal one.
  const key = Object.keys({ [readLatin1(b, at, length)]: 0 })[0];
  keys[slot] = key;
  return key;
}

function latin16(b: Uint8Array, p: number): string {
  // deno-fmt-ignore
  return fromCharCode(
    b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5], b[p + 6], b[p + 7],
    b[p + 8], b[p + 9], b[p + 10], b[p + 11], b[p + 12], b[p + 13], b[p + 14], b[p + 15],
  );
}

// One call with all characters is the fastest way to a short string: 40 ns for 8, against 80 with `apply`.
// deno-fmt-ignore
function latinUnder16(b: Uint8Array, p: number, length: number): string {
  switch (length) {
    case 1: return fromCharCode(b[p]);
    case 2: return fromCharCode(b[p], b[p + 1]);
    case 3: return fromCharCode(b[p], b[p + 1], b[p + 2]);
    case 4: return fromCharCode(b[p], b[p + 1], b[p + 2], b[p + 3]);
    case 5: return fromCharCode(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4]);
    case 6: return fromCharCode(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5]);
    case 7: return fromCharCode(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5], b[p + 6]);
    case 8: return fromCharCode(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5], b[p + 6], b[p + 7]);
    case 9: return fromCharCode(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5], b[p + 6], b[p + 7],
      b[p + 8]);
    case 10: return fromCharCode(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5], b[p + 6], b[p + 7],
      b[p + 8], b[p + 9]);
    case 11: return fromCharCode(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5], b[p + 6], b[p + 7],
      b[p + 8], b[p + 9], b[p + 10]);
    case 12: return fromCharCode(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5], b[p + 6], b[p + 7],
      b[p + 8], b[p + 9], b[p + 10], b[p + 11]);
    case 13: return fromCharCode(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5], b[p + 6], b[p + 7],
      b[p + 8], b[p + 9], b[p + 10], b[p + 11], b[p + 12]);
    case 14: return fromCharCode(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5], b[p + 6], b[p + 7],
      b[p + 8], b[p + 9], b[p + 10], b[p + 11], b[p + 12], b[p + 13]);
    case 15: return fromCharCode(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5], b[p + 6], b[p + 7],
      b[p + 8], b[p + 9], b[p + 10], b[p + 11], b[p + 12], b[p + 13], b[p + 14]);
  }
  return "";
}

function readLongLatin1(b: Uint8Array, at: number, length: number): string {
  // As UTF-8: as many units as bytes and no replacement character means that all of it was ASCII.
  const text = lenient.decode(b.subarray(at, at + length));
  if (text.length === length && !text.includes("\ufffd")) return text;
  return inPieces(length, (from, count) => latin1Piece(b, at + from, count));
}

/** Joins pieces that are small enough for one call with all their units as arguments. */
function inPieces(length: number, piece: (from: number, count: number) => string): string {
  let text = "";
  for (let from = 0; from < length; from += PIECE_UNITS) {
    text += piece(from, Math.min(PIECE_UNITS, length - from));
  }
  return text;
}

// An array of exactly this length and one `apply` take 190 ns for 48 units, growing an array 245, other ways more.
function latin1Piece(b: Uint8Array, at: number, count: number): string {
  const units = new Array<number>(count);
  for (let i = 0; i < count; i++) units[i] = b[at + i];
  return fromCharCode.apply(null, units);
}

function utf16Piece(b: Uint8Array, at: number, count: number): string {
  const units = new Array<number>(count);
  for (let i = 0; i < count; i++) units[i] = b[at + 2 * i] | b[at + 2 * i + 1] << 8;
  return fromCharCode.apply(null, units);
}

function windowPiece(b: Uint8Array, at: number, count: number, base: number): string {
  const units = new Array<number>(count);
  for (let i = 0; i < count; i++) {
    const byte = b[at + i];
    units[i] = byte < 0x80 ? byte : base - 0x80 + byte;
  }
  return fromCharCode.apply(null, units);
}

function readUtf16(b: Uint8Array, at: number, length: number): string {
  if (length <= NATIVE_UNITS) return utf16Piece(b, at, length);
  const text = utf16.decode(b.subarray(at, at + 2 * length));
  // Either a real U+FFFD or a lone surrogate, which the decoder does not keep.
  if (!text.includes("\ufffd")) return text;
  return inPieces(length, (from, count) => utf16Piece(b, at + 2 * from, count));
}

function readWindowed(c: Cursor, start: number): string {
  const window = readU8(c, start);
  if (window >= FIRST_STATIC_WINDOW + STATIC_WINDOWS.length) {
    fail("invalid_string", start, `window 0x${window.toString(16)} does not exist`);
  }
  const base = window < FIRST_STATIC_WINDOW
    ? window * 32
    : STATIC_WINDOWS[window - FIRST_STATIC_WINDOW];
  const length = checkedUnits(readLength(c, start), start);
  const at = take(c, start, length), b = c.bytes;
  if (length <= PIECE_UNITS) return windowPiece(b, at, length, base);
  return inPieces(length, (from, count) => windowPiece(b, at + from, count, base));
}

/**
 * Decodes strict UTF-8, which may be empty.
 *
 * @throws {WireFailure} `invalid_utf8`, `count_too_large`
 */
export function decodeUtf8(b: Uint8Array, at: number, length: number, start: number): string {
  return length === 0 ? "" : readUtf8(b, at, length, start);
}

function readUtf8(b: Uint8Array, at: number, length: number, start: number): string {
  if (length <= NATIVE_BYTES) return readShortUtf8(b, at, at + length, start);
  const bytes = b.subarray(at, at + length);
  if (length > MAX_STRING_UNITS) return readHugeUtf8(bytes, start);
  const text = lenient.decode(bytes);
  if (!text.includes("\ufffd")) return text;
  // Either a real U+FFFD or a malformed sequence.
  try {
    return strict.decode(bytes);
  } catch {
    return notUtf8(start);
  }
}

/** Reads text that may have more characters than a string can. */
function readHugeUtf8(bytes: Uint8Array, start: number): string {
  try {
    return strict.decode(bytes);
  } catch (error) {
    return error instanceof TypeError
      ? notUtf8(start)
      : fail("count_too_large", start, `a str of ${bytes.length} bytes`);
  }
}

function notUtf8(start: number): never {
  return fail("invalid_utf8", start, "the text is not strict UTF-8");
}

/** Strict UTF-8 (no overlong forms, no surrogates, at most U+10FFFF) without the 200 ns of a native call. */
function readShortUtf8(b: Uint8Array, at: number, end: number, start: number): string {
  const units: number[] = [];
  while (at < end) {
    const first = b[at++];
    if (first < 0x80) {
      units.push(first);
    } else if (first < 0xe0) {
      if (first < 0xc2 || at >= end || (b[at] & 0xc0) !== 0x80) return notUtf8(start);
      units.push((first & 0x1f) << 6 | b[at++] & 0x3f);
    } else if (first < 0xf0) {
      if (end - at < 2 || (b[at] & 0xc0) !== 0x80 || (b[at + 1] & 0xc0) !== 0x80) {
        return notUtf8(start);
      }
      const unit = (first & 0x0f) << 12 | (b[at] & 0x3f) << 6 | b[at + 1] & 0x3f;
      if (unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff)) return notUtf8(start);
      units.push(unit);
      at += 2;
    } else {
      if (
        first > 0xf4 || end - at < 3 || (b[at] & 0xc0) !== 0x80 ||
        (b[at + 1] & 0xc0) !== 0x80 || (b[at + 2] & 0xc0) !== 0x80
      ) return notUtf8(start);
      const point = (first & 7) << 18 | (b[at] & 0x3f) << 12 | (b[at + 1] & 0x3f) << 6 |
        b[at + 2] & 0x3f;
      if (point < 0x10000 || point > 0x10ffff) return notUtf8(start);
      units.push(0xd7c0 + (point >> 10), 0xdc00 | point & 0x3ff);
      at += 3;
    }
  }
  return fromCharCode.apply(null, units);
}
