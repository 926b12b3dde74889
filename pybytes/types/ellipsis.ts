/**
 * Stands for Python's `Ellipsis` (`...`).
 *
 * It is a registered symbol, so it stays one value when two copies of the module are loaded.
 *
 * @example The same constant comes back
 * ```ts
 * import { decode, Ellipsis, encode } from "@sysframe/sysframe/pybytes";
 * import { assertEquals } from "@std/assert/equals";
 *
 * assertEquals(decode(encode(Ellipsis)), Ellipsis);
 * ```
 */
export const Ellipsis: unique symbol = Symbol.for("sysframe.Ellipsis");

/** The type of {@linkcode Ellipsis}. */
export type Ellipsis = typeof Ellipsis;
