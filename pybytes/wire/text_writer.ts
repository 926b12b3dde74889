/** Writing strings that are values: numbered, referred to when they come again, and bundled in larger documents. */
import { writeString, writeUtf16 } from "./strings.ts";
import { Subtype, Tag } from "./tags.ts";
import {
  BUNDLE_BYTES,
  LONGER_BY_BYTES,
  MAX_NUMBERED_UNITS,
  MIN_NUMBERED_UNITS,
} from "./text_block.ts";
import { writeLength, Writer } from "./writer.ts";

const { FIXSTR, STRV, SU8, SREF, XT } = Tag;
const encoder = new TextEncoder();

/**
 * Strings that are written where they stand before a text block begins. For fewer the block does not pay: it costs some
 * 500 ns both ways, and saves some 30 ns a string.
 */
const INLINE_STRINGS = 16;
/** For how many more a wide string counts. */
const WIDE_COST = 4;
/** Numbers that references use; larger ones would take more bytes than the shortest strings. */
const MAX_REFERRED = 1 << 16;
/** Places for strings to be found again, by a hash; a string takes the place of another with the same. */
const SLOTS = 1 << 12;
/** Strings that are looked up before it is decided whether that pays, and those that are not looked up when it does not. */
const TRIED = 64, SKIPPED = 448;
/** It pays when one in so many was found: a look-up takes 19 ns, which a reference wins back. */
const MISSES_PER_HIT = 16;
/** A text is not made longer than this: V8 holds 2^29 - 24 units. */
const MAX_TEXT_UNITS = 1 << 28;
const HIGH_UNIT = /[^\0-\xff]/;

/** A writer of documents with text. */
export class TextWriter extends Writer {
  /** Whether repeated strings are referred to. */
  dedup = true;
  /** Whether larger documents have a text block. */
  mayBundle = true;
  /** Strings that are still to be written where they stand. */
  inlineLeft = INLINE_STRINGS;
  /** Whether the text block has begun. */
  bundled = false;
  /** Position in the document of the sizes of structure and texts. */
  sizesAt = 0;
  /** The bundled strings without a unit above 255, one after the other. */
  narrow = "";
  /** The other bundled strings. */
  wide = "";
  /** How many strings have a number so far. */
  numbered = 0;
  /** The first of them. */
  first = "";
  /** Look-ups left in which to find enough; below 0, strings that are not looked up. */
  triesLeft = TRIED;
  /** How many of them found something. */
  hits = 0;
  /** The string at each place. */
  readonly texts: string[] = new Array<string>(SLOTS).fill("");
  /** Its number, or -1. */
  readonly numbers: Int32Array = new Int32Array(SLOTS).fill(-1);
  /** The places that are taken, to clear them by; every place is when there are more. */
  readonly taken: Int32Array = new Int32Array(SLOTS);
  /** How many times a place was taken. */
  takenCount = 0;

  /** Lets go of all strings, and of what {@linkcode Writer.release} does. */
  override release(): void {
    super.release();
    this.inlineLeft = INLINE_STRINGS;
    if (this.bundled) {
      this.bundled = false;
      this.narrow = this.wide = "";
    }
    if (this.numbered === 0) return;
    this.numbered = this.hits = 0;
    this.first = "";
    this.triesLeft = TRIED;
    const count = this.takenCount;
    this.takenCount = 0;
    if (count > SLOTS >> 1) {
      this.texts.fill("");
      this.numbers.fill(-1);
      return;
    }
    for (let i = 0; i < count; i++) {
      const slot = this.taken[i];
      this.texts[slot] = "";
      this.numbers[slot] = -1;
    }
  }
}

/** Writes a string that is a value, not a key or a part of another value. */
export function writeText(w: TextWriter, text: string): void {
  const { length } = text;
  if (length >= MIN_NUMBERED_UNITS && length <= MAX_NUMBERED_UNITS) {
    if (w.numbered === 0) w.first = text;
    else if (w.dedup && refer(w, text, length)) return;
    w.numbered++;
  }
  if (w.bundled || beginsBundle(w)) return bundle(w, text, length);
  const at = w.written;
  writeString(w, text);
  // What is not Latin-1 takes several times as long to read and write.
  if (w.bytes[w.origin + at] >= SU8) w.inlineLeft -= WIDE_COST;
}

/** The place of a string, by a hash of its length and three of its units. */
function slotOf(text: string, length: number): number {
  const hash = text.charCodeAt(0) * 7 + text.charCodeAt(length - 1) * 67 +
    text.charCodeAt(length >> 1) * 521 + length * 31;
  return Math.imul(hash, 0x9e3779b1) >>> 20;
}

