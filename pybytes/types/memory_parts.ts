import { MemoryView } from "./memory_view.ts";

/** What a Python memoryview consists of. */
export interface MemoryParts {
  /** The format of an item in the notation of Python's `struct` module. */
  readonly format: string;
  /** The number of items along each dimension. */
  readonly shape: readonly number[];
  /** The items; a view, not a copy. */
  readonly data: Uint8Array;
  /** Whether Python must not write through the view; no typed array says so. */
  readonly readonly: boolean;
}

const FORMATS: Readonly<Record<string, string>> = {
  Int8Array: "b",
  Uint8ClampedArray: "B",
  DataView: "B",
  Int16Array: "h",
  Uint16Array: "H",
  Int32Array: "i",
  Uint32Array: "I",
  BigInt64Array: "q",
  BigUint64Array: "Q",
  Float16Array: "e",
  Float32Array: "f",
  Float64Array: "d",
};

/** Returns the parts of the memoryview that a typed array, a `DataView` or a MemoryView stands for. */
export function memoryParts(value: ArrayBufferView | MemoryView): MemoryParts {
  if (value instanceof MemoryView) return value;
  const data = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  const name = Object.prototype.toString.call(value).slice(8, -1);
  const items = "length" in value ? value.length as number : value.byteLength;
  return { format: FORMATS[name] ?? "B", shape: [items], data, readonly: false };
}

/** Returns the bytes that a `Uint8Array` or `ArrayBuffer` stands for, as a view. */
export function bytesView(value: Uint8Array | ArrayBuffer): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array(value);
}

/** Tells whether two byte sequences are the same. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) {
    if (a[index] !== b[index]) return false;
  }
  return true;
}
