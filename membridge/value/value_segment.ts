/**
 * Reading versions: without a lock, writing nothing, and whole.
 *
 * A reader loads the version's entry, copies the bytes, and loads `oldest` afterwards: if that is not above the version, no byte of the
 * copy was overwritten, because a writer raises it before it touches them. Then it looks at the entry's `offset` again: if that is the
 * one that it copied from, the version was not moved before the copy was made, and its old place not given back.
 *
 * @module
 */
import { SegmentError } from "../errors.ts";
import { statFile } from "../libc/files.ts";
import { storeU32 } from "../sync/port.ts";
import { readU64 } from "../sync/words.ts";
import { STATE } from "../segment/header.ts";
import type { Segment } from "../segment/segment.ts";
import type { Copy } from "./copy_buffer.ts";
import {
  areCounts,
  ENTRIES_OFFSET,
  ENTRY_BYTES,
  ENTRY_COUNT_U32,
  HISTORY_U32,
  OLDEST_U64,
  VERSION_U64,
  WATCHED_U32,
} from "./value_layout.ts";

/** A version moves when the file grows. After so many moves during one copy something is wrong with the words. */
const MAX_MOVES = 1000;

/** The versions in an open segment. */
export class ValueSegment {
  /** The segment. */
  readonly segment: Segment;
  /** How many entries it has. */
  readonly entryCount: number;
  /** How many versions stay readable, the current one included. */
  readonly history: number;
  readonly #name: string;

  /**
   * Takes an open segment.
   *
   * @throws {SegmentError} `corrupt`
   */
  constructor(segment: Segment, name: string) {
    this.segment = segment;
    this.#name = name;
    // They never change, so one look is enough.
    this.entryCount = segment.words[ENTRY_COUNT_U32];
    this.history = segment.words[HISTORY_U32];
    if (!areCounts(this.entryCount, this.history, segment.mapping.sizeBytes)) {
      throw this.corrupt(`${this.entryCount} entries, ${this.history} kept`);
    }
  }

  /** Returns the error for words that no correct writer writes. */
  corrupt(detail: string): SegmentError {
    return new SegmentError("corrupt", this.#name, `contradicts itself: ${detail}`);
  }

  /** The current version; 0 before the first. Cost: one atomic load. */
  get version(): number {
    return Number(Atomics.load(this.segment.words64, VERSION_U64));
  }

  /**
   * The current version, from which one can count on.
   *
   * @throws {SegmentError} `corrupt` beyond 2^53, where adding 1 changes nothing: no correct writer gets there.
   */
  get countableVersion(): number {
    const { version } = this;
    if (version >= Number.MAX_SAFE_INTEGER) throw this.corrupt(`version ${version}`);
    return version;
  }

  /** The oldest version that may be whole. Cost: one atomic load. */
  get oldest(): number {
    return Number(Atomics.load(this.segment.words64, OLDEST_U64));
  }

  /** Whether it was removed: there will be no further versions. */
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

  /** Returns where a version's entry lies, in u32 words: its offset, and two further its size. */
  entryWord(version: number): number {
    // The remainder of a small integer takes a tenth of that of a float (30 ns).
    const index = version <= 0x7fff_ffff
      ? (version | 0) % this.entryCount
      : version % this.entryCount;
    return ENTRIES_OFFSET / 4 + ENTRY_BYTES / 4 * index;
  }

  /**
   * Copies the bytes of a version, from 1 to the current one.
   *
   * @returns the copy, or `undefined` when the version is not whole any more
   * @throws {SegmentError} `corrupt`
   */
  copy(version: number, copyBytes: Copy): Uint8Array | undefined {
    const { segment } = this;
    const entry = this.entryWord(version);
    for (let moves = 0; moves < MAX_MOVES; moves++) {
      const offset = readU64(segment.words, entry);
      const size = readU64(segment.words, entry + 2);
      // Overtaken between the two looks, the entry may be another version's.
      if (this.oldest > version) return undefined;
      if (offset + size > segment.bytes.length) {
        this.follow(offset + size);
        continue;
      }
      if (offset % 8 !== 0) throw this.corrupt(`version ${version} at ${offset}`);
      const copy = copyBytes(segment, offset, size);
      if (this.oldest > version) return undefined;
      if (readU64(segment.words, entry) === offset) return copy;
    }
    throw this.corrupt(`version ${version} does not stay in its place`);
  }

  /**
   * Maps what another process added to the file, up to `endByte`.
   *
   * @throws {SegmentError} `corrupt` if the file does not reach that far.
   */
  follow(endByte: number): void {
    const { sizeBytes } = statFile(this.segment.fd);
    if (endByte > sizeBytes) {
      throw this.corrupt(`a version ends at ${endByte} of ${sizeBytes} bytes`);
    }
    this.segment.remap();
  }
}
