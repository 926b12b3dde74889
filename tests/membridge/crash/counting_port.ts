/** In the place of `membridge/sync/port.ts` in a victim: the same functions, each store a point at which the process may die. */
import { changed } from "./kill_point.ts";

/** As the port's. */
export function storeU32(words: Uint32Array, index: number, value: number): void {
  Atomics.store(words, index, value);
  changed(`storeU32 at ${words.byteOffset + 4 * index}`);
}

/** As the port's. */
export function storeU64(words: BigUint64Array, index: number, value: bigint): void {
  Atomics.store(words, index, value);
  changed(`storeU64 at ${words.byteOffset + 8 * index}`);
}

/** As the port's. */
export function putU32(words: Uint32Array, index: number, value: number): void {
  words[index] = value;
  changed(`putU32 at ${words.byteOffset + 4 * index}`);
}

/** As the port's. */
export function putU64(words: BigUint64Array, index: number, value: bigint): void {
  words[index] = value;
  changed(`putU64 at ${words.byteOffset + 8 * index}`);
}

/** As the port's, in two halves: a copy is no single store. */
export function putBytes(target: Uint8Array, bytes: Uint8Array, offset = 0): void {
  const half = bytes.length >>> 1;
  const at = target.byteOffset + offset;
  if (half > 0) {
    target.set(bytes.subarray(0, half), offset);
    changed(`half of putBytes at ${at}`);
  }
  target.set(bytes.subarray(half), offset + half);
  changed(`putBytes at ${at}`);
}

/** As the port's, in two halves. */
export function putWords(
  target: Uint32Array,
  index: number,
  words: Uint32Array,
  count: number,
): void {
  const half = count >>> 1;
  const at = target.byteOffset + 4 * index;
  for (let i = 0; i < half; i++) target[index + i] = words[i];
  if (half > 0) changed(`half of putWords at ${at}`);
  for (let i = half; i < count; i++) target[index + i] = words[i];
  changed(`putWords at ${at}`);
}

/** As the port's. */
export function putF64(floats: Float64Array, index: number, value: number): void {
  floats[index] = value;
  changed(`putF64 at ${floats.byteOffset + 8 * index}`);
}
