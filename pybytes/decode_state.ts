import type { DecodeOptions, TemporalNamespace } from "./options.ts";
import { Cursor, readTag, take } from "./wire/cursor.ts";
import { readInt } from "./wire/integers.ts";
import { readString } from "./wire/text.ts";

/** Copies of up to this size share a buffer with others of the same document. */
const SHARED_COPY_BYTES = 1024;
const SHARED_BUFFER_BYTES = 4096;

/** The cursor of one `decode` call, with its options and what it may still allocate. */
export class DecodeState extends Cursor {
  /** See `DecodeOptions`. */
  readonly exact: boolean;
  /** Whether every dict becomes a `Map`. */
  readonly maps: boolean;
  /** Whether every int becomes a `bigint`. */
  readonly bigints: boolean;
  /** Whether a UTC datetime becomes a `Date`. */
  readonly dates: boolean;
  /** `undefined` in a runtime without. */
  readonly temporal: TemporalNamespace | undefined;
  /** The deepest nesting accepted. */
  readonly maxDepth: number;
  /**
   * How many more members containers may claim. Every member takes a byte, so the claims of a whole document
   * cannot exceed its size; without this, nested headers could each claim all that remains.
   */
  budget: number;
  /** Members of the container that `enterContainer` read last. */
  count = 0;
  /** What that container has besides its members: a deque's limit, a named tuple's class name. */
  side: number | string | undefined = undefined;

  #shared: ArrayBuffer | undefined;
  #sharedUsed = 0;

  /** Stands before the first byte. */
  constructor(bytes: Uint8Array, options: DecodeOptions | undefined) {
    super(bytes);
    this.budget = bytes.length;
    this.exact = options?.exact === true;
    this.maps = options?.dicts === "map";
    this.bigints = options?.ints === "bigint";
    this.dates = options?.dates === "date";
    this.temporal = options?.temporal ??
      (globalThis as { Temporal?: TemporalNamespace }).Temporal;
    this.maxDepth = options?.limits?.maxDepth ?? Infinity;
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
