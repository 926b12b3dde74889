/** Making the bytes that show a fault few, so that one sees what it is. */
import { Tag } from "../../../pybytes/wire/tags.ts";
import { spansOf } from "./structure.ts";

/** Tells whether bytes show the fault. */
type HasFault = (candidate: Uint8Array) => boolean;

/**
 * Leaves out values, then pieces, and makes bytes smaller, for as long as the fault stays.
 *
 * @param timeMs What it has found by then is the result.
 */
export function smallest(bytes: Uint8Array, hasFault: HasFault, timeMs = 60_000): Uint8Array {
  const end = performance.now() + timeMs;
  const check: HasFault = (candidate) => performance.now() < end && hasFault(candidate);
  let best = bytes, before = "";
  while (before !== best.toHex()) {
    before = best.toHex();
    best = fewerValues(best, check);
    best = fewerBytes(best, check);
    best = smallerBytes(best, check);
  }
  return best;
}

/** Takes values for the whole, or puts None in their place. */
function fewerValues(bytes: Uint8Array, hasFault: HasFault): Uint8Array {
  let best = bytes;
  for (let index = 1;;) {
    const span = spansOf(best)[index];
    if (span === undefined) return best;
    const { start, end } = span;
    const alone = best.slice(start, end);
    const without = Uint8Array.of(...best.subarray(0, start), Tag.NONE, ...best.subarray(end));
    if (hasFault(alone)) {
      best = alone;
      index = 1;
    } else {
      if (end - start > 1 && hasFault(without)) best = without;
      index++;
    }
  }
}

function fewerBytes(bytes: Uint8Array, hasFault: HasFault): Uint8Array {
  let best = bytes;
  for (let size = best.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at + size <= best.length;) {
      const start = best.subarray(0, at), end = best.subarray(at + size);
      const candidates = [Uint8Array.of(...start, ...end)];
      // The count of the container around what is left out is somewhere before it.
      for (let count = Math.max(0, at - 4); count < at; count++) {
        const candidate = candidates[0].slice();
        candidate[count]--;
        candidates.push(candidate);
      }
      const found = candidates.find(hasFault);
      if (found === undefined) at += size;
      else best = found;
    }
  }
  return best;
}

function smallerBytes(bytes: Uint8Array, hasFault: HasFault): Uint8Array {
  const best = bytes.slice();
  for (let at = 0; at < best.length; at++) {
    const original = best[at];
    for (const byte of [0, original >> 1, original - 1]) {
      if (byte < 0 || byte >= original) continue;
      best[at] = byte;
      if (hasFault(best.slice())) break;
      best[at] = original;
    }
  }
  return best;
}
