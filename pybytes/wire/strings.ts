/** Writing strings: Latin-1 when it can be, else the shortest of UTF-8, UTF-16, a 128-character window, one character. */
import { Tag } from "./tags.ts";
import { lengthSizeBytes, writeLength, type Writer, writeU24 } from "./writer.ts";

const { FIXSTR, STRV, SU8, SU16, SX, S1 } = Tag;
const encoder = new TextEncoder();
/** From this length on `encodeInto` is faster than a loop: 64 characters take 190 ns in a loop, 160 natively. */
const NATIVE_UNITS = 64;

/**
 * The sixteen fixed windows of the windowed form, for what lies above U+1800: punctuation, currency, letterlike
 * symbols and arrows, box drawing, shapes, dingbats' neighbours, CJK punctuation, kana, bopomofo, and the
 * compatibility blocks.
 */
export const STATIC_WINDOWS: readonly number[] = [
  0x2000,
  0x2080,
  0x2100,
  0x2190,
  0x2500,
  0x25a0,
  0x2600,
  0x3000,
  0x3040,
  0x30a0,
  0x3100,
  0xa640,
  0xfb50,
  0xfe70,
  0xff00,
  0xff60,
];
/** Window bytes below this stand for the window at 32 times the byte. */
export const FIRST_STATIC_WINDOW = 0xc0;

/** Writes a string, UTF-16 unit for unit, in its shortest form; ties go to the lowest tag. */
export function writeString(w: Writer, text: string): void {
  const length = text.length;
  if (length < 32) {
    if (w.pos > w.limit) w.grow(0);
    const at = w.pos + 1;
    if (!writeLatin1(w.bytes, at, text)) return writeWide(w, text);
    w.bytes[at - 1] = FIXSTR + length;
    w.pos = at + length;
    return;
  }
  w.reserve(length + 8);
  const start = w.pos;
  w.bytes[start] = STRV;
  w.pos = start + 1;
  writeLength(w, length - 32);
  const at = w.pos;
  if (length >= NATIVE_UNITS) {
    // Exactly `length` bytes of room: all of them filled means that every character was ASCII.
    const { read, written } = encoder.encodeInto(text, w.bytes.subarray(at, at + length));
    if (read === length && written === length) {
      w.pos = at + length;
      return;
    }
  }
  if (writeLatin1(w.bytes, at, text)) {
    w.pos = at + length;
    return;
  }
  w.pos = start;
  writeWide(w, text);
}

function writeLatin1(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 255) return false;
    bytes[at + i] = unit;
  }
  return true;
}

/** Writes a string with at least one character above U+00FF. */
function writeWide(w: Writer, text: string): void {
  const length = text.length;
  let utf8SizeBytes = length;
  let lowest = 0xffff, highest = 0;
  let wellFormed = true;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < lowest) lowest = unit;
    if (unit > highest) highest = unit;
    if (unit < 0x800) {
      utf8SizeBytes += 1;
    } else if (unit < 0xd800 || unit > 0xdfff) {
      utf8SizeBytes += 2;
    } else {
      // A pair is two units and four bytes. No window reaches a surrogate, so the extremes need no care.
      const next = unit < 0xdc00 && i + 1 < length ? text.charCodeAt(i + 1) : 0;
      if (next >= 0xdc00 && next <= 0xdfff) {
        utf8SizeBytes += 2;
        i++;
      } else {
        wellFormed = false;
      }
      highest = 0xffff;
    }
  }
  const window = findWindow(lowest, highest);
  const asUtf16 = 1 + lengthSizeBytes(length - 1) + 2 * length;
  const asUtf8 = wellFormed ? 1 + lengthSizeBytes(utf8SizeBytes - 2) + utf8SizeBytes : Infinity;
  const asWindow = window >= 0 ? 2 + lengthSizeBytes(length) + length : Infinity;
  const asOne = length === 2 && wellFormed && text.codePointAt(0)! > 0xffff ? 4 : Infinity;
  const best = Math.min(asUtf8, asUtf16, asWindow, asOne);
  w.reserve(best);
  if (best === asUtf8) return writeUtf8(w, text, utf8SizeBytes);
  if (best === asUtf16) return writeUtf16(w, text);
  if (best === asWindow) return writeWindow(w, text, window);
  w.bytes[w.pos++] = S1;
  writeU24(w, text.codePointAt(0)!);
}

/** The window byte that covers all non-ASCII characters from `lowest` to `highest`, or -1. */
function findWindow(lowest: number, highest: number): number {
  if (lowest < 32 * FIRST_STATIC_WINDOW) {
    const window = lowest >> 5;
    return highest < window * 32 + 128 ? window : -1;
  }
  for (let i = 0; i < STATIC_WINDOWS.length; i++) {
    const base = STATIC_WINDOWS[i];
    if (lowest >= base && highest < base + 128) return FIRST_STATIC_WINDOW + i;
  }
  return -1;
}

function writeUtf8(w: Writer, text: string, sizeBytes: number): void {
  w.bytes[w.pos++] = SU8;
  writeLength(w, sizeBytes - 2);
  encoder.encodeInto(text, w.bytes.subarray(w.pos, w.pos + sizeBytes));
  w.pos += sizeBytes;
}

/** Writes a string of at least one unit as UTF-16, whatever it has in it. */
export function writeUtf16(w: Writer, text: string): void {
  const length = text.length;
  w.reserve(2 * length + 8);
  const b = w.bytes;
  b[w.pos++] = SU16;
  writeLength(w, length - 1);
  let at = w.pos;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    b[at++] = unit;
    b[at++] = unit >>> 8;
  }
  w.pos = at;
}

function writeWindow(w: Writer, text: string, window: number): void {
  const b = w.bytes, length = text.length;
  const base = window < FIRST_STATIC_WINDOW
    ? window * 32
    : STATIC_WINDOWS[window - FIRST_STATIC_WINDOW];
  b[w.pos++] = SX;
  b[w.pos++] = window;
  writeLength(w, length);
  let at = w.pos;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    b[at++] = unit < 0x80 ? unit : unit - base + 0x80;
  }
  w.pos = at;
}
