/**
 * The segment of a service: made and named by its owner, found and entered by its clients. `layout.ts` says where its words lie.
 */
import { decode, encode } from "../../pybytes/mod.ts";
import type { NamedCodec } from "../codec.ts";
import { AlreadyServedError, BusyError, NoSuchServiceError, SegmentError } from "../errors.ts";
import { unlinkFile } from "../libc/files.ts";
import { ownThread } from "../libc/process.ts";
import { reactor } from "../peer/reactor.ts";
import { RemotePeer } from "../peer/remote_peer.ts";
import { tryWithLock, withLock } from "../segment/lock.ts";
import { pathOfId, pathOfName } from "../segment/names.ts";
import { putBytes, putU32, putU64, storeU32 } from "../sync/port.ts";
import { Segment, STATE } from "../segment/segment.ts";
import type { Functions } from "./handlers.ts";
import { FUNCTIONS_OFFSET, LANE_CAPACITY, SERVICE, SLOT } from "./layout.ts";
import { type FunctionDescription, readStats, STATS_BYTES } from "./stats.ts";

/** Longest wait for the lock of a service's segment, which nobody holds for more than some stores. */
export const LOCK_TIMEOUT_MS = 1000;

/** Makes the segment of a service that this thread owns; it has no name yet. */
export function createService({ names, functions }: Functions, codec: NamedCodec): Segment {
  const list = encode(names.map((name, index) => [name, functions[index].length]));
  const statsOffset = (FUNCTIONS_OFFSET + list.length + 63) & ~63;
  const segment = Segment.create({
    kind: "service",
    sizeBytes: statsOffset + names.length * STATS_BYTES,
    codec: codec.name,
  });
  putU64(segment.words64, SERVICE.owner / 8, reactor.id);
  putU32(segment.words, SERVICE.pid / 4, ownThread().pid);
  putU32(segment.words, SERVICE.functionsOffset / 4, FUNCTIONS_OFFSET);
  putU32(segment.words, SERVICE.functionsSize / 4, list.length);
  putU32(segment.words, SERVICE.laneCapacity / 4, LANE_CAPACITY);
  putU32(segment.words, SERVICE.statsOffset / 4, statsOffset);
  putBytes(segment.bytes, list, FUNCTIONS_OFFSET);
  return segment;
}

/**
 * Gives the segment the name, from a dead owner or (with `takeover`) from a living one.
 *
 * Who replaces another segment holds that one's lock and made sure that it still has the name, so of several at once one wins.
 */
export function publishService(
  segment: Segment,
  name: string,
  path: string,
  takeover: boolean,
): void {
  while (!segment.publish(path)) {
    const old = Segment.open(path, { kind: "service", name, minimumBytes: FUNCTIONS_OFFSET });
    if (old === undefined) continue;
    try {
      const done = withLock(old, name, LOCK_TIMEOUT_MS, () => {
        if (!old.isNamed(path)) return false;
        if (!takeover && hasLivingOwner(old)) {
          const pid = old.words[SERVICE.pid / 4];
          throw new AlreadyServedError(
            `${name} is served by process ${pid}; \`takeover: true\` takes it over`,
            pid,
          );
        }
        // The state first: whoever dies between the two, there are never two owners that both believe to be one.
        old.setState(STATE.superseded);
        segment.publishOver(path, pathOfId(reactor.id, "new0"));
        old.lock.unlinkFile();
        return true;
      });
      if (!done) continue;
      wakeEverybody(old);
      return;
    } finally {
      old.close();
    }
  }
}

function hasLivingOwner(service: Segment): boolean {
  if (service.state !== STATE.live) return false;
  const owner = RemotePeer.acquire(service.words64[SERVICE.owner / 8]);
  owner?.release();
  return owner !== undefined;
}

