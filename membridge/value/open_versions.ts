/** A name for a segment of versions: opened, made, and removed, whoever else does so at the same time. */
import { MembridgeError, SegmentError } from "../errors.ts";
import { unlinkFile } from "../libc/files.ts";
import { resolveTimeout } from "../options.ts";
import { withLock } from "../segment/lock.ts";
import { pathOfName } from "../segment/names.ts";
import { Segment, STATE } from "../segment/segment.ts";
import { createVersions, MINIMUM_BYTES, type VersionsInit } from "./value_layout.ts";
import { WatchTable } from "./watch_table.ts";

/** What is opened, and what is made if it is not there. */
export interface OpenInit extends VersionsInit {
  /** Whether to make it. */
  readonly create: boolean;
  /** Longest wait for the lock of one whose removal has to be finished first. */
  readonly timeoutMs: number;
}

/**
 * Opens the segment with that name, or makes it.
 *
 * @throws {SegmentError} `not_found` without `create`; `wrong_kind`, `foreign`, `incompatible`, `corrupt` for what has the name.
 * @throws {SystemError} such as `ENOSPC`.
 */
export function openVersions(name: string, init: OpenInit): Segment {
  const path = pathOfName(name);
  for (;;) {
    const there = openSegment(name, path, init);
    if (there?.state === STATE.live) return there;
    if (there !== undefined) {
      // Whoever was removing it died halfway.
      try {
        takeName(there, name, path, init.timeoutMs);
      } finally {
        there.close();
      }
      continue;
    }
    if (!init.create) {
      throw new SegmentError("not_found", name, "does not exist; `create: true` makes it");
    }
    const made = createVersions(init);
    if (made.publish(path)) return made;
    // Another process was faster: open what it made.
    made.close();
  }
}

/** Removes the name. Returns `false` when nothing had it. */
export function removeVersions(kind: VersionsInit["kind"], name: string): boolean {
  const path = pathOfName(name);
  const segment = openSegment(name, path, { kind, mode: 0o666 });
  if (segment === undefined) return false;
  try {
    return takeName(segment, name, path, resolveTimeout(undefined));
  } finally {
    segment.close();
  }
}

function openSegment(
  name: string,
  path: string,
  { kind, mode, codec }: Pick<VersionsInit, "kind" | "mode"> & { readonly codec?: string },
): Segment | undefined {
  return Segment.open(path, { kind, name, minimumBytes: MINIMUM_BYTES, mode, codec });
}

/**
 * Takes the name away and tells who uses it. Whoever dies on the way leaves a segment that says that it is removed; the next opener goes
 * on from there.
 *
 * @returns `false` when the name was another segment's already
 */
function takeName(segment: Segment, name: string, path: string, timeoutMs: number): boolean {
  return withLock(segment, name, timeoutMs, () => {
    if (!segment.isNamed(path)) return false;
    segment.setState(STATE.removed);
    try {
      const watchers = WatchTable.open(segment.id, name);
      watchers?.wakeAll();
      watchers?.close();
    } catch (error) {
      if (!(error instanceof MembridgeError)) throw error;
    }
    WatchTable.remove(segment.id);
    segment.lock.unlinkFile();
    return unlinkFile(path);
  });
}
