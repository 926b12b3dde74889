/** Where encoded bytes go: a pool for small results, a slab that grows, or the caller's own memory. */

/** Bytes that one small write may use without asking: the longest fixed-size value and header, and a 31-byte string. */
export const SLACK_BYTES = 48;

const POOL_BYTES = 8192;
const POOLED_RESULT_BYTES = 2048;
const SLAB_BYTES = 32768;
/** A slab grown beyond this is given back to the garbage collector after its document. */
const KEPT_SLAB_BYTES = 1 << 22;

/**
 * An append-only byte sink for one document at a time.
 *
 * The invariant of the hot path: after `if (w.pos > w.limit) w.grow(0)` at least {@linkcode SLACK_BYTES} bytes may
 * be written at `w.pos`; whoever needs more calls `reserve`.
 *
 * The document starts in the 8 KiB pool (or the caller's target). When it does not fit there, it goes on in a
 * slab; a pool region that was handed out is never written again.
 */
export class Writer {
  /** The memory written at present. */
  bytes: Uint8Array;
  /** A view of `bytes` once a number needed it; see {@linkcode look}. */
  view: DataView | undefined;
  /** Index in `bytes` of the next byte. */
  pos = 0;
  /** The largest `pos` at which a small write is still safe. */
  limit = 0;
  /** Index in `bytes` of the document's first byte; negative when its beginning stayed in the target. */
  origin = 0;
  /** How many bytes of padding were written, ever: who wrote some cannot be moved. */
  paddedBytes = 0;

  #pool: Uint8Array<ArrayBuffer>;
  #poolUsed = 0;
  #slab: Uint8Array<ArrayBuffer> | undefined;
  #inSlab = false;
  #target: Uint8Array | undefined;

  /** Allocates the pool. */
  constructor() {
    this.#pool = new Uint8Array(POOL_BYTES);
    this.bytes = this.#pool;
  }

  /** Starts a document that {@linkcode finish} returns as an array. */
  begin(): void {
    // A fresh pool costs 690 ns; a document that starts in the last bytes of one would have to move.
    if (this.#poolUsed > POOL_BYTES - 256) {
      this.#pool = new Uint8Array(POOL_BYTES);
      this.#poolUsed = 0;
    }
    this.#open(this.#pool, this.#poolUsed);
  }

  /** Starts a document that goes to the beginning of `target`. */
  beginInto(target: Uint8Array): void {
    // A subclass may have methods of its own: the `slice` of Node's `Buffer` is a view.
    const plain = Object.getPrototypeOf(target) === Uint8Array.prototype
      ? target
      : new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
    this.#target = plain;
    this.#open(plain, 0);
  }

