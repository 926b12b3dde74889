/** Catching the codec's errors in tests. */
import { decode, DecodeError, encode, EncodeError } from "../../../pybytes/mod.ts";
import type { DecodeOptions, EncodeOptions } from "../../../pybytes/mod.ts";

/** The bytes of hexadecimal text, in which spaces are for the reader. */
export function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  const digits = hex.replaceAll(" ", "");
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => {
    return parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  });
}

const HEX: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => byte.toString(16).padStart(2, "0"),
);

/** The hexadecimal text of bytes. */
export function hexOf(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += HEX[byte];
  return text;
}

/** The `DecodeError` that decoding fails with; any other outcome throws. */
export function decodeErrorOf(bytes: Uint8Array, options?: DecodeOptions): DecodeError {
  try {
    decode(bytes, options);
  } catch (error) {
    if (error instanceof DecodeError) return error;
    throw error;
  }
  throw new Error(`decoding ${hexOf(bytes.subarray(0, 40))} succeeded`);
}

/** The `EncodeError` that encoding fails with; any other outcome throws. */
export function encodeErrorOf(value: unknown, options?: EncodeOptions): EncodeError {
  try {
    encode(value, options);
  } catch (error) {
    if (error instanceof EncodeError) return error;
    throw error;
  }
  throw new Error("encoding succeeded");
}
