import { repr, type ReprParts, reprParts } from "./repr.ts";

/**
 * Holds a Python `collections.Counter`: a dict from things to how often they occur.
 *
 * As in Python the values may be anything. `get` of a missing key is `undefined`, as in any `Map`.
 *
 * @example Count
 * ```ts
 * import { Counter } from "@sysframe/sysframe/pybytes";
 * import { assertEquals } from "@std/assert/equals";
 *
 * assertEquals(Counter.count("aab").toString(), "Counter({'a': 2, 'b': 1})");
 * ```
 */
export class Counter<K = unknown> extends Map<K, unknown> {
  /** Counts how often each thing occurs. */
  static count<K>(things: Iterable<K>): Counter<K> {
    const counts = new Map<K, number>();
    for (const thing of things) counts.set(thing, (counts.get(thing) ?? 0) + 1);
    return new Counter<K>(counts);
  }

  /** Returns Python's text, the most common first: `"Counter({'a': 2, 'b': 1})"`. */
  override toString(): string {
    return repr(this);
  }

  /** @internal */
  [reprParts](): ReprParts {
    if (this.size === 0) return { open: "Counter(", close: ")", items: [], cycle: "..." };
    const items: unknown[] = [];
    for (const [key, value] of mostCommon(this)) items.push(key, value);
    return { open: "Counter({", close: "})", items, pairs: true, cycle: "..." };
  }
}

/** Sorts by falling count; keeps the order where Python could not compare the values. */
function mostCommon(counter: ReadonlyMap<unknown, unknown>): [unknown, unknown][] {
  const entries = [...counter];
  if (!entries.every(([, value]) => typeof value === "number" || typeof value === "bigint")) {
    return entries;
  }
  return entries.sort(([, a], [, b]) => {
    const first = a as number | bigint, second = b as number | bigint;
    return first < second ? 1 : first > second ? -1 : 0;
  });
}
