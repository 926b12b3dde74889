/**
 * Non-negative `bigint`s of any length from and to little-endian bytes, through hexadecimal text: V8 converts that
 * in linear time, where shifting byte by byte is quadratic.
 */

const HEX: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => byte.toString(16).padStart(2, "0"),
);
/** Bytes per piece of text: the string of a piece stays small, and the pieces are joined once. */
const PIECE_BYTES = 4096;

/** The minimal little-endian bytes of `magnitude` (at least one). */
export function magnitudeToBytes(magnitude: bigint): Uint8Array {
  let hex = magnitude.toString(16);
  if (hex.length & 1) hex = "0" + hex;
  const count = hex.length >> 1;
  const bytes = new Uint8Array(count);
  for (let i = 0, at = count - 1; at >= 0; i += 2, at--) {
    bytes[at] = digit(hex.charCodeAt(i)) << 4 | digit(hex.charCodeAt(i + 1));
  }
  return bytes;
}

function digit(code: number): number {
  return code < 58 ? code - 48 : code - 87;
}

/** The value of `count` little-endian bytes at `at`; `undefined` if this runtime has no `bigint` so large. */
export function bytesToMagnitude(bytes: Uint8Array, at: number, count: number): bigint | undefined {
  let last = at + count - 1;
  while (last > at && bytes[last] === 0) last--;
  const pieces: string[] = ["0x"];
  let piece = "";
  for (let i = last; i >= at; i--) {
    piece += HEX[bytes[i]];
    if (piece.length >= 2 * PIECE_BYTES) {
      pieces.push(piece);
      piece = "";
    }
  }
  pieces.push(piece);
  try {
    return BigInt(pieces.join(""));
  } catch (error) {
    // V8 reports a bigint beyond its limit as a SyntaxError or a RangeError, depending on the length.
    if (error instanceof RangeError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
