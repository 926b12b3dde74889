/** Reading numbers from shared memory. */

/**
 * Returns a u64 as a number.
 *
 * It is read in halves, which takes a third of what a BigInt does, and is right for a word that cannot change now, or that is looked at
 * again before it counts.
 *
 * @param low Index of its low half.
 */
export function readU64(words: Uint32Array, low: number): number {
  return words[low] + words[low + 1] * 0x1_0000_0000;
}
