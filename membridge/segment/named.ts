/** Segments that have a user's name: opened or made, and removed, by several processes at once, any of which may die on the way. */
import { MembridgeError, SegmentError } from "../errors.ts";
import { unlinkFile } from "../libc/files.ts";
import { withLock } from "./lock.ts";
import { pathOfName } from "./names.ts";
import { type Kind, STATE } from "./header.ts";
import { Segment } from "./segment.ts";

/** Longest wait for the lock of a segment that is being removed; nobody holds that for more than some stores. */
const REMOVAL_TIMEOUT_MS = 30_000;

/** What a kind of segment says about itself. */
export interface NamedKind {
  /** What it holds. */
  readonly kind: Kind;
  /** The least length that makes sense. */
  readonly minimumBytes: number;
  /** How much of the beginning to map; all of it unless given. */
  readonly mappedBytes?: number;
  /** Called under the lock when the segment is removed: wakes who uses it, and takes away what belongs to it. */
  onRemove?(segment: Segment, name: string): void;
}

/**
 * Opens the live segment with that name, or makes it.
 *
 * A segment that somebody died removing is removed first.
 *
 * @param codec Name of the codec of what it carries, where it carries values.
 * @param make Returns a new one, complete but for its name; without it a name that does not exist is an error.
 * @throws {SegmentError} `not_found` without `make`; `wrong_kind`, `foreign`, `incompatible`, `corrupt` for what has the name.
 */
export function openNamed(
  name: string,
  { kind, mode, codec, make }: {
    readonly kind: NamedKind;
    readonly mode: number;
    readonly codec?: string;
    readonly make?: () => Segment;
  },
): Segment {
  const path = pathOfName(name);
  for (;;) {
    const there = Segment.open(path, { ...kind, name, mode, codec });
    if (there !== undefined) {
      if (there.state === STATE.live) return there;
      removeOpen(there, name, kind);
      continue;
    }
    if (make === undefined) {
      throw new SegmentError("not_found", name, "does not exist; `create: true` makes it");
    }
    const made = make();
    try {
      if (made.publish(path)) return made;
    } catch (error) {
      made.close();
      throw error;
    }
    // Another process was faster: open what it made.
    made.close();
  }
}

/**
 * Removes the name and what belongs to the segment; who has it open keeps its memory.
 *
 * @returns `false` when nothing had that name
 * @throws {SegmentError} `wrong_kind` or `foreign`
 */
export function removeNamed(name: string, kind: NamedKind): boolean {
  const segment = Segment.open(pathOfName(name), { ...kind, name, mode: 0o666 });
  return segment !== undefined && removeOpen(segment, name, kind);
}

// Whoever dies on the way leaves a segment that says that it is removed and still has its name: the next opener goes on from there.
function removeOpen(segment: Segment, name: string, kind: NamedKind): boolean {
  const path = pathOfName(name);
  try {
    return withLock(segment, name, REMOVAL_TIMEOUT_MS, () => {
      if (!segment.isNamed(path)) return false;
      segment.setState(STATE.removed);
      try {
        kind.onRemove?.(segment, name);
      } catch (error) {
        // What is wrong with the things that belong to it must not keep the name.
        if (!(error instanceof MembridgeError)) throw error;
      }
      segment.lock.unlinkFile();
      return unlinkFile(path);
    });
  } finally {
    segment.close();
  }
}
