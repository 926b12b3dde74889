/** The receiving end of one direction of a lane: frames put together to messages, in private memory. */
import { FIRST, type FrameHead, LAST, type RingConsumer, RingCorruption } from "../sync/ring.ts";

/** At most so many frames at a time, so that one lane does not starve the others. */
const BATCH_FRAMES = 64;
/** A message's buffer starts no larger than this, whatever length it claims, and doubles as bytes arrive. */
const INITIAL_BUFFER_BYTES = 64 << 20;

/** Single frames are copied here and decoded at once, before any other code runs that could receive as well. */
const scratch = new Uint8Array(65536);

/** A message being put together from its frames. */
interface Partial {
  readonly head: FrameHead;
  buffer: Uint8Array;
  filled: number;
}

/** Messages coming out of a ring. */
export class Inbox {
  readonly #ring: RingConsumer;
  readonly #lastingPayloads: boolean;
  readonly #head: FrameHead = { type: 0, flags: 0, index: 0, id: 0, total: 0, timeout: 0 };
  #payload = scratch.subarray(0, 0);
  #partial: Partial | undefined;
  #open = true;

  /**
   * Receives from `ring`.
   *
   * @param lastingPayloads Whether payloads are kept by whom they are given to; otherwise they are overwritten after the handler returned.
   */
  constructor(ring: RingConsumer, lastingPayloads: boolean) {
    this.#ring = ring;
    this.#lastingPayloads = lastingPayloads;
  }

  /**
   * Gives the messages that are there to `handle`.
   *
   * @returns how many frames were taken
   * @throws {RingCorruption} if what the other side wrote makes no sense.
   */
  drain(handle: (head: FrameHead, payload: Uint8Array) => void): number {
    let taken = 0;
    // What a message leads to may close the lane, and with it the memory.
    while (this.#open && taken < BATCH_FRAMES && this.#ring.ready) {
      const head = this.#head;
      this.#payload = scratch.subarray(0, 0);
      if (!this.#ring.take(head, this.#place)) break;
      taken++;
      if (head.flags === (FIRST | LAST)) handle(head, this.#payload);
      else if (this.#append(head)) {
        const { head: whole, buffer } = this.#partial!;
        this.#partial = undefined;
        handle(whole, buffer);
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

  // Where the payload of the frame goes whose head was just read.
  readonly #place = (sizeBytes: number): Uint8Array => {
    const single = this.#head.flags === (FIRST | LAST);
    if (single && this.#lastingPayloads) return this.#payload = new Uint8Array(sizeBytes);
    if (single) return this.#payload = scratch.subarray(0, sizeBytes);
    return this.#room(sizeBytes);
  };

  #room(sizeBytes: number): Uint8Array {
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
      partial.filled + sizeBytes > partial.head.total
    ) {
      throw new RingCorruption("a frame that continues no message");
    }
    const end = partial.filled + sizeBytes;
    if (end > partial.buffer.length) {
      const larger = new Uint8Array(
        Math.min(partial.head.total, Math.max(end, 2 * partial.buffer.length)),
      );
      larger.set(partial.buffer.subarray(0, partial.filled));
      partial.buffer = larger;
    }
    const room = partial.buffer.subarray(partial.filled, end);
    partial.filled = end;
    return room;
  }

  /** Returns whether the frame was the last of its message. */
  #append(head: FrameHead): boolean {
    if ((head.flags & LAST) === 0) return false;
    const partial = this.#partial;
    if (partial === undefined || partial.filled !== partial.head.total) {
      throw new RingCorruption("a message that is shorter than it said");
    }
    return true;
  }
}
