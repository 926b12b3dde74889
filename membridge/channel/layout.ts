/**
 * Where the words of a channel are: two segments, each with a lock of its own, so that sending and receiving do not wait for each other.
 *
 * The channel itself (`sysframe.NAME`), after the header; what is not fixed is written under its lock, by who sends:
 * `capacity:u32  policy:u32  hasConsumers:u32`, at 128 `tail:u32  sent:u32  ended:u32  bias:u32  inside:2*u64`, at 192 `waitHigh:u32`, at 256 `waitSlots` times `peer:u64`, and from
 * 4096 the ring.
 *
 * The receiving end (`sysframe@ID.consumers`), written under its lock except where named:
 * `head:u32  next:u32  taken:u32  dropped:u32  high:u32  generation:u32  bias:u32  zero:u32  inside:2*u64`, at 256 `slotCount` slots of 64 bytes:
 * `peer:u64  hungry:u32  cursor:u32  steal:u32`. `hungry` and `cursor` are the consumer's, who needs no lock for them.
 *
 * `bias` and `inside` are the locks' ({@linkcode Bias}).
 *
 * Positions (`tail`, `head`, `next`, `cursor`) count bytes ever written, modulo 2^32; the place in the ring is the position modulo the capacity.
 *
 * @module
 */
import { HEADER_BYTES } from "../segment/header.ts";

/** u32 indexes of the channel's words. */
export const CHANNEL = {
  capacity: HEADER_BYTES / 4,
  policy: HEADER_BYTES / 4 + 1,
  hasConsumers: HEADER_BYTES / 4 + 2,
  tail: 128 / 4,
  sent: 128 / 4 + 1,
  ended: 128 / 4 + 2,
} as const;

/** Where those wait in the channel who want room. */
export const WAITING_PRODUCERS = {
  highOffset: 192,
  slotsOffset: 256,
  capacity: 480,
} as const;

/** Byte offset of the ring. */
export const DATA_OFFSET = 4096;

/** u32 indexes of the receiving end's words. */
export const CONSUMERS = {
  head: HEADER_BYTES / 4,
  next: HEADER_BYTES / 4 + 1,
  taken: HEADER_BYTES / 4 + 2,
  dropped: HEADER_BYTES / 4 + 3,
  high: HEADER_BYTES / 4 + 4,
  generation: HEADER_BYTES / 4 + 5,
} as const;

/** Byte offset of the first consumer's slot. */
export const SLOTS_OFFSET = 256;
/** Length of a slot: a cache line, because two of its words change with each message. */
export const SLOT_BYTES = 64;
/** Length of the receiving end. */
export const CONSUMERS_BYTES = 16384;
/** How many consumers a channel can have. */
export const MAX_CONSUMERS = (CONSUMERS_BYTES - SLOTS_OFFSET) / SLOT_BYTES;

/** u32 indexes of a slot's words from its beginning; `peer` is the u64 there. */
export const SLOT = { hungry: 2, cursor: 3, steal: 4 } as const;

/** Returns the u32 index of a slot's beginning. */
export function slotWord(slot: number): number {
  return (SLOTS_OFFSET + slot * SLOT_BYTES) / 4;
}

/**
 * What a channel does with a message that finds no room:
 * - `wait`: the sender waits;
 * - `fail`: the sender gets a `BusyError`;
 * - `drop_oldest`: the oldest messages make room.
 */
export type WhenFull = "wait" | "fail" | "drop_oldest";
/** The same as a number, which is in the file. */
export const POLICY: Readonly<Record<WhenFull, number>> = { wait: 0, fail: 1, drop_oldest: 2 };

/** The least and the most that a ring can be long. */
export const MIN_CAPACITY_BYTES = 4096;
/** See {@linkcode MIN_CAPACITY_BYTES}; positions are u32 and must tell a full ring from an empty one. */
export const MAX_CAPACITY_BYTES = 2 ** 30;
