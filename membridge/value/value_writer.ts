/**
 * Writing versions, under the segment's lock.
 *
 * The words change in this order: `oldest` rises above every version whose bytes or entry are about to be overwritten; the bytes; the
 * entry; `version`. None of the last `history` versions is overwritten, nor the entry of one. So whoever dies on the way leaves these as
 * they were.
 *
 * The versions lie in the region one behind the other, the oldest behind the newest, as in a ring; one that does not fit before the
 * region's end lies at its beginning.
 *
 * When there is no place, the file grows by a new region, into which the versions that stay are copied one by one: first the bytes, then
 * the entry's `offset`, in one store. The memory in front of the new region is given back when no version in it counts any more; the
 * file never shrinks.
 *
 * @module
 */
import { discard, reserve, statFile } from "../libc/files.ts";
import { putBytes, putU64, storeU64 } from "../sync/port.ts";
import { readU64 } from "../sync/words.ts";
import {
  ENTRIES_OFFSET,
  ENTRY_BYTES,
  OLDEST_U64,
  PAGE_BYTES,
  REGION_OFFSET_U64,
  REGION_SIZE_U64,
  roundUp,
  VERSION_U64,
} from "./value_layout.ts";
import type { ValueSegment } from "./value_segment.ts";

/** Publishes versions in one open segment. The caller of every method holds the lock. */
export class ValueWriter {
  readonly #value: ValueSegment;
  // The region, and the versions from `#oldest` on that are whole, as far as the words of the moment say.
  #start = 0;
  #end = 0;
  #oldest = 0;

  /** @param value Its segment is the one that is written. */
  constructor(value: ValueSegment) {
    this.#value = value;
  }

  /**
   * Publishes the next version.
   *
   * @returns its number
   * @throws {SystemError} `ENOSPC`: nothing changed.
   * @throws {SegmentError} `corrupt`
   */
  publish(bytes: Uint8Array): number {
    const value = this.#value;
    const { entryCount, history, segment } = value;
    const version = value.countableVersion;
    const next = version + 1;
    // Older ones share their entry with a later one, whatever the word says.
    this.#oldest = Math.max(value.oldest, next - entryCount + 1);
    if (this.#oldest > next) throw value.corrupt(`oldest version ${this.#oldest} after ${version}`);
    this.#readRegion();
    const firstKept = Math.max(this.#oldest, next - history);
    const room = roomFor(bytes.length);
    let place = this.#findPlace(version, room);
    const grown = place === undefined || this.#oldest > firstKept;
    if (grown) {
      this.#oldest = firstKept;
      place = this.#grow(version, Math.max(firstKept, next - history + 1), room);
    }
    storeU64(segment.words64, OLDEST_U64, BigInt(this.#oldest));
    putBytes(segment.bytes, bytes, place);
    const entry = value.entryWord(next) / 2;
    putU64(segment.words64, entry, BigInt(place!));
    putU64(segment.words64, entry + 1, BigInt(bytes.length));
    storeU64(segment.words64, VERSION_U64, BigInt(next));
    if (grown) this.#giveBack(next);
    return next;
  }

  #readRegion(): void {
    const { segment, entryCount } = this.#value;
    const start = readU64(segment.words, 2 * REGION_OFFSET_U64);
    const size = readU64(segment.words, 2 * REGION_SIZE_U64);
    if (start < ENTRIES_OFFSET + ENTRY_BYTES * entryCount || start % 8 !== 0) {
      throw this.#value.corrupt(`a region at ${start}`);
    }
    if (start + size > segment.bytes.length) this.#value.follow(start + size);
    this.#start = start;
    this.#end = start + size;
  }

  /**
   * Finds where in the region the next version goes, and raises `#oldest` above those that lie there.
   *
   * @returns `undefined` if nowhere
   */
  #findPlace(version: number, room: number): number | undefined {
    const { segment } = this.#value;
    const start = this.#start, end = this.#end;
    let after = start;
    if (version >= this.#oldest) {
      const entry = this.#value.entryWord(version);
      const offset = readU64(segment.words, entry);
      // A writer that died while it made this region did not get so far as to move the current version into it.
      if (offset < start || offset >= end) return undefined;
      after = offset + roomFor(readU64(segment.words, entry + 2));
    }
    const wraps = after + room > end;
    const place = wraps ? start : after;
    if (place + room > end) return undefined;
    // Going round from the current version, the first ones that are met are the oldest.
    for (; this.#oldest <= version; this.#oldest++) {
      const offset = readU64(segment.words, this.#value.entryWord(this.#oldest));
      // Outside of the region is memory that was given back, or was about to be.
      const passed = offset < start || offset >= end || (wraps && offset >= after) ||
        (offset >= place && offset < place + room);
      if (!passed) break;
    }
    return place;
  }

  /**
   * Makes a region behind the file's end and moves the versions from `first` to the current one into it.
   *
   * @returns where the next version goes
   */
  #grow(version: number, first: number, room: number): number {
    const value = this.#value;
    const { segment } = value;
    let moved = 0;
    const old: { entry: number; offset: number; size: number }[] = [];
    for (let each = first; each <= version; each++) {
      const entry = value.entryWord(each);
      const offset = readU64(segment.words, entry);
      const size = readU64(segment.words, entry + 2);
      if (offset + size > segment.bytes.length) value.follow(offset + size);
      old.push({ entry, offset, size });
      moved += roomFor(size);
    }
    const fileBytes = statFile(segment.fd).sizeBytes;
    // They lie beside each other in that file.
    if (moved > fileBytes) throw value.corrupt(`${moved} bytes in a file of ${fileBytes}`);
    const start = roundUp(fileBytes, PAGE_BYTES);
    // Three times the version: the current one, the one that is written, and one for a reader that is still copying.
    const size = roundUp(Math.max(2 * (this.#end - this.#start), moved + 3 * room), PAGE_BYTES);
    reserve(segment.fd, size, start);
    segment.remap();
    // Whoever dies between here and the last move leaves a region without the current version, which the next writer gives up.
    putU64(segment.words64, REGION_OFFSET_U64, BigInt(start));
    putU64(segment.words64, REGION_SIZE_U64, BigInt(size));
    this.#start = start;
    let place = start;
    for (const { entry, offset, size } of old) {
      putBytes(segment.bytes, segment.bytes.subarray(offset, offset + size), place);
      storeU64(segment.words64, entry / 2, BigInt(place));
      place += roomFor(size);
    }
    return place;
  }

  // In front of the region nothing is left that is kept.
  #giveBack(next: number): void {
    const { segment, entryCount, history } = this.#value;
    const oldest = Math.max(this.#oldest, next - history + 1);
    storeU64(segment.words64, OLDEST_U64, BigInt(oldest));
    const first = ENTRIES_OFFSET + ENTRY_BYTES * entryCount;
    discard(segment.fd, first, this.#start - first);
  }
}

/** Returns how much of the region a version takes: at least something, so that no two lie in one place. */
function roomFor(sizeBytes: number): number {
  return Math.max(8, roundUp(sizeBytes, 8));
}
