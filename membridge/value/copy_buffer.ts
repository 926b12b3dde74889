/** Where the bytes of versions are copied to before they are decoded. */
import type { Segment } from "../segment/segment.ts";

/** Copies up to this length share a buffer; longer ones get memory of their own, which is given back. */
const LARGEST_SHARED_BYTES = 1 << 20;
/** Up to this length a loop over words takes less than a view of the bytes to copy: 6 ns for 40 bytes, not 50. */
const LARGEST_LOOP_BYTES = 256;

/** Copies for one handle. It has no memory before the first one. */
export class CopyBuffer {
  readonly #fresh: boolean;
  #words: Uint32Array = new Uint32Array();
  #bytes: Uint8Array = new Uint8Array();
  #view: Uint8Array = this.#bytes;

  /** @param fresh Whether each copy is to be memory of its own, for a codec that may keep it. */
  constructor(fresh: boolean) {
    this.#fresh = fresh;
  }

  /** Copies bytes of the mapped memory, from an offset that is a multiple of 8. The copy is good until the next one, or for ever if `fresh`. */
  copy(source: Segment, offset: number, sizeBytes: number): Uint8Array {
    if (this.#fresh || sizeBytes > LARGEST_SHARED_BYTES) {
      return source.bytes.slice(offset, offset + sizeBytes);
    }
    if (sizeBytes > this.#bytes.length) this.#enlarge(sizeBytes);
    // Most values keep their length.
    if (this.#view.length !== sizeBytes) this.#view = this.#bytes.subarray(0, sizeBytes);
    if (sizeBytes > LARGEST_LOOP_BYTES) {
      this.#view.set(source.bytes.subarray(offset, offset + sizeBytes));
    } else {
      const { words } = source;
      const target = this.#words;
      const from = offset / 4;
      for (let i = 0; 4 * i < sizeBytes; i++) target[i] = words[from + i];
    }
    return this.#view;
  }

  #enlarge(sizeBytes: number): void {
    this.#words = new Uint32Array(Math.ceil(Math.max(64, 1.5 * sizeBytes) / 8) * 2);
    this.#bytes = new Uint8Array(this.#words.buffer);
  }
}
