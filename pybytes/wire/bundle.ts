/**
 * Writing the text block: a string's length where it stands, its characters to one of two texts behind the structure.
 *
 * Whether a string has characters above U+00FF tells to which. Asking each takes 20 ns, a third of what writing a short
 * one takes, so they are asked together, some dozens at a time, and taken for narrow until then.
 */
import { writeUtf16 } from "./strings.ts";
import { Subtype, Tag } from "./tags.ts";
import { BUNDLE_BYTES, LONGER_BY_BYTES } from "./text_block.ts";
import type { TextWriter } from "./text_writer.ts";
import type { WideText } from "./wide_text.ts";
import { lengthSizeBytes, writeLength } from "./writer.ts";

const { FIXSTR, STRV, SU8, XT } = Tag;
const encoder = new TextEncoder();

/** How many strings are asked together, and from how many units on. */
const CHUNK_STRINGS = 32, CHUNK_UNITS = 4096;
/** Strings that are asked one by one after wide ones were among those taken for narrow. */
const ASKED = 256;
/** It stays so when one in so many was wide. */
const NARROW_PER_WIDE = 32;
/** A text is not made longer than this: V8 holds 2^29 - 24 units. */
const MAX_TEXT_UNITS = 1 << 28;
const HIGH_UNIT = /[^\0-\xff]/;

/** The strings that were written last, and are still to be asked. */
export class Chunk {
  /** How many they are. */
  count = 0;
  /** How many units they have. */
  units = 0;
  /** The size of the wide text before them, in bytes and in units. */
  wideBytes = 0;
  /** See {@linkcode wideBytes}. */
  wideUnits = 0;
  /** Each of them. */
  readonly texts: string[] = new Array<string>(CHUNK_STRINGS).fill("");
  /** The position in the document of each one's tag; -1 less the position if it was taken for wide. */
  readonly starts: Float64Array = new Float64Array(CHUNK_STRINGS);
  /** Strings that are still to be asked one by one. */
  askedLeft = 0;
  /** How many of them were wide so far. */
  askedWide = 0;

  /** Lets go of the strings. */
  clear(): void {
    this.count = this.units = this.askedLeft = 0;
    this.texts.fill("");
  }
}

/** Begins the text block. */
export function beginBundle(w: TextWriter): void {
  w.bundled = true;
  w.reserve(2 + BUNDLE_BYTES);
  w.bytes[w.pos++] = XT;
  w.bytes[w.pos++] = Subtype.BUNDLE;
  w.sizesAt = w.written;
  w.pos += BUNDLE_BYTES;
}

/** Writes a string after the block began. */
export function bundle(w: TextWriter, text: string, length: number): void {
  const { chunk } = w;
  if (length > CHUNK_UNITS) {
    settleText(w);
    return bundleAsked(w, text, length);
  }
  const { wide } = w;
  const at = chunk.count;
  if (at === 0) {
    chunk.wideBytes = wide.sizeBytes;
    chunk.wideUnits = wide.units;
  }
  if (isWide(chunk, text)) {
    if (!takesWide(wide, text, length)) return writeUtf16(w, text);
    if (w.pos > w.limit) w.grow(0);
    chunk.starts[at] = w.origin - w.pos - 1;
    writeWideHeader(w, length);
  } else {
    if (w.pos > w.limit) w.grow(0);
    chunk.starts[at] = w.pos - w.origin;
    writeNarrowHeader(w, length);
  }
  chunk.texts[at] = text;
  chunk.count = at + 1;
  chunk.units += length;
  if (at + 1 === CHUNK_STRINGS || chunk.units > CHUNK_UNITS) settleText(w);
}

function isWide(chunk: Chunk, text: string): boolean {
  // Most texts in another script begin with one of its letters.
  if (text.charCodeAt(0) > 0xff) return true;
  if (chunk.askedLeft === 0) return false;
  const answer = HIGH_UNIT.test(text);
  if (answer) chunk.askedWide++;
  if (--chunk.askedLeft === 0 && chunk.askedWide * NARROW_PER_WIDE >= ASKED) askEach(chunk);
  return answer;
}

function askEach(chunk: Chunk): void {
  chunk.askedLeft = ASKED;
  chunk.askedWide = 0;
}

