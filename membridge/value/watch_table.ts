/**
 * Who watches a value: a table in a file of its own, so that watching works without writing the value's memory.
 *
 * Layout, after the header: `high:u32  zero:u32`, then from 128 slots of `peer:u64`, 0 when free. A slot is written under the kernel lock of this file, by the
 * watcher that takes and frees it, or by whoever finds the watcher dead. Slots from `high` on were never used.
 *
 * A writer, after it published, looks at every slot and wakes the watcher in it. That loads the watcher's `parked` word, which the
 * watcher stored before it looked at the version for the last time: so no change is missed.
 *
 * @module
 */
import { BusyError } from "../errors.ts";
import { unlinkFile } from "../libc/files.ts";
import { reactor } from "../peer/reactor.ts";
import { RemotePeer } from "../peer/remote_peer.ts";
import { tryWithLock, withLock } from "../segment/lock.ts";
import { pathOfId } from "../segment/names.ts";
import { storeU32, storeU64 } from "../sync/port.ts";
import { HEADER_BYTES, Segment } from "../segment/segment.ts";

const HIGH_U32 = HEADER_BYTES / 4;
const SLOTS_OFFSET = 128;
const TABLE_BYTES = 8192;
/** How many watches one value can have. */
export const MAX_WATCHES = (TABLE_BYTES - SLOTS_OFFSET) / 8;
/** Longest wait for the table's lock, which nobody holds for more than some stores. */
const LOCK_TIMEOUT_MS = 1000;

/** An open table of watchers. */
export class WatchTable {
  readonly #segment: Segment;
  readonly #name: string;
  readonly #slots: BigUint64Array;
  readonly #words: Uint32Array;
  readonly #peers: (RemotePeer | undefined)[] = [];

  private constructor(segment: Segment, name: string) {
    this.#segment = segment;
    this.#name = name;
    this.#slots = segment.words64.subarray(SLOTS_OFFSET / 8, TABLE_BYTES / 8);
    this.#words = segment.words;
  }

  /** Opens the table of the value with that id; `undefined` when nobody made one. */
  static open(valueId: bigint, name: string): WatchTable | undefined {
    const segment = Segment.open(pathOfId(valueId, "watch"), {
      kind: "watch",
      name,
      minimumBytes: TABLE_BYTES,
    });
    return segment === undefined ? undefined : new WatchTable(segment, name);
  }

  /** Opens the table, making it if there is none. */
  static openOrCreate(valueId: bigint, name: string): WatchTable {
    for (;;) {
      const there = WatchTable.open(valueId, name);
      if (there !== undefined) return there;
      const segment = Segment.create({ kind: "watch", sizeBytes: TABLE_BYTES });
      if (segment.publish(pathOfId(valueId, "watch"))) return new WatchTable(segment, name);
      segment.close();
    }
  }

  /** Removes the table of a value that goes. */
  static remove(valueId: bigint): void {
    unlinkFile(pathOfId(valueId, "watch"));
  }

  /**
   * Takes a slot for this thread.
   *
   * @returns its index, for {@linkcode leave}
   * @throws {BusyError} when every slot is taken by a living watcher.
   */
  enter(): number {
    return withLock(this.#segment, this.#name, LOCK_TIMEOUT_MS, () => {
      let free = this.#slots.indexOf(0n);
      if (free < 0) {
        this.#clearDead();
        free = this.#slots.indexOf(0n);
      }
      if (free < 0) {
        throw new BusyError(`${this.#name} is watched ${MAX_WATCHES} times, which is the most`);
      }
      storeU64(this.#slots, free, reactor.id);
      if (free >= this.#words[HIGH_U32]) storeU32(this.#words, HIGH_U32, free + 1);
      return free;
    });
  }

  /** Frees this thread's slot. One that stays is freed when this thread is gone. */
  leave(slot: number): void {
    this.#clear(slot, reactor.id);
  }

  /** Wakes every watcher that sleeps. */
  wakeAll(): void {
    const high = Math.min(Atomics.load(this.#words, HIGH_U32), MAX_WATCHES);
    for (let slot = 0; slot < high; slot++) {
      const id = Atomics.load(this.#slots, slot);
      let peer = this.#peers[slot];
      if (peer !== undefined && (peer.id !== id || peer.dead)) {
        peer.release();
        peer = this.#peers[slot] = undefined;
      }
      if (id === 0n) continue;
      peer ??= this.#peers[slot] = RemotePeer.acquire(id);
      if (peer === undefined) this.#clear(slot, id);
      else peer.wake();
    }
  }

  // The caller holds the lock.
  #clearDead(): void {
    for (let slot = 0; slot < MAX_WATCHES; slot++) {
      const peer = RemotePeer.acquire(this.#slots[slot]);
      if (peer === undefined) storeU64(this.#slots, slot, 0n);
      else peer.release();
    }
  }

  // Under the lock, so that a new watcher of the same slot is not thrown out.
  #clear(slot: number, id: bigint): void {
    tryWithLock(this.#segment, LOCK_TIMEOUT_MS, () => {
      if (this.#slots[slot] === id) storeU64(this.#slots, slot, 0n);
    });
  }

  /** Closes the table. */
  close(): void {
    for (const peer of this.#peers) peer?.release();
    this.#peers.length = 0;
    this.#segment.close();
  }
}
