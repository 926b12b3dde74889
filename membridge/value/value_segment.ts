/**
 * The memory of a shared value: the last versions in a ring of bytes, one of which is current.
 *
 * Layout, after the header:
 * `version:u64  oldest:u64  regionOffset:u64  regionSize:u64  watched:u32  entryCount:u32  zero:8`, then from 128
 * `entryCount` times `offset:u64  size:u64`, then the first region.
 *
 * Version `v` (from 1) is described by entry `v % entryCount`. All words are written under the kernel lock, in this order:
 * `oldest` rises above every version whose bytes or entry are about to be overwritten; the bytes; the entry; `version`.
 * A reader loads `version`, then the entry, copies the bytes, and loads `oldest` last: if it is not above the version that was
 * copied, no byte of the copy was overwritten. Readers write nothing and take no lock. Whoever dies on the way leaves the current version as it was.
 *
 * A value that does not fit makes the file longer: a new region behind the old one. The file never shrinks; the old region's memory
 * is given back.
 *
 * @module
 */
import { SegmentError } from "../errors.ts";
import { discard, reserve, statFile } from "../libc/files.ts";
import { putBytes, putU32, putU64, storeU32, storeU64 } from "../sync/port.ts";
import { HEADER_BYTES, type Segment, STATE } from "../segment/segment.ts";

const VERSION_U64 = HEADER_BYTES / 8;
const OLDEST_U64 = VERSION_U64 + 1;
const REGION_OFFSET_U64 = VERSION_U64 + 2;
const REGION_SIZE_U64 = VERSION_U64 + 3;
const WATCHED_U32 = (HEADER_BYTES + 32) / 4;
const ENTRY_COUNT_U32 = WATCHED_U32 + 1;
const ENTRIES_OFFSET = 128;

/** How many versions a segment can hold, when they are small. */
const ENTRY_COUNT = 8;
/** Length of a new segment: one page. */
export const INITIAL_BYTES = 4096;
/** The least that a segment can be long. */
export const MINIMUM_BYTES = ENTRIES_OFFSET + 16;
/** After so many copies that were overtaken by writers, the reader gives up: something is wrong with the words. */
const MAX_RETRIES = 100_000;

/** Writes the words of an empty value into a new segment. */
export function initialiseValue(segment: Segment): void {
  const words = segment.words64;
  const start = ENTRIES_OFFSET + 16 * ENTRY_COUNT;
  putU64(words, OLDEST_U64, 1n);
  putU64(words, REGION_OFFSET_U64, BigInt(start));
  putU64(words, REGION_SIZE_U64, BigInt(INITIAL_BYTES - start));
  putU32(segment.words, ENTRY_COUNT_U32, ENTRY_COUNT);
}

/** The protocol over one open segment. */
export class ValueSegment {
  readonly segment: Segment;
  readonly #name: string;
  readonly #entryCount: number;

  /** Takes an open segment of kind `value`. */
  constructor(segment: Segment, name: string) {
    this.segment = segment;
    this.#name = name;
    // It never changes, so one look is enough.
    this.#entryCount = this.segment.words[ENTRY_COUNT_U32];
    if (
      this.#entryCount < 2 ||
      ENTRIES_OFFSET + 16 * this.#entryCount > segment.mapping.sizeBytes
    ) {
      throw this.#corrupt(`${this.#entryCount} entries`);
    }
  }

  #corrupt(detail: string): SegmentError {
    return new SegmentError("corrupt", this.#name, `contradicts itself: ${detail}`);
  }

  /** The current version; 0 before the first. Cost: one atomic load. */
  get version(): number {
    return Number(Atomics.load(this.segment.words64, VERSION_U64));
  }

  /** Whether the value was removed: it will not change any more. */
  get removed(): boolean {
    return this.segment.state !== STATE.live;
  }

  /** Whether anybody ever watched. */
  get watched(): boolean {
    return Atomics.load(this.segment.words, WATCHED_U32) !== 0;
  }

  /** Notes that the table of watchers exists. The caller holds the lock. */
  setWatched(): void {
    storeU32(this.segment.words, WATCHED_U32, 1);
  }

  #entryWord(version: number): number {
    return (ENTRIES_OFFSET >>> 3) + 2 * (version % this.#entryCount);
  }

  /**
   * Copies the current version's bytes.
   *
   * @param allocate Returns where to copy that many bytes.
   * @returns the copy, or `undefined` before the first version
   * @throws {SegmentError} `corrupt`
   */
  read(allocate: (sizeBytes: number) => Uint8Array): Uint8Array | undefined {
    for (let retry = 0; retry < MAX_RETRIES; retry++) {
      const version = this.version;
      if (version === 0) return undefined;
      const entry = this.#entryWord(version);
      const offset = Number(this.segment.words64[entry]);
      const size = Number(this.segment.words64[entry + 1]);
      const oldest = Number(Atomics.load(this.segment.words64, OLDEST_U64));
      if (oldest > version) continue; // Overtaken between the two loads: the entry may be another version's.
      if (offset + size > this.segment.bytes.length) {
        this.#follow(offset + size);
        continue;
      }
      const copy = allocate(size);
      copy.set(this.segment.bytes.subarray(offset, offset + size));
      if (Number(Atomics.load(this.segment.words64, OLDEST_U64)) <= version) return copy;
    }
    throw this.#corrupt("no version stays whole while it is copied");
  }

