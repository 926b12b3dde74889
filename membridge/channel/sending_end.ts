/**
 * Putting messages into a channel. Everything that writes is done under the channel's lock.
 *
 * A message is there when `tail` says so: its bytes come before that store, which pairs with the consumers' load of `tail`. Whoever dies
 * before it has written into free room.
 *
 * @module
 */
import { EndedError, SegmentError } from "../errors.ts";
import { STATE } from "../segment/header.ts";
import type { Segment } from "../segment/segment.ts";
import { putU32, storeU32 } from "../sync/port.ts";
import type { FrameRing } from "./frame_ring.ts";
import { CHANNEL, CONSUMERS } from "./layout.ts";

/** The protocol of who sends, over the two open segments. */
export class SendingEnd {
  readonly #channel: Segment;
  readonly #consumers: Segment;
  readonly #ring: FrameRing;
  readonly #name: string;

  /** Writes `channel`, and reads where the consumers are in `consumers`. */
  constructor(channel: Segment, consumers: Segment, ring: FrameRing, name: string) {
    this.#channel = channel;
    this.#consumers = consumers;
    this.#ring = ring;
    this.#name = name;
  }

  /** How many messages were ever sent, modulo 2^32. */
  get sent(): number {
    return Atomics.load(this.#channel.words, CHANNEL.sent);
  }

  /** Whether nothing more is sent. Pairs with the store in {@linkcode end}. */
  get ended(): boolean {
    return Atomics.load(this.#channel.words, CHANNEL.ended) !== 0;
  }

  /** Whether the name was removed. */
  get removed(): boolean {
    return this.#channel.state !== STATE.live;
  }

  /**
   * Checks that messages may be sent.
   *
   * @throws {EndedError} after {@linkcode end}
   * @throws {SegmentError} `removed`
   */
  checkUsable(): void {
    if (this.removed) throw new SegmentError("removed", this.#name, "was removed; open it again");
    if (this.ended) {
      throw new EndedError(
        `Cannot send to ${this.#name}: end() was called, so nothing more goes in`,
      );
    }
  }

  /** Returns how many bytes of the ring are not free. Pairs with the consumers' store of `head`. */
  #used(tail: number): number {
    return this.#ring.distance(Atomics.load(this.#consumers.words, CONSUMERS.head), tail);
  }

  /** Tells whether there is room for a payload now. Needs no lock, and so may be wrong a moment later. */
  hasRoom(payloadBytes: number): boolean {
    const tail = Atomics.load(this.#channel.words, CHANNEL.tail);
    return this.#used(tail) + this.#ring.roomFor(payloadBytes, tail) <= this.#ring.capacityBytes;
  }

  /**
   * Appends a message. The caller holds the channel's lock.
   *
   * @returns `false` if there is no room; nothing changed then
   */
  append(payload: Uint8Array): boolean {
    const { words } = this.#channel;
    const tail = words[CHANNEL.tail];
    const room = this.#ring.roomFor(payload.length, tail);
    if (this.#used(tail) + room > this.#ring.capacityBytes) return false;
    const number = (words[CHANNEL.sent] + 1) >>> 0;
    const end = this.#ring.write(payload, tail, number);
    // Before `tail`: a count of one too many, after a death between the two, is put right when the channel is next found empty.
    putU32(words, CHANNEL.sent, number);
    storeU32(words, CHANNEL.tail, end);
    return true;
  }

  /** Says that nothing more is sent. The caller holds the channel's lock. */
  end(): void {
    storeU32(this.#channel.words, CHANNEL.ended, 1);
  }
}
