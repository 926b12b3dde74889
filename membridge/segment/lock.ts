/** The kernel's lock of a segment, taken for a moment: for a time at the most, and never twice by one thread. */
import { DeadlockError, TimeoutError } from "../errors.ts";
import { sleep } from "../libc/process.ts";
import { spinUntil } from "../sync/spin.ts";
import type { Segment } from "./segment.ts";

/** How long to wait before the holder is looked at: whether it is a thread that is gone from a living process. */
const FIRST_LOOK_MS = 10;
const NEXT_LOOK_MS = 100;

/** Inodes whose lock this thread holds. Another handle of this thread would wait for ever. */
const held = new Set<bigint>();

/**
 * Runs `critical` while this thread holds the segment's lock; the kernel releases it if the process dies.
 *
 * Blocks the thread while another holder is at work: first spinning, then in naps of up to a millisecond. A holder
 * that is a terminated Worker is passed over.
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
  if (held.has(segment.inode)) {
    throw new DeadlockError(
      `Cannot change ${name} from within an update of it: return the new value instead`,
    );
  }
  acquireLock(segment, name, timeoutMs);
  held.add(segment.inode);
  try {
    return critical();
  } finally {
    held.delete(segment.inode);
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
  const start = performance.now();
  if (spinUntil(() => segment.lock.tryAcquire())) return;
  let look = start + FIRST_LOOK_MS;
  for (;;) {
    const now = performance.now();
    if (now - start >= timeoutMs) {
      throw new TimeoutError(`${name} stayed locked by another process for ${timeoutMs} ms`);
    }
    if (now >= look) {
      if (segment.lock.rescue()) return;
      look = now + NEXT_LOOK_MS;
    }
    sleep(Math.min(1, start + timeoutMs - now));
    if (segment.lock.tryAcquire()) return;
  }
}
