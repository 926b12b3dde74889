/** The receiving end of one direction of a lane: frames put together to messages, in private memory. */
import {
  FIRST,
  type FrameHead,
  LAST,
  newHead,
  type RingConsumer,
  RingCorruption,
} from "../sync/ring.ts";
import { Scratch } from "../sync/scratch.ts";
import { RING_BYTES } from "./layout.ts";

/** At most so many frames at a time, so that one lane does not starve the others. */
const BATCH_FRAMES = 64;
/** A message's buffer starts no larger than this, whatever length it claims, and doubles as bytes arrive. */
const INITIAL_BUFFER_BYTES = 256 << 20;

/** Single frames are copied here and decoded at once, before any other code runs that could receive as well. */
const scratch = new Scratch(RING_BYTES / 4);

const WHOLE = FIRST | LAST;

/** A message being put together from its frames. */
interface Partial {
  readonly head: FrameHead;
  buffer: Uint8Array<ArrayBuffer>;
  filled: number;
}

/**
 * Takes a message.
 *
 * @param head Another message's as soon as anything else is received.
 * @param payload Its bytes.
 * @param lasting Whether the payload stays as it is; otherwise it is overwritten as soon as anything else is received.
 */
export type MessageHandler = (head: FrameHead, payload: Uint8Array, lasting: boolean) => void;

/** Messages coming out of a ring. */
export class Inbox {
  readonly #ring: RingConsumer;
  readonly #lastingPayloads: boolean;
  readonly #head: FrameHead = newHead();
  #partial: Partial | undefined;
  #open = true;

  /**
   * Receives from `ring`.
   *
   * @param lastingPayloads Whether every payload is to be one that lasts.
   */
  constructor(ring: RingConsumer, lastingPayloads: boolean) {
    this.#ring = ring;
    this.#lastingPayloads = lastingPayloads;
  }

  /** Tells whether there is anything to take. Cost: one atomic load. */
  get ready(): boolean {
    return this.#ring.ready;
  }

  /**
   * Gives the messages that are there to `handle`.
   *
   * @returns how many frames were taken
   * @throws {RingCorruption} if what the other side wrote makes no sense.
   */
  drain(handle: MessageHandler): number {
    const ring = this.#ring, head = this.#head;
    let taken = 0;
    // What a message leads to may close the lane, and with it the memory.
    while (taken < BATCH_FRAMES && this.#open) {
      const size = ring.next(head);
      if (size < 0) break;
      taken++;
      if ((head.flags & WHOLE) !== WHOLE) this.#append(size, handle);
      else if (this.#lastingPayloads) {
        const payload = new Uint8Array(size);
        ring.copyTo(payload, size);
        ring.done();
        handle(head, payload, true);
      } else {
        ring.copyToScratch(scratch, size);
        ring.done();
        handle(head, scratch.view(size), false);
      }
    }
    return taken;
  }

  /** Whether the producer waits for the room that was made. */
  get producerWaits(): boolean {
    return this.#ring.producerWaits;
  }

  /** Stops receiving: the memory goes away. */
  close(): void {
    this.#open = false;
  }

  #append(size: number, handle: MessageHandler): void {
    const partial = this.#partialFor(size);
    const end = partial.filled + size;
    this.#ring.copyTo(partial.buffer.subarray(partial.filled, end), size);
    this.#ring.done();
    partial.filled = end;
    if ((this.#head.flags & LAST) === 0) return;
    if (end !== partial.head.total) {
      throw new RingCorruption("a message that is shorter than it said");
    }
    this.#partial = undefined;
    handle(partial.head, partial.buffer, true);
  }

  // The message that the frame belongs to, with room for its payload.
  #partialFor(size: number): Partial {
    const head = this.#head;
    if ((head.flags & FIRST) !== 0) {
      this.#partial = {
        head: { ...head },
        buffer: new Uint8Array(Math.min(head.total, INITIAL_BUFFER_BYTES)),
        filled: 0,
      };
    }
    const partial = this.#partial;
    if (
      partial === undefined || partial.head.id !== head.id ||
      partial.filled + size > partial.head.total
    ) {
      throw new RingCorruption("a frame that continues no message");
    }
    const end = partial.filled + size;
    if (end > partial.buffer.length) {
      const larger = new Uint8Array(
        Math.min(partial.head.total, Math.max(end, 2 * partial.buffer.length)),
      );
      larger.set(partial.buffer.subarray(0, partial.filled));
      partial.buffer = larger;
    }
    return partial;
  }
}
