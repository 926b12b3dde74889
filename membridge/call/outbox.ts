/** The sending end of one direction of a lane: messages of any size through a ring of fixed size, in order. */
import { EncodeError, encodeInto } from "../../pybytes/mod.ts";
import type { NamedCodec } from "../codec.ts";
import { FIRST, type FrameHead, LAST, newHead, type RingProducer } from "../sync/ring.ts";
import { Scratch } from "../sync/scratch.ts";
import { RING_BYTES } from "./layout.ts";

/** The longest message: its length is a u32 in the frame. */
export const MAX_MESSAGE_BYTES = 0xffffffff;
/** Flags that are the message's own, not those of its place among the frames. */
const OWN_FLAGS = 0xff & ~(FIRST | LAST);

/** What a message is, besides its bytes. */
export interface MessageHead {
  /** One of `MESSAGE`. */
  readonly type: number;
  /** Flags of that kind of message. */
  readonly flags?: number;
  /** Function index. */
  readonly index?: number;
  /** Call id. */
  readonly id: number;
  /** Time the caller allows in milliseconds. */
  readonly timeout?: number;
  /** Items of a stream that the caller takes. */
  readonly credit?: number;
}

interface Waiting {
  readonly head: FrameHead;
  readonly bytes: Uint8Array;
  sent: number;
}

const NOTHING = new Uint8Array(0);

/** Where values are encoded before they go into a ring as one frame; one at a time. */
const scratch = new Scratch(RING_BYTES / 4);
/** The first value's getters may send something themselves. */
let scratchInUse = false;

/** Messages on their way into a ring. What does not fit waits here until the consumer made room. */
export class Outbox {
  readonly #ring: RingProducer;
  readonly #codec: NamedCodec;
  readonly #head: FrameHead = newHead();
  #waiting: Waiting[] = [];
  #next = 0;
  #waitingBytes = 0;
  #large = false;

  /** Sends through `ring`, values encoded by `codec`. */
  constructor(ring: RingProducer, codec: NamedCodec) {
    this.#ring = ring;
    this.#codec = codec;
  }

  /**
   * Sends a value.
   *
   * @throws what the codec throws; nothing was sent then.
   */
  send(head: MessageHead, value: unknown): void {
    // After a message that was too long for a frame the next one probably is as well: it is not tried in vain.
    if (this.#codec.name === "pybytes" && !this.#large && !scratchInUse) {
      const size = this.#encode(value);
      if (size >= 0) {
        // The value's getters may have sent something that waits now.
        if (this.isEmpty && this.#ring.writeScratch(this.#fill(head, size), scratch, size)) return;
        return this.#enqueue(head, scratch.bytes.slice(0, size));
      }
    }
    const bytes = this.#codec.encode(value);
    this.#large = bytes.length > this.#ring.maxPayloadBytes;
    this.sendBytes(head, bytes);
  }

  // Returns the length in the scratch memory, or -1 if it is too long for a frame.
  #encode(value: unknown): number {
    scratchInUse = true;
    try {
      const size = encodeInto(value, scratch.bytes);
      return size <= this.#ring.maxPayloadBytes ? size : -1;
    } catch (error) {
      if (error instanceof EncodeError && error.code === "target_too_small") return -1;
      throw error;
    } finally {
      scratchInUse = false;
    }
  }

  #fill(head: MessageHead, total: number): FrameHead {
    const frame = this.#head;
    frame.type = head.type;
    frame.flags = FIRST | LAST | (head.flags ?? 0);
    frame.index = head.index ?? 0;
    frame.id = head.id;
    frame.total = total;
    frame.timeout = head.timeout ?? 0;
    frame.credit = head.credit ?? 0;
    return frame;
  }

  /**
   * Sends bytes as they are.
   *
   * @param bytes Must not change until {@linkcode isEmpty}.
   * @throws {RangeError} if they are more than a message can be.
   */
  sendBytes(head: MessageHead, bytes: Uint8Array = NOTHING): void {
    if (bytes.length > MAX_MESSAGE_BYTES) {
      throw new RangeError(
        `Cannot send ${bytes.length} bytes in one call: at most ${MAX_MESSAGE_BYTES} expected`,
      );
    }
    if (
      this.isEmpty && bytes.length <= this.#ring.maxPayloadBytes &&
      this.#ring.write(this.#fill(head, bytes.length), bytes)
    ) return;
    this.#enqueue(head, bytes);
  }

  #enqueue(head: MessageHead, bytes: Uint8Array): void {
    this.#waiting.push({ head: { ...this.#fill(head, bytes.length) }, bytes, sent: 0 });
    this.#waitingBytes += bytes.length;
    this.flush();
  }

  /**
   * Moves what waits into the ring as far as there is room.
   *
   * @returns whether anything was moved
   */
  flush(): boolean {
    if (this.isEmpty) return false;
    let moved = false;
    while (!this.isEmpty) {
      const message = this.#waiting[this.#next];
      const size = Math.min(message.bytes.length - message.sent, this.#ring.maxPayloadBytes);
      if (!this.#ring.hasRoom(size)) {
        // Asked for first, then looked again: the consumer makes room first, then looks whether somebody asks.
        this.#ring.setWanted(true);
        if (!this.#ring.hasRoom(size)) return moved;
      }
      const { head, sent, bytes } = message;
      head.flags = (head.flags & OWN_FLAGS) | (sent === 0 ? FIRST : 0) |
        (sent + size === bytes.length ? LAST : 0);
      this.#ring.write(head, bytes.subarray(sent, sent + size));
      message.sent += size;
      this.#waitingBytes -= size;
      moved = true;
      if (message.sent === bytes.length) this.#next++;
    }
    this.#waiting = [];
    this.#next = 0;
    this.#ring.setWanted(false);
    return moved;
  }

  /** Where the ring stands after the last message, if {@linkcode isEmpty}. */
  get position(): number {
    return this.#ring.position;
  }

  /** Tells whether the receiver took everything up to a position. */
  wasTaken(position: number): boolean {
    return this.#ring.wasTaken(position);
  }

  /** Whether everything is in the ring. */
  get isEmpty(): boolean {
    return this.#next === this.#waiting.length;
  }

  /** Bytes that wait for room. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }
}
