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

/** As the port's, with half of the room full of what makes no sense: a serializer that was cut short. */
export function putDirectly(room: Uint8Array): Uint8Array {
  room.fill(0xa5, 0, room.length >>> 1);
  changed(`putDirectly at ${room.byteOffset}`);
  return room;
}
