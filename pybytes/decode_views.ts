/** Reading bytes, bytearrays and memory views. Everything is copied: nothing aliases the input. */
import { copyAligned, type DecodeState } from "./decode_state.ts";
import { ByteArray, MemoryView } from "./types/mod.ts";
import type { NumberArray, PyValue } from "./values.ts";
import { readLength, readTag, take } from "./wire/cursor.ts";
import { fail } from "./wire/failure.ts";
import { readPackHeader } from "./wire/pack.ts";
import { Tag } from "./wire/tags.ts";

type NumberArrayClass = {
  new (buffer: ArrayBuffer): NumberArray;
  readonly BYTES_PER_ELEMENT: number;
};

const HALF = (globalThis as { Float16Array?: NumberArrayClass }).Float16Array;
/** The typed array of a format; half floats only where the runtime has them. */
const ARRAYS: ReadonlyMap<string, NumberArrayClass> = new Map<string, NumberArrayClass>([
  ["b", Int8Array],
  ["h", Int16Array],
  ["H", Uint16Array],
  ["i", Int32Array],
  ["I", Uint32Array],
  ["q", BigInt64Array],
  ["Q", BigUint64Array],
  ["f", Float32Array],
  ["d", Float64Array],
  ...(HALF === undefined ? [] : [["e", HALF] as const]),
]);

/** Reads `length` bytes as a `Uint8Array`. */
export function readBytes(s: DecodeState, start: number, length: number): Uint8Array {
  const at = take(s, start, length);
  const { buffer, offset } = s.copy(at, length);
  return new Uint8Array(buffer, offset, length);
}

/** Reads BYTESV. */
export function readLongBytes(s: DecodeState, start: number): PyValue {
  return readBytes(s, start, readLength(s, start) + 9);
}

/** Reads BARR. */
export function readByteArray(s: DecodeState, start: number): PyValue {
  const length = readLength(s, start);
  const at = take(s, start, length);
  const { buffer, offset } = s.copy(at, length);
  return new ByteArray(buffer, offset, length);
}

/** Reads PACK: the typed array of its format, a `DataView` for bytes, and a `MemoryView` for all that these cannot say. */
export function readPacked(s: DecodeState, start: number): PyValue {
  return readView(s, start, false);
}

/** Reads the PACK that has to follow the read-only subtype. */
export function readReadOnlyView(s: DecodeState): PyValue {
  const at = s.pos;
  if (readTag(s) !== Tag.PACK) {
    fail("invalid_value", at, "a memoryview expected after the read-only mark");
  }
  return readView(s, at, true);
}

function readView(s: DecodeState, start: number, readonly: boolean): PyValue {
  const { format, itemSizeBytes, shape, dataSizeBytes } = readPackHeader(s, start);
  const buffer = copyAligned(s, start, dataSizeBytes);
  if (!readonly && shape.length === 1) {
    if (format === "B" && itemSizeBytes === 1) return new DataView(buffer);
    const arrayClass = ARRAYS.get(format);
    if (arrayClass?.BYTES_PER_ELEMENT === itemSizeBytes) return new arrayClass(buffer);
  }
  return new MemoryView({ format, shape, itemSizeBytes, data: new Uint8Array(buffer), readonly });
}
