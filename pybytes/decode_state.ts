import type { KeyRun } from "./key_runs.ts";
import {
  checkDecodeOption,
  checkIsObject,
  checkLimits,
  DECODE_CHOICES,
  type DecodeLimits,
  type DecodeOptions,
  type TemporalNamespace,
} from "./options.ts";
import { typesById, type UserType } from "./user_types.ts";
import { readTag, take } from "./wire/cursor.ts";
import type { Cursor } from "./wire/cursor.ts";
import { fail } from "./wire/failure.ts";
import { readInt } from "./wire/integers.ts";
import { readString } from "./wire/text.ts";
import { markSafe, TextCursor } from "./wire/text_block.ts";

/** Containers inside each other that are read by recursion; below, an explicit stack takes over. */
const RECURSIVE_DEPTH = 200;

/** Copies of up to this size share a buffer with others of the same document. */
const SHARED_COPY_BYTES = 1024;
const SHARED_BUFFER_BYTES = 4096;

/** Where a state stands that no call uses. */
const NOTHING = new Uint8Array(0);

/** The cursor of one `decode` call, with its options and what it may still allocate. */
export class DecodeState extends TextCursor {
  /** See `DecodeOptions`. */
  exact = false;
  /** Whether a dict whose keys are all str becomes a plain object. */
  plainDicts = true;
  /** Whether ints or floats become something else than a plain number. */
  isWrapping = false;
  /** Whether bytes and memory views are views of the input. */
  zeroCopy = false;
  /** Whether every dict becomes a `Map`. */
  maps = false;
  /** Whether every int becomes a `bigint`. */
  bigints = false;
  /** Whether a UTC datetime becomes a `Date`. */
  dates = false;
  /** The deepest nesting accepted. */
  maxDepth = Infinity;
  /** The depth down to which recursion reads, where the limit allows it. */
  recursiveDepth = RECURSIVE_DEPTH;
  /**
   * How many more members containers may claim. Every member takes a byte, so the claims of a whole document
   * cannot exceed its size; without this, nested headers could each claim all that remains.
   */
  budget = 0;
  /** Bytes of input at the beginning; a user type's function may let go of the memory. */
  inputBytes = 0;
  /** Whether {@linkcode membersLeft} counts. */
  isLimited = false;
  /** How many more members the caller allows. */
  membersLeft = Infinity;
  /** Members of the container that `enterContainer` read last. */
  count = 0;
  /** What that container has besides its members: a deque's limit, a named tuple's class name, a user type's id. */
  side: number | bigint | string | undefined = undefined;
  /** The keys of that container, where it has them from an earlier dict. */
  shape: KeyRun | undefined = undefined;
  /** The keys of every dict so far whose keys are all str, in the order of their headers. */
  shapes: KeyRun[] = [];
  /** How many of {@linkcode shapes} belong to this document. */
  shapeCount = 0;
  /** The user types by their id, if there are any. */
  types: ReadonlyMap<number, UserType> | undefined = undefined;

  #isConfigured = false;
  #polyfill: TemporalNamespace | undefined = undefined;
  #shared: ArrayBuffer | undefined = undefined;
  #sharedUsed = 0;

  /** Stands nowhere. */
  constructor() {
    super(NOTHING);
  }

  /**
   * Stands before the first byte of a document.
   *
   * @throws {TypeError} if an option is unknown or has a value it cannot have
   * @throws {RangeError} if a limit is not a number from 0 up
   * @throws {WireFailure} `size_exceeded`
   */
  begin(bytes: Uint8Array, options: DecodeOptions | undefined): void {
    this.restart(bytes);
    this.budget = this.inputBytes = bytes.length;
    if (options !== undefined) this.#configure(options);
    markSafe(this);
  }

  /** Takes the options that are there: asking for each that could be takes longer than decoding something small. */
  #configure(options: DecodeOptions): void {
    this.#isConfigured = true;
    checkIsObject("decode", options);
    for (const name in options) this.#takeFrom(options, name);
    if (options.constructor !== Object) {
      // A class has its accessors in the prototype, not enumerable.
      for (const name of DECODE_CHOICES.keys()) this.#takeFrom(options, name);
    }
    this.plainDicts = !this.exact && !this.maps;
    this.isWrapping = this.exact || this.bigints;
    this.isPlain = !this.isWrapping && !this.maps && !this.isLimited;
  }

  #takeFrom(options: DecodeOptions, name: string): void {
    const value: unknown = options[name as keyof DecodeOptions];
    if (!this.#take(name, value)) checkDecodeOption(options, name, value);
  }

  /** Takes one option; false if it is none, or has a value that needs a closer look. */
  #take(name: string, value: unknown): boolean {
    switch (name) {
      case "zeroCopy":
        if (typeof value !== "boolean") return false;
        this.zeroCopy = value;
        return true;
      case "exact":
        if (typeof value !== "boolean") return false;
        this.exact = value;
        return true;
      case "dates":
        this.dates = value === "date";
        return this.dates;
      case "dicts":
        this.maps = value === "map";
        return this.maps;
      case "ints":
        this.bigints = value === "bigint";
        return this.bigints;
      case "temporal":
        this.#polyfill = value as TemporalNamespace | undefined;
        return true;
      case "types":
        if (value !== undefined) this.types = typesById(value as readonly UserType[]);
        return true;
      case "limits":
        if (value !== undefined) this.#limit(value as DecodeLimits);
        return true;
    }
    return false;
  }

  #limit(limits: DecodeLimits): void {
    checkLimits(limits);
    const { maxDepth = Infinity, maxMembers = Infinity, maxSizeBytes = Infinity } = limits;
    if (this.inputBytes > maxSizeBytes) {
      fail(
        "size_exceeded",
        0,
        `${this.inputBytes} bytes of input, at most ${maxSizeBytes} allowed`,
      );
    }
    this.membersLeft = maxMembers;
    this.isLimited = maxMembers !== Infinity;
    this.maxDepth = maxDepth;
    this.recursiveDepth = Math.min(RECURSIVE_DEPTH, maxDepth);
  }

  /** Lets go of the document and the options; after success and after failure alike. */
  release(): void {
    this.restart(NOTHING);
    this.releaseText();
    if (this.shapeCount > 0) this.shapes = [];
    this.shapeCount = 0;
    this.safe = -1;
    this.side = this.shape = this.#shared = undefined;
    if (this.#isConfigured) this.#reset();
  }

  #reset(): void {
    this.#isConfigured = false;
    this.exact =
      this.maps =
      this.zeroCopy =
      this.isLimited =
      this.isWrapping =
      this.bigints =
      this.dates =
        false;
    this.plainDicts = this.isPlain = true;
    this.membersLeft = this.maxDepth = Infinity;
    this.recursiveDepth = RECURSIVE_DEPTH;
    this.types = this.#polyfill = undefined;
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

/**
 * Takes members from what the caller allows.
 *
 * @throws {WireFailure} `size_exceeded`
 */
export function countMembers(s: DecodeState, start: number, members: number): void {
  if (!s.isLimited) return;
  s.membersLeft -= members;
  if (s.membersLeft < 0) fail("size_exceeded", start, "more members than the limit allows");
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