function note(w: TextWriter, text: string, slot: number, number: number): void {
  w.texts[slot] = text;
  w.numbers[slot] = number;
  const count = w.takenCount++;
  if (count < SLOTS) w.taken[count] = slot;
}

/** Writes a reference if the string was written before; else notes where it is. */
function refer(w: TextWriter, text: string, length: number): boolean {
  if (w.triesLeft <= 0 && skips(w)) return false;
  w.triesLeft--;
  // Most small documents have a single string, for which nothing needs noting.
  if (w.takenCount === 0) note(w, w.first, slotOf(w.first, w.first.length), 0);
  const slot = slotOf(text, length);
  const number = w.numbers[slot];
  if (number >= 0 && w.texts[slot] === text) {
    w.hits++;
    if (w.pos > w.limit) w.grow(0);
    w.bytes[w.pos++] = SREF;
    writeLength(w, number);
    return true;
  }
  if (w.numbered < MAX_REFERRED) note(w, text, slot, w.numbered);
  return false;
}

/** Whether strings are not looked up for a while, because too few were found among the last. */
function skips(w: TextWriter): boolean {
  if (w.triesLeft === 0 && w.hits * MISSES_PER_HIT < TRIED) {
    w.triesLeft = -SKIPPED;
    return true;
  }
  if (w.triesLeft < -1) {
    w.triesLeft++;
    return true;
  }
  w.triesLeft = TRIED;
  w.hits = 0;
  return false;
}

/** Begins the text block if enough strings stand before it. */
function beginsBundle(w: TextWriter): boolean {
  if (--w.inlineLeft >= 0 || !w.mayBundle) return false;
  w.bundled = true;
  w.reserve(2 + BUNDLE_BYTES);
  w.bytes[w.pos++] = XT;
  w.bytes[w.pos++] = Subtype.BUNDLE;
  w.sizesAt = w.written;
  w.pos += BUNDLE_BYTES;
  return true;
}

function bundle(w: TextWriter, text: string, length: number): void {
  if (HIGH_UNIT.test(text)) return bundleWide(w, text, length);
  if (w.narrow.length + length > MAX_TEXT_UNITS) return writeUtf16(w, text);
  if (w.pos > w.limit) w.grow(0);
  if (length < 32) {
    w.bytes[w.pos++] = FIXSTR + length;
  } else {
    w.bytes[w.pos++] = STRV;
    writeLength(w, length - 32);
  }
  w.narrow += text;
}

function bundleWide(w: TextWriter, text: string, length: number): void {
  // The wide text holds no lone surrogates, and no string of a single unit.
  if (length < 2 || w.wide.length + length > MAX_TEXT_UNITS || !text.isWellFormed()) {
    return writeUtf16(w, text);
  }
  if (w.pos > w.limit) w.grow(0);
  w.bytes[w.pos++] = SU8;
  writeLength(w, length - 2);
  w.wide += text;
}

/** Writes the text block, if there is one, and the sizes before the structure; the document is complete then. */
export function closeText(w: TextWriter): void {
  if (!w.bundled) return;
  const structureEnd = w.written;
  writeAll(w, w.narrow, 2);
  const wideStart = w.written;
  writeAll(w, w.wide, 3);
  const at = w.sizesAt;
  const sizes = [structureEnd - at - BUNDLE_BYTES, wideStart - structureEnd, w.written - wideStart];
  if (Math.max(...sizes) < 2 ** 16) {
    sizes.forEach((size, index) => w.patch(at + 2 * index, size, 2));
    return;
  }
  w.insertZeros(at, LONGER_BY_BYTES);
  w.patch(at - 1, Subtype.LONG_BUNDLE, 1);
  sizes.forEach((size, index) => w.patch(at + 6 * index, size, 6));
  w.patch(at + 18, 0, 4);
}

/**
 * Writes a text as UTF-8, of which a unit takes so many bytes at most.
 *
 * V8's own encoder takes 3 ns for a unit that is not ASCII; a loop over `charCodeAt`, with what makes a single piece of the
 * text, takes longer.
 */
function writeAll(w: TextWriter, text: string, maxBytes: number): void {
  const { length } = text;
  if (length === 0) return;
  // Most narrow text is ASCII: no more room than that is asked for at first.
  for (const sizeBytes of [maxBytes === 2 ? length : maxBytes * length, maxBytes * length]) {
    w.reserve(sizeBytes);
    const room = w.bytes.subarray(w.pos, w.pos + sizeBytes);
    const { read, written } = encoder.encodeInto(text, room);
    if (read !== length) continue;
    w.pos += written;
    return;
  }
}
