import type { DecodeOptions, TemporalNamespace } from "./options.ts";
import { Cursor, readTag, take } from "./wire/cursor.ts";
import { fail } from "./wire/failure.ts";
import { readInt } from "./wire/integers.ts";
import { readString } from "./wire/text.ts";

/** Copies of up to this size share a buffer with others of the same document. */
const SHARED_COPY_BYTES = 1024;
const SHARED_BUFFER_BYTES = 4096;

/** Where a state stands that no call uses. */
const NOTHING = new Uint8Array(0);

/** The cursor of one `decode` call, with its options and what it may still allocate. */
export class DecodeState extends Cursor {
  /** See `DecodeOptions`. */
  exact = false;
  /** Whether every dict becomes a `Map`. */
  maps = false;
  /** Whether every int becomes a `bigint`. */
  bigints = false;
  /** Whether a UTC datetime becomes a `Date`. */
  dates = false;
  /** The deepest nesting accepted. */
  maxDepth = Infinity;
  /**
   * How many more members containers may claim. Every member takes a byte, so the claims of a whole document
   * cannot exceed its size; without this, nested headers could each claim all that remains.
   */
  budget = 0;
  /** Members of the container that `enterContainer` read last. */
  count = 0;
  /** What that container has besides its members: a deque's limit, a named tuple's class name. */
  side: number | bigint | string | undefined = undefined;

  #polyfill: TemporalNamespace | undefined = undefined;
  #shared: ArrayBuffer | undefined = undefined;
  #sharedUsed = 0;

  /** Stands nowhere. */
  constructor() {
    super(NOTHING);
  }

  /** Stands before the first byte of a document. */
  begin(bytes: Uint8Array, options: DecodeOptions | undefined): void {
    this.restart(bytes);
    this.budget = bytes.length;
    if (options === undefined) return;
    this.exact = options.exact === true;
    this.maps = options.dicts === "map";
    this.bigints = options.ints === "bigint";
    this.dates = options.dates === "date";
    this.maxDepth = options.limits?.maxDepth ?? Infinity;
    this.#polyfill = options.temporal;
  }

  /** Lets go of the document and the options; after success and after failure alike. */
  release(): void {
    this.restart(NOTHING);
    this.exact =
      this.maps =
      this.bigints =
      this.dates =
        false;
    this.maxDepth = Infinity;
    this.side = this.#polyfill = this.#shared = undefined;
  }

  /** `undefined` in a runtime without. */
  get temporal(): TemporalNamespace | undefined {
    return this.#polyfill ?? (globalThis as { Temporal?: TemporalNamespace }).Temporal;
  }

  /**
   * Copies `count` bytes at `at` and returns where they are now.
   *
   * An array of its own costs 640 ns, a view of a shared buffer 35; so small copies of a document share buffers of
   * at most 4 KiB, in which each byte belongs to one value.
   */
  copy(at: number, count: number): { buffer: ArrayBuffer; offset: number } {
    let buffer = this.#shared;
    let offset = this.#sharedUsed;
    if (count > SHARED_COPY_BYTES) {
      buffer = new ArrayBuffer(count);
      offset = 0;
    } else if (buffer === undefined || buffer.byteLength - offset < count) {
      buffer = new ArrayBuffer(Math.min(SHARED_BUFFER_BYTES, this.end - at));
      this.#shared = buffer;
      this.#sharedUsed = count;
      offset = 0;
    } else {
      this.#sharedUsed = offset + count;
    }
    // The view of the source ends with the input, so a source that shrinks under us throws instead of being misread.
    new Uint8Array(buffer, offset, count).set(this.bytes.subarray(at, at + count));
    return { buffer, offset };
  }
}

/** Reads the int value that has to come next. */
export function readIntValue(c: Cursor): number | bigint {
  const start = c.pos;
  return readInt(c, start, readTag(c));
}

/** Reads the str value that has to come next. */
export function readStringValue(c: Cursor): string {
  const start = c.pos;
  return readString(c, start, readTag(c));
}

/** Reads `count` bytes into memory of their own, aligned for any element type. */
export function copyAligned(s: DecodeState, start: number, count: number): ArrayBuffer {
  const at = take(s, start, count);
  const copy = new Uint8Array(count);
  copy.set(s.bytes.subarray(at, at + count));
  return copy.buffer;
}

/** Fails because only a Temporal object could hold the value. */
export function needsTemporal(start: number, what: string): never {
  return fail("temporal_required", start, `${what}, and this runtime has no Temporal`);
}
