import { repr, type ReprParts, reprParts } from "./repr.ts";

/**
 * Holds a value of a user type that the reader does not know: its id, and what stands for it.
 *
 * Encodes to the bytes that it came from, so that a document can pass through a program that knows less than its ends do.
 *
 * @example Look into a type that was not given
 * ```ts
 * import { decode, encode, Extension } from "@sysframe/sysframe/pybytes";
 * import { assertEquals } from "@std/assert/equals";
 *
 * const value = decode<Extension>(encode(new Extension(7, ["a", 1])));
 * assertEquals([value.id, value.content], [7, ["a", 1]]);
 * ```
 */
export class Extension<T = unknown> {
  /** The number of the type. */
  readonly id: number;
  /** What stands for the value; a `Uint8Array` where the type's content is bytes. */
  readonly content: T;

  /**
   * Makes a value of the type with this number.
   *
   * @throws {RangeError} if the id is no integer from 0 to 2^32 - 1
   */
  constructor(id: number, content: T) {
    if (!Number.isInteger(id) || id < 0 || id >= 2 ** 32) {
      throw new RangeError(
        `Cannot make an Extension: an id of 0 to 2^32 - 1 expected, found ${id}`,
      );
    }
    this.id = id;
    this.content = content;
    Object.freeze(this);
  }

  /** Returns the text that a Python class of this name would give: `"Extension(7, ['a', 1])"`. */
  toString(): string {
    return repr(this);
  }

  /** @internal */
  [reprParts](): ReprParts {
    return { open: `Extension(${this.id}, `, close: ")", items: [this.content], cycle: "..." };
  }
}
