/**
 * A single-producer, single-consumer ring of frames in shared memory.
 *
 * Two words, one writer each: `tail` (bytes ever written, by the producer) and `head` (bytes ever read, by the consumer), both u32
 * that wrap around. The producer stores `tail` after a frame's bytes, which pairs with the consumer's load of it; the consumer
 * stores `head` after it copied a frame out, which pairs with the producer's load of that. A third word, `wanted`, is the
 * producer's: non-zero while it waits for space. So is a fourth, `moved`: 1 once its frames lie in other, larger memory, where it goes
 * when there are large messages to carry and the consumer took all that there was; it stores the word before the first `tail` of a
 * frame there.
 *
 * Layout of a frame, 8-byte aligned, never wrapped (a u32 of all ones fills the rest of the ring instead):
 * `size:u32  type:u8  flags:u8  index:u16  id:u32  total:u32  timeout:u32  credit:u32  payload:size bytes  padding`
 *
 * @module
 */
import { putBytes, putU32, putWords, storeU32 } from "./port.ts";
import type { Scratch } from "./scratch.ts";

/** Bytes of a frame before its payload. */
export const FRAME_HEADER_BYTES = 24;
/** In place of a size: the rest of the ring up to its end is unused. */
const SKIP = 0xffffffff;
/** Payloads up to this length are copied word by word: a view for `set` costs more. */
const WORD_COPY_BYTES = 512;
/** Flag: the first frame of a message. */
export const FIRST = 1;
/** Flag: the last frame of a message. */
export const LAST = 2;

/** Where a ring lies in its mapping. */
export interface RingPlace {
  /** Byte offset of the `tail` word. */
  readonly tailOffset: number;
  /** Byte offset of the `head` word. */
  readonly headOffset: number;
  /** Byte offset of the `wanted` word. */
  readonly wantedOffset: number;
  /** Byte offset of the `moved` word. */
  readonly movedOffset: number;
  /** Byte offset of the data. */
  readonly dataOffset: number;
  /** Length of the data, a power of two. */
  readonly sizeBytes: number;
}

/** Gives a ring its larger memory, a power of two of bytes; `undefined` when there is none to be had. */
export type LargerMemory = () => ArrayBuffer | undefined;

/** What a frame says besides its payload. */
export interface FrameHead {
  /** Kind of message. */
  type: number;
  /** `FIRST`, `LAST`, and what the kind of message defines. */
  flags: number;
  /** Function index, or what the kind of message says. */
  index: number;
  /** Call id. */
  id: number;
  /** Length of the whole message in bytes. */
  total: number;
  /** Time the caller allows, in milliseconds; all ones for no limit. */
  timeout: number;
  /** Items of a stream that the caller takes. */
  credit: number;
}

/** Returns a head to be filled in. */
export function newHead(): FrameHead {
  return { type: 0, flags: 0, index: 0, id: 0, total: 0, timeout: 0, credit: 0 };
}

/** The other process wrote something that no correct one writes. */
export class RingCorruption extends Error {}

/** A frame is a quarter of the ring at most, so that an emptying ring always has room for the next one. */
function maxPayloadOf(place: RingPlace): number {
  return place.sizeBytes / 4 - FRAME_HEADER_BYTES;
}

function frameBytes(payloadBytes: number): number {
  return FRAME_HEADER_BYTES + ((payloadBytes + 7) & ~7);
}

/** The writing end. */
export class RingProducer {
  readonly #words: Uint32Array;
  #bytes: Uint8Array;
  #data: Uint32Array;
  readonly #tailWord: number;
  readonly #headWord: number;
  readonly #wantedWord: number;
  readonly #movedWord: number;
  #size: number;
  /** The most payload that one frame may carry. */
  readonly maxPayloadBytes: number;
  #tail: number;
  #larger: LargerMemory | undefined;

  /**
   * Takes the producer's end of the ring at `place`.
   *
   * @param larger Where it may move.
   */
  constructor(words: Uint32Array<ArrayBuffer>, place: RingPlace, larger?: LargerMemory) {
    const { buffer } = words;
    this.#words = words;
    this.#bytes = new Uint8Array(buffer, place.dataOffset, place.sizeBytes);
    this.#data = new Uint32Array(buffer, place.dataOffset, place.sizeBytes / 4);
    this.#tailWord = place.tailOffset >>> 2;
    this.#headWord = place.headOffset >>> 2;
    this.#wantedWord = place.wantedOffset >>> 2;
    this.#movedWord = place.movedOffset >>> 2;
    this.#size = place.sizeBytes;
    this.maxPayloadBytes = maxPayloadOf(place);
    this.#tail = (this.#words[this.#tailWord] & ~7) >>> 0;
    this.#larger = larger;
  }

