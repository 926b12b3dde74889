/** The kernel's lock of a segment, taken for a moment: for a time at the most, and never twice by one thread. */
import { DeadlockError, TimeoutError } from "../errors.ts";
import { sleep } from "../libc/process.ts";
import { spinUntil } from "../sync/spin.ts";
import type { Segment } from "./segment.ts";

/** Inodes whose lock this thread holds. Another handle of this thread would wait for ever. */
const held = new Set<bigint>();

/**
 * Runs `critical` while this thread holds the segment's lock; the kernel releases it if the process dies.
 *
 * Blocks the thread while another holder is at work: first spinning, then in naps of up to a millisecond.
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
  if (!segment.tryLock()) waitForLock(segment, name, timeoutMs);
  held.add(segment.inode);
  try {
    return critical();
  } finally {
    held.delete(segment.inode);
    segment.unlock();
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

function waitForLock(segment: Segment, name: string, timeoutMs: number): void {
  if (spinUntil(() => segment.tryLock())) return;
  const end = performance.now() + timeoutMs;
  for (;;) {
    const left = end - performance.now();
    if (left <= 0) {
      throw new TimeoutError(`${name} stayed locked by another process for ${timeoutMs} ms`);
    }
    sleep(Math.min(1, left));
    if (segment.tryLock()) return;
  }
}
