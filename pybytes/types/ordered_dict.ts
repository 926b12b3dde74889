import { dictParts, repr, type ReprParts, reprParts } from "./repr.ts";

/**
 * Holds a Python `collections.OrderedDict`: a dict whose order counts when two are compared.
 *
 * @example Python's text
 * ```ts
 * import { OrderedDict } from "@sysframe/sysframe/pybytes";
 * import { assertEquals } from "@std/assert/equals";
 *
 * assertEquals(new OrderedDict([["a", 1]]).toString(), "OrderedDict({'a': 1})");
 * ```
 */
export class OrderedDict<K = unknown, V = unknown> extends Map<K, V> {
  /** Returns Python's text (3.12 and later): `"OrderedDict({'a': 1})"`. */
  override toString(): string {
    return repr(this);
  }

  /** @internal */
  [reprParts](): ReprParts {
    const parts = dictParts(this);
    const [open, close] = this.size === 0 ? ["", ""] : ["{", "}"];
    return { ...parts, open: `OrderedDict(${open}`, close: `${close})`, cycle: "..." };
  }
}