/** Wakes a service's owner, to end, and all who registered, to reject what is in flight and to find the next owner. */
export function wakeEverybody(service: Segment): void {
  const { words, words64: ids } = service;
  const everybody = new Set([ids[SERVICE.owner / 8]]);
  const high = Math.min(words[SERVICE.laneHigh / 4], LANE_CAPACITY);
  for (let slot = 0; slot < high; slot++) {
    const at = SERVICE.slots + slot * SERVICE.slotBytes;
    if (words[(at + 12) / 4] === SLOT.registered) everybody.add(ids[at / 8]);
  }
  for (const id of everybody) {
    const peer = RemotePeer.acquire(id);
    peer?.wake();
    peer?.release();
  }
}

/**
 * Finds the living owner of a name.
 *
 * @throws {NoSuchServiceError} if there is none; what a dead one left is removed.
 * @throws {SegmentError} if the name is something else's, or the codecs differ.
 */
function openService(
  name: string,
  codec: NamedCodec,
): { service: Segment; owner: RemotePeer } {
  const path = pathOfName(name);
  for (;;) {
    const service = Segment.open(path, {
      kind: "service",
      name,
      minimumBytes: FUNCTIONS_OFFSET,
      codec: codec.name,
    });
    if (service === undefined) throw new NoSuchServiceError(`Nobody serves ${name}`);
    try {
      const ownerId = service.words64[SERVICE.owner / 8];
      const owner = service.state === STATE.live ? RemotePeer.acquire(ownerId) : undefined;
      if (owner !== undefined) return { service, owner };
      if (reap(service, path)) throw new NoSuchServiceError(`Nobody serves ${name} any more`);
    } catch (error) {
      service.close();
      throw error;
    }
    // Another owner took the name meanwhile.
    service.close();
  }
}

// Takes away the name that a dead owner left. Returns `false` if it is another segment's by now; who replaces it holds the lock, so that
// this waits until the new one is there.
function reap(service: Segment, path: string): boolean {
  let taken = false;
  tryWithLock(service, LOCK_TIMEOUT_MS, () => {
    taken = !service.isNamed(path);
    if (taken) return;
    unlinkFile(path);
    service.lock.unlinkFile();
  });
  return !taken;
}

/** One function of a service, as its list says. */
export interface ListedFunction {
  readonly name: string;
  readonly arity: number;
}

/** Returns a service's functions, by index. */
export function readFunctions(service: Segment, name: string): ListedFunction[] {
  const offset = service.words[SERVICE.functionsOffset / 4];
  const size = service.words[SERVICE.functionsSize / 4];
  const fits = offset >= FUNCTIONS_OFFSET && offset + size <= service.mapping.sizeBytes;
  let list: unknown;
  let cause: unknown;
  try {
    if (fits) list = decode(service.bytes.slice(offset, offset + size));
  } catch (error) {
    cause = error;
  }
  if (!Array.isArray(list) || !list.every(isListed)) {
    throw new SegmentError("corrupt", name, "has no readable list of functions", { cause });
  }
  return list.map(([name, arity]) => ({ name, arity }));
}

function isListed(entry: unknown): entry is [string, number] {
  return Array.isArray(entry) && typeof entry[0] === "string" && typeof entry[1] === "number";
}

/** What a service does and did. */
export interface ServiceDescription {
  /** The name that is served. */
  readonly name: string;
  /** The process that serves it. */
  readonly pid: number;
  /** The codec of arguments and results. */
  readonly codec: string;
  /** How many clients are connected. */
  readonly clients: number;
  /** Its functions, in the order in which they were given. */
  readonly functions: readonly FunctionDescription[];
}

