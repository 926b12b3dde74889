import type { FailureCode } from "./wire/failure.ts";

/** What is wrong with the bytes given to `decode`; the list of codes is {@linkcode FailureCode}'s. */
export type DecodeErrorCode = FailureCode;

/**
 * What is wrong with the value given to `encode`.
 *
 * - `unsupported_type`: a function, a symbol, an instance of an unknown class
 * - `cycle`: a container that contains itself
 * - `duplicate_key`, `unhashable_key`: keys and set members must be hashable and distinct, as Python compares them
 * - `out_of_range`: a value beyond what the format or this runtime can hold
 * - `invalid_value`: an object whose parts contradict its class (an invalid `Date`, a detached buffer)
 * - `target_too_small`: `encodeInto` needs `neededBytes` bytes
 */
export type EncodeErrorCode =
  | "unsupported_type"
  | "cycle"
  | "duplicate_key"
  | "unhashable_key"
  | "out_of_range"
  | "invalid_value"
  | "target_too_small";

/** What a {@linkcode DecodeError} is made of. */
export interface DecodeErrorInit {
  /** What is wrong. */
  readonly code: DecodeErrorCode;
  /** Index of the first byte of the value that is wrong. */
  readonly offset: number;
  /** Where that value is in the document. */
  readonly path: string;
  /** Name of its tag; `undefined` where a tag is missing. */
  readonly tag: string | undefined;
  /** What was expected and found. */
  readonly detail: string;
}

/**
 * Tells that bytes are not a valid document: what, where, and what was expected.
 *
 * @example Handle input that was cut off
 * ```ts
 * import { decode, DecodeError, encode } from "@sysframe/sysframe/pybytes";
 * import { assertEquals } from "@std/assert/equals";
 *
 * const cut = encode({ key: [1, "text"] }).subarray(0, 8);
 * try {
 *   decode(cut);
 * } catch (error) {
 *   if (!(error instanceof DecodeError)) throw error;
 *   assertEquals([error.code, error.offset, error.path], ["truncated", 7, "$.key[1]"]);
 * }
 * ```
 */
export class DecodeError extends Error {
  /** `"DecodeError"`. */
  override readonly name = "DecodeError";
  /** What is wrong. */
  readonly code: DecodeErrorCode;
  /** Index of the first byte (the tag) of the value that is wrong; where a value is missing, of the place it should have. */
  readonly offset: number;
  /**
   * Where the value is: `$` is the document, `[2]` an item, `.name` and `["a b"]` the value of a str key, `{key 3}`
   * the value of the fourth key when that is no str, `<key 3>` the key itself. The middle of a very long path is left out.
   */
  readonly path: string;
  /** The name of the value's tag in FORMAT.md, such as `"TUPLEV"`; `undefined` where a value is missing. */
  readonly tag: string | undefined;

  /** Creates the error and its message. */
  constructor(init: DecodeErrorInit) {
    super(
      `Cannot decode ${
        init.tag ?? "value"
      } at byte ${init.offset} (path ${init.path}): ${init.detail}`,
    );
    this.code = init.code;
    this.offset = init.offset;
    this.path = init.path;
    this.tag = init.tag;
  }
}

/** What an {@linkcode EncodeError} is made of. */
export interface EncodeErrorInit {
  /** What is wrong. */
  readonly code: EncodeErrorCode;
  /** Where the value is. */
  readonly path: string;
  /** What was expected and found. */
  readonly detail: string;
  /** Bytes the document needs, with `target_too_small`. */
  readonly neededBytes?: number;
}

/**
 * Tells that a value cannot be encoded, and where it is.
 *
 * @example A function is no data
 * ```ts
 * import { encode, EncodeError } from "@sysframe/sysframe/pybytes";
 * import { assertEquals } from "@std/assert/equals";
 *
 * try {
 *   encode({ list: [1, () => 2] });
 * } catch (error) {
 *   if (!(error instanceof EncodeError)) throw error;
 *   assertEquals([error.code, error.path], ["unsupported_type", "$.list[1]"]);
 * }
 * ```
 */
export class EncodeError extends Error {
  /** `"EncodeError"`. */
  override readonly name = "EncodeError";
  /** What is wrong. */
  readonly code: EncodeErrorCode;
  /** Where the value is, written as {@linkcode DecodeError.path} is. */
  readonly path: string;
  /** How many bytes the target must have; only with `target_too_small`. */
  readonly neededBytes: number | undefined;

  /** Creates the error and its message. */
  constructor(init: EncodeErrorInit) {
    super(`Cannot encode value (path ${init.path}): ${init.detail}`);
    this.code = init.code;
    this.path = init.path;
    this.neededBytes = init.neededBytes;
  }
}
