/**
 * Where everything lies in the memory of frames.
 *
 * Layout, after the header: `slotBytes:u64  slotCount:u32  zero:u32  current:u64  readersHigh:u32  watchersHigh:u32`, then
 * from 128 for each slot `loanedBy:u64  length:u64  type:u32  zero:12 bytes`,
 * from 4096 for each reader `peer:u64  borrowed:u32  zero:u32`,
 * from 20480 the participants that watch, as {@linkcode WakeList} has them, and from 24576 the slots, each at a page.
 *
 * @module
 */
import { WakeList, type WakeListPlace } from "../peer/wake_list.ts";
import type { NamedKind } from "../segment/named.ts";
import { HEADER_BYTES } from "../segment/header.ts";
import { Segment } from "../segment/segment.ts";
import { putU32, putU64 } from "../sync/port.ts";

/** Offset of `slotBytes`, in u64 words. */
export const SLOT_BYTES_U64 = HEADER_BYTES / 8;
/** Offset of `slotCount`, in u32 words. */
export const SLOT_COUNT_U32 = (HEADER_BYTES + 8) / 4;
/** Offset of `current`, in u64 words. */
export const CURRENT_U64 = (HEADER_BYTES + 16) / 8;
/** Offset of `readersHigh`, in u32 words. */
export const READERS_HIGH_U32 = (HEADER_BYTES + 24) / 4;
const SLOTS_OFFSET = 128;
const SLOT_STEP = 32;
const READERS_OFFSET = 4096;
const READER_STEP = 16;
const WATCHERS: WakeListPlace = { highOffset: 92, slotsOffset: 20480, capacity: 512 };
const DATA_OFFSET = 24576;
const PAGE_BYTES = 4096;

/** The most slots that frames can have: the bits of a word. */
export const MAX_SLOTS = 32;
/** How many handles can read. */
export const MAX_READERS = 1024;
/** How many can watch. */
export const MAX_FRAME_WATCHES = WATCHERS.capacity;

/** Returns the table of who watches. */
export function watchersOf(segment: Segment, name: string): WakeList {
  return new WakeList(segment, WATCHERS, name, "watched");
}

/** How such a segment is opened and removed. */
export const FRAMES: NamedKind = {
  kind: "frames",
  minimumBytes: DATA_OFFSET + 1,
  mappedBytes: DATA_OFFSET,
  onRemove(segment, name) {
    const watchers = watchersOf(segment, name);
    watchers.wakeAll();
    watchers.close();
  },
};

/** Makes a segment that has no name yet. */
export function makeFrames(init: { slots: number; slotBytes: number; mode: number }): Segment {
  const segment = Segment.create({
    kind: "frames",
    sizeBytes: DATA_OFFSET + init.slots * strideOf(init.slotBytes),
    mappedBytes: DATA_OFFSET,
    mode: init.mode,
  });
  putU64(segment.words64, SLOT_BYTES_U64, BigInt(init.slotBytes));
  putU32(segment.words, SLOT_COUNT_U32, init.slots);
  return segment;
}

/** Returns how far apart slots of that length are. */
function strideOf(slotBytes: number): number {
  return Math.ceil(slotBytes / PAGE_BYTES) * PAGE_BYTES;
}

/** Returns where a slot's memory begins in the file. */
export function slotOffset(slot: number, slotBytes: number): number {
  return DATA_OFFSET + slot * strideOf(slotBytes);
}

/** Returns where the words about a slot begin. */
export function slotWordsAt(slot: number): number {
  return SLOTS_OFFSET + SLOT_STEP * slot;
}

/** Returns where the words about a reader begin. */
export function readerWordsAt(reader: number): number {
  return READERS_OFFSET + READER_STEP * reader;
}
