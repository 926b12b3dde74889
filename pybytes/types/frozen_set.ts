import { inspectText, repr, type ReprParts, reprParts } from "./repr.ts";

/**
 * Holds a Python frozenset: a set that nothing can change.
 *
 * Members are told apart as in a JavaScript `Set`: two tuples with the same items are two members.
 *
 * @example Read, combine
 * ```ts
 * import { FrozenSet } from "@sysframe/sysframe/pybytes";
 * import { assertEquals } from "@std/assert/equals";
 *
 * const primes = new FrozenSet([2, 3, 5]);
 * assertEquals(primes.has(3), true);
 * assertEquals([...primes.difference(new Set([2]))], [3, 5]);
 * ```
 */
export class FrozenSet<T = unknown> implements ReadonlySet<T> {
  readonly #members: Set<T>;

  /** Makes a set of what the iterable gives. */
  constructor(iterable?: Iterable<T> | null) {
    this.#members = new Set(iterable);
    Object.freeze(this);
  }

  /** How many members there are. */
  get size(): number {
    return this.#members.size;
  }

  /** A new, changeable set of the members. */
  get members(): Set<T> {
    return new Set(this.#members);
  }

  /** The name that `Object.prototype.toString` shows. */
  get [Symbol.toStringTag](): string {
    return "FrozenSet";
  }

  /** Tells whether the value is a member. */
  has(value: T): boolean {
    return this.#members.has(value);
  }

  /** Calls a function for every member, in insertion order. */
  forEach(
    callback: (value: T, value2: T, set: ReadonlySet<T>) => void,
    thisArg?: unknown,
  ): void {
    this.#members.forEach((value) => callback.call(thisArg, value, value, this));
  }

  /** Iterates over the members. */
  keys(): SetIterator<T> {
    return this.#members.keys();
  }

  /** Iterates over the members. */
  values(): SetIterator<T> {
    return this.#members.values();
  }

  /** Iterates over pairs of each member with itself, as a `Set` does. */
  entries(): SetIterator<[T, T]> {
    return this.#members.entries();
  }

  /** Iterates over the members. */
  [Symbol.iterator](): SetIterator<T> {
    return this.#members.values();
  }

  /** Returns the members of either set, as a plain `Set`. */
  union<U>(other: ReadonlySetLike<U>): Set<T | U> {
    const result = new Set<T | U>(this.#members);
    for (const member of membersOf(other)) result.add(member);
    return result;
  }

  /** Returns the members of both sets, as a plain `Set`. */
  intersection<U>(other: ReadonlySetLike<U>): Set<T & U> {
    const result = new Set<T & U>();
    for (const member of this.#members) if (other.has(member as T & U)) result.add(member as T & U);
    return result;
  }

  /** Returns the members of this set that are not in the other, as a plain `Set`. */
  difference<U>(other: ReadonlySetLike<U>): Set<T> {
    const result = new Set<T>();
    for (const member of this.#members) if (!other.has(member as T & U)) result.add(member);
    return result;
  }

  /** Returns the members of exactly one of the sets, as a plain `Set`. */
  symmetricDifference<U>(other: ReadonlySetLike<U>): Set<T | U> {
    const result = new Set<T | U>(this.difference(other));
    for (const member of membersOf(other)) {
      if (!this.#members.has(member as T & U)) result.add(member);
    }
    return result;
  }

  /** Tells whether all members are in the other set. */
  isSubsetOf(other: ReadonlySetLike<unknown>): boolean {
    if (this.size > other.size) return false;
    for (const member of this.#members) if (!other.has(member)) return false;
    return true;
  }

  /** Tells whether all members of the other set are in this one. */
  isSupersetOf(other: ReadonlySetLike<unknown>): boolean {
    for (const member of membersOf(other)) if (!this.#members.has(member as T)) return false;
    return true;
  }

  /** Tells whether the sets have no member in common. */
  isDisjointFrom(other: ReadonlySetLike<unknown>): boolean {
    for (const member of this.#members) if (other.has(member)) return false;
    return true;
  }

  /** Returns Python's text: `"frozenset({1, 2})"`. */
  toString(): string {
    return repr(this);
  }

  /** @internal */
  [inspectText](): string {
    return repr(this);
  }

  /** @internal */
  [reprParts](): ReprParts {
    return this.size === 0
      ? { open: "frozenset(", close: ")", items: [], cycle: "frozenset(...)" }
      : { open: "frozenset({", close: "})", items: [...this], cycle: "frozenset(...)" };
  }
}

/** The members of anything like a set; JavaScript's own methods for this are missing in Node 20. */
function* membersOf<U>(other: ReadonlySetLike<U>): Generator<U> {
  const members = other.keys();
  for (let next = members.next(); !next.done; next = members.next()) yield next.value;
}
