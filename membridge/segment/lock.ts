/** The kernel's lock of a segment, taken for a moment: for a time at the most, and never twice by one thread. */
import { DeadlockError, TimeoutError } from "../errors.ts";
import { nap } from "../libc/process.ts";
import { spinUntil } from "../sync/spin.ts";
import type { Segment } from "./segment.ts";

/** How long to wait before the holder is looked at: whether it is a thread that is gone from a living process. */
const FIRST_LOOK_MS = 10;
const NEXT_LOOK_MS = 100;
/** A lock mostly changes hands within microseconds. */
const FIRST_NAP_MS = 0.1;
/** How long to sleep at a time while a holder takes its time. */
const LONGEST_NAP_MS = 1;

/** Inodes whose lock this thread holds: none mostly, so a list takes less than a set of BigInts (70 ns). Another handle of this thread would wait for ever. */
const held: bigint[] = [];

/**
 * Runs `critical` while this thread holds the segment's lock; the kernel releases it if the process dies.
 *
 * Blocks the thread while another holder is at work: spinning, and between spins in naps of up to a millisecond. A
 * holder that is a terminated Worker is passed over.
 *
 * @throws {TimeoutError} after `timeoutMs`; `critical` did not run.
 * @throws {DeadlockError} if this thread holds it already.
 */
export function withLock<T>(
  segment: Segment,
  name: string,
  timeoutMs: number,
  critical: () => T,
): T {
  if (held.length > 0 && held.includes(segment.inode)) {
    throw new DeadlockError(
      `Cannot change ${name} from within an update of it: return the new value instead`,
    );
  }
  acquireLock(segment, name, timeoutMs);
  held.push(segment.inode);
  try {
    return critical();
  } finally {
    // Taken within another and given up before it: the last one.
    held.pop();
    // Closing gave it up too, and the descriptor's number may be another file's by now.
    if (segment.isOpen) segment.lock.release();
  }
}

/**
 * Like {@linkcode withLock}, for tidying up that others do as well if it does not happen now.
 *
 * @returns whether `critical` ran; not if another process held the lock for `timeoutMs`, or this thread holds it.
 */
export function tryWithLock(
  segment: Segment,
  timeoutMs: number,
  critical: () => void,
): boolean {
  try {
    withLock(segment, "", timeoutMs, critical);
    return true;
  } catch (error) {
    if (error instanceof TimeoutError || error instanceof DeadlockError) return false;
    throw error;
  }
}

/**
 * Takes the segment's lock, to be given back by `segment.lock.release()`. For what is done so often that a closure counts, and never calls
 * anything that takes the same lock: nothing here notices that.
 *
 * @throws {TimeoutError} after `timeoutMs`
 */
export function acquireLock(segment: Segment, name: string, timeoutMs: number): void {
  if (!segment.lock.tryAcquire()) waitForLock(segment, name, timeoutMs);
}

function waitForLock(segment: Segment, name: string, timeoutMs: number): void {
  const { lock } = segment;
  const start = performance.now();
  let look = start + FIRST_LOOK_MS;
  let napMs = FIRST_NAP_MS;
  for (;;) {
    if (spinUntil(() => lock.looksFree && lock.tryAcquire())) return;
    // Killed while it held the lock: it does not say that it is free, but it is.
    if (lock.tryAcquire()) return;
    const now = performance.now();
    if (now - start >= timeoutMs) {
      throw new TimeoutError(`${name} stayed locked by another process for ${timeoutMs} ms`);
    }
    if (now >= look) {
      if (lock.rescue()) return;
      look = now + NEXT_LOOK_MS;
    }
    nap(Math.min(napMs, start + timeoutMs - now));
    napMs = Math.min(2 * napMs, LONGEST_NAP_MS);
  }
}
