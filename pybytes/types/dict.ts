import { dictParts, repr, type ReprParts, reprParts } from "./repr.ts";

/**
 * Holds a Python dict with its keys in Python's order, whatever the keys are.
 *
 * `decode` with `exact: true` gives one for every dict. It differs from a plain `Map` in nothing but
 * its class, which says that the value was a dict and not a JavaScript `Map`.
 *
 * @example Python's text
 * ```ts
 * import { Dict } from "@sysframe/sysframe/pybytes";
 * import { assertEquals } from "@std/assert/equals";
 *
 * assertEquals(new Dict([["2", 1], ["1", null]]).toString(), "{'2': 1, '1': None}");
 * ```
 */
export class Dict<K = unknown, V = unknown> extends Map<K, V> {
  /** Returns Python's text: `"{'a': 1}"`. */
  override toString(): string {
    return repr(this);
  }

  /** @internal */
  [reprParts](): ReprParts {
    return dictParts(this);
  }
}
