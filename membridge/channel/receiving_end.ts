/**
 * Taking messages out of a channel. Everything here that writes is done under the lock of the receiving end, except
 * {@linkcode ReceivingEnd.ack} and the words of a consumer's own slot.
 *
 * - `head` is the oldest message that is not acknowledged: what is before it is free.
 * - `next` is a position that no waiting message is before: where the search for one begins. One behind `head` means `head`.
 * - A consumer that is alone claims some messages at a time. One that comes takes those from it that it did not come to yet: it stores
 *   `steal`, then loads `cursor`; the consumer stores in `cursor` the message that it is about to deliver, then loads `steal`. One of the two sees the
 *   other, and if the consumer does, it looks under the lock which messages it still has.
 *
 * @module
 */
import { type Batch, MAX_BATCH_BYTES } from "./batch.ts";
import type { Segment } from "../segment/segment.ts";
import { storeU32 } from "../sync/port.ts";
import { AGAIN, DELIVERED, DONE, type FrameRing, isBefore, OWNER } from "./frame_ring.ts";
import { CHANNEL, CONSUMERS, SLOT, slotWord } from "./layout.ts";

/** The protocol of who receives, over the two open segments. */
export class ReceivingEnd {
  readonly #channel: Segment;
  readonly #consumers: Segment;
  readonly #ring: FrameRing;

  /** Writes `consumers` and the claims in the ring. */
  constructor(channel: Segment, consumers: Segment, ring: FrameRing) {
    this.#channel = channel;
    this.#consumers = consumers;
    this.#ring = ring;
  }

  /** Pairs with the store in {@linkcode SendingEnd.append}. */
  get #tail(): number {
    return Atomics.load(this.#channel.words, CHANNEL.tail);
  }

  /** Tells whether a message may be waiting. Needs no lock. Cost: two atomic loads. */
  get mayHaveMore(): boolean {
    return this.#tail !== Atomics.load(this.#consumers.words, CONSUMERS.next);
  }

