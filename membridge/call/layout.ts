/**
 * Where the words of services and lanes lie.
 *
 * Service segment (kind `service`), after the header, written by the owner before it has a name, except where said otherwise:
 * `owner:u64  pid:u32  zero:u32  functionsOffset:u32  functionsSize:u32  laneCapacity:u32  laneHigh:u32  registrations:u32  statsOffset:u32`,
 * from 128 `laneCapacity` slots of `client:u64  lane:u32  state:u32`, then a list in pybytes of `[name, arity]` for each function, then
 * the statistics of each function, which the owner writes all the time (`stats.ts`).
 * `laneHigh`, `registrations` and the slots are written under the segment's lock by a client that registers a lane (state 0 to 1,
 * `registrations` + 1), and without it by the owner that gives a slot back (state 0).
 *
 * Lane segment (kind `lane`), made by the client, its two halves written by one side each, in lines of their own:
 * from 128 by the client `requestTail:u32  requestWanted:u32  closed:u32  requestMoved:u32`, 192 by the owner `requestHead:u32`,
 * from 256 by the owner `replyTail:u32  replyWanted:u32  zero:u32  replyMoved:u32`, 320 by the client `replyHead:u32`; from 4096 the
 * ring of requests, then that of replies; and, behind the end of the file until large messages come, the larger ring of requests,
 * then that of replies.
 *
 * @module
 */
import type { RingPlace } from "../sync/ring.ts";
import { HEADER_BYTES } from "../segment/header.ts";

/** Offsets in a service segment, in bytes. */
export const SERVICE = {
  owner: HEADER_BYTES,
  pid: HEADER_BYTES + 8,
  functionsOffset: HEADER_BYTES + 16,
  functionsSize: HEADER_BYTES + 20,
  laneCapacity: HEADER_BYTES + 24,
  laneHigh: HEADER_BYTES + 28,
  registrations: HEADER_BYTES + 32,
  statsOffset: HEADER_BYTES + 36,
  slots: 128,
  slotBytes: 16,
} as const;

/** How many clients one service can have at a time. */
export const LANE_CAPACITY = 1024;
/** Where the functions' names begin. */
export const FUNCTIONS_OFFSET = SERVICE.slots + LANE_CAPACITY * SERVICE.slotBytes;

/** What the state word of a slot says. */
export const SLOT = { free: 0, registered: 1 } as const;

/** Length of each of a lane's two rings. */
export const RING_BYTES = 131072;
const RINGS_OFFSET = 4096;
/** Length of a lane segment when it is made. */
export const LANE_BYTES = RINGS_OFFSET + 2 * RING_BYTES;
/** Length of each of the two larger rings, which a lane gets when large messages go through it. */
export const LARGE_RING_BYTES = 4 << 20;
/** Offset of the word that the client sets when it closes. */
export const LANE_CLOSED = 128 + 8;

/** The ring of calls, from client to owner. */
export const REQUESTS: RingPlace = {
  tailOffset: 128,
  wantedOffset: 132,
  movedOffset: 140,
  headOffset: 192,
  dataOffset: RINGS_OFFSET,
  sizeBytes: RING_BYTES,
};

/** The ring of results, from owner to client. */
export const REPLIES: RingPlace = {
  tailOffset: 256,
  wantedOffset: 260,
  movedOffset: 268,
  headOffset: 320,
  dataOffset: RINGS_OFFSET + RING_BYTES,
  sizeBytes: RING_BYTES,
};

/** Where the larger ring of calls lies: at the beginning of a memory page, which has up to 64 KiB. */
export const LARGE_REQUESTS_OFFSET = 5 << 16;
/** Where the larger ring of results lies. */
export const LARGE_REPLIES_OFFSET = LARGE_REQUESTS_OFFSET + LARGE_RING_BYTES;

/** Kinds of messages. */
export const MESSAGE = {
  /** Client: call function `index` with a list of arguments. */
  call: 1,
  /** Client: the result of call `id` is no longer wanted. The owner still ends the call with one of 3, 4, 5. */
  cancel: 2,
  /** Owner: the result of call `id`, or what a stream returned at its end. */
  result: 3,
  /** Owner: the function failed; a list of name, message, stack and cause, in pybytes. */
  error: 4,
  /** Owner: the call was not carried out; `index` says why ({@linkcode REFUSED}). */
  refused: 5,
  /** Client: it takes `credit` more items of stream `id`. */
  more: 6,
  /** Owner: the next item of stream `id`. */
  item: 7,
} as const;

/** Flag of a call: nobody waits for its end, and the owner answers nothing. */
export const ONE_WAY = 4;
/** Flag of a call: the function's result is iterated, and its items are sent, at first as many as `credit` says. */
export const STREAM = 8;

/** Why a call was refused. */
export const REFUSED = {
  /** The service is closing. */
  closing: 0,
  /** It has no such function. */
  noFunction: 1,
  /** As many calls run and wait as the service takes. */
  busy: 2,
  /** The caller gave the call up before it began. */
  cancelled: 3,
} as const;

/** In place of a timeout in milliseconds: no limit. */
export const NO_TIMEOUT = 0xffffffff;
