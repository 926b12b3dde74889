/** The sending end of one direction of a lane: messages of any size through a ring of fixed size, in order. */
import { type NamedCodec, PYBYTES } from "../codec.ts";
import { FIRST, type FrameHead, LAST, newHead, type RingProducer } from "../sync/ring.ts";
import type { Scratch } from "../sync/scratch.ts";
import { encodeWithin, frameMemory, giveBack, isEncoding, takeLargeMemory } from "./send_memory.ts";

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
  /** What is not in the ring yet, from `sent` on. */
  readonly bytes: Uint8Array;
  sent: number;
  /** Whether nothing of the message is in the ring. */
  first: boolean;
  /** What the bytes lie in, if that is to be given back. */
  readonly memory?: Scratch;
}

const NOTHING = new Uint8Array(0);
/** In the place of a message that is in the ring. */
const SENT: Waiting = { head: newHead(), bytes: NOTHING, sent: 0, first: false };
/** About what a waiting message takes besides its bytes. */
const MESSAGE_BYTES = 256;

/** Messages on their way into a ring. What does not fit waits here until the consumer made room. */
export class Outbox {
  readonly #ring: RingProducer;
  readonly #codec: NamedCodec;
  readonly #head: FrameHead = newHead();
  #waiting: Waiting[] = [];
  #next = 0;
  #waitingBytes = 0;
  #lastBytes = 0;

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
    if (this.#codec !== PYBYTES || isEncoding()) {
      return this.#sendEncoded(head, value);
    }
    // After a message that was too long the next one probably is as well: what is too small for it is not tried in vain.
    if (this.#lastBytes <= frameMemory.bytes.length) {
      const size = encodeWithin(frameMemory, value);
      if (size >= 0) return this.#sendFrom(frameMemory, head, size);
      this.#lastBytes = -size;
    }
    let memory = takeLargeMemory(this.#lastBytes);
    let size = encodeWithin(memory, value);
    if (size < 0) {
      memory = takeLargeMemory(-size);
      size = encodeWithin(memory, value);
      // Getters can make it longer each time.
      if (size < 0) return this.#sendEncoded(head, value);
    }
    this.#sendFrom(memory, head, size);
  }

  // The codec may use its memory again for the next value.
  #sendEncoded(head: MessageHead, value: unknown): void {
    const bytes = this.#codec.encode(value);
    if (!this.#trySend(head, bytes)) this.#enqueue(head, new Uint8Array(bytes));
  }

  // What has room goes into the ring at once; only the rest needs memory.
  #sendFrom(memory: Scratch, head: MessageHead, size: number): void {
    checkLength(size);
    this.#lastBytes = size;
    const most = this.#ring.maxPayloadBytes;
    let sent = 0;
    // The value's getters may have sent something that waits now.
    if (this.isEmpty) {
      const frame = this.#fill(head, size);
      if (size <= most) {
        if (this.#ring.writeScratch(frame, memory, size)) return giveBack(memory);
      } else {
        this.#ring.enlarge();
        while (size - sent > most && this.#ring.hasRoom(most)) {
          setPlace(frame, sent === 0, false);
          this.#ring.write(frame, memory.bytes.subarray(sent, sent + most));
          sent += most;
        }
      }
    }
    const kept = memory !== frameMemory && 4 * (size - sent) > memory.bytes.length;
    if (kept) return this.#enqueue(head, memory.bytes.subarray(sent, size), sent, memory);
    this.#enqueue(head, memory.bytes.slice(sent, size), sent);
    giveBack(memory);
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
    if (!this.#trySend(head, bytes)) this.#enqueue(head, bytes);
  }

  #trySend(head: MessageHead, bytes: Uint8Array): boolean {
    checkLength(bytes.length);
    return this.isEmpty && bytes.length <= this.#ring.maxPayloadBytes &&
      this.#ring.write(this.#fill(head, bytes.length), bytes);
  }

  // `before`: how much of the message is in the ring already. `memory`: what the bytes lie in, to be given back.
  #enqueue(head: MessageHead, bytes: Uint8Array, before = 0, memory?: Scratch): void {
    const frame = { ...this.#fill(head, before + bytes.length) };
    this.#waiting.push({ head: frame, bytes, sent: 0, first: before === 0, memory });
    this.#waitingBytes += MESSAGE_BYTES + bytes.length;
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
      if (message.bytes.length - message.sent > this.#ring.maxPayloadBytes) this.#ring.enlarge();
      const size = Math.min(message.bytes.length - message.sent, this.#ring.maxPayloadBytes);
      if (!this.#ring.hasRoom(size)) {
        // Asked for first, then looked again: the consumer makes room first, then looks whether somebody asks.
        this.#ring.setWanted(true);
        if (!this.#ring.hasRoom(size)) return moved;
      }
      const { head, sent, bytes } = message;
      setPlace(head, message.first, sent + size === bytes.length);
      message.first = false;
      this.#ring.write(head, bytes.subarray(sent, sent + size));
      message.sent += size;
      this.#waitingBytes -= size;
      moved = true;
      if (message.sent < bytes.length) continue;
      if (message.memory !== undefined) giveBack(message.memory);
      this.#shift();
    }
    this.#waiting = [];
    this.#next = 0;
    this.#ring.setWanted(false);
    return moved;
  }

  // Removing the first of an array moves all others: it is done for many at a time.
  #shift(): void {
    this.#waitingBytes -= MESSAGE_BYTES;
    this.#waiting[this.#next++] = SENT;
    if (2 * this.#next < this.#waiting.length) return;
    this.#waiting = this.#waiting.slice(this.#next);
    this.#next = 0;
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

  /** Length of the last value that was sent. */
  get lastBytes(): number {
    return this.#lastBytes;
  }

  /** Bytes that wait for room, and what they are kept in. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }
}

// Says where in its message a frame is.
function setPlace(head: FrameHead, first: boolean, last: boolean): void {
  head.flags = (head.flags & OWN_FLAGS) | (first ? FIRST : 0) | (last ? LAST : 0);
}

function checkLength(sizeBytes: number): void {
  if (sizeBytes <= MAX_MESSAGE_BYTES) return;
  throw new RangeError(
    `Cannot send ${sizeBytes} bytes in one call: at most ${MAX_MESSAGE_BYTES} expected`,
  );
}