  // The file grew, or the entry lies.
  #follow(endByte: number): void {
    const { sizeBytes } = statFile(this.segment.fd);
    if (endByte > sizeBytes) {
      throw this.#corrupt(`a version ends at ${endByte} of ${sizeBytes} bytes`);
    }
    this.segment.remap();
  }

  /**
   * Publishes the next version. The caller holds the lock.
   *
   * @returns its number
   * @throws {SystemError} `ENOSPC`: nothing changed.
   */
  publish(bytes: Uint8Array): number {
    const version = this.version;
    const region = this.#region();
    const need = roundUp(bytes.length);
    // A version beyond 2^53 could not be counted on: no correct writer gets there.
    if (version >= Number.MAX_SAFE_INTEGER) throw this.#corrupt(`version ${version}`);
    const current = version === 0 ? undefined : this.#entryOf(version);
    let place = placeInRegion(region, current, need);
    // Older ones share their entry with a later one, whatever the word says.
    let oldest = Math.max(
      Number(this.segment.words64[OLDEST_U64]),
      version - this.#entryCount + 1,
    );
    if (oldest > version + 1) throw this.#corrupt(`oldest version ${oldest} after ${version}`);
    const grown = place === undefined;
    if (place === undefined) {
      place = this.#grow(region, need);
    } else {
      for (let older = version; older >= oldest; older--) {
        const entry = this.#entryOf(older);
        if (entry.offset < place + need && place < entry.offset + entry.size) {
          oldest = older + 1;
          break;
        }
      }
    }
    const next = version + 1;
    // Its entry is the one of the version entryCount before.
    oldest = Math.max(oldest, next - this.#entryCount + 1);
    storeU64(this.segment.words64, OLDEST_U64, BigInt(oldest));
    putBytes(this.segment.bytes, bytes, place);
    const entry = this.#entryWord(next);
    putU64(this.segment.words64, entry, BigInt(place));
    putU64(this.segment.words64, entry + 1, BigInt(bytes.length));
    storeU64(this.segment.words64, VERSION_U64, BigInt(next));
    if (grown) {
      // From here on the old region is nobody's: no version in it is valid any more.
      storeU64(this.segment.words64, OLDEST_U64, BigInt(next));
      discard(this.segment.fd, region.offset, region.size);
    }
    return next;
  }

  #entryOf(version: number): { offset: number; size: number } {
    const word = this.#entryWord(version);
    return {
      offset: Number(this.segment.words64[word]),
      size: Number(this.segment.words64[word + 1]),
    };
  }

  #region(): { offset: number; size: number } {
    const offset = Number(this.segment.words64[REGION_OFFSET_U64]);
    const size = Number(this.segment.words64[REGION_SIZE_U64]);
    if (offset < ENTRIES_OFFSET + 16 * this.#entryCount || offset % 8 !== 0) {
      throw this.#corrupt(`a region at ${offset}`);
    }
    if (offset + size > this.segment.bytes.length) this.#follow(offset + size);
    return { offset, size };
  }

  // Three times the value: one current, one being written, and one for a reader that is still copying.
  #grow(old: { offset: number; size: number }, need: number): number {
    const offset = roundUp(statFile(this.segment.fd).sizeBytes);
    let size = Math.max(2 * old.size, 4096);
    while (size < 3 * need) size *= 2;
    reserve(this.segment.fd, offset + size);
    this.segment.remap();
    // Only the next writer reads these, under the lock, and what is published so far lies outside of either region or in the old one.
    putU64(this.segment.words64, REGION_OFFSET_U64, BigInt(offset));
    putU64(this.segment.words64, REGION_SIZE_U64, BigInt(size));
    return offset;
  }
}

/** Returns the next multiple of 8. Not by bits: files and values may be longer than 2 GiB. */
function roundUp(sizeBytes: number): number {
  return Math.ceil(sizeBytes / 8) * 8;
}

/** Returns where in the region the next version goes without touching the current one; `undefined` if nowhere. */
function placeInRegion(
  region: { offset: number; size: number },
  current: { offset: number; size: number } | undefined,
  need: number,
): number | undefined {
  const end = region.offset + region.size;
  if (need > region.size) return undefined;
  // A current version elsewhere was left there by a writer that died while it grew the file.
  if (current === undefined || current.offset < region.offset || current.offset >= end) {
    return region.offset;
  }
  const after = roundUp(current.offset + current.size);
  if (after + need <= end) return after;
  return region.offset + need <= current.offset ? region.offset : undefined;
}
