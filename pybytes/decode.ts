import { DecodeState } from "./decode_state.ts";
import { DecodeError } from "./errors.ts";
import { locate } from "./locate.ts";
import type { DecodeOptions } from "./options.ts";
import { readValue } from "./read_fast.ts";
import type { PyValue } from "./values.ts";
import { fail, WireFailure } from "./wire/failure.ts";
import { isTextUsed } from "./wire/text_block.ts";

/** The state that the next call uses; taken while a call runs, so that a polyfill may call `decode` again. */
let idle: DecodeState | undefined;

/**
 * Decodes one document.
 *
 * Copies everything: the result never aliases `bytes`, which may lie in shared memory. Small `bytes` of one
 * document may share a private buffer among themselves. Any nesting depth is fine, and what the decoder allocates
 * is bounded by a fixed multiple of the input. From one call to the next it remembers a bounded number of dict keys, so
 * as not to make the same strings again.
 *
 * `T` is what the caller expects; it is not checked.
 *
 * @throws {DecodeError} if the bytes are not exactly one valid document
 * @throws {TypeError} if `bytes` is no byte array, or an option is unknown
 * @example Decode what Python or `encode` wrote
 * ```ts
 * import { decode } from "@sysframe/sysframe/pybytes";
 * import { assertEquals } from "@std/assert/equals";
 *
 * // {"a": [1, 3.14]}
 * const bytes = new Uint8Array([0xa1, 0x61, 0x61, 0x82, 0x01, 0xda, 0x3a, 0x01]);
 * assertEquals(decode(bytes), { a: [1, 3.14] });
 * ```
 */
export function decode<T = PyValue>(
  bytes: Uint8Array | ArrayBufferLike | DataView,
  options?: DecodeOptions,
): T {
  const input = bytesOf(bytes);
  const s = idle ?? new DecodeState();
  idle = undefined;
  try {
    s.begin(input, options);
    const value = readValue(s, 0);
    if (s.pos !== s.end || s.bundled) checkEnd(s, input.length);
    return value as T;
  } catch (error) {
    throw error instanceof WireFailure ? decodeError(input, error) : error;
  } finally {
    s.release();
    idle = s;
  }
}

/** Checks that the document ends with its value, and the text with its last string. */
function checkEnd(s: DecodeState, sizeBytes: number): void {
  if (s.bundled) {
    if (s.pos !== s.end) {
      fail("invalid_value", s.pos, `${s.end - s.pos} bytes between the value and its text`);
    }
    if (!isTextUsed(s)) fail("invalid_value", s.end, "text that belongs to no string");
  }
  const end = s.bundled ? s.textEnd : s.pos;
  if (end !== sizeBytes) {
    fail("trailing_bytes", end, `${sizeBytes - end} bytes after the end of the document`);
  }
}

/** The bytes of what `decode` accepts, not copied. */
export function bytesOf(bytes: Uint8Array | ArrayBufferLike | DataView): Uint8Array {
  if (bytes instanceof Uint8Array) return bytes;
  if (bytes instanceof DataView) {
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  if (
    bytes instanceof ArrayBuffer ||
    (typeof SharedArrayBuffer !== "undefined" && bytes instanceof SharedArrayBuffer)
  ) return new Uint8Array(bytes);
  throw new TypeError(
    `Cannot decode: a Uint8Array, ArrayBuffer or DataView expected, found ${
      Object.prototype.toString.call(bytes)
    }`,
  );
}

/** The error of what was found wrong in these bytes. */
export function decodeError(bytes: Uint8Array, failure: WireFailure): DecodeError {
  const { code, offset, detail } = failure;
  return new DecodeError({ code, offset, detail, ...locate(bytes, offset, code) });
}
