/**
 * The memory of a shared value or a topic: the last versions in a ring of bytes, the newest of which is current.
 *
 * Layout, after the header:
 * `version:u64  oldest:u64  regionOffset:u64  regionSize:u64  watched:u32  entryCount:u32  history:u32  bias:u32  inside:2*u64`, then
 * from 128
 * `entryCount` times `offset:u64  size:u64`, then the first region.
 *
 * Version `v` (from 1) is described by entry `v % entryCount`. All words are written under the kernel lock.
 *
 * @module
 */
import { putU32, putU64 } from "../sync/port.ts";
import { HEADER_BYTES } from "../segment/header.ts";
import { Segment } from "../segment/segment.ts";

/** Index of `version`, in u64 words. */
export const VERSION_U64 = HEADER_BYTES / 8;
/** Index of `oldest`, in u64 words. */
export const OLDEST_U64 = VERSION_U64 + 1;
/** Index of `regionOffset`, in u64 words. */
export const REGION_OFFSET_U64 = VERSION_U64 + 2;
/** Index of `regionSize`, in u64 words. */
export const REGION_SIZE_U64 = VERSION_U64 + 3;
/** Index of `watched`, in u32 words. */
export const WATCHED_U32 = (HEADER_BYTES + 32) / 4;
/** Index of `entryCount`, in u32 words. */
export const ENTRY_COUNT_U32 = WATCHED_U32 + 1;
/** Index of `history`, in u32 words. */
export const HISTORY_U32 = WATCHED_U32 + 2;
/** Offset of the entries in bytes. */
export const ENTRIES_OFFSET = 128;
/** Length of an entry in bytes. */
export const ENTRY_BYTES = 16;

/** The most versions that a segment can be made to keep. */
export const MAX_HISTORY = 65_536;
/** Entries beyond those that are kept: so many versions more can be read while they are whole. */
const SPARE_ENTRIES = 7;
/** The first region has at least this length. */
const MINIMUM_REGION_BYTES = 2048;
/** What files and regions grow by. */
export const PAGE_BYTES = 4096;
/** The least that a segment can be long. */
export const MINIMUM_BYTES = ENTRIES_OFFSET + 2 * ENTRY_BYTES;

/** What {@linkcode createVersions} makes. */
export interface VersionsInit {
  /** What it is for. */
  readonly kind: "value" | "topic";
  /** Permission bits. */
  readonly mode: number;
  /** Name of the codec. */
  readonly codec: string;
  /** How many versions it keeps, from 1. */
  readonly history: number;
}

/** Makes a segment without versions, and without a name yet. */
export function createVersions({ kind, mode, codec, history }: VersionsInit): Segment {
  const entryCount = history + SPARE_ENTRIES;
  const start = ENTRIES_OFFSET + ENTRY_BYTES * entryCount;
  const sizeBytes = roundUp(start + MINIMUM_REGION_BYTES, PAGE_BYTES);
  const segment = Segment.create({ kind, sizeBytes, mode, codec });
  const { words, words64 } = segment;
  putU64(words64, OLDEST_U64, 1n);
  putU64(words64, REGION_OFFSET_U64, BigInt(start));
  putU64(words64, REGION_SIZE_U64, BigInt(sizeBytes - start));
  putU32(words, ENTRY_COUNT_U32, entryCount);
  putU32(words, HISTORY_U32, history);
  return segment;
}

/**
 * Returns how many versions to keep.
 *
 * @throws {RangeError} if it is no such number.
 */
export function resolveHistory(history: number): number {
  if (Number.isInteger(history) && history >= 1 && history <= MAX_HISTORY) return history;
  throw new RangeError(
    `Cannot use ${
      String(history)
    } as history: expected a number of versions from 1 to ${MAX_HISTORY}`,
  );
}

/** Tells whether a segment can have so many entries, of which so many are kept. */
export function areCounts(entryCount: number, history: number, sizeBytes: number): boolean {
  return history >= 1 && history < entryCount && entryCount <= MAX_HISTORY + SPARE_ENTRIES &&
    ENTRIES_OFFSET + ENTRY_BYTES * entryCount <= sizeBytes;
}

/** Returns the next multiple of `unit`. Not by bits: files and values may be longer than 2 GiB. */
export function roundUp(sizeBytes: number, unit: number): number {
  return Math.ceil(sizeBytes / unit) * unit;
}
