/** Waiting without sleeping, for the few microseconds in which the other side is known to be awake. */

import { yieldCore } from "../libc/process.ts";

/** How long a side spins before it parks: longer than a round trip between awake processes, shorter than waking a parked one. */
export const SPIN_MICROSECONDS = 50;

/** Tells the processor that this is a spin loop, where the runtime can. */
export const pause: () => void = typeof Atomics.pause === "function"
  ? () => Atomics.pause()
  : () => {};

/** Looks between two readings of the clock, which cost as much as some twenty looks. */
const LOOKS_PER_CLOCK = 32;

/**
 * Repeats `ready` until it is true or the time is over.
 *
 * Between rounds the core is offered to others: the process that is to answer may be waiting for this very one.
 *
 * @returns whether `ready` became true
 */
export function spinUntil(ready: () => boolean, microseconds = SPIN_MICROSECONDS): boolean {
  let end = 0;
  for (;;) {
    for (let i = 0; i < LOOKS_PER_CLOCK; i++) {
      if (ready()) return true;
      pause();
    }
    const now = performance.now();
    // The first round is not counted: most waits end in it, and so read no clock.
    if (end === 0) end = now + microseconds / 1000;
    else if (now >= end) return false;
    yieldCore();
  }
}
