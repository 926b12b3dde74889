import { EncodeFailure } from "./encode_failure.ts";
import { acquire, type EncodeState, release } from "./encode_state.ts";
import { bytesDocument, isLongBytes } from "./encode_views.ts";
import { topPlace, trimShapes } from "./encode_shapes.ts";
import { EncodeError } from "./errors.ts";
import type { EncodeOptions } from "./options.ts";
import { closeText } from "./wire/bundle.ts";
import { writeValue } from "./write_value.ts";

/**
 * Encodes one value as one self-contained document.
 *
 * The bytes are the caller's and are never rewritten. Up to 2 KiB they are a view of a shared 8 KiB buffer, as Node's
 * `Buffer` does it: an allocation of its own costs ten times what encoding a small value does. `pooled: false` gives
 * a buffer of exactly the size. Any nesting depth is fine.
 *
 * Plain objects give their own enumerable str keys; symbol keys are left out, as JSON leaves them out.
 *
 * @throws {EncodeError} if the value or one inside it cannot be encoded
 * @throws {TypeError} if an option is unknown
 * @example Small values have small documents
 * ```ts
 * import { encode } from "@sysframe/sysframe/pybytes";
 * import { assertEquals } from "@std/assert/equals";
 *
 * assertEquals([...encode({ a: [1, 3.14] })], [0xa1, 0x61, 0x61, 0x82, 0x01, 0xda, 0x3a, 0x01]);
 * ```
 */
export function encode(value: unknown, options?: EncodeOptions): Uint8Array<ArrayBuffer> {
  if (isLongBytes(value) && options === undefined) return bytesDocument(value);
  const e = acquire();
  try {
    e.configure(options);
    e.begin();
    writeDocument(e, value);
    return e.finish(options?.pooled !== false);
  } catch (error) {
    throw error instanceof EncodeFailure ? error.toError() : error;
  } finally {
    release(e);
  }
}

/**
 * Encodes one value straight into the beginning of `target`, which may lie in shared memory.
 *
 * Writes nothing beyond the target. When it fails, what the target holds is unspecified.
 *
 * @param options Those of {@linkcode encode}; `pooled` has no meaning here, for the memory is the caller's.
 * @returns how many bytes the document has
 * @throws {EncodeError} `target_too_small` with `neededBytes`, or whatever keeps the value from being encoded
 * @throws {TypeError} if `target` is no `Uint8Array`, or an option is unknown
 * @example Into memory of one's own
 * ```ts
 * import { decode, encodeInto } from "@sysframe/sysframe/pybytes";
 * import { assertEquals } from "@std/assert/equals";
 *
 * const target = new Uint8Array(new SharedArrayBuffer(64));
 * const size = encodeInto([1, "two"], target);
 * assertEquals(decode(target.subarray(0, size)), [1, "two"]);
 * ```
 */
export function encodeInto(value: unknown, target: Uint8Array, options?: EncodeOptions): number {
  if (!(target instanceof Uint8Array)) {
    throw new TypeError(
      `Cannot encode into ${Object.prototype.toString.call(target)}: a Uint8Array expected`,
    );
  }
  if (options?.canonical === true) return copyInto(encode(value, options), target);
  const e = acquire();
  try {
    e.configure(options);
    e.beginInto(target);
    writeDocument(e, value);
    const neededBytes = e.finishInto();
    if (neededBytes <= target.length) return neededBytes;
    throw tooSmall(neededBytes, target);
  } catch (error) {
    throw error instanceof EncodeFailure ? error.toError() : error;
  } finally {
    release(e);
  }
}

/** What is sorted is sorted in memory of our own, not where another process may write. */
function copyInto(bytes: Uint8Array, target: Uint8Array): number {
  if (bytes.length > target.length) throw tooSmall(bytes.length, target);
  target.set(bytes);
  return bytes.length;
}

function tooSmall(neededBytes: number, target: Uint8Array): EncodeError {
  const detail = `${neededBytes} bytes needed, the target has ${target.length}`;
  return new EncodeError({ code: "target_too_small", path: "$", detail, neededBytes });
}

function writeDocument(e: EncodeState, value: unknown): void {
  trimShapes();
  writeValue(e, value, 0, topPlace);
  closeText(e);
}
