/** Why bytes could not be read. The codes of `DecodeError`, without the error object. */

/**
 * Everything that can be wrong with a document.
 *
 * - `truncated`: the input ends before the value does (more bytes could make it valid)
 * - `trailing_bytes`: a complete value is followed by more bytes
 * - `unknown_tag`: no version of the format gives this byte, subtype or element type a meaning
 * - `reserved_tag`: the format reserves it for something that is not decoded
 * - `unsupported_version`: the escape byte of another version of the format
 * - `invalid_utf8`: a UTF-8 string is not strict UTF-8
 * - `invalid_string`: a code point or window of another string form is out of range
 * - `invalid_length`: a length prefix starts with a byte that no length has
 * - `invalid_value`: a part has the wrong type or an impossible value
 * - `invalid_date`, `invalid_time`, `invalid_time_zone`: a calendar or clock field is out of range
 * - `invalid_reference`: a reference to a string or to keys that no earlier value has
 * - `invalid_padding`: alignment bytes before packed elements are not zero
 * - `count_too_large`: more members or bytes than this runtime can hold
 * - `integer_too_large`: an int beyond the runtime's largest `bigint`
 * - `duplicate_key`, `unhashable_key`: keys and set members must be hashable and distinct
 * - `depth_exceeded`, `size_exceeded`: a limit given in the options
 * - `temporal_required`: a value that only `Temporal` can hold, in a runtime without it
 */
export type FailureCode =
  | "truncated"
  | "trailing_bytes"
  | "unknown_tag"
  | "reserved_tag"
  | "unsupported_version"
  | "invalid_utf8"
  | "invalid_string"
  | "invalid_length"
  | "invalid_value"
  | "invalid_date"
  | "invalid_time"
  | "invalid_time_zone"
  | "invalid_reference"
  | "invalid_padding"
  | "count_too_large"
  | "integer_too_large"
  | "duplicate_key"
  | "unhashable_key"
  | "depth_exceeded"
  | "size_exceeded"
  | "temporal_required";

/**
 * Unwinds the reader when the bytes are wrong.
 *
 * Not an `Error`: the public entry points turn it into a `DecodeError` with a path, and only that object pays
 * for a stack trace.
 */
export class WireFailure {
  /** What is wrong. */
  readonly code: FailureCode;
  /** Index of the first byte (the tag) of the value that is wrong. */
  readonly offset: number;
  /** The rest of the sentence "Cannot decode ...: ". */
  readonly detail: string;

  /** Creates a failure of the value at `offset`. */
  constructor(code: FailureCode, offset: number, detail: string) {
    this.code = code;
    this.offset = offset;
    this.detail = detail;
  }
}

/** Throws a {@linkcode WireFailure}; a function of its own so that callers stay small enough to inline. */
export function fail(code: FailureCode, offset: number, detail: string): never {
  throw new WireFailure(code, offset, detail);
}