  #open(bytes: Uint8Array, at: number): void {
    this.#use(bytes);
    this.pos = at;
    this.origin = at;
    this.limit = bytes.length - SLACK_BYTES;
    this.#inSlab = false;
  }

  #use(bytes: Uint8Array): void {
    if (bytes === this.bytes) return;
    this.bytes = bytes;
    this.view = undefined;
  }

  /** Makes room for `count` bytes and the slack. */
  reserve(count: number): void {
    if (this.pos + count > this.limit) this.grow(count);
  }

  /** Moves on to memory with room for `count` bytes and the slack. */
  grow(count: number): void {
    const needed = count + SLACK_BYTES;
    let slab = this.#slab;
    if (this.#inSlab) {
      const written = this.pos;
      slab = new Uint8Array(Math.max(this.bytes.length * 2, written + needed));
      slab.set(this.bytes.subarray(0, written));
    } else {
      // What is in the target stays there; what is in the pool moves, for the result must be one piece.
      const kept = this.#target !== undefined;
      const written = this.pos - this.origin;
      const first = kept ? 0 : written;
      if (slab === undefined || slab.length < first + needed) {
        slab = new Uint8Array(Math.max(SLAB_BYTES, 2 * first, first + needed));
      }
      if (!kept) slab.set(this.bytes.subarray(this.origin, this.pos));
      this.pos = first;
      this.origin = first - written;
      this.#inSlab = true;
    }
    this.#slab = slab;
    this.#use(slab);
    this.limit = slab.length - SLACK_BYTES;
  }

  /** Makes {@linkcode view}. */
  look(): DataView {
    const { buffer, byteOffset, byteLength } = this.bytes;
    return this.view = new DataView(buffer, byteOffset, byteLength);
  }

  /** Writes an unsigned number of so many bytes over what was written at a position of the document. */
  patch(position: number, value: number, count: number): void {
    let rest = value;
    for (let i = position; i < position + count; i++) {
      const at = this.origin + i;
      // What was written before the slab began stayed in the target.
      if (at < 0) this.#target![i] = rest % 256;
      else this.bytes[at] = rest % 256;
      rest = Math.floor(rest / 256);
    }
  }

  /** Makes sure that what is written stays where it is in the document, but for zeros inserted before it. */
  settle(): void {}

  /** Makes room for `count` bytes, which are zero, at a position of the document. */
  insertZeros(position: number, count: number): void {
    this.reserve(count);
    if (this.origin < 0) this.leaveTarget();
    const at = this.origin + position;
    this.bytes.copyWithin(at + count, at, this.pos);
    this.bytes.fill(0, at, at + count);
    this.pos += count;
  }

  /** Moves what stayed in the target to the slab, so that the document is in one piece. */
  leaveTarget(): void {
    const kept = -this.origin, written = this.pos;
    this.reserve(kept);
    this.bytes.copyWithin(kept, 0, written);
    this.bytes.set(this.#target!.subarray(0, kept));
    this.pos = kept + written;
    this.origin = 0;
  }

  /** Bytes of the document so far: the position that alignment counts from. */
  get written(): number {
    return this.pos - this.origin;
  }

  /**
   * Ends the document and returns it: a view of the pool when it is small and `pooled`, else an array of its own.
   */
  finish(pooled: boolean): Uint8Array<ArrayBuffer> {
    const size = this.pos - this.origin;
    if (!pooled || size > POOLED_RESULT_BYTES) {
      // The writer is not in a target here, so the slab and the pool are both ArrayBuffers of ours.
      const own = this.#inSlab ? this.#slab! : this.#pool;
      return own.slice(this.origin, this.pos);
    }
    if (this.#inSlab) {
      this.#pool = new Uint8Array(POOL_BYTES);
      this.#pool.set(this.#slab!.subarray(0, size));
      this.#poolUsed = (size + 7) & ~7;
      return new Uint8Array(this.#pool.buffer, 0, size);
    }
    this.#poolUsed = (this.pos + 7) & ~7;
    // 27 ns; `subarray` takes 37.
    return new Uint8Array(this.#pool.buffer, this.origin, size);
  }

  /**
   * Ends the document in the target.
   *
   * @returns its size; when that is larger than the target, nothing was written beyond it
   */
  finishInto(): number {
    const size = this.pos - this.origin;
    const target = this.#target!;
    if (this.#inSlab && size <= target.length) {
      target.set(this.#slab!.subarray(0, this.pos), -this.origin);
    }
    return size;
  }

  /** Lets go of the caller's memory and of an oversized slab; after success and after failure alike. */
  release(): void {
    this.#target = undefined;
    this.#use(this.#pool);
    if (this.#slab !== undefined && this.#slab.length > KEPT_SLAB_BYTES) this.#slab = undefined;
  }
}

/** Writes an unsigned 16-bit number; uses the slack. */
export function writeU16(w: Writer, value: number): void {
  const b = w.bytes, at = w.pos;
  b[at] = value;
  b[at + 1] = value >>> 8;
  w.pos = at + 2;
}

/** Writes the low 24 bits of a number; uses the slack. */
export function writeU24(w: Writer, value: number): void {
  const b = w.bytes, at = w.pos;
  b[at] = value;
  b[at + 1] = value >>> 8;
  b[at + 2] = value >>> 16;
  w.pos = at + 3;
}

/** Writes the low 32 bits of an integral number; uses the slack. */
export function writeU32(w: Writer, value: number): void {
  const b = w.bytes, at = w.pos, v = value | 0;
  b[at] = v;
  b[at + 1] = v >>> 8;
  b[at + 2] = v >>> 16;
  b[at + 3] = v >>> 24;
  w.pos = at + 4;
}

/** Writes a length in its shortest form (see `readLength`); uses the slack. */
export function writeLength(w: Writer, length: number): void {
  if (length < 248) {
    w.bytes[w.pos++] = length;
  } else if (length < 504) {
    w.bytes[w.pos++] = 248;
    w.bytes[w.pos++] = length - 248;
  } else if (length < 504 + 65536) {
    w.bytes[w.pos++] = 249;
    writeU16(w, length - 504);
  } else if (length < 2 ** 24) {
    w.bytes[w.pos++] = 250;
    writeU24(w, length);
  } else if (length < 2 ** 32) {
    w.bytes[w.pos++] = 251;
    writeU32(w, length);
  } else {
    w.bytes[w.pos++] = 252;
    writeU32(w, length);
    writeU16(w, Math.floor(length / 2 ** 32));
  }
}

/** Size in bytes of what {@linkcode writeLength} writes. */
export function lengthSizeBytes(length: number): number {
  return length < 248
    ? 1
    : length < 504
    ? 2
    : length < 504 + 65536
    ? 3
    : length < 2 ** 24
    ? 4
    : length < 2 ** 32
    ? 5
    : 7;
}
