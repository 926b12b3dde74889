/**
 * Who receives from a channel: a slot each, from the first receive to the close of the handle, or until it is found dead.
 *
 * A consumer that waits stores 1 in its `hungry`, then looks for messages once more before its thread sleeps. Who put a message there
 * looks at the slots afterwards, and wakes as many hungry ones as messages wait. A consumer that took one and leaves some wakes the next.
 *
 * Each consumer looks out for the death of the one in the next slot that is taken, so a death costs nobody anything before it happens,
 * and is noticed as long as one of them lives.
 *
 * @module
 */
import { BusyError } from "../errors.ts";
import { reactor } from "../peer/reactor.ts";
import { RemotePeer } from "../peer/remote_peer.ts";
import { tryWithLock, withLock } from "../segment/lock.ts";
import type { Segment } from "../segment/segment.ts";
import { storeU32, storeU64 } from "../sync/port.ts";
import { CONSUMERS, MAX_CONSUMERS, SLOT, slotWord } from "./layout.ts";
import type { ReceivingEnd } from "./receiving_end.ts";

/** Longest wait for the lock, which nobody holds for more than some stores. */
const LOCK_TIMEOUT_MS = 1000;

/** One handle's view of the consumers. */
export class ConsumerTable {
  readonly #segment: Segment;
  readonly #end: ReceivingEnd;
  readonly #name: string;
  readonly #onReturned: () => void;
  readonly #peers: (RemotePeer | undefined)[] = [];
  #generation = -1;
  #count = 0;
  #watched: { readonly slot: number; readonly peer: RemotePeer } | undefined;
  #watchedGeneration = -1;

  /** @param onReturned Called when messages of a dead consumer may be waiting again. */
  constructor(segment: Segment, end: ReceivingEnd, name: string, onReturned: () => void) {
    this.#segment = segment;
    this.#end = end;
    this.#name = name;
    this.#onReturned = onReturned;
  }

  get #high(): number {
    return Math.min(Atomics.load(this.#segment.words, CONSUMERS.high), MAX_CONSUMERS);
  }

  #idOf(slot: number): bigint {
    return Atomics.load(this.#segment.words64, slotWord(slot) / 2);
  }

  // The caller holds the lock.
  #setId(slot: number, id: bigint): void {
    const { words } = this.#segment;
    storeU64(this.#segment.words64, slotWord(slot) / 2, id);
    storeU32(words, CONSUMERS.generation, (words[CONSUMERS.generation] + 1) >>> 0);
  }

  /**
   * Takes a slot for this thread, after giving back what dead consumers held, and what living ones claimed and did not come to.
   *
   * @throws {BusyError} when every slot is taken by a living consumer.
   */
  enter(): number {
    this.removeDead();
    return withLock(this.#segment, this.#name, LOCK_TIMEOUT_MS, () => {
      const { words } = this.#segment;
      let slot = 0;
      while (slot < MAX_CONSUMERS && this.#idOf(slot) !== 0n) slot++;
      if (slot === MAX_CONSUMERS) {
        throw new BusyError(`${this.#name} has ${MAX_CONSUMERS} consumers, which is the most`);
      }
      // Before it claims anything newer, so that it gets them in order.
      this.#end.steal(slot);
      // `high` first: whoever dies in between leaves no slot that nobody looks at.
      if (slot >= words[CONSUMERS.high]) storeU32(words, CONSUMERS.high, slot + 1);
      this.#setId(slot, reactor.id);
      return slot;
    });
  }

  /** Gives back what this thread's slot holds, and the slot. One that stays is freed when this thread is gone. */
  leave(slot: number): void {
    this.#unwatch();
    this.#free(slot, reactor.id);
  }

  // Under the lock, so that a new one in the same slot is not thrown out.
  #free(slot: number, id: bigint): void {
    tryWithLock(this.#segment, LOCK_TIMEOUT_MS, () => {
      if (this.#idOf(slot) !== id) return;
      // The claims first: who dies in between leaves a slot of a dead consumer, to be freed again.
      this.#end.release(slot);
      this.#end.reclaim();
      this.#setId(slot, 0n);
    });
    this.#onReturned();
  }

  /** Looks at every consumer, and frees the slots of those who are dead. */
  removeDead(): void {
    const high = this.#high;
    for (let slot = 0; slot < high; slot++) {
      const id = this.#idOf(slot);
      if (id === 0n || reactor.isSelf(id)) continue;
      const peer = RemotePeer.find(id);
      if (peer === undefined) this.#free(slot, id);
      else if (peer !== "unknown") peer.release();
    }
  }

