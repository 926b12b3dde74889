/** The two files of a mutex: opened or made, and removed. */
import { unlinkFile } from "../libc/files.ts";
import { WakeList } from "../peer/wake_list.ts";
import { withLock } from "../segment/lock.ts";
import { type NamedKind, openNamed, removeNamed } from "../segment/named.ts";
import { pathOfId } from "../segment/names.ts";
import { HEADER_BYTES, STATE } from "../segment/header.ts";
import { Segment } from "../segment/segment.ts";

const MUTEX_BYTES = 16384;
const HOLD_BYTES = 4096;
/** Where the table of who waits lies, and beside it when each of them came. */
export const WAITERS = {
  highOffset: HEADER_BYTES,
  slotsOffset: 128,
  capacity: (8192 - 128) / 8,
  arrivedOffset: 8192,
} as const;
/** Longest wait for the lock of the table, which nobody holds for more than some stores. */
export const TABLE_TIMEOUT_MS = 30_000;

const MUTEX: NamedKind = {
  kind: "mutex",
  minimumBytes: MUTEX_BYTES,
  onRemove(segment, name) {
    try {
      const waiters = waitersOf(segment, name);
      waiters.wakeAll();
      waiters.close();
      const hold = openHold(segment, name);
      // A try to take it, successful or not, finds out where the lock is now.
      if (hold?.lock.tryAcquire()) hold.lock.release();
      hold?.lock.unlinkFile();
      hold?.close();
    } finally {
      unlinkFile(pathOfId(segment.id, "hold"));
    }
  },
};

/** Returns the table of who waits. */
export function waitersOf(segment: Segment, name: string): WakeList {
  return new WakeList(segment, WAITERS, name, "waited for");
}

function openHold(segment: Segment, name: string): Segment | undefined {
  // It was made with the mode of the mutex, which was checked when that was opened.
  return Segment.open(pathOfId(segment.id, "hold"), {
    kind: "mutex",
    name,
    minimumBytes: HOLD_BYTES,
    mode: 0o666,
  });
}

function openOrMakeHold(segment: Segment, name: string, mode: number): Segment {
  const there = openHold(segment, name);
  if (there !== undefined) return there;
  const made = Segment.create({ kind: "mutex", sizeBytes: HOLD_BYTES, mode });
  made.publish(pathOfId(segment.id, "hold"));
  return made;
}

/** Opens both files of the mutex with that name, making them if asked to. */
export function openMutexFiles(
  name: string,
  { create, mode }: { create: boolean; mode: number },
): { segment: Segment; hold: Segment } {
  const make = () => Segment.create({ kind: "mutex", sizeBytes: MUTEX_BYTES, mode });
  for (;;) {
    const segment = openNamed(name, { kind: MUTEX, mode, make: create ? make : undefined });
    try {
      // Under the lock, so that none is made for a mutex that is being removed: nobody would take it away.
      const hold = withLock(
        segment,
        name,
        TABLE_TIMEOUT_MS,
        () => segment.state === STATE.live ? openOrMakeHold(segment, name, mode) : undefined,
      );
      if (hold !== undefined) return { segment, hold };
    } catch (error) {
      segment.close();
      throw error;
    }
    segment.close(); // Removed meanwhile.
  }
}

/** Removes the name, and with it both files. */
export function removeMutexFiles(name: string): boolean {
  return removeNamed(name, MUTEX);
}
