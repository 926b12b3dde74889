/** The typed arrays that shared memory is viewed as, and the numbers by which frames name them. */

/** A typed array over shared memory. */
export type SharedArray =
  | Uint8Array<ArrayBuffer>
  | Int8Array<ArrayBuffer>
  | Uint8ClampedArray<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>;

/** The class of such an array, such as `Float64Array`. */
export interface SharedArrayClass<A extends SharedArray = SharedArray> {
  /** Creates a view. */
  new (buffer: ArrayBuffer, byteOffset: number, length: number): A;
  /** Length of one element. */
  readonly BYTES_PER_ELEMENT: number;
  /** Such as `"Float64Array"`. */
  readonly name: string;
}

/** The classes by their number in shared memory, which is the place in this list; 0 is none. */
const CLASSES: readonly (SharedArrayClass | undefined)[] = [
  undefined,
  Uint8Array,
  Int8Array,
  Uint8ClampedArray,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
  BigUint64Array,
  BigInt64Array,
];

/**
 * Returns the number of a class.
 *
 * @throws {TypeError} if it is none of them.
 */
export function typeNumber(type: SharedArrayClass): number {
  const number = CLASSES.indexOf(type);
  if (number > 0) return number;
  throw new TypeError(
    `Cannot view shared memory as ${
      typeof type === "function" ? type.name : String(type)
    }: expected a class of typed arrays such as Float64Array`,
  );
}

/** Returns the class with that number; `undefined` when there is none. */
export function typeOfNumber(number: number): SharedArrayClass | undefined {
  return CLASSES[number];
}

/**
 * Checks where a view is to lie, and returns how many elements it has.
 *
 * @param sizeBytes How much memory there is.
 * @throws {RangeError} if it is not aligned, or does not fit.
 */
export function checkView(
  { BYTES_PER_ELEMENT: unit, name }: SharedArrayClass,
  { sizeBytes, offsetBytes, length }: {
    sizeBytes: number;
    offsetBytes: number;
    length: number | undefined;
  },
): number {
  if (!Number.isInteger(offsetBytes) || offsetBytes < 0 || offsetBytes > sizeBytes) {
    throw new RangeError(
      `Cannot view ${name} at byte ${offsetBytes}: expected an offset from 0 to ${sizeBytes}`,
    );
  }
  if (offsetBytes % unit !== 0) {
    throw new RangeError(
      `Cannot view ${name} at byte ${offsetBytes}: expected a multiple of ${unit}`,
    );
  }
  const room = Math.floor((sizeBytes - offsetBytes) / unit);
  if (length === undefined) return room;
  if (!Number.isInteger(length) || length < 0 || length > room) {
    throw new RangeError(
      `Cannot view ${length} elements of ${name} at byte ${offsetBytes}: ${room} fit into ${sizeBytes} bytes`,
    );
  }
  return length;
}

/**
 * Checks a length in bytes that somebody asks memory for.
 *
 * @throws {RangeError} if it is not a whole number of at least 1.
 */
export function checkSizeBytes(what: string, sizeBytes: number): void {
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 1) {
    throw new RangeError(
      `Cannot use ${String(sizeBytes)} as ${what}: expected a whole number of bytes, at least 1`,
    );
  }
}
