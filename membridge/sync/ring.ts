/**
 * A single-producer, single-consumer ring of frames in shared memory.
 *
 * Two words, one writer each: `tail` (bytes ever written, by the producer) and `head` (bytes ever read, by the consumer), both u32
 * that wrap around. The producer stores `tail` after a frame's bytes, which pairs with the consumer's load of it; the consumer
 * stores `head` after it copied a frame out, which pairs with the producer's load of that. A third word, `wanted`, is the
 * producer's: non-zero while it waits for space.
 *
 * Layout of a frame, 8-byte aligned, never wrapped (a u32 of all ones fills the rest of the ring instead):
 * `size:u32  type:u8  flags:u8  index:u16  id:u32  total:u32  timeout:u32  zero:u32  payload:size bytes  padding`
 *
 * @module
 */

import { putU32, storeU32 } from "./port.ts";

/** Bytes of a frame before its payload. */
export const FRAME_HEADER_BYTES = 24;
/** In place of a size: the rest of the ring up to its end is unused. */
const SKIP = 0xffffffff;
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
  /** Byte offset of the data. */
  readonly dataOffset: number;
  /** Length of the data, a power of two. */
  readonly sizeBytes: number;
}

/** What a frame says besides its payload. */
export interface FrameHead {
  /** Kind of message. */
  type: number;
  /** `FIRST`, `LAST`. */
  flags: number;
  /** Function index. */
  index: number;
  /** Call id. */
  id: number;
  /** Length of the whole message in bytes. */
  total: number;
  /** Time the caller allows, in milliseconds; all ones for no limit. */
  timeout: number;
}

/** The other process wrote something that no correct one writes. */
export class RingCorruption extends Error {}

/** A frame is a quarter of the ring at most, so that an emptying ring always has room for the next one. */
function maxPayloadOf(place: RingPlace): number {
  return place.sizeBytes / 4 - FRAME_HEADER_BYTES;
}

/** The writing end. */
export class RingProducer {
  readonly #words: Uint32Array;
  readonly #bytes: Uint8Array;
  readonly #data: Uint32Array;
  readonly #tailWord: number;
  readonly #headWord: number;
  readonly #wantedWord: number;
  readonly #size: number;
  /** The most payload that one frame may carry. */
  readonly maxPayloadBytes: number;
  #tail: number;
  #reserved = 0;
  #skipped = 0;

  /** Takes the producer's end of the ring at `place`. */
  constructor(words: Uint32Array<ArrayBuffer>, place: RingPlace) {
    const { buffer } = words;
    this.#words = words;
    this.#bytes = new Uint8Array(buffer, place.dataOffset, place.sizeBytes);
    this.#data = new Uint32Array(buffer, place.dataOffset, place.sizeBytes / 4);
    this.#tailWord = place.tailOffset >>> 2;
    this.#headWord = place.headOffset >>> 2;
    this.#wantedWord = place.wantedOffset >>> 2;
    this.#size = place.sizeBytes;
    this.maxPayloadBytes = maxPayloadOf(place);
    this.#tail = (this.#words[this.#tailWord] & ~7) >>> 0;
  }

