/** Reading bytes, bytearrays and memory views. Everything is copied unless `zeroCopy` asks for views of the input. */
import { readPackedList } from "./decode_packed.ts";
import { copyAligned, type DecodeState } from "./decode_state.ts";
import { ByteArray, MemoryView } from "./types/mod.ts";
import type { NumberArray, PyValue } from "./values.ts";
import { readLength, readTag, take } from "./wire/cursor.ts";
import { fail } from "./wire/failure.ts";
import { readPackHeader } from "./wire/pack.ts";
import { KIND_TUPLE } from "./wire/packed_list.ts";
import { Tag } from "./wire/tags.ts";

type NumberArrayClass = {
  new (buffer: ArrayBuffer, byteOffset: number, length: number): NumberArray;
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
  if (s.zeroCopy) return viewAt(s, at, length);
  const { buffer, offset } = s.copy(at, length);
  return new Uint8Array(buffer, offset, length);
}

/** The input's own memory. Its type says nothing of SharedArrayBuffers: with `zeroCopy` the caller knows where it lies. */
function inputBuffer(s: DecodeState): ArrayBuffer {
  return s.bytes.buffer as ArrayBuffer;
}

function viewAt(s: DecodeState, at: number, length: number): Uint8Array {
  return new Uint8Array(inputBuffer(s), s.bytes.byteOffset + at, length);
}

/** Reads BYTESV. */
export function readLongBytes(s: DecodeState, start: number): PyValue {
  return readBytes(s, start, readLength(s, start) + 9);
}

/** Reads BARR. */
export function readByteArray(s: DecodeState, start: number): PyValue {
  const length = readLength(s, start);
  const at = take(s, start, length);
  if (s.zeroCopy) return new ByteArray(inputBuffer(s), s.bytes.byteOffset + at, length);
  const { buffer, offset } = s.copy(at, length);
  return new ByteArray(buffer, offset, length);
}

/** Reads PACK: a list or tuple, or a view: the typed array of its format, a `DataView` for bytes, and a `MemoryView` for all that these cannot say. */
export function readPacked(s: DecodeState, start: number): PyValue {
  const header = s.pos < s.end ? s.bytes[s.pos] : 0xff;
  if (header >> 5 > KIND_TUPLE) return readView(s, start, false);
  s.pos++;
  return readPackedList(s, start, header);
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
  const { buffer, offset } = placeOf(s, start, dataSizeBytes, itemSizeBytes);
  if (!readonly && shape.length === 1) {
    if (format === "B" && itemSizeBytes === 1) return new DataView(buffer, offset, dataSizeBytes);
    const arrayClass = ARRAYS.get(format);
    if (arrayClass?.BYTES_PER_ELEMENT === itemSizeBytes) {
      return new arrayClass(buffer, offset, shape[0]);
    }
  }
  const data = new Uint8Array(buffer, offset, dataSizeBytes);
  return new MemoryView({ format, shape, itemSizeBytes, data, readonly });
}

/** Where the data of a view is: a copy, or where it lies if views are asked for and it is aligned. */
function placeOf(
  s: DecodeState,
  start: number,
  sizeBytes: number,
  itemSizeBytes: number,
): { buffer: ArrayBuffer; offset: number } {
  const offset = s.bytes.byteOffset + s.pos;
  if (!s.zeroCopy || offset % itemSizeBytes !== 0) {
    return { buffer: copyAligned(s, start, sizeBytes), offset: 0 };
  }
  take(s, start, sizeBytes);
  return { buffer: inputBuffer(s), offset };
}