function writeNarrowHeader(w: TextWriter, length: number): void {
  if (length < 32) {
    w.bytes[w.pos++] = FIXSTR + length;
  } else {
    w.bytes[w.pos++] = STRV;
    writeLength(w, length - 32);
  }
}

function writeWideHeader(w: TextWriter, length: number): void {
  w.bytes[w.pos++] = SU8;
  writeLength(w, length - 2);
}

/** Makes sure of all strings written so far: what is written stays where it is from now on. */
export function settleText(w: TextWriter): void {
  const { chunk } = w;
  const { count, texts, starts } = chunk;
  if (count === 0) return;
  let narrow = "";
  for (let i = 0; i < count; i++) {
    if (starts[i] >= 0) narrow += texts[i];
  }
  if (HIGH_UNIT.test(narrow)) {
    askEach(chunk);
    rewrite(w);
  } else if (!fits(w.narrow.length, narrow.length)) {
    rewrite(w);
  } else {
    w.narrow += narrow;
  }
  chunk.count = chunk.units = 0;
}

/** Appends a string to the wide text, which holds no lone surrogates, and no string of a single unit. */
function takesWide(wide: WideText, text: string, length: number): boolean {
  return length > 1 && fits(wide.units, length) && wide.append(text);
}

function fits(units: number, more: number): boolean {
  return units + more <= MAX_TEXT_UNITS;
}

/** Writes the strings of the chunk again, each asked by itself, and what stands between them. */
function rewrite(w: TextWriter): void {
  const { count, texts, starts, wideBytes, wideUnits } = w.chunk;
  w.wide.rewind(wideBytes, wideUnits);
  const startOf = (i: number) => starts[i] < 0 ? -1 - starts[i] : starts[i];
  const start = startOf(0);
  if (w.origin + start < 0) w.leaveTarget();
  const old = w.bytes.slice(w.origin + start, w.pos);
  w.pos = w.origin + start;
  for (let i = 0; i < count; i++) {
    const { length } = texts[i];
    bundleAsked(w, texts[i], length);
    const from = startOf(i) - start + headerBytes(starts[i] < 0, length);
    const between = old.subarray(from, i + 1 < count ? startOf(i + 1) - start : undefined);
    w.reserve(between.length);
    w.bytes.set(between, w.pos);
    w.pos += between.length;
  }
}

function headerBytes(wide: boolean, length: number): number {
  if (wide) return 1 + lengthSizeBytes(length - 2);
  return length < 32 ? 1 : 1 + lengthSizeBytes(length - 32);
}

/** Writes a string to the text that it belongs to. */
function bundleAsked(w: TextWriter, text: string, length: number): void {
  if (HIGH_UNIT.test(text)) {
    if (!takesWide(w.wide, text, length)) return writeUtf16(w, text);
    if (w.pos > w.limit) w.grow(0);
    writeWideHeader(w, length);
  } else {
    if (!fits(w.narrow.length, length)) return writeUtf16(w, text);
    if (w.pos > w.limit) w.grow(0);
    writeNarrowHeader(w, length);
    w.narrow += text;
  }
}

/** Writes the text block, if there is one, and the sizes before the structure; the document is complete then. */
export function closeText(w: TextWriter): void {
  if (!w.bundled) return;
  settleText(w);
  const structureEnd = w.written;
  writeNarrow(w);
  const wideStart = w.written;
  writeWide(w);
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

/** Writes the narrow text, which is one string by now: `encodeInto` takes less for it than a loop, ASCII or not. */
function writeNarrow(w: TextWriter): void {
  const { narrow } = w, { length } = narrow;
  if (length === 0) return;
  // Most text is ASCII: no more room than that is asked for at first, and what there is beyond it is tried.
  for (const sizeBytes of [length, 2 * length]) {
    w.reserve(sizeBytes);
    const { read, written } = encoder.encodeInto(narrow, w.bytes.subarray(w.pos));
    if (read !== length) continue;
    w.pos += written;
    return;
  }
}

function writeWide(w: TextWriter): void {
  const { bytes, sizeBytes } = w.wide;
  if (sizeBytes === 0) return;
  w.reserve(sizeBytes);
  w.bytes.set(bytes.subarray(0, sizeBytes), w.pos);
  w.pos += sizeBytes;
}
