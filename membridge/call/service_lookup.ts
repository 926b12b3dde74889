/** Finding the owner of a name, and entering its table of callers. `layout.ts` says where the words lie. */
import type { NamedCodec } from "../codec.ts";
import { BusyError, NoSuchServiceError } from "../errors.ts";
import { unlinkFile } from "../libc/files.ts";
import { reactor } from "../peer/reactor.ts";
import { RemotePeer } from "../peer/remote_peer.ts";
import { tryWithLock, withLock } from "../segment/lock.ts";
import { pathOfName } from "../segment/names.ts";
import { putU32, putU64, storeU32 } from "../sync/port.ts";
import { STATE } from "../segment/header.ts";
import { Segment } from "../segment/segment.ts";
import { FUNCTIONS_OFFSET, LANE_CAPACITY, SERVICE, SLOT } from "./layout.ts";
import { type ListedFunction, readFunctions } from "./service_description.ts";
import { hasLivingOwner, LOCK_TIMEOUT_MS } from "./service_segment.ts";

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

/**
 * Takes away the name of a service whose owner is dead.
 *
 * @returns whether it did; not if it is served, or there is no such name
 * @throws {SegmentError} if the name is something else's.
 */
export function removeDeadService(name: string): boolean {
  const path = pathOfName(name);
  const service = Segment.open(path, { kind: "service", name, minimumBytes: FUNCTIONS_OFFSET });
  if (service === undefined) return false;
  try {
    return !hasLivingOwner(service) && reap(service, path);
  } finally {
    service.close();
  }
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
  { lane, except }: { readonly lane: number; readonly except?: bigint },
): { service: Segment; owner: RemotePeer; slot: Slot; functions: ListedFunction[] } {
  for (;;) {
    const { service, owner } = openService(name, codec);
    try {
      if (service.id === except) throw new NoSuchServiceError(`${name} is being closed`);
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