  /** Moves to the larger memory, if there is any and nothing is left in the smaller one. What does not move now may do so later. */
  enlarge(): void {
    const larger = this.#larger;
    if (larger === undefined || Atomics.load(this.#words, this.#headWord) !== this.#tail) return;
    // Tried once: what cannot be had now will not be asked for with each message.
    this.#larger = undefined;
    const buffer = larger();
    if (buffer === undefined) return;
    this.#bytes = new Uint8Array(buffer);
    this.#data = new Uint32Array(buffer);
    this.#size = buffer.byteLength;
    storeU32(this.#words, this.#movedWord, 1);
  }

  /** How much was ever written, modulo 2^32: after a frame, its position for {@linkcode wasTaken}. */
  get position(): number {
    return this.#tail;
  }

  /** Tells whether the consumer took everything up to a position. */
  wasTaken(position: number): boolean {
    return ((Atomics.load(this.#words, this.#headWord) - position) | 0) >= 0;
  }

  /** Tells whether a frame with that payload has room. */
  hasRoom(payloadBytes: number): boolean {
    return this.#place(frameBytes(payloadBytes)) >= 0;
  }

  /**
   * Writes a frame whose payload lies at the beginning of `scratch`, and makes it visible to the consumer.
   *
   * @returns `false`, having written nothing, when there is no room
   */
  writeScratch(head: FrameHead, scratch: Scratch, sizeBytes: number): boolean {
    const offset = this.#place(frameBytes(sizeBytes));
    if (offset < 0) return false;
    const at = (offset + FRAME_HEADER_BYTES) >>> 2;
    if (sizeBytes <= WORD_COPY_BYTES) {
      putWords(this.#data, at, scratch.words, (sizeBytes + 3) >>> 2);
    } else putBytes(this.#bytes, scratch.view(sizeBytes), offset + FRAME_HEADER_BYTES);
    this.#publish(offset, sizeBytes, head);
    return true;
  }

  /** Like {@linkcode writeScratch}, for any payload of up to {@linkcode maxPayloadBytes}. */
  write(head: FrameHead, payload: Uint8Array): boolean {
    const offset = this.#place(frameBytes(payload.length));
    if (offset < 0) return false;
    if (payload.length > 0) putBytes(this.#bytes, payload, offset + FRAME_HEADER_BYTES);
    this.#publish(offset, payload.length, head);
    return true;
  }

  // Returns where in the data the next frame goes, or -1.
  #place(need: number): number {
    const used = (this.#tail - Atomics.load(this.#words, this.#headWord)) >>> 0;
    if (used > this.#size) throw new RingCorruption(`${used} bytes in a ring of ${this.#size}`);
    const free = this.#size - used;
    const offset = this.#tail & (this.#size - 1);
    const untilEnd = this.#size - offset;
    if (need <= untilEnd) return need <= free ? offset : -1;
    return untilEnd + need <= free ? 0 : -1;
  }

  #publish(offset: number, payloadBytes: number, head: FrameHead): void {
    const at = offset >>> 2;
    const data = this.#data;
    const position = this.#tail & (this.#size - 1);
    let advance = frameBytes(payloadBytes);
    if (position !== offset) {
      putU32(data, position >>> 2, SKIP);
      advance += this.#size - position;
    }
    putU32(data, at, payloadBytes);
    putU32(data, at + 1, head.type | (head.flags << 8) | (head.index << 16));
    putU32(data, at + 2, head.id);
    putU32(data, at + 3, head.total);
    putU32(data, at + 4, head.timeout);
    putU32(data, at + 5, head.credit);
    this.#tail = (this.#tail + advance) >>> 0;
    storeU32(this.#words, this.#tailWord, this.#tail);
  }

  /** Says whether the producer waits for space. The consumer looks at it after each frame it took. */
  setWanted(wanted: boolean): void {
    const value = wanted ? 1 : 0;
    if (this.#words[this.#wantedWord] !== value) storeU32(this.#words, this.#wantedWord, value);
  }
}

/** The reading end. */
export class RingConsumer {
  readonly #words: Uint32Array;
  #bytes: Uint8Array;
  #data: Uint32Array;
  readonly #tailWord: number;
  readonly #headWord: number;
  readonly #wantedWord: number;
  readonly #movedWord: number;
  #size: number;
  readonly #maxPayloadBytes: number;
  #head: number;
  #payloadAt = 0;
  #next = 0;
  #larger: LargerMemory | undefined;

  /**
   * Takes the consumer's end of the ring at `place`.
   *
   * @param larger Where the producer may move.
   */
  constructor(words: Uint32Array<ArrayBuffer>, place: RingPlace, larger?: LargerMemory) {
    const { buffer } = words;
    this.#words = words;
    this.#bytes = new Uint8Array(buffer, place.dataOffset, place.sizeBytes);
    this.#data = new Uint32Array(buffer, place.dataOffset, place.sizeBytes / 4);
    this.#tailWord = place.tailOffset >>> 2;
    this.#headWord = place.headOffset >>> 2;
    this.#wantedWord = place.wantedOffset >>> 2;
    this.#movedWord = place.movedOffset >>> 2;
    this.#size = place.sizeBytes;
    this.#maxPayloadBytes = maxPayloadOf(place);
    this.#larger = larger;
    // Frames begin at multiples of 8: a word that says otherwise must not lead beyond the end of the data.
    this.#head = (this.#words[this.#headWord] & ~7) >>> 0;
  }

  /** Tells whether a frame waits. Cost: one atomic load. */
  get ready(): boolean {
    return Atomics.load(this.#words, this.#tailWord) !== this.#head;
  }

  /**
   * Looks at the next frame. Copy its payload out, then give its room back with {@linkcode done}.
   *
   * @param head Receives what the frame says.
   * @returns the length of its payload in bytes, or -1 when there is no frame
   * @throws {RingCorruption} when the words or the frame contradict each other.
   */
  next(head: FrameHead): number {
    const used = (Atomics.load(this.#words, this.#tailWord) - this.#head) >>> 0;
    if (used === 0) return -1;
    if (this.#larger !== undefined && this.#words[this.#movedWord] !== 0) {
      this.#follow(this.#larger);
    }
    if (used > this.#size || (used & 7) !== 0) {
      throw new RingCorruption(`${used} bytes in a ring of ${this.#size}`);
    }
    let offset = this.#head & (this.#size - 1);
    let left = used;
    // Each word is read once: the producer could change it between a check and a use.
    let size = this.#data[offset >>> 2];
    if (size === SKIP) {
      left -= this.#size - offset;
      offset = 0;
      if (left < FRAME_HEADER_BYTES) throw new RingCorruption("a skip without a frame behind it");
      size = this.#data[0];
    }
    const need = frameBytes(size);
    if (size > this.#maxPayloadBytes || need > left || need > this.#size - offset) {
      throw new RingCorruption(`a frame of ${size} bytes where ${left} are in the ring`);
    }
    const at = offset >>> 2;
    const word = this.#data[at + 1];
    head.type = word & 0xff;
    head.flags = (word >>> 8) & 0xff;
    head.index = word >>> 16;
    head.id = this.#data[at + 2];
    head.total = this.#data[at + 3];
    head.timeout = this.#data[at + 4];
    head.credit = this.#data[at + 5];
    this.#payloadAt = offset + FRAME_HEADER_BYTES;
    this.#next = (this.#head + (used - left) + need) >>> 0;
    return size;
  }

  // The producer moved when everything in the smaller memory had been taken.
  #follow(larger: LargerMemory): void {
    this.#larger = undefined;
    const buffer = larger();
    if (buffer === undefined) {
      throw new RingCorruption("its frames are in memory that is not there");
    }
    this.#bytes = new Uint8Array(buffer);
    this.#data = new Uint32Array(buffer);
    this.#size = buffer.byteLength;
  }

  /** Copies the payload of the frame that {@linkcode next} looked at, of `sizeBytes`, to the beginning of `scratch`. */
  copyToScratch(scratch: Scratch, sizeBytes: number): void {
    if (sizeBytes > WORD_COPY_BYTES) return this.copyTo(scratch.bytes, sizeBytes);
    const data = this.#data, target = scratch.words;
    const at = this.#payloadAt >>> 2, count = (sizeBytes + 3) >>> 2;
    for (let i = 0; i < count; i++) target[i] = data[at + i];
  }

  /** Copies that payload to the beginning of `target`. */
  copyTo(target: Uint8Array, sizeBytes: number): void {
    target.set(this.#bytes.subarray(this.#payloadAt, this.#payloadAt + sizeBytes));
  }

  /** Gives the room of that frame back to the producer. */
  done(): void {
    this.#head = this.#next;
    storeU32(this.#words, this.#headWord, this.#head);
  }

  /** Tells whether the producer waits for the space that {@linkcode done} gave back. */
  get producerWaits(): boolean {
    return Atomics.load(this.#words, this.#wantedWord) !== 0;
  }
}
