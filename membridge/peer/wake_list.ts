/**
 * Who wants to be woken when something in a segment changes: a table of participants in that segment.
 *
 * Layout: `high:u32` (slots ever used) at one place, `capacity` slots of `peer:u64` at another, 0 when free. A slot is written under the
 * segment's lock, by the participant that takes and frees it, or by whoever finds that participant dead.
 *
 * Who changed something looks at every slot afterwards and wakes the participant in it. That loads the participant's `parked` word, which
 * the participant stored before it looked for the change for the last time: so no change is missed.
 *
 * @module
 */
import { BusyError } from "../errors.ts";
import { tryWithLock, withLock } from "../segment/lock.ts";
import type { Segment } from "../segment/segment.ts";
import { storeU32, storeU64 } from "../sync/port.ts";
import { reactor } from "./reactor.ts";
import { RemotePeer } from "./remote_peer.ts";

/** Longest wait for the lock, which nobody holds for more than some stores. */
const LOCK_TIMEOUT_MS = 1000;

/** Where the table lies in its segment. */
export interface WakeListPlace {
  /** Byte offset of `high`. */
  readonly highOffset: number;
  /** Byte offset of the slots, a multiple of 8. */
  readonly slotsOffset: number;
  /** How many slots there are. */
  readonly capacity: number;
}

/** One handle's view of such a table. */
export class WakeList {
  readonly #segment: Segment;
  readonly #place: WakeListPlace;
  readonly #name: string;
  readonly #full: string;
  readonly #peers: (RemotePeer | undefined)[] = [];

  /**
   * @param name What errors call the segment.
   * @param what What those in the table do, for the error when it is full: "watched".
   */
  constructor(segment: Segment, place: WakeListPlace, name: string, what: string) {
    this.#segment = segment;
    this.#place = place;
    this.#name = name;
    this.#full = `${name} is ${what} ${place.capacity} times, which is the most`;
  }

  // Not kept: the segment may be mapped anew.
  get #slots(): BigUint64Array {
    const { slotsOffset, capacity } = this.#place;
    return this.#segment.words64.subarray(slotsOffset / 8, slotsOffset / 8 + capacity);
  }

  /**
   * Takes a slot for this thread.
   *
   * @returns its index, for {@linkcode leave}
   * @throws {BusyError} when every slot is taken by a living participant.
   */
  enter(): number {
    return withLock(this.#segment, this.#name, LOCK_TIMEOUT_MS, () => this.enterLocked());
  }

  /** Like {@linkcode enter}, for a caller that holds the segment's lock. */
  enterLocked(): number {
    const slots = this.#slots;
    let free = slots.indexOf(0n);
    if (free < 0) {
      this.#clearDead(slots);
      free = slots.indexOf(0n);
    }
    if (free < 0) throw new BusyError(this.#full);
    // `high` first: whoever dies in between leaves no slot that nobody looks at.
    const high = this.#place.highOffset / 4;
    if (free >= this.#segment.words[high]) storeU32(this.#segment.words, high, free + 1);
    storeU64(slots, free, reactor.id);
    return free;
  }

  /** Frees this thread's slot. One that stays is freed when this thread is gone. */
  leave(slot: number): void {
    this.#clear(slot, reactor.id);
  }

  /** Wakes everybody in the table who sleeps. Cost: two atomic loads for each slot ever used. */
  wakeAll(): void {
    const { highOffset, slotsOffset, capacity } = this.#place;
    const { words, words64 } = this.#segment;
    const high = Math.min(Atomics.load(words, highOffset / 4), capacity);
    for (let slot = 0; slot < high; slot++) {
      const id = Atomics.load(words64, slotsOffset / 8 + slot);
      let peer = this.#peers[slot];
      if (peer !== undefined && (peer.id !== id || peer.dead)) {
        peer.release();
        peer = this.#peers[slot] = undefined;
      }
      if (id === 0n) continue;
      if (peer === undefined) {
        const found = RemotePeer.find(id);
        if (found === "unknown") continue;
        peer = this.#peers[slot] = found;
      }
      if (peer === undefined) this.#clear(slot, id);
      else peer.wake();
    }
  }

  // The caller holds the lock.
  #clearDead(slots: BigUint64Array): void {
    for (let slot = 0; slot < slots.length; slot++) this.clearIfDead(slot);
  }

  /** Frees a slot whose participant is dead, for a caller that holds the segment's lock. Returns whether it did. */
  clearIfDead(slot: number): boolean {
    const slots = this.#slots;
    const peer = RemotePeer.find(slots[slot]);
    if (peer === undefined) storeU64(slots, slot, 0n);
    else if (peer !== "unknown") peer.release();
    return peer === undefined;
  }

  // Under the lock, so that a new one in the same slot is not thrown out.
  #clear(slot: number, id: bigint): void {
    tryWithLock(this.#segment, LOCK_TIMEOUT_MS, () => {
      const slots = this.#slots;
      if (slots[slot] === id) storeU64(slots, slot, 0n);
    });
  }

  /** Gives back what the handle knows of others. */
  close(): void {
    for (const peer of this.#peers) peer?.release();
    this.#peers.length = 0;
  }
}
