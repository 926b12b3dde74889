/** Writing lists of bools, eight to the byte. */
import { ListType } from "./wire/packed_list.ts";
import { lengthSizeBytes, type Writer } from "./wire/writer.ts";
import { writePackedHeader } from "./packed_numbers.ts";

/**
 * Writes a list or tuple of bools.
 *
 * @returns false, with nothing written, if an item is no bool or a tag for each is as short
 */
export function writePackedBools(
  w: Writer,
  items: ArrayLike<unknown>,
  count: number,
  kind: number,
): boolean {
  for (let i = 0; i < count; i++) if (typeof items[i] !== "boolean") return false;
  const sizeBytes = (count + 7) >> 3;
  // With tags: a byte each, and one before them at least.
  if (2 + lengthSizeBytes(count) + sizeBytes >= 1 + count) return false;
  writePackedHeader(w, kind, ListType.BOOL, count, sizeBytes);
  const b = w.bytes, at = w.pos;
  b.fill(0, at, at + sizeBytes);
  for (let i = 0; i < count; i++) if (items[i] === true) b[at + (i >> 3)] |= 1 << (i & 7);
  w.pos = at + sizeBytes;
  return true;
}