/** Reads what a service says of itself in its memory; it is not asked. */
export function describeService(service: Segment, name: string): ServiceDescription {
  const listed = readFunctions(service, name);
  const { words, mapping } = service;
  const statsOffset = words[SERVICE.statsOffset / 4];
  if (statsOffset % 8 !== 0 || statsOffset + listed.length * STATS_BYTES > mapping.sizeBytes) {
    throw new SegmentError("corrupt", name, "has no readable statistics");
  }
  const high = Math.min(Atomics.load(words, SERVICE.laneHigh / 4), LANE_CAPACITY);
  let clients = 0;
  for (let slot = 0; slot < high; slot++) {
    const state = Atomics.load(words, (SERVICE.slots + slot * SERVICE.slotBytes + 12) / 4);
    if (state === SLOT.registered) clients++;
  }
  return {
    name,
    pid: words[SERVICE.pid / 4],
    codec: service.codec,
    clients,
    functions: listed.map((each, index) =>
      readStats(mapping.buffer, statsOffset + index * STATS_BYTES, each)
    ),
  };
}

/** A place that a client took in a service: where it lies and what it says, in u32 words. */
export interface Slot {
  readonly at: number;
  readonly clientLow: number;
  readonly clientHigh: number;
  readonly lane: number;
}

/** Tells whether the owner still has that lane. Cost: one atomic load, three more. */
export function holdsSlot(
  { words }: Segment,
  { at, clientLow, clientHigh, lane }: Slot,
): boolean {
  return Atomics.load(words, at + 3) === SLOT.registered && words[at] === clientLow &&
    words[at + 1] === clientHigh && words[at + 2] === lane;
}

/**
 * Finds the owner of a name and enters a lane of this thread, which has a name, into its table.
 *
 * @throws {NoSuchServiceError} if no living process serves it.
 * @throws {SegmentError} if the name is something else's, the codecs differ, or the list of functions cannot be read.
 * @throws {BusyError} if the service has as many callers as it can.
 */
export function enterService(
  name: string,
  codec: NamedCodec,
  lane: number,
): { service: Segment; owner: RemotePeer; slot: Slot; functions: ListedFunction[] } {
  for (;;) {
    const { service, owner } = openService(name, codec);
    try {
      const functions = readFunctions(service, name);
      const slot = register(service, name, reactor.id, lane);
      if (slot !== undefined) return { service, owner, slot, functions };
    } catch (error) {
      // It may have been asked to look.
      owner.wake();
      owner.release();
      service.close();
      throw error;
    }
    owner.release();
    service.close();
  }
}

// Has the owner look at the slots, once it is awake. The caller holds the lock.
function countRegistration(words: Uint32Array): void {
  storeU32(words, SERVICE.registrations / 4, (words[SERVICE.registrations / 4] + 1) >>> 0);
}

/**
 * Enters a lane that has a name into the service's table, for the owner to open.
 *
 * @returns `undefined` if another owner took the name meanwhile, or nobody has it any more: look again
 * @throws {BusyError} when every slot is taken.
 */
function register(
  service: Segment,
  name: string,
  client: bigint,
  lane: number,
): Slot | undefined {
  const { words, words64: ids } = service;
  return withLock(service, name, LOCK_TIMEOUT_MS, () => {
    if (service.state !== STATE.live) return undefined;
    for (let slot = 0; slot < LANE_CAPACITY; slot++) {
      const at = SERVICE.slots + slot * SERVICE.slotBytes;
      if (Atomics.load(words, (at + 12) / 4) !== SLOT.free) continue;
      putU64(ids, at / 8, client);
      putU32(words, (at + 8) / 4, lane);
      // Before the slot is registered: one above the word would never be looked at if its client died between the two.
      if (slot >= words[SERVICE.laneHigh / 4]) storeU32(words, SERVICE.laneHigh / 4, slot + 1);
      storeU32(words, (at + 12) / 4, SLOT.registered);
      countRegistration(words);
      return {
        at: at / 4,
        clientLow: Number(client & 0xffffffffn),
        clientHigh: Number(client >> 32n),
        lane,
      };
    }
    // The owner looks: it may not have heard of a client that registered and died at once.
    countRegistration(words);
    throw new BusyError(`${name} has ${LANE_CAPACITY} callers, which is the most`);
  });
}