  /**
   * Finds room for a frame of up to {@linkcode maxPayloadBytes} and returns where its payload goes, or `undefined` when there is none.
   *
   * Nothing is visible to the consumer before {@linkcode publish}.
   *
   * @param payloadBytes The payload's length; the room found may be longer.
   */
  reserve(payloadBytes: number): Uint8Array | undefined {
    const used = (this.#tail - Atomics.load(this.#words, this.#headWord)) >>> 0;
    if (used > this.#size) throw new RingCorruption(`${used} bytes in a ring of ${this.#size}`);
    const free = this.#size - used;
    const need = FRAME_HEADER_BYTES + ((payloadBytes + 7) & ~7);
    const offset = this.#tail & (this.#size - 1);
    const untilEnd = this.#size - offset;
    if (need <= untilEnd) {
      if (need > free) return undefined;
      this.#skipped = 0;
      this.#reserved = offset;
      return this.#bytes.subarray(
        offset + FRAME_HEADER_BYTES,
        offset + Math.min(untilEnd, free, this.#size / 4),
      );
    }
    if (untilEnd + need > free) return undefined;
    this.#skipped = untilEnd;
    this.#reserved = 0;
    return this.#bytes.subarray(
      FRAME_HEADER_BYTES,
      Math.min(free - untilEnd, this.#size / 4),
    );
  }

  /** Makes the reserved frame, whose payload has been written, visible to the consumer. */
  publish(payloadBytes: number, head: FrameHead): void {
    const at = this.#reserved >>> 2;
    const data = this.#data;
    if (this.#skipped !== 0) putU32(data, (this.#tail & (this.#size - 1)) >>> 2, SKIP);
    putU32(data, at, payloadBytes);
    putU32(data, at + 1, head.type | (head.flags << 8) | (head.index << 16));
    putU32(data, at + 2, head.id);
    putU32(data, at + 3, head.total);
    putU32(data, at + 4, head.timeout);
    putU32(data, at + 5, 0);
    this.#tail = (this.#tail + this.#skipped + FRAME_HEADER_BYTES + ((payloadBytes + 7) & ~7)) >>>
      0;
    storeU32(this.#words, this.#tailWord, this.#tail);
  }

  /** Says whether the producer waits for space. The consumer looks at it after each frame it took. */
  setWanted(wanted: boolean): void {
    const value = wanted ? 1 : 0;
    if (this.#words[this.#wantedWord] !== value) {
      storeU32(this.#words, this.#wantedWord, value);
    }
  }
}

/** The reading end. */
export class RingConsumer {
  readonly #words: Uint32Array;
  readonly #bytes: Uint8Array;
  readonly #data: Uint32Array;
  readonly #tailWord: number;
  readonly #headWord: number;
  readonly #wantedWord: number;
  readonly #size: number;
  readonly #maxPayloadBytes: number;
  #head: number;

  /** Takes the consumer's end of the ring at `place`. */
  constructor(words: Uint32Array<ArrayBuffer>, place: RingPlace) {
    const { buffer } = words;
    this.#words = words;
    this.#bytes = new Uint8Array(buffer, place.dataOffset, place.sizeBytes);
    this.#data = new Uint32Array(buffer, place.dataOffset, place.sizeBytes / 4);
    this.#tailWord = place.tailOffset >>> 2;
    this.#headWord = place.headOffset >>> 2;
    this.#wantedWord = place.wantedOffset >>> 2;
    this.#size = place.sizeBytes;
    this.#maxPayloadBytes = maxPayloadOf(place);
    // Frames begin at multiples of 8: a word that says otherwise must not lead beyond the end of the data.
    this.#head = (this.#words[this.#headWord] & ~7) >>> 0;
  }

  /** Tells whether a frame waits. Cost: one atomic load. */
  get ready(): boolean {
    return Atomics.load(this.#words, this.#tailWord) !== this.#head;
  }

  /**
   * Copies the next frame out and gives its room back to the producer.
   *
   * @param head Receives what the frame says.
   * @param target Returns where to copy the payload of that many bytes; called once the head is filled in.
   * @returns `false` when there is no frame
   * @throws {RingCorruption} when the words or the frame contradict each other.
   */
  take(head: FrameHead, target: (sizeBytes: number) => Uint8Array): boolean {
    const used = (Atomics.load(this.#words, this.#tailWord) - this.#head) >>> 0;
    if (used === 0) return false;
    if (used > this.#size || (used & 7) !== 0) {
      throw new RingCorruption(`${used} bytes in a ring of ${this.#size}`);
    }
    const mask = this.#size - 1;
    let offset = this.#head & mask;
    let left = used;
    // Each word is read once: the producer could change it between a check and a use.
    let size = this.#data[offset >>> 2];
    if (size === SKIP) {
      left -= this.#size - offset;
      offset = 0;
      if (left < FRAME_HEADER_BYTES) throw new RingCorruption("a skip without a frame behind it");
      size = this.#data[0];
    }
    const need = FRAME_HEADER_BYTES + ((size + 7) & ~7);
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
    const start = offset + FRAME_HEADER_BYTES;
    if (size !== 0) target(size).set(this.#bytes.subarray(start, start + size));
    this.#head = (this.#head + (used - left) + need) >>> 0;
    storeU32(this.#words, this.#headWord, this.#head);
    return true;
  }

  /** Tells whether the producer waits for the space that {@linkcode take} gave back. */
  get producerWaits(): boolean {
    return Atomics.load(this.#words, this.#wantedWord) !== 0;
  }
}
