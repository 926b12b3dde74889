/** Where the bytes of versions are copied to before they are decoded. */
import type { Segment } from "../segment/segment.ts";
import { Scratch } from "../sync/scratch.ts";

/** Copies up to this length share a buffer; longer ones get memory of their own, which is given back. */
const LARGEST_SHARED_BYTES = 1 << 20;
/** Up to this length a loop over words takes less than a view of the bytes to copy: 6 ns for 40 bytes, not 50. */
const LARGEST_LOOP_BYTES = 256;

/** One for the thread: between copying and decoding nobody else's code runs. */
let scratch = new Scratch(LARGEST_LOOP_BYTES);

/** One of the ways to copy. */
export type Copy = (source: Segment, offset: number, sizeBytes: number) => Uint8Array;

/** Copies bytes of the mapped memory, from an offset that is a multiple of 8. The copy is good until the next one. */
export function copyBriefly(source: Segment, offset: number, sizeBytes: number): Uint8Array {
  if (sizeBytes > LARGEST_SHARED_BYTES) return copyForGood(source, offset, sizeBytes);
  if (sizeBytes > scratch.bytes.length) scratch = new Scratch(Math.ceil(1.5 * sizeBytes / 8) * 8);
  const copy = scratch.view(sizeBytes);
  if (sizeBytes > LARGEST_LOOP_BYTES) {
    copy.set(source.bytes.subarray(offset, offset + sizeBytes));
    return copy;
  }
  const { words } = source;
  const target = scratch.words;
  const from = offset / 4;
  for (let i = 0; 4 * i < sizeBytes; i++) target[i] = words[from + i];
  return copy;
}

/** Copies bytes of the mapped memory to memory of their own, for a codec that may keep them. */
export function copyForGood(source: Segment, offset: number, sizeBytes: number): Uint8Array {
  return source.bytes.slice(offset, offset + sizeBytes);
}
