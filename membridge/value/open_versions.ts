/** A name for a segment of versions: opened, made, and removed, whoever else does so at the same time. */
import { type NamedKind, openNamed, removeNamed } from "../segment/named.ts";
import type { Segment } from "../segment/segment.ts";
import { createVersions, MINIMUM_BYTES, type VersionsInit } from "./value_layout.ts";
import { WatchTable } from "./watch_table.ts";

/** What is opened, and what is made if it is not there. */
export interface OpenInit extends VersionsInit {
  /** Whether to make it. */
  readonly create: boolean;
}

/**
 * Opens the segment with that name, or makes it.
 *
 * @throws {SegmentError} `not_found` without `create`; `wrong_kind`, `foreign`, `incompatible`, `corrupt` for what has the name.
 * @throws {SystemError} such as `ENOSPC`.
 */
export function openVersions(name: string, init: OpenInit): Segment {
  const { mode, codec } = init;
  const make = init.create ? () => createVersions(init) : undefined;
  return openNamed(name, { kind: namedKind(init.kind), mode, codec, make });
}

/** Removes the name. Returns `false` when nothing had it. */
export function removeVersions(kind: VersionsInit["kind"], name: string): boolean {
  return removeNamed(name, namedKind(kind));
}

function namedKind(kind: VersionsInit["kind"]): NamedKind {
  return { kind, minimumBytes: MINIMUM_BYTES, onRemove: removeWatchers };
}

function removeWatchers(segment: Segment, name: string): void {
  try {
    const watchers = WatchTable.open(segment.id, name);
    watchers?.wakeAll();
    watchers?.removeLock();
    watchers?.close();
  } finally {
    WatchTable.remove(segment.id);
  }
}
