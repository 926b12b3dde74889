/** The sending end of one direction of a lane: messages of any size through a ring of fixed size, in order. */
import { EncodeError, encodeInto } from "../../pybytes/mod.ts";
import type { NamedCodec } from "../codec.ts";
import { putBytes, putDirectly } from "../sync/port.ts";
import { FIRST, type FrameHead, LAST, type RingProducer } from "../sync/ring.ts";

/** The longest message: its length is a u32 in the frame. */
export const MAX_MESSAGE_BYTES = 0xffffffff;
/** Smallest room in the ring that is worth encoding into directly. */
const DIRECT_BYTES = 256;

/** What a message is, besides its bytes. */
export interface MessageHead {
  /** One of `MESSAGE`. */
  readonly type: number;
  /** Function index. */
  readonly index: number;
  /** Call id. */
  readonly id: number;
  /** Time the caller allows in milliseconds. */
  readonly timeout: number;
}

interface Waiting {
  readonly head: FrameHead;
  readonly bytes: Uint8Array;
  sent: number;
}

/** Messages on their way into a ring. What does not fit waits here until the consumer made room. */
export class Outbox {
  readonly #ring: RingProducer;
  readonly #codec: NamedCodec;
  readonly #waiting: Waiting[] = [];
  #encoding = false;
  #direct: boolean;

  /** Sends through `ring`, values encoded by `codec`. */
  constructor(ring: RingProducer, codec: NamedCodec) {
    this.#ring = ring;
    this.#codec = codec;
    this.#direct = codec.name === "pybytes";
  }

  /**
   * Sends a value: encoded straight into the ring when that is free and large enough, else copied through it piece by piece.
   *
   * @throws what the codec throws; nothing was sent then.
   */
  send(head: MessageHead, value: unknown): void {
    if (this.#direct && this.#sendDirectly(head, value)) return;
    const bytes = this.#codec.encode(value);
    // After a message that was too long for a frame the next one probably is as well: it is not tried in vain.
    this.#direct = this.#codec.name === "pybytes" && bytes.length <= this.#ring.maxPayloadBytes;
    this.sendBytes(head, bytes);
  }

  // The value's getters may send something themselves while it is being encoded: that must not find a half-written frame.
  #sendDirectly(head: MessageHead, value: unknown): boolean {
    if (this.#waiting.length > 0 || this.#encoding) return false;
    const room = this.#ring.reserve(DIRECT_BYTES);
    if (room === undefined) return false;
    this.#encoding = true;
    try {
      const size = encodeInto(value, putDirectly(room));
      this.#ring.publish(size, frame(head, FIRST | LAST, size));
      return true;
    } catch (error) {
      if (error instanceof EncodeError && error.code === "target_too_small") return false;
      throw error;
    } finally {
      this.#encoding = false;
      this.flush();
    }
  }

  /** Whether a value is being encoded into the ring at this moment: what is sent now waits until that is done. */
  get encoding(): boolean {
    return this.#encoding;
  }

  /**
   * Sends bytes as they are.
   *
   * @throws {RangeError} if they are more than a message can be.
   */
  sendBytes(head: MessageHead, bytes: Uint8Array): void {
    if (bytes.length > MAX_MESSAGE_BYTES) {
      throw new RangeError(
        `Cannot send ${bytes.length} bytes in one call: at most ${MAX_MESSAGE_BYTES} expected`,
      );
    }
    this.#waiting.push({ head: frame(head, 0, bytes.length), bytes, sent: 0 });
    this.flush();
  }

  /**
   * Moves what waits into the ring as far as there is room.
   *
   * @returns whether anything was moved
   */
  flush(): boolean {
    if (this.#waiting.length === 0 || this.#encoding) return false;
    let moved = false;
    while (this.#waiting.length > 0) {
      const message = this.#waiting[0];
      const size = Math.min(message.bytes.length - message.sent, this.#ring.maxPayloadBytes);
      let room = this.#ring.reserve(size);
      if (room === undefined) {
        // Asked for first, then looked again: the consumer makes room first, then looks whether somebody asks.
        this.#ring.setWanted(true);
        room = this.#ring.reserve(size);
        if (room === undefined) return moved;
      }
      putBytes(room, message.bytes.subarray(message.sent, message.sent + size));
      message.head.flags = (message.sent === 0 ? FIRST : 0) |
        (message.sent + size === message.bytes.length ? LAST : 0);
      this.#ring.publish(size, message.head);
      message.sent += size;
      moved = true;
      if (message.sent === message.bytes.length) this.#waiting.shift();
    }
    this.#ring.setWanted(false);
    return moved;
  }

  /** Whether everything is in the ring. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }
}

function frame(head: MessageHead, flags: number, total: number): FrameHead {
  return { type: head.type, flags, index: head.index, id: head.id, total, timeout: head.timeout };
}
