/**
 * The ring of a channel, and the messages in it.
 *
 * Layout of a message, 8-byte aligned, never wrapped (a u32 of all ones fills the rest of the ring instead):
 * `size:u32  claim:u32  number:u32  zero:u32  payload:size bytes  padding to 8`
 *
 * `claim` says whose the message is: 0 nobody's yet; the low 16 bits are a consumer's slot + 1; {@linkcode DELIVERED} when that consumer certainly
 * handed it to the program; {@linkcode AGAIN} when an earlier consumer did; {@linkcode DONE} alone when it is acknowledged. It is written
 * under the lock of the receiving end, except `DONE`, which the consumer stores whose message it is.
 *
 * @module
 */
import { SegmentError } from "../errors.ts";
import type { Segment } from "../segment/segment.ts";
import { putBytes, putU32, storeU32 } from "../sync/port.ts";
import { DATA_OFFSET, MAX_CONSUMERS } from "./layout.ts";

/** Bytes of a message before its payload. */
export const FRAME_BYTES = 16;
/** In place of a size: the rest of the ring up to its end is unused. */
const SKIP = 0xffffffff;

/** The bits of `claim` that hold the slot + 1. */
export const OWNER = 0xffff;
/** Bit of `claim`: handed to the program. */
export const DELIVERED = 0x10000;
/** Bit of `claim`: an earlier consumer may have worked on it. */
export const AGAIN = 0x20000;
/** `claim` of an acknowledged message. */
export const DONE = 0x40000;

/** Tells whether position `a` comes before position `b`. */
export function isBefore(a: number, b: number): boolean {
  return ((a - b) | 0) < 0;
}

/** The ring as one handle sees it, looking at one message at a time. */
export class FrameRing {
  readonly #words: Uint32Array;
  readonly #bytes: Uint8Array;
  readonly #name: string;
  /** Length of the ring, a power of two. */
  readonly capacityBytes: number;
  /** The longest payload: a quarter of the ring, so that there is room for any message in an empty half. */
  readonly maxPayloadBytes: number;
  /** Where the message begins that {@linkcode look} found. */
  position = 0;
  /** Where the next one begins. */
  end = 0;
  /** Length of its payload. */
  sizeBytes = 0;

  /** @param capacityBytes Checked against the segment's length. */
  constructor(segment: Segment, capacityBytes: number, name: string) {
    const { buffer } = segment.mapping;
    this.#words = new Uint32Array(buffer, DATA_OFFSET, capacityBytes / 4);
    this.#bytes = new Uint8Array(buffer, DATA_OFFSET, capacityBytes);
    this.#name = name;
    this.capacityBytes = capacityBytes;
    this.maxPayloadBytes = capacityBytes / 4 - FRAME_BYTES;
  }

  /** Creates the error for words that no correct process writes. */
  corrupt(detail: string): SegmentError {
    return new SegmentError("corrupt", this.#name, `contradicts itself: ${detail}`);
  }

  /**
   * Returns how many bytes lie between two positions.
   *
   * @throws {SegmentError} `corrupt` if they cannot be those of one ring.
   */
  distance(from: number, to: number): number {
    const bytes = (to - from) >>> 0;
    if (bytes > this.capacityBytes || ((from | to) & 7) !== 0) {
      throw this.corrupt(`${bytes} bytes from ${from} to ${to} in a ring of ${this.capacityBytes}`);
    }
    return bytes;
  }

  /**
   * Looks at the message at `position`, which is not `tail`.
   *
   * @throws {SegmentError} `corrupt` if there is none that ends by `tail`.
   */
  look(position: number, tail: number): void {
    let left = this.distance(position, tail);
    let offset = position & (this.capacityBytes - 1);
    // Each word is read once: another process could change it between a check and a use.
    let size = this.#words[offset >>> 2];
    if (size === SKIP) {
      const skipped = this.capacityBytes - offset;
      left -= skipped;
      position = (position + skipped) >>> 0;
      offset = 0;
      size = this.#words[0];
    }
    const need = FRAME_BYTES + ((size + 7) & ~7);
    if (size > this.maxPayloadBytes || need > left || need > this.capacityBytes - offset) {
      throw this.corrupt(`a message of ${size} bytes where ${left} are in the ring`);
    }
    this.position = position;
    this.sizeBytes = size;
    this.end = (position + need) >>> 0;
  }

  #index(position: number): number {
    return (position & (this.capacityBytes - 1)) >>> 2;
  }

  /**
   * Returns the claim of the message at `position`, which {@linkcode look} found. Pairs with the store of {@linkcode storeClaim}.
   *
   * @throws {SegmentError} `corrupt` for one that means nothing.
   */
  claimOf(position: number): number {
    const claim = Atomics.load(this.#words, this.#index(position) + 1);
    if (claim > DONE || (claim & OWNER) > MAX_CONSUMERS) throw this.corrupt(`claim ${claim}`);
    return claim;
  }

  /** Tells whether a position is the first of the ring: what comes before it does not lie before it. */
  isStart(position: number): boolean {
    return (position & (this.capacityBytes - 1)) === 0;
  }

  /** Returns the number of the message at `position`. */
  numberOf(position: number): number {
    return this.#words[this.#index(position) + 2];
  }

  /** Says whose the message at `position` is, to be seen after the lock is released. */
  putClaim(position: number, claim: number): void {
    putU32(this.#words, this.#index(position) + 1, claim);
  }

  /** Says whose the message at `position` is. Pairs with the load in {@linkcode claimOf}. */
  storeClaim(position: number, claim: number): void {
    storeU32(this.#words, this.#index(position) + 1, claim);
  }

  /** Returns a view of the bytes from a position on, which do not wrap. They are still the ring's: copy them. */
  view(position: number, sizeBytes: number): Uint8Array {
    const offset = position & (this.capacityBytes - 1);
    return this.#bytes.subarray(offset, offset + sizeBytes);
  }

  /** Returns the room that a message takes at `tail`: its own length, and what is skipped at the end of the ring. */
  roomFor(payloadBytes: number, tail: number): number {
    const need = FRAME_BYTES + ((payloadBytes + 7) & ~7);
    const untilEnd = this.capacityBytes - (tail & (this.capacityBytes - 1));
    return need <= untilEnd ? need : untilEnd + need;
  }

  /**
   * Writes a message into room that is free, to be published by storing the position that this returns in `tail`.
   *
   * @param number Counts the messages, modulo 2^32.
   */
  write(payload: Uint8Array, tail: number, number: number): number {
    const need = FRAME_BYTES + ((payload.length + 7) & ~7);
    let offset = tail & (this.capacityBytes - 1);
    const untilEnd = this.capacityBytes - offset;
    if (need > untilEnd) {
      putU32(this.#words, offset >>> 2, SKIP);
      tail += untilEnd;
      offset = 0;
    }
    const index = offset >>> 2;
    putU32(this.#words, index, payload.length);
    putU32(this.#words, index + 1, 0);
    putU32(this.#words, index + 2, number);
    putU32(this.#words, index + 3, 0);
    putBytes(this.#bytes, payload, offset + FRAME_BYTES);
    return (tail + need) >>> 0;
  }
}
