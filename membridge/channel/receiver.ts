/** Receiving for one handle: the messages that it claimed, those that it delivered, and those who wait for one. */
import { ClosedError, EndedError, MembridgeError, SegmentError, TimeoutError } from "../errors.ts";
import { reactor, type Source } from "../peer/reactor.ts";
import type { ChannelMemory } from "./channel_memory.ts";
import { FRAME_BYTES } from "./frame_ring.ts";
import { POLICY } from "./layout.ts";
import { Pace } from "./pace.ts";
import { Batch, MAX_BATCH } from "./receiving_end.ts";
import { Waiter, type WaitInit } from "./waiter.ts";

/** Messages that took less each are claimed twice as many at a time, */
const FAST_MS = 0.02;
/** and those that took more, one at a time. */
const SLOW_MS = 0.1;

/** A message in the hands of this handle. */
export interface Delivery {
  /** Where it is in the ring. */
  readonly position: number;
  /** Its number. */
  readonly number: number;
  /** Whether another consumer may have worked on it. */
  readonly redelivered: boolean;
  /** Its bytes, until the next delivery unless {@linkcode Receiver} was told that they are kept. */
  readonly payload: Uint8Array;
}

/** Somebody who waits for a message. */
interface Waiting {
  readonly waiter: Waiter<unknown>;
  readonly take: (delivery: Delivery) => unknown;
}

/** The receiving side of a handle. */
export class Receiver implements Source {
  readonly #memory: ChannelMemory;
  readonly #lastingPayloads: boolean;
  readonly #batch = new Batch();
  readonly #pace = new Pace();
  readonly #queue: Waiting[] = [];
  /** Delivered from the present batch, and not acknowledged. */
  readonly #fresh = new Set<Delivery>();
  /** The claimed bytes, copied. */
  #copy = new Uint8Array(1024);
  #limit = 1;
  #claimedAt = 0;
  #slot = -1;
  #hungry = false;
  #keepsRunning = true;
  #holds = false;
  #closed = false;

  /**
   * Receives through `memory`, which it does not close.
   *
   * @param lastingPayloads Whether payloads are kept by whom they are given to.
   */
  constructor(memory: ChannelMemory, lastingPayloads: boolean) {
    this.#memory = memory;
    this.#lastingPayloads = lastingPayloads;
  }

