/** Writing strings that are values: numbered, referred to when they come again, and bundled in larger documents. */
import { beginBundle, bundle, Chunk, settleText } from "./bundle.ts";
import { writeString } from "./strings.ts";
import { Tag } from "./tags.ts";
import { MAX_NUMBERED_UNITS, MIN_NUMBERED_UNITS } from "./text_block.ts";
import { WideText } from "./wide_text.ts";
import { writeLength, Writer } from "./writer.ts";

const { SU8, SREF } = Tag;

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
  readonly wide: WideText = new WideText();
  /** The strings of which it is not known yet to which text they belong. */
  readonly chunk: Chunk = new Chunk();
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

  /** Makes sure that what is written stays where it is. */
  override settle(): void {
    settleText(this);
  }

  /** Lets go of all strings, and of what {@linkcode Writer.release} does. */
  override release(): void {
    super.release();
    this.inlineLeft = INLINE_STRINGS;
    if (this.bundled) {
      this.bundled = false;
      this.narrow = "";
      this.wide.release();
      this.chunk.clear();
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
  if (!w.bundled && --w.inlineLeft < 0 && w.mayBundle) beginBundle(w);
  if (w.bundled) return bundle(w, text, length);
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
