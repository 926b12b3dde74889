/** The messages in the hands of one handle: those that it claimed and did not come to, and those that it delivered. */
import { Batch, MAX_BATCH } from "./batch.ts";
import type { ChannelMemory } from "./channel_memory.ts";
import { FRAME_BYTES } from "./frame_ring.ts";
import { POLICY } from "./layout.ts";

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
  /** Its bytes, until the next delivery unless the handle was told that they are kept. */
  readonly payload: Uint8Array;
  /** Which claim of this handle it came with, */
  readonly claim: number;
  /** and which message of that it is. */
  readonly index: number;
}

/** What one consumer has. */
export class Claims {
  readonly #memory: ChannelMemory;
  readonly #lastingPayloads: boolean;
  readonly #batch = new Batch();
  /** Counts the claims of this handle. */
  #claims = 0;
  /** How many of the present batch were delivered and not acknowledged. */
  #unacknowledged = 0;
  /** The claimed bytes, copied. */
  #copy = new Uint8Array(1024);
  #limit = 1;
  #claimedAt = 0;
  /** The consumer's slot. */
  slot = -1;

  /**
   * Claims from `memory`, once {@linkcode slot} is set.
   *
   * @param lastingPayloads Whether payloads are kept by whom they are given to.
   */
  constructor(memory: ChannelMemory, lastingPayloads: boolean) {
    this.#memory = memory;
    this.#lastingPayloads = lastingPayloads;
  }

  /** When the present batch was claimed, if only one of it was delivered; else `undefined`. */
  get justClaimedAt(): number | undefined {
    return this.#batch.index === 1 ? this.#claimedAt : undefined;
  }

  /** Returns the next message, if there is one; without waiting. */
  next(): Delivery | undefined {
    const batch = this.#batch;
    if (batch.index < batch.count) {
      const position = batch.positions[batch.index];
      if (!this.#memory.receiving.moveCursor(this.slot, position)) this.#recheck();
      if (batch.index < batch.count) return this.#deliver();
    }
    if (!this.#memory.receiving.mayHaveMore) return undefined;
    this.#claim();
    return batch.count === 0 ? undefined : this.#deliver();
  }

  #recheck(): void {
    const memory = this.#memory;
    memory.lockReceiving();
    try {
      memory.receiving.recheck(this.slot, this.#batch);
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
      if (this.#unacknowledged > 0 && batch.count > 1) this.#noteDelivered();
      receiving.claim(this.slot, this.#itemsToClaim(), batch);
      // What may be dropped has to be copied while nobody can.
      if (batch.count > 0 && memory.policy === POLICY.drop_oldest) this.#copyBatch();
    } finally {
      memory.unlockReceiving();
    }
    this.#claims++;
    this.#unacknowledged = 0;
    if (batch.count > 0) {
      if (memory.policy !== POLICY.drop_oldest) this.#copyBatch();
      // A consumer that was woken passes the news on.
      if (receiving.mayHaveMore) memory.consumers.wake(this.slot);
    }
    if (freed) this.#tellProducers();
  }

  // From the next claim on `cursor` says nothing of this batch any more. What is acknowledged may be another message by now; a single
  // one was noted when it was claimed.
  #noteDelivered(): void {
    const { positions, acknowledged, index } = this.#batch;
    for (let i = 0; i < index; i++) {
      if (!acknowledged[i]) this.#memory.receiving.noteDelivered(this.slot, positions[i]);
    }
  }

  // Not for each message: a producer that is woken for one falls asleep again after it. In an empty half there is room for any.
  #tellProducers(): void {
    if (!this.#isTight()) this.#memory.wakeProducers();
  }

  #isTight(): boolean {
    return 2 * this.#memory.receiving.freeBytes < this.#memory.ring.capacityBytes;
  }

  /** Gives back the room of what was acknowledged, which the next claim would do, where somebody may wait for it. */
  reclaimIfTight(): void {
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
      claim: this.#claims,
      index: i,
      payload: this.#lastingPayloads
        ? this.#copy.slice(start, end)
        : this.#copy.subarray(start, end),
    };
    batch.acknowledged[i] = false;
    this.#unacknowledged++;
    return delivery;
  }

  /**
   * Acknowledges a delivery of this handle.
   *
   * @returns whether the message still was this handle's
   */
  ack(delivery: Delivery): boolean {
    const memory = this.#memory;
    if (delivery.claim === this.#claims) {
      this.#batch.acknowledged[delivery.index] = true;
      this.#unacknowledged--;
    }
    let there = true;
    if (memory.policy === POLICY.drop_oldest) {
      memory.lockReceiving();
      try {
        there = memory.receiving.ackIfThere(this.slot, delivery.position, delivery.number);
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
      this.reclaimIfTight();
      this.#tellProducers();
    }
    return there;
  }
}
