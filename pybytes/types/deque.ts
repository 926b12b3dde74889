import { inspectText, repr, type ReprParts, reprParts } from "./repr.ts";

/** Options of a {@linkcode Deque}. */
export interface DequeOptions {
  /**
   * The most items it holds; a further one drops one at the other end. At most 2**63-1, Python's `sys.maxsize`; beyond
   * 2**53-1 a bigint.
   */
  readonly maxLength?: number | bigint;
}

/** The largest limit that Python knows. */
const MAX_LIMIT = 2n ** 63n - 1n;

/**
 * Holds a Python `collections.deque`: a queue with two ends, with or without a limit.
 *
 * Cost: amortized O(1) at both ends, O(1) by index.
 *
 * @example A full deque drops at the other end
 * ```ts
 * import { Deque } from "@sysframe/sysframe/pybytes";
 * import { assertEquals } from "@std/assert/equals";
 *
 * const last = new Deque([1, 2, 3], { maxLength: 3 });
 * last.push(4);
 * assertEquals(last.toArray(), [2, 3, 4]);
 * ```
 */
export class Deque<T = unknown> implements Iterable<T> {
  /** The most items it holds: a number when safe, else a bigint; `undefined` means no limit. */
  readonly maxLength: number | bigint | undefined;
  // A ring: item i is at (start + i) & (ring.length - 1); the ring's size is a power of two.
  #ring: (T | undefined)[];
  #start = 0;
  #length = 0;

  /**
   * Makes a deque of the items; if there are more than `maxLength`, the last ones remain.
   *
   * @throws {RangeError} if `maxLength` is not a whole number from 0 to 2**63-1 (a bigint beyond 2**53)
   */
  constructor(items: Iterable<T> = [], options: DequeOptions = {}) {
    const maxLength = options.maxLength === undefined ? undefined : limitOf(options.maxLength);
    this.maxLength = maxLength;
    const all = Array.from(items);
    // No array is as long as a limit that takes a bigint.
    const kept = typeof maxLength === "number" && all.length > maxLength
      ? all.slice(all.length - maxLength)
      : all;
    this.#length = kept.length;
    this.#ring = resized(kept, ringSize(kept.length));
  }

  /** How many items there are. */
  get length(): number {
    return this.#length;
  }

  /** A new array of the items, first to last. */
  get items(): T[] {
    return this.toArray();
  }

  /** Adds an item at the right end; a full deque drops its leftmost one. */
  push(item: T): void {
    if (this.#length === this.maxLength) {
      if (this.#length === 0) return;
      this.popLeft();
    }
    this.#reserve();
    this.#ring[this.#slot(this.#length++)] = item;
  }

  /** Adds an item at the left end; a full deque drops its rightmost one. */
  pushLeft(item: T): void {
    if (this.#length === this.maxLength) {
      if (this.#length === 0) return;
      this.pop();
    }
    this.#reserve();
    this.#start = this.#slot(-1);
    this.#ring[this.#start] = item;
    this.#length++;
  }

  /** Removes and returns the rightmost item; `undefined` if there is none. */
  pop(): T | undefined {
    if (this.#length === 0) return undefined;
    const slot = this.#slot(--this.#length);
    const item = this.#ring[slot];
    this.#ring[slot] = undefined;
    return item;
  }

  /** Removes and returns the leftmost item; `undefined` if there is none. */
  popLeft(): T | undefined {
    if (this.#length === 0) return undefined;
    const slot = this.#start;
    const item = this.#ring[slot];
    this.#ring[slot] = undefined;
    this.#start = this.#slot(1);
    this.#length--;
    return item;
  }

  /** Returns the item at an index, from the right end if negative; `undefined` outside. */
  at(index: number): T | undefined {
    const from = Math.trunc(index) || 0;
    const place = from < 0 ? from + this.#length : from;
    return place >= 0 && place < this.#length ? this.#ring[this.#slot(place)] : undefined;
  }

  /** Returns a new array of the items, first to last. */
  toArray(): T[] {
    const items = new Array<T>(this.#length);
    for (let index = 0; index < items.length; index++) {
      items[index] = this.#ring[this.#slot(index)] as T;
    }
    return items;
  }

  /** Iterates over the items as they are now, first to last. */
  [Symbol.iterator](): ArrayIterator<T> {
    return this.toArray().values();
  }

  /** Returns Python's text: `"deque([1, 2], maxlen=3)"`. */
  toString(): string {
    return repr(this);
  }

  /** @internal */
  [inspectText](): string {
    return repr(this);
  }

  /** @internal */
  [reprParts](): ReprParts {
    const close = this.maxLength === undefined ? "])" : `], maxlen=${this.maxLength})`;
    return { open: "deque([", close, items: this.toArray(), cycle: "[...]" };
  }

  #slot(index: number): number {
    return (this.#start + index) & (this.#ring.length - 1);
  }

  #reserve(): void {
    if (this.#length < this.#ring.length) return;
    this.#ring = resized(this.toArray(), ringSize(this.#length + 1));
    this.#start = 0;
  }
}

function limitOf(maxLength: number | bigint): number | bigint {
  const isWhole = typeof maxLength === "bigint" || Number.isSafeInteger(maxLength);
  if (!isWhole || maxLength < 0 || maxLength > MAX_LIMIT) {
    throw new RangeError(
      `Cannot make a Deque: expected a whole number from 0 to 2**63-1 as maxLength, found ${maxLength}`,
    );
  }
  const number = Number(maxLength);
  // `+ 0` turns -0 into 0.
  return Number.isSafeInteger(number) ? number + 0 : maxLength;
}

function ringSize(count: number): number {
  let size = 4;
  while (size < count) size *= 2;
  return size;
}

function resized<T>(items: T[], size: number): (T | undefined)[] {
  const ring: (T | undefined)[] = items;
  while (ring.length < size) ring.push(undefined);
  return ring;
}