  /** Returns the next message, if there is one; without waiting. */
  next(): Delivery | undefined {
    const batch = this.#batch;
    if (batch.index < batch.count) {
      const position = batch.positions[batch.index];
      if (!this.#memory.receiving.moveCursor(this.#slot, position)) this.#recheck();
      if (batch.index < batch.count) return this.#deliver();
    }
    this.#register();
    if (!this.#memory.receiving.mayHaveMore) return undefined;
    this.#claim();
    return batch.count === 0 ? undefined : this.#deliver();
  }

  #register(): void {
    if (this.#slot >= 0) return;
    reactor.add(this);
    try {
      this.#slot = this.#memory.consumers.enter();
    } catch (error) {
      reactor.remove(this);
      throw error;
    }
  }

  #recheck(): void {
    const memory = this.#memory;
    memory.lockReceiving();
    try {
      memory.receiving.recheck(this.#slot, this.#batch);
    } finally {
      memory.unlockReceiving();
    }
  }

  // More at a time while messages are done in no time.
  #adaptLimit(): void {
    const now = performance.now();
    const tookMs = (now - this.#claimedAt) / Math.max(1, this.#batch.count);
    this.#claimedAt = now;
    if (tookMs < FAST_MS) this.#limit = Math.min(MAX_BATCH, 2 * this.#limit);
    else this.#limit = tookMs > SLOW_MS ? 1 : Math.max(1, this.#limit >>> 1);
  }

  // The caller holds the lock: a consumer that comes takes what the others claimed and did not come to, so nobody claims more after that.
  #itemsToClaim(): number {
    const { policy, consumers } = this.#memory;
    // Among several, one at a time: they share slow work evenly, and each sees what it gets in order. What may be dropped is not
    // kept either.
    return policy === POLICY.drop_oldest || consumers.count > 1 ? 1 : this.#limit;
  }

  /** Claims the next batch. The last one is used up. */
  #claim(): void {
    const memory = this.#memory;
    const { receiving } = memory;
    const batch = this.#batch;
    this.#adaptLimit();
    let freed = false;
    memory.lockReceiving();
    try {
      freed = receiving.reclaim();
      for (const { position } of this.#fresh) receiving.noteDelivered(this.#slot, position);
      receiving.claim(this.#slot, this.#itemsToClaim(), batch);
      // What may be dropped has to be copied while nobody can.
      if (batch.count > 0 && memory.policy === POLICY.drop_oldest) this.#copyBatch();
    } finally {
      memory.unlockReceiving();
    }
    this.#fresh.clear();
    if (batch.count > 0) {
      if (memory.policy !== POLICY.drop_oldest) this.#copyBatch();
      // A consumer that was woken passes the news on.
      if (receiving.mayHaveMore) memory.consumers.wake(this.#slot);
    }
    if (freed) this.#tellProducers();
  }

  // Not for each message: a producer that is woken for one falls asleep again after it. In an empty half there is room for any.
  #tellProducers(): void {
    if (!this.#isTight()) this.#memory.wakeProducers();
  }

  #isTight(): boolean {
    return 2 * this.#memory.receiving.freeBytes < this.#memory.ring.capacityBytes;
  }

  // Gives back the room of what was acknowledged, which the next claim would do, where somebody may wait for it.
  #reclaimIfTight(): void {
    if (!this.#isTight()) return;
    const memory = this.#memory;
    memory.lockReceiving();
    try {
      memory.receiving.reclaim();
    } finally {
      memory.unlockReceiving();
    }
  }

  // The first message of the batch is this consumer's, and none behind it can be overwritten before that is acknowledged.
  #copyBatch(): void {
    const { spanBytes, positions } = this.#batch;
    if (this.#copy.length < spanBytes) this.#copy = new Uint8Array(2 * spanBytes);
    this.#copy.set(this.#memory.ring.view(positions[0], spanBytes));
  }

  #deliver(): Delivery {
    const batch = this.#batch;
    const i = batch.index++;
    const position = batch.positions[i];
    const start = ((position - batch.positions[0]) >>> 0) + FRAME_BYTES;
    const end = start + batch.sizes[i];
    const delivery = {
      position,
      number: this.#memory.ring.numberOf(position),
      redelivered: batch.again[i],
      payload: this.#lastingPayloads
        ? this.#copy.slice(start, end)
        : this.#copy.subarray(start, end),
    };
    this.#fresh.add(delivery);
    return delivery;
  }

  /**
   * Acknowledges a delivery of this handle.
   *
   * @returns whether the message still was this handle's
   */
  ack(delivery: Delivery): boolean {
    if (this.#closed) return false;
    const memory = this.#memory;
    this.#fresh.delete(delivery);
    let there = true;
    if (memory.policy === POLICY.drop_oldest) {
      memory.lockReceiving();
      try {
        there = memory.receiving.ackIfThere(this.#slot, delivery.position, delivery.number);
      } finally {
        memory.unlockReceiving();
      }
    } else memory.receiving.ack(delivery.position);
    // Others wait for this very message to be done before they end.
    if (memory.sending.ended) memory.consumers.wakeAll();
    return there;
  }

  /** Like {@linkcode ack}, by a consumer that may not receive anything for a while. */
  ackNow(delivery: Delivery): boolean {
    const there = this.ack(delivery);
    if (there) {
      this.#reclaimIfTight();
      this.#tellProducers();
    }
    return there;
  }

  /** Waits for a message and resolves to what `take` makes of it. */
  receive<T>(take: (delivery: Delivery) => T, init: WaitInit): Promise<T> {
    if (this.#queue.length === 0) {
      const before = this.#batch.index < this.#batch.count;
      const delivery = this.next();
      if (delivery !== undefined) {
        const value = take(delivery);
        if (before || !this.#pace.isOver(this.#claimedAt)) return Promise.resolve(value);
        return this.#pace.after(value);
      }
    }
    this.#pace.rest();
    const waiter = new Waiter<unknown>(init, (waiter) => {
      const index = this.#queue.findIndex((each) => each.waiter === waiter);
      if (index >= 0) this.#queue.splice(index, 1);
      this.#rest();
    });
    const waiting = { waiter, take };
    this.#queue.push(waiting);
    try {
      this.#starve(true);
    } catch (error) {
      const index = this.#queue.indexOf(waiting);
      if (index >= 0) this.#queue.splice(index, 1);
      this.#rest();
      waiter.reject(error);
    }
    return waiter.promise as Promise<T>;
  }

  /** Like {@linkcode receive}, blocking the thread. */
  receiveSync(timeoutMs: number): Delivery {
    const endMs = performance.now() + timeoutMs;
    let delivery = this.next();
    if (delivery !== undefined) return delivery;
    const attempt = () => {
      if (delivery !== undefined || this.#closed) return true;
      // Those who wait already go first; the loop's look at everything serves them.
      if (this.#queue.length === 0) delivery = this.#nextOrEnd();
      return delivery !== undefined;
    };
    const { consumers } = this.#memory;
    const check = () => {
      consumers.checkWatched();
      attempt();
    };
    try {
      this.#starve(false);
      // Each time that another consumer is watched, its descriptor is another one.
      do {
        const { lifeFd } = consumers;
        const ready = () => attempt() || consumers.lifeFd !== lifeFd;
        const left = Math.max(0, endMs - performance.now());
        reactor.waitSync(ready, true, left, lifeFd < 0 ? [] : [lifeFd], check);
        if (!attempt()) consumers.watchNext(this.#slot, false);
      } while (!attempt() && performance.now() < endMs);
    } finally {
      this.#rest();
    }
    if (delivery !== undefined) return delivery;
    if (this.#closed) throw this.#closedError();
    throw new TimeoutError(`No message came through ${this.#memory.name} for ${timeoutMs} ms`);
  }

  /** Like {@linkcode next}, and throws when there will be no more. */
  #nextOrEnd(): Delivery | undefined {
    const { sending, receiving, name } = this.#memory;
    // Before the look: what was sent before the end is found by it.
    const { ended, removed } = sending;
    const delivery = this.next();
    if (delivery !== undefined) return delivery;
    if (removed) throw new SegmentError("removed", name, "was removed; open it again");
    if (!ended) return undefined;
    this.#memory.lockReceiving();
    let drained: boolean;
    try {
      drained = !receiving.mayHaveMore && receiving.isDrained(this.#slot);
    } finally {
      this.#memory.unlockReceiving();
    }
    if (!drained) return undefined;
    throw new EndedError(`${name} was ended, and all that was sent has been received`);
  }

  // Somebody waits and nothing is there: says so, then looks everywhere once more.
  #starve(inEventLoop: boolean): void {
    const { consumers } = this.#memory;
    consumers.setHungry(this.#slot, this.#hungry = true);
    // With nothing to do here, any room is worth a message.
    this.#reclaimIfTight();
    this.#memory.wakeProducers();
    if (inEventLoop) {
      reactor.attach();
      this.#applyHold();
    }
    consumers.watchNext(this.#slot, inEventLoop);
    if (!inEventLoop) return;
    this.poll();
    if (this.#queue.length > 0) reactor.schedule(true);
  }

  // Nobody waits any more, perhaps.
  #rest(): void {
    this.#applyHold();
    if (this.#queue.length > 0 || !this.#hungry || this.#closed) return;
    this.#memory.consumers.setHungry(this.#slot, this.#hungry = false);
  }

  #applyHold(): void {
    const holds = this.#queue.length > 0 && this.#keepsRunning;
    if (holds === this.#holds) return;
    this.#holds = holds;
    if (holds) reactor.hold();
    else reactor.release();
  }

  /** Says whether a wait keeps the program running. */
  setRef(keepsRunning: boolean): void {
    this.#keepsRunning = keepsRunning;
    this.#applyHold();
  }

  /** @inheritdoc */
  poll(): boolean {
    let moved = false;
    while (this.#queue.length > 0) {
      let delivery: Delivery | undefined;
      try {
        delivery = this.#nextOrEnd();
      } catch (error) {
        // Whatever is wrong, or over, is so for all that wait.
        for (const { waiter } of this.#queue.splice(0)) waiter.reject(error);
        moved = true;
        break;
      }
      if (delivery === undefined) return moved;
      moved = true;
      const { waiter, take } = this.#queue.shift()!;
      try {
        waiter.resolve(take(delivery));
      } catch (error) {
        waiter.reject(error);
      }
    }
    if (moved) this.#rest();
    return moved;
  }

  /** @inheritdoc */
  checkAlive(): void {
    if (this.#queue.length === 0) return;
    try {
      this.#memory.consumers.watchNext(this.#slot, true);
      this.#memory.consumers.checkWatched();
    } catch (error) {
      if (!(error instanceof MembridgeError)) throw error;
    }
    // Who sent something may have died before it woke anybody.
    this.poll();
  }

  /** @inheritdoc */
  abandon(): void {
    this.close();
  }

  #closedError(): ClosedError {
    return new ClosedError(`The handle of ${this.#memory.name} was closed`);
  }

  /** Ends every wait, and gives back what was claimed or not acknowledged. Twice is fine. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { waiter } of this.#queue.splice(0)) waiter.reject(this.#closedError());
    this.#applyHold();
    if (this.#slot < 0) return;
    try {
      this.#memory.consumers.leave(this.#slot);
    } catch (error) {
      // Damaged memory: there is nothing to give back.
      if (!(error instanceof MembridgeError)) throw error;
    }
    reactor.remove(this);
  }
}
