/**
 * The protocol of frames: slots for whole arrays, one of which is current, and a table that says who reads which.
 *
 * `current` is `version * 256 + slot`, 0 before the first version: one word, so that both change at once. It is written under the
 * segment's lock, after what describes the slot. `borrowed` is written by its reader alone, a bit for each slot that it reads.
 *
 * A reader sets its bit, then loads `current` once more, and reads only if that did not change. A writer takes only slots that are not
 * current, and loads every `borrowed` after the slot ceased to be so. So of a reader that goes on the writer sees the bit: its second load
 * came before the change of `current`, and its bit before that.
 *
 * @module
 */
import { BusyError, MembridgeError, SegmentError } from "../errors.ts";
import { statFile } from "../libc/files.ts";
import { RemotePeer } from "../peer/remote_peer.ts";
import type { WakeList } from "../peer/wake_list.ts";
import { withLock } from "../segment/lock.ts";
import { STATE } from "../segment/header.ts";
import type { Segment } from "../segment/segment.ts";
import { putU32, putU64, storeU32, storeU64 } from "../sync/port.ts";
import {
  CURRENT_U64,
  MAX_READERS,
  MAX_SLOTS,
  READERS_HIGH_U32,
  readerWordsAt,
  SLOT_BYTES_U64,
  SLOT_COUNT_U32,
  slotOffset,
  slotWordsAt,
  watchersOf,
} from "./frames_layout.ts";

/** A version is 45 bits long, so that `current` stays a safe integer. */
const MAX_VERSION = 2 ** 45 - 1;
/** After so many versions that came while one was borrowed, something is wrong with the words. */
const MAX_RETRIES = 100_000;
/** Longest wait for the lock, which nobody holds for more than some stores. */
const LOCK_TIMEOUT_MS = 30_000;

/** A slot that is read, and what was published in it. */
export interface BorrowedSlot {
  readonly slot: number;
  readonly version: number;
  readonly type: number;
  readonly length: number;
}

/** The protocol over one open segment, for one handle. */
export class FramesSegment {
  /** The file. */
  readonly segment: Segment;
  /** How many slots there are. */
  readonly slots: number;
  /** The length of each. */
  readonly slotBytes: number;
  /** Who watches. */
  readonly watchers: WakeList;
  readonly #name: string;
  readonly #counts: Uint32Array;
  #reader = -1;
  #borrowed = 0;

