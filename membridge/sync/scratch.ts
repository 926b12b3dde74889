/**
 * Private memory through which small messages pass on their way into and out of shared memory.
 *
 * A value is encoded here and copied into the ring word by word, and the other way round: making a view of the ring for each message
 * would take 100 ns, as long as encoding two numbers does.
 */

/** Views of the first bytes up to this length are made once. */
const KEPT_VIEWS = 256;

/** A buffer, as bytes and as words, with its short views. */
export class Scratch {
  /** The memory. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same memory as u32 words. */
  readonly words: Uint32Array<ArrayBuffer>;
  readonly #views: Uint8Array<ArrayBuffer>[] = [];
  #last: Uint8Array<ArrayBuffer>;

  /** @param sizeBytes A multiple of 4. */
  constructor(sizeBytes: number) {
    this.bytes = new Uint8Array(sizeBytes);
    this.words = new Uint32Array(this.bytes.buffer);
    this.#last = this.bytes;
  }

  /** Returns a view of the first `sizeBytes`. */
  view(sizeBytes: number): Uint8Array<ArrayBuffer> {
    if (sizeBytes <= KEPT_VIEWS) {
      return this.#views[sizeBytes] ??= this.bytes.subarray(0, sizeBytes);
    }
    // Long messages often keep their length.
    if (this.#last.length !== sizeBytes) this.#last = this.bytes.subarray(0, sizeBytes);
    return this.#last;
  }
}
