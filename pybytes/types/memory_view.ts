import { reprText } from "./repr.ts";

/** Sizes that do not depend on the byte order mark of the format. */
const FIXED_SIZES: Readonly<Record<string, number>> = {
  "?": 1,
  b: 1,
  B: 1,
  c: 1,
  s: 1,
  p: 1,
  x: 1,
  e: 2,
  h: 2,
  H: 2,
  f: 4,
  i: 4,
  I: 4,
  d: 8,
  q: 8,
  Q: 8,
};
/** Sizes of C types on 64-bit Linux. */
const NATIVE_SIZES: Readonly<Record<string, number>> = { l: 8, L: 8, n: 8, N: 8, P: 8, g: 16 };
/** The same where the format asks for standard sizes. */
const STANDARD_SIZES: Readonly<Record<string, number>> = { l: 4, L: 4 };

/** What a {@linkcode MemoryView} is made of. */
export interface MemoryViewInit {
  /** The format of an item in the notation of Python's `struct` module. */
  readonly format: string;
  /** The number of items along each dimension; empty for a single item. */
  readonly shape: readonly number[];
  /** The items, the last dimension varying fastest, little-endian. */
  readonly data: Uint8Array;
  /**
   * The size of an item; may be left out where {@linkcode itemSizeOf} knows it. Another size than that is possible in Python as well:
   * a packed `ctypes` structure has format `B` and the size of the whole.
   */
  readonly itemSizeBytes?: number;
  /** Whether Python must not write through the view; `false` unless given. */
  readonly readonly?: boolean;
}

/**
 * Holds a Python memoryview that no typed array can express: another item format, or more or fewer
 * than one dimension.
 *
 * Keeps the given bytes, it does not copy them.
 *
 * Layout: C-contiguous, little-endian, `product(shape) * itemSizeBytes` bytes.
 *
 * @example Six C longs as a matrix
 * ```ts
 * import { MemoryView } from "@sysframe/sysframe/pybytes";
 * import { assertEquals } from "@std/assert/equals";
 *
 * const matrix = new MemoryView({ format: "l", shape: [2, 3], data: new Uint8Array(48) });
 * assertEquals(matrix.itemSizeBytes, 8);
 * ```
 */
export class MemoryView {
  /** The format of an item in the notation of Python's `struct` module. */
  readonly format: string;
  /** The number of items along each dimension. */
  readonly shape: readonly number[];
  /** The size of an item. */
  readonly itemSizeBytes: number;
  /** The items, the last dimension varying fastest. */
  readonly data: Uint8Array;
  /** Whether Python must not write through the view. */
  readonly readonly: boolean;

  /**
   * Makes a view of the bytes.
   *
   * @throws {RangeError} if the item size is unknown, a dimension is not a whole number, or the bytes
   * are not exactly as many as item size and shape need
   */
  constructor(init: MemoryViewInit) {
    const { format, shape, data, readonly = false } = init;
    const itemSizeBytes = init.itemSizeBytes ?? itemSizeOf(format);
    if (itemSizeBytes === undefined || !Number.isSafeInteger(itemSizeBytes) || itemSizeBytes < 1) {
      throw new RangeError(
        `Cannot make a MemoryView: format ${
          JSON.stringify(format)
        } needs itemSizeBytes, a whole number above 0, found ${init.itemSizeBytes}`,
      );
    }
    const sizeBytes = sizeOf(shape, itemSizeBytes);
    if (data.length !== sizeBytes) {
      throw new RangeError(
        `Cannot make a MemoryView of shape (${
          shape.join(", ")
        }): expected ${sizeBytes} bytes, found ${data.length}`,
      );
    }
    this.format = format;
    this.shape = Object.freeze(shape.slice());
    this.itemSizeBytes = itemSizeBytes;
    this.data = data;
    this.readonly = readonly;
    Object.freeze(this);
  }

  /**
   * Tells whether `other` is a MemoryView with the same format, shape and bytes that is read-only if
   * this one is; Python's own comparison leaves that out.
   */
  equals(other: unknown): boolean {
    if (!(other instanceof MemoryView)) return false;
    return this.format === other.format && this.itemSizeBytes === other.itemSizeBytes &&
      this.readonly === other.readonly &&
      this.shape.length === other.shape.length &&
      this.shape.every((count, index) => count === other.shape[index]) &&
      this.data.every((byte, index) => byte === other.data[index]);
  }

  /** Returns a text like Python's, with format and shape in place of the address. */
  toString(): string {
    return `<memory format='${this.format}' shape=(${this.shape.join(", ")}${
      this.shape.length === 1 ? "," : ""
    })>`;
  }

  /** @internal */
  [reprText](): string {
    return this.toString();
  }
}

/**
 * Returns the size in bytes of an item of a single-character `struct` format on 64-bit Linux, with
 * or without one of the prefixes `@`, `|` (C sizes), `=`, `<` (standard sizes).
 *
 * @returns `undefined` for every other format
 */
export function itemSizeOf(format: string): number | undefined {
  const prefix = format.length === 2 ? format[0] : "@";
  const code = format.length === 2 ? format[1] : format;
  if (code.length !== 1) return undefined;
  if (prefix === "@" || prefix === "|") return own(FIXED_SIZES, code) ?? own(NATIVE_SIZES, code);
  if (prefix === "<" || prefix === "=") return own(FIXED_SIZES, code) ?? own(STANDARD_SIZES, code);
  return undefined;
}

function own(sizes: Readonly<Record<string, number>>, code: string): number | undefined {
  return Object.hasOwn(sizes, code) ? sizes[code] : undefined;
}

function sizeOf(shape: readonly number[], itemSizeBytes: number): number {
  let size = itemSizeBytes;
  for (const count of shape) {
    if (!Number.isSafeInteger(count) || count < 0) {
      throw new RangeError(
        `Cannot make a MemoryView: expected whole numbers as shape, found (${shape.join(", ")})`,
      );
    }
    size *= count;
  }
  return size;
}