  /** Takes an open segment of kind `frames`. */
  constructor(segment: Segment, name: string) {
    this.segment = segment;
    this.#name = name;
    this.slots = segment.words[SLOT_COUNT_U32];
    this.slotBytes = Number(segment.words64[SLOT_BYTES_U64]);
    this.watchers = watchersOf(segment, name);
    const { sizeBytes } = statFile(segment.fd);
    if (
      this.slots < 2 || this.slots > MAX_SLOTS || this.slotBytes < 1 ||
      this.offsetOf(this.slots - 1) + this.slotBytes > sizeBytes
    ) {
      throw this.#corrupt(
        `${this.slots} slots of ${this.slotBytes} bytes in a file of ${sizeBytes}`,
      );
    }
    this.#counts = new Uint32Array(this.slots);
  }

  #corrupt(detail: string): SegmentError {
    return new SegmentError("corrupt", this.#name, `contradicts itself: ${detail}`);
  }

  /** Where a slot's memory begins in the file. */
  offsetOf(slot: number): number {
    return slotOffset(slot, this.slotBytes);
  }

  /** Whether the name was removed: nothing will be published any more. */
  get removed(): boolean {
    return this.segment.state !== STATE.live;
  }

  /** The current version; 0 before the first. Cost: one atomic load. */
  get version(): number {
    return Math.floor(Number(Atomics.load(this.segment.words64, CURRENT_U64)) / 256);
  }

  /**
   * Keeps the current slot from being written, until {@linkcode release}.
   *
   * @param self The id of this thread.
   * @returns `undefined` before the first version
   * @throws {BusyError} when there are too many readers.
   * @throws {SegmentError} `corrupt`
   */
  borrow(self: bigint): BorrowedSlot | undefined {
    const { words64 } = this.segment;
    for (let retry = 0; retry < MAX_RETRIES; retry++) {
      const current = Atomics.load(words64, CURRENT_U64);
      if (current === 0n) return undefined;
      if (this.#reader < 0) this.#register(self);
      const slot = Number(current & 0xffn);
      if (slot >= this.slots) throw this.#corrupt(`slot ${slot} of ${this.slots} is current`);
      this.#retain(slot);
      if (Atomics.load(words64, CURRENT_U64) === current) {
        return {
          slot,
          version: Number(current >> 8n),
          type: this.segment.words[slotWordsAt(slot) / 4 + 4],
          length: Number(words64[slotWordsAt(slot) / 8 + 1]),
        };
      }
      this.release(slot);
    }
    throw this.#corrupt("no version stays current while it is borrowed");
  }

  #retain(slot: number): void {
    this.#counts[slot] += 1;
    this.#setBorrowed(this.#borrowed | (1 << slot));
  }

  /** Undoes one {@linkcode borrow} of the slot. */
  release(slot: number): void {
    this.#counts[slot] -= 1;
    if (this.#counts[slot] === 0) this.#setBorrowed(this.#borrowed & ~(1 << slot));
  }

  #setBorrowed(bits: number): void {
    if (bits === this.#borrowed) return;
    this.#borrowed = bits;
    storeU32(this.segment.words, readerWordsAt(this.#reader) / 4 + 2, bits >>> 0);
  }

  get #readersHigh(): number {
    return Math.min(Atomics.load(this.segment.words, READERS_HIGH_U32), MAX_READERS);
  }

  #register(self: bigint): void {
    withLock(this.segment, this.#name, LOCK_TIMEOUT_MS, () => {
      let reader = this.#freeReader();
      if (reader === MAX_READERS) {
        this.#clearDead();
        reader = this.#freeReader();
      }
      if (reader === MAX_READERS) {
        throw new BusyError(`${this.#name} is read by ${MAX_READERS} handles, which is the most`);
      }
      storeU64(this.segment.words64, readerWordsAt(reader) / 8, self);
      if (reader >= this.#readersHigh) storeU32(this.segment.words, READERS_HIGH_U32, reader + 1);
      this.#reader = reader;
    });
  }

  #freeReader(): number {
    const high = this.#readersHigh;
    for (let reader = 0; reader < high; reader++) {
      if (Atomics.load(this.segment.words64, readerWordsAt(reader) / 8) === 0n) return reader;
    }
    return high;
  }

  /**
   * Takes a slot to write into: not the current one, lent to nobody, read by nobody.
   *
   * @param self The id of this thread.
   * @throws {BusyError} when there is none.
   * @throws {SegmentError} `removed`
   */
  loan(self: bigint): number {
    return this.#locked(() => {
      let slot = this.#freeSlot();
      if (slot < 0) {
        this.#clearDead();
        slot = this.#freeSlot();
      }
      if (slot < 0) {
        throw new BusyError(
          `Each of the ${this.slots} slots of ${this.#name} is current, lent, or being read`,
        );
      }
      storeU64(this.segment.words64, slotWordsAt(slot) / 8, self);
      return slot;
    });
  }

  #locked<R>(critical: () => R): R {
    return withLock(this.segment, this.#name, LOCK_TIMEOUT_MS, () => {
      if (this.removed) {
        throw new SegmentError("removed", this.#name, "was removed; open it again");
      }
      return critical();
    });
  }

  // The caller holds the lock, so no other slot becomes current meanwhile; the bits are looked at afterwards.
  #freeSlot(): number {
    const { words, words64 } = this.segment;
    const current = Atomics.load(words64, CURRENT_U64);
    let busy = current === 0n ? 0 : 1 << Number(current & 0xffn);
    const high = this.#readersHigh;
    for (let reader = 0; reader < high; reader++) {
      busy |= Atomics.load(words, readerWordsAt(reader) / 4 + 2);
    }
    for (let slot = 0; slot < this.slots; slot++) {
      if (busy & (1 << slot)) continue;
      if (Atomics.load(words64, slotWordsAt(slot) / 8) === 0n) return slot;
    }
    return -1;
  }

  // What dead participants had. The caller holds the lock.
  #clearDead(): void {
    const { words, words64 } = this.segment;
    for (let slot = 0; slot < this.slots; slot++) {
      const at = slotWordsAt(slot) / 8;
      if (isDead(Atomics.load(words64, at))) storeU64(words64, at, 0n);
    }
    const high = this.#readersHigh;
    for (let reader = 0; reader < high; reader++) {
      const at = readerWordsAt(reader);
      if (!isDead(Atomics.load(words64, at / 8))) continue;
      storeU32(words, at / 4 + 2, 0);
      storeU64(words64, at / 8, 0n);
    }
  }

  /**
   * Makes a slot that this thread has on loan the current one.
   *
   * @returns the version that this made
   * @throws {SegmentError} `removed`, or `corrupt`: the slot is not lent to this thread any more.
   */
  publish(slot: number, content: { self: bigint; type: number; length: number }): number {
    const { words, words64 } = this.segment;
    const at = slotWordsAt(slot);
    const version = this.#locked(() => {
      if (Atomics.load(words64, at / 8) !== content.self) {
        throw this.#corrupt(`slot ${slot} is lent to another`);
      }
      const next = this.version + 1;
      if (next > MAX_VERSION) throw this.#corrupt(`version ${next - 1}`);
      putU64(words64, at / 8 + 1, BigInt(content.length));
      putU32(words, at / 4 + 4, content.type);
      storeU64(words64, CURRENT_U64, BigInt(next * 256 + slot));
      storeU64(words64, at / 8, 0n);
      return next;
    });
    try {
      this.watchers.wakeAll();
    } catch (error) {
      // It is published: what is wrong with those who watch is not the writer's to hear.
      if (!(error instanceof MembridgeError)) throw error;
    }
    return version;
  }

  /** Gives back a slot that this thread has on loan. */
  giveBack(slot: number, self: bigint): void {
    const at = slotWordsAt(slot) / 8;
    if (Atomics.load(this.segment.words64, at) === self) storeU64(this.segment.words64, at, 0n);
  }

  /** Gives up this handle's place among the readers, and closes the file. */
  close(): void {
    if (this.#reader >= 0) {
      this.#setBorrowed(0);
      storeU64(this.segment.words64, readerWordsAt(this.#reader) / 8, 0n);
    }
    this.watchers.close();
    this.segment.close();
  }
}

function isDead(id: bigint): boolean {
  if (id === 0n) return false;
  const peer = RemotePeer.find(id);
  if (peer === "unknown") return false;
  peer?.release();
  return peer === undefined;
}
