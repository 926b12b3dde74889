/** Waiting without sleeping, for the few microseconds in which the other side is known to be awake. */

import { yieldCore } from "../libc/process.ts";

/** How long a side spins before it parks: longer than a round trip between awake processes, shorter than waking a parked one. */
export const SPIN_MICROSECONDS = 50;

/**
 * Repeats `ready` until it is true or the time is over.
 *
 * The clock costs as much as some twenty checks, so it is read once in 32. Between rounds the core is offered to others: the process
 * that is to answer may be waiting for this very one.
 *
 * @returns whether `ready` became true
 */
export function spinUntil(ready: () => boolean, microseconds = SPIN_MICROSECONDS): boolean {
  const end = performance.now() + microseconds / 1000;
  do {
    for (let i = 0; i < 32; i++) {
      if (ready()) return true;
      pause();
    }
    yieldCore();
  } while (performance.now() < end);
  return false;
}

/** Tells the processor that this is a spin loop, where the runtime can. */
const pause: () => void = typeof Atomics.pause === "function" ? () => Atomics.pause() : () => {};
