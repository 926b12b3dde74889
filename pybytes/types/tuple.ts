import { repr, type ReprParts, reprParts } from "./repr.ts";

/**
 * Holds a Python tuple: an array that is frozen.
 *
 * Everything that changes an array throws a `TypeError`; everything that makes a new one (`map`,
 * `filter`, `slice`, `concat`, ...) gives a plain array.
 *
 * @example A tuple is not a list
 * ```ts
 * import { decode, encode, Tuple } from "@sysframe/sysframe/pybytes";
 * import { assertEquals } from "@std/assert/equals";
 *
 * const point = Tuple.of(1, 2);
 * assertEquals(decode(encode(point)), point);
 * assertEquals(point.toString(), "(1, 2)");
 * assertEquals(point.map((x) => x * 2), [2, 4]);
 * ```
 */
export class Tuple<T = unknown> extends Array<T> {
  /** How many items there are. */
  declare readonly length: number;

  /** Makes a tuple of the items; unlike `new Array(3)`, `new Tuple(3)` holds the one item 3. */
  constructor(...items: T[]) {
    super();
    for (let index = 0; index < items.length; index++) this[index] = items[index];
    // A subclass adds its own fields first, and freezes then.
    if (new.target === Tuple) Object.freeze(this);
  }

  /** Makes a tuple of the items. */
  static override of<T>(...items: T[]): Tuple<T>;
  /** Makes a tuple of items of several types. */
  static override of<Items extends unknown[]>(...items: Items): Tuple<Items[number]>;
  static override of<T>(...items: T[]): Tuple<T> {
    return Tuple.fromArray(items);
  }

  /** Makes a tuple of what an iterable or array-like gives. */
  static override from<T>(source: Iterable<T> | ArrayLike<T>): Tuple<T>;
  /** Makes a tuple of what `map` returns for each item. */
  static override from<T, U>(
    source: Iterable<T> | ArrayLike<T>,
    map: (value: T, index: number) => U,
    thisArg?: unknown,
  ): Tuple<U>;
  static override from<T, U>(
    source: Iterable<T> | ArrayLike<T>,
    map?: (value: T, index: number) => U,
    thisArg?: unknown,
  ): Tuple<T> | Tuple<U> {
    return map === undefined
      ? Tuple.fromArray(Array.from(source))
      : Tuple.fromArray(Array.from(source, map, thisArg));
  }

  /** Makes a tuple of an array's items in one pass; the array is not kept. */
  static fromArray<T>(items: readonly T[]): Tuple<T> {
    const count = items.length;
    // Builds the object without running the constructor above, which would take the items as
    // arguments: too many of them overflow the stack.
    const tuple = Reflect.construct(Array, [count], Tuple) as Tuple<T>;
    for (let index = 0; index < count; index++) tuple[index] = items[index];
    return Object.freeze(tuple) as Tuple<T>;
  }

  /** What the array methods construct: plain arrays. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  /** Returns Python's text: `"(1, 2)"`, `"(1,)"`. */
  override toString(): string {
    return repr(this);
  }

  /** @internal */
  [reprParts](): ReprParts {
    return {
      open: "(",
      close: this.length === 1 ? ",)" : ")",
      items: this,
      cycle: "(...)",
    };
  }
}
