/** Sorting what has no order, for canonical documents. */
import type { Members } from "./encode_containers.ts";
import { refuse } from "./encode_failure.ts";
import type { EncodeState } from "./encode_state.ts";

/**
 * Called before the member with this index is written, and once more after the last: notes where it begins, and sorts
 * what is complete: the keys of a dict before its first value, the members of a set at the end.
 *
 * The bytes of sorted members are those that they have as documents of their own, so their order is the same everywhere.
 */
export function sortBefore(e: EncodeState, members: Members, index: number): void {
  const { starts, values, count, keyCount } = members;
  if (starts === undefined) return;
  const sorted = keyCount > 0 ? keyCount : count;
  if (index > sorted) return;
  if (index === 0) starts.paddedBytes = e.paddedBytes;
  starts.positions.push(e.written);
  if (index < sorted) return;
  // Moved, its data would no longer be aligned.
  if (e.paddedBytes !== starts.paddedBytes) {
    refuse(
      "unsupported_type",
      "an aligned memoryview in a set or as a key of a canonical document",
    );
  }
  if (sorted < 2) return;
  const order = sortRanges(e, starts.positions);
  if (keyCount === 0) return;
  // The values follow in the order of their keys. The array was made for this container alone.
  const entries = values as unknown[];
  const keys = entries.slice(0, keyCount), rest = entries.slice(keyCount);
  order.forEach((from, to) => {
    entries[to] = keys[from];
    entries[keyCount + to] = rest[from];
  });
}

/** Sorts the byte ranges between these positions, and returns what stands where: the old index of each. */
function sortRanges(e: EncodeState, starts: readonly number[]): number[] {
  const { origin } = e;
  const first = starts[0], end = starts[starts.length - 1];
  // A canonical document is in memory of our own, all of it in one piece.
  const copy = e.bytes.slice(origin + first, origin + end);
  const pieces = starts.slice(0, -1).map((start, index) =>
    copy.subarray(start - first, starts[index + 1] - first)
  );
  const order = pieces.map((_, index) => index).sort((a, b) => compare(pieces[a], pieces[b]));
  let at = origin + first;
  for (const index of order) {
    e.bytes.set(pieces[index], at);
    at += pieces[index].length;
  }
  return order;
}

function compare(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}