  /** How many consumers there are, the dead ones that nobody noticed included. Cost: one atomic load while that does not change. */
  get count(): number {
    const generation = Atomics.load(this.#segment.words, CONSUMERS.generation);
    if (generation !== this.#generation) {
      this.#count = 0;
      for (let slot = this.#high - 1; slot >= 0; slot--) if (this.#idOf(slot) !== 0n) this.#count++;
      this.#generation = generation;
    }
    return this.#count;
  }

  /** Says whether the consumer of a slot, which is this thread's, waits for a message. */
  setHungry(slot: number, hungry: boolean): void {
    storeU32(this.#segment.words, slotWord(slot) + SLOT.hungry, hungry ? 1 : 0);
  }

  /**
   * Wakes as many hungry consumers as messages wait. Call this after the store that they should see.
   *
   * Those who are awake count: they look by themselves before they sleep. Cost: an atomic load for each slot ever used.
   *
   * @param except A slot that is not woken: the caller's.
   */
  wake(except = -1): void {
    const { words } = this.#segment;
    const high = this.#high;
    let left = -1;
    for (let slot = 0; slot < high; slot++) {
      if (Atomics.load(words, slotWord(slot) + SLOT.hungry) === 0 || slot === except) continue;
      if (left < 0) left = Math.max(1, this.#end.waiting);
      if (this.#wakeSlot(slot) && --left === 0) return;
    }
  }

  /** Wakes every hungry consumer. */
  wakeAll(): void {
    const { words } = this.#segment;
    const high = this.#high;
    for (let slot = 0; slot < high; slot++) {
      if (Atomics.load(words, slotWord(slot) + SLOT.hungry) !== 0) this.#wakeSlot(slot);
    }
  }

  // Returns whether somebody lives there.
  #wakeSlot(slot: number): boolean {
    const id = this.#idOf(slot);
    let peer = this.#peers[slot];
    if (peer !== undefined && (peer.id !== id || peer.dead)) {
      peer.release();
      peer = this.#peers[slot] = undefined;
    }
    if (id === 0n) return false;
    if (peer === undefined) {
      const found = RemotePeer.find(id);
      if (found === "unknown") return false;
      peer = this.#peers[slot] = found;
    }
    peer?.wake();
    if (peer !== undefined && !peer.dead) return true;
    this.#free(slot, id);
    return false;
  }

  /** Looks out for the death of the consumer after `slot` from now on. Cost: one atomic load while the consumers do not change. */
  watchNext(slot: number, inEventLoop: boolean): void {
    const generation = Atomics.load(this.#segment.words, CONSUMERS.generation);
    if (generation === this.#watchedGeneration) {
      if (inEventLoop) this.#watched?.peer.onDeath(this.#onDeath);
      return;
    }
    this.#watchedGeneration = generation;
    const high = this.#high;
    for (let distance = 1; distance < high; distance++) {
      const other = (slot + distance) % high;
      const id = this.#idOf(other);
      // Who lives on this very thread dies with it.
      if (id === 0n || reactor.isSelf(id)) continue;
      if (this.#watched?.slot === other && this.#watched.peer.id === id) {
        if (inEventLoop) this.#watched.peer.onDeath(this.#onDeath);
        return;
      }
      const peer = RemotePeer.find(id);
      if (peer === undefined) this.#free(other, id);
      if (peer === undefined || peer === "unknown") continue;
      this.#unwatch();
      this.#watchedGeneration = generation;
      this.#watched = { slot: other, peer };
      if (inEventLoop) peer.onDeath(this.#onDeath);
      return;
    }
    this.#unwatch();
    // Nobody is there to be watched, until the consumers change.
    this.#watchedGeneration = generation;
  }

  readonly #onDeath = (): void => {
    const watched = this.#watched;
    if (watched === undefined) return;
    this.#unwatch();
    this.#free(watched.slot, watched.peer.id);
  };

  #unwatch(): void {
    const peer = this.#watched?.peer;
    this.#watched = undefined;
    this.#watchedGeneration = -1;
    peer?.offDeath(this.#onDeath);
    peer?.release();
  }

  /** The descriptor that ends a blocking wait when the watched consumer dies; -1 when none is watched. */
  get lifeFd(): number {
    return this.#watched?.peer.lifeFd ?? -1;
  }

  /** Looks whether the watched consumer still lives; a terminated Worker ends without a sign. */
  checkWatched(): void {
    const peer = this.#watched?.peer;
    if (peer !== undefined && (peer.lifeEnded || !peer.checkAlive())) this.#onDeath();
  }

  /** Gives back what the handle knows of others. */
  close(): void {
    this.#unwatch();
    for (const peer of this.#peers) peer?.release();
    this.#peers.length = 0;
  }
}
