/**
 * Every store to shared memory that membridge makes goes through here, and nothing else writes there.
 *
 * So one place says what a store is, and a test build can put another module in the place of this one that counts the stores, and
 * ends the process at a chosen one (`tests/membridge/crash/`). A `store` publishes: it is sequentially consistent, and pairs with an
 * `Atomics.load` of the same word elsewhere. A `put` is plain: nobody looks at it before a later `store` says that it is there.
 *
 * @module
 */

/** Stores a u32 that others look at. */
export function storeU32(words: Uint32Array, index: number, value: number): void {
  Atomics.store(words, index, value);
}

/** Stores a u64 that others look at. */
export function storeU64(words: BigUint64Array, index: number, value: bigint): void {
  Atomics.store(words, index, value);
}

/** Writes a u32 that a later store publishes. */
export function putU32(words: Uint32Array, index: number, value: number): void {
  words[index] = value;
}

/** Writes a u64 that a later store publishes. */
export function putU64(words: BigUint64Array, index: number, value: bigint): void {
  words[index] = value;
}

/** Writes bytes that a later store publishes. */
export function putBytes(target: Uint8Array, bytes: Uint8Array, offset = 0): void {
  target.set(bytes, offset);
}

/** Copies the first `count` words of private memory into shared memory, to be published by a later store. */
export function putWords(
  target: Uint32Array,
  index: number,
  words: Uint32Array,
  count: number,
): void {
  for (let i = 0; i < count; i++) target[index + i] = words[i];
}

/** Writes a float that others look at without an order: an aligned double is written whole. */
export function putF64(floats: Float64Array, index: number, value: number): void {
  floats[index] = value;
}
