/** The wide text of a document that is being written: strings one after the other, as UTF-8. */

const encoder = new TextEncoder();

const FIRST_BYTES = 4096;
/** Memory grown beyond this is given back to the garbage collector after its document. */
const KEPT_BYTES = 1 << 20;
/**
 * From so many units on `encodeInto` is faster than a loop where most of them are ASCII; in a text of another script it
 * takes 2.3 ns a unit, the loop 1.6.
 */
const NATIVE_UNITS = 512;

/** Strings as UTF-8. */
export class WideText {
  /** What was written so far, and room for more. */
  bytes: Uint8Array = new Uint8Array(FIRST_BYTES);
  /** How many bytes were written. */
  sizeBytes = 0;
  /** How many UTF-16 units they are. */
  units = 0;

  /** Appends a string; false, with nothing appended, if it has a lone surrogate. */
  append(text: string): boolean {
    const { length } = text;
    const needed = this.sizeBytes + 3 * length;
    if (needed > this.bytes.length) this.#grow(needed);
    const sizeBytes = length < NATIVE_UNITS ? this.#put(text) : this.#putLong(text);
    if (sizeBytes < 0) return false;
    this.sizeBytes += sizeBytes;
    this.units += length;
    return true;
  }

  /** Goes back to where it had these sizes. */
  rewind(sizeBytes: number, units: number): void {
    this.sizeBytes = sizeBytes;
    this.units = units;
  }

  /** Forgets the document. */
  release(): void {
    this.sizeBytes = this.units = 0;
    if (this.bytes.length > KEPT_BYTES) this.bytes = new Uint8Array(FIRST_BYTES);
  }

  #grow(neededBytes: number): void {
    const bytes = new Uint8Array(Math.max(2 * this.bytes.length, neededBytes));
    bytes.set(this.bytes.subarray(0, this.sizeBytes));
    this.bytes = bytes;
  }

  #put(text: string): number {
    const b = this.bytes, from = this.sizeBytes, { length } = text;
    let at = from;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit < 0x80) {
        b[at++] = unit;
      } else if (unit < 0x800) {
        b[at] = 0xc0 | unit >> 6;
        b[at + 1] = 0x80 | unit & 0x3f;
        at += 2;
      } else if (unit < 0xd800 || unit > 0xdfff) {
        b[at] = 0xe0 | unit >> 12;
        b[at + 1] = 0x80 | unit >> 6 & 0x3f;
        b[at + 2] = 0x80 | unit & 0x3f;
        at += 3;
      } else {
        const next = unit < 0xdc00 && ++i < length ? text.charCodeAt(i) : 0;
        if (next < 0xdc00 || next > 0xdfff) return -1;
        const point = 0x10000 + (unit - 0xd800 << 10) + next - 0xdc00;
        b[at] = 0xf0 | point >> 18;
        b[at + 1] = 0x80 | point >> 12 & 0x3f;
        b[at + 2] = 0x80 | point >> 6 & 0x3f;
        b[at + 3] = 0x80 | point & 0x3f;
        at += 4;
      }
    }
    return at - from;
  }

  #putLong(text: string): number {
    if (!text.isWellFormed()) return -1;
    return encoder.encodeInto(text, this.bytes.subarray(this.sizeBytes)).written;
  }
}
