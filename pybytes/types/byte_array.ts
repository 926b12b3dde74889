import { bytesText } from "./literal_text.ts";
import { reprText } from "./repr.ts";

/**
 * Holds a Python bytearray; a plain `Uint8Array` stands for bytes.
 *
 * @example A bytearray is not bytes
 * ```ts
 * import { ByteArray, decode, encode } from "@sysframe/sysframe/pybytes";
 * import { assertEquals } from "@std/assert/equals";
 *
 * const buffer = ByteArray.from([1, 2]);
 * assertEquals(decode(encode(buffer)) instanceof ByteArray, true);
 * assertEquals(buffer.toString(), "bytearray(b'\\x01\\x02')");
 * ```
 */
export class ByteArray extends Uint8Array {
  /** Makes a bytearray of the numbers, each taken modulo 256 as in any `Uint8Array`. */
  static override of(...bytes: number[]): ByteArray {
    return ByteArray.from(bytes);
  }

  /** Makes a bytearray of what an iterable or array-like gives. */
  static override from(source: Iterable<number> | ArrayLike<number>): ByteArray;
  /** Makes a bytearray of the numbers that `map` returns for each item. */
  static override from<T>(
    source: Iterable<T> | ArrayLike<T>,
    map: (value: T, index: number) => number,
    thisArg?: unknown,
  ): ByteArray;
  static override from<T>(
    source: Iterable<T> | ArrayLike<T>,
    map?: (value: T, index: number) => number,
    thisArg?: unknown,
  ): ByteArray {
    return new ByteArray(
      map === undefined ? Array.from(source as Iterable<number>) : Array.from(source, map, thisArg),
    );
  }

  /** Returns a view of part of the same memory. */
  override subarray(start?: number, end?: number): ByteArray {
    return super.subarray(start, end) as ByteArray;
  }

  /** Returns a copy of part of the bytes. */
  override slice(start?: number, end?: number): ByteArray {
    return super.slice(start, end) as ByteArray;
  }

  /** Returns Python's text: `"bytearray(b'ab')"`. */
  override toString(): string {
    return `bytearray(${bytesText(this)})`;
  }

  /** @internal */
  [reprText](): string {
    return this.toString();
  }
}