  /** How many messages were dropped because there was no room, modulo 2^32. */
  get dropped(): number {
    return Atomics.load(this.#consumers.words, CONSUMERS.dropped);
  }

  /** How many messages wait that nobody claimed: exact while nobody sends or receives. Needs no lock. */
  get waiting(): number {
    if (!this.mayHaveMore) return 0;
    const sent = Atomics.load(this.#channel.words, CHANNEL.sent);
    return Math.max(0, (sent - Atomics.load(this.#consumers.words, CONSUMERS.taken)) | 0);
  }

  /** How many bytes of the ring are free. Needs no lock. */
  get freeBytes(): number {
    const head = Atomics.load(this.#consumers.words, CONSUMERS.head);
    return this.#ring.capacityBytes - this.#ring.distance(head, this.#tail);
  }

  #setTaken(taken: number): void {
    storeU32(this.#consumers.words, CONSUMERS.taken, taken >>> 0);
  }

  // `head` first: who dies in between leaves a `next` that is behind it, which is as good as equal. The other way round messages that wait
  // would be behind the search for good.
  #moveHead(to: number): void {
    const { words } = this.#consumers;
    storeU32(words, CONSUMERS.head, to);
    if (isBefore(words[CONSUMERS.next], to)) storeU32(words, CONSUMERS.next, to);
  }

  /** Gives the room of acknowledged messages back. The caller holds the lock. Returns whether there was any. */
  reclaim(): boolean {
    const tail = this.#tail;
    const start = this.#consumers.words[CONSUMERS.head];
    let head = start;
    this.#ring.distance(head, tail);
    while (head !== tail) {
      this.#ring.look(head, tail);
      if (this.#ring.claimOf(this.#ring.position) !== DONE) break;
      head = this.#ring.end;
    }
    if (head !== start) this.#moveHead(head);
    return head !== start;
  }

  /**
   * Claims the next waiting messages for a slot. The caller holds the lock, and delivers the first at once.
   *
   * @param maxItems How many at the most; fewer where they do not lie behind each other.
   */
  claim(slot: number, maxItems: number, batch: Batch): void {
    const { words } = this.#consumers;
    const ring = this.#ring;
    const tail = this.#tail;
    const head = words[CONSUMERS.head];
    let position = words[CONSUMERS.next];
    if (isBefore(position, head)) position = head;
    ring.distance(head, position);
    ring.distance(position, tail);
    let count = 0;
    while (position !== tail && count < maxItems) {
      ring.look(position, tail);
      const claim = ring.claimOf(ring.position);
      const waits = claim !== DONE && (claim & OWNER) === 0;
      if (count > 0) {
        const span = (ring.end - batch.positions[0]) >>> 0;
        const adjoins = ring.position === position && !ring.isStart(position);
        if (!waits || !adjoins || span > MAX_BATCH_BYTES) break;
      }
      if (waits) {
        // Before the first claim, so that what is behind it is nobody's until it is claimed.
        if (count === 0) storeU32(words, slotWord(slot) + SLOT.cursor, ring.position);
        batch.positions[count] = ring.position;
        batch.sizes[count] = ring.sizeBytes;
        batch.again[count] = (claim & AGAIN) !== 0;
        ring.putClaim(
          ring.position,
          (claim & AGAIN) | (count === 0 ? DELIVERED : 0) | (slot + 1),
        );
        count++;
      }
      position = ring.end;
    }
    batch.count = count;
    batch.index = 0;
    storeU32(words, CONSUMERS.next, position);
    if (count > 0) this.#setTaken(words[CONSUMERS.taken] + count);
    // Nothing waits, so the counts are equal, whatever a death has made of them.
    else this.#setTaken(Atomics.load(this.#channel.words, CHANNEL.sent));
  }

  /** Notes that messages of an earlier batch were delivered, before {@linkcode claim} uses `cursor` for the next. The caller holds the lock. */
  noteDelivered(slot: number, position: number): void {
    const claim = this.#ring.claimOf(position);
    if ((claim & OWNER) === slot + 1) this.#ring.putClaim(position, claim | DELIVERED);
  }

  /**
   * Says which message is delivered next. Needs no lock.
   *
   * @returns `false` if another consumer may have taken it: {@linkcode recheck} tells.
   */
  moveCursor(slot: number, position: number): boolean {
    const { words } = this.#consumers;
    storeU32(words, slotWord(slot) + SLOT.cursor, position);
    return Atomics.load(words, slotWord(slot) + SLOT.steal) === 0;
  }

  /** Drops from the batch what others took, and what lies behind it. The caller holds the lock. */
  recheck(slot: number, batch: Batch): void {
    const { words } = this.#consumers;
    storeU32(words, slotWord(slot) + SLOT.steal, 0);
    const { count, positions } = batch;
    let i = batch.index;
    while (i < count && this.#holds(slot, positions[i])) i++;
    batch.count = i;
    // Who died while it took them left some behind the first that it took: they wait again, too.
    let returned = 0;
    for (; i < count; i++) {
      if (!this.#holds(slot, positions[i])) continue;
      if (returned++ === 0) storeU32(words, CONSUMERS.next, words[CONSUMERS.head]);
      this.#ring.storeClaim(positions[i], this.#ring.claimOf(positions[i]) & AGAIN);
    }
    if (returned > 0) this.#setTaken(words[CONSUMERS.taken] - returned);
  }

  // Whether a message that was claimed still is that slot's. If it is not in the ring any more, its place may be any other one's bytes.
  #holds(slot: number, position: number): boolean {
    const head = this.#consumers.words[CONSUMERS.head];
    return ((position - head) >>> 0) < this.#ring.distance(head, this.#tail) &&
      (this.#ring.claimOf(position) & OWNER) === slot + 1;
  }

  /**
   * Acknowledges a delivered message of this consumer. Needs no lock as long as nobody drops messages: the message stays in the
   * ring until this store.
   */
  ack(position: number): void {
    this.#ring.storeClaim(position, DONE);
  }

  /**
   * Like {@linkcode ack}, where the message may have been dropped meanwhile. The caller holds the lock.
   *
   * @returns whether it still was this consumer's
   */
  ackIfThere(slot: number, position: number, number: number): boolean {
    if (!this.#holds(slot, position) || this.#ring.numberOf(position) !== number) return false;
    this.ack(position);
    return true;
  }

  /** Takes from the other consumers what they claimed and did not come to: it waits again. The caller holds the lock. */
  steal(slot: number): void {
    const { words } = this.#consumers;
    const cursors = new Map<number, number>();
    let taken = 0;
    this.#forEach((position, claim) => {
      const owner = claim & OWNER;
      if (owner === 0 || owner === slot + 1 || (claim & DELIVERED) !== 0) return;
      let cursor = cursors.get(owner);
      if (cursor === undefined) {
        const word = slotWord(owner - 1);
        storeU32(words, word + SLOT.steal, 1);
        cursors.set(owner, cursor = Atomics.load(words, word + SLOT.cursor));
      }
      if (!isBefore(cursor, position)) return;
      // Before the message is free, so that the search finds it if this process dies in between.
      if (taken++ === 0) storeU32(words, CONSUMERS.next, words[CONSUMERS.head]);
      this.#ring.storeClaim(position, claim & AGAIN);
    });
    if (taken > 0) this.#setTaken(words[CONSUMERS.taken] - taken);
  }

  /** Gives back whatever a slot holds: its consumer closes, or is dead. The caller holds the lock. */
  release(slot: number): void {
    const { words } = this.#consumers;
    const cursor = Atomics.load(words, slotWord(slot) + SLOT.cursor);
    let returned = 0;
    this.#forEach((position, claim) => {
      if ((claim & OWNER) !== slot + 1) return;
      const delivered = (claim & DELIVERED) !== 0 || !isBefore(cursor, position);
      if (returned++ === 0) storeU32(words, CONSUMERS.next, words[CONSUMERS.head]);
      this.#ring.storeClaim(position, delivered ? AGAIN : claim & AGAIN);
    });
    storeU32(words, slotWord(slot) + SLOT.hungry, 0);
    storeU32(words, slotWord(slot) + SLOT.steal, 0);
    if (returned > 0) this.#setTaken(words[CONSUMERS.taken] - returned);
  }

  /** Tells whether every message is acknowledged, or in the hands of this very consumer. The caller holds the lock. */
  isDrained(slot: number): boolean {
    let drained = true;
    this.#forEach((_position, claim) => {
      if (claim !== DONE && (claim & OWNER) !== slot + 1) drained = false;
    });
    return drained;
  }

  /** Drops the oldest messages until a payload has room. The caller holds both locks, this one last. */
  drop(payloadBytes: number): void {
    const { words } = this.#consumers;
    const ring = this.#ring;
    const tail = this.#tail;
    const most = ring.capacityBytes - ring.roomFor(payloadBytes, tail);
    let head = words[CONSUMERS.head];
    let dropped = 0;
    while (ring.distance(head, tail) > most) {
      ring.look(head, tail);
      const claim = ring.claimOf(ring.position);
      if (claim !== DONE && (claim & OWNER) === 0) dropped++;
      head = ring.end;
    }
    this.#moveHead(head);
    if (dropped === 0) return;
    storeU32(words, CONSUMERS.dropped, (words[CONSUMERS.dropped] + dropped) >>> 0);
    this.#setTaken(words[CONSUMERS.taken] + dropped);
  }

  #forEach(visit: (position: number, claim: number) => void): void {
    const tail = this.#tail;
    let position = this.#consumers.words[CONSUMERS.head];
    this.#ring.distance(position, tail);
    while (position !== tail) {
      this.#ring.look(position, tail);
      const { position: at, end } = this.#ring;
      visit(at, this.#ring.claimOf(at));
      position = end;
    }
  }
}
