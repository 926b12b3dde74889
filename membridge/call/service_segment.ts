/** The segment of a service, made and named by its owner. `layout.ts` says where its words lie. */
import { encode } from "../../pybytes/mod.ts";
import type { NamedCodec } from "../codec.ts";
import { AlreadyServedError } from "../errors.ts";
import { ownThread } from "../libc/process.ts";
import { reactor } from "../peer/reactor.ts";
import { RemotePeer } from "../peer/remote_peer.ts";
import { withLock } from "../segment/lock.ts";
import { pathOfId } from "../segment/names.ts";
import { putBytes, putU32, putU64 } from "../sync/port.ts";
import { STATE } from "../segment/header.ts";
import { Segment } from "../segment/segment.ts";
import type { Functions } from "./handlers.ts";
import { FUNCTIONS_OFFSET, LANE_CAPACITY, SERVICE, SLOT } from "./layout.ts";
import { STATS_BYTES, StatsWriter } from "./stats.ts";

/** Longest wait for the lock of a service's segment, which nobody holds for more than some stores. */
export const LOCK_TIMEOUT_MS = 1000;

/** A service that has no name yet. */
export interface NewService {
  /** Its segment. */
  readonly segment: Segment;
  /** Where what it does is counted. */
  readonly stats: StatsWriter;
}

/** Makes the segment of a service that this thread owns. */
export function createService({ names, functions }: Functions, codec: NamedCodec): NewService {
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
  return { segment, stats: new StatsWriter(segment.mapping.buffer, statsOffset, names.length) };
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

/** Tells whether a service is there: its segment is live, and so is its owner. What a dead one left is taken away. */
export function hasLivingOwner(service: Segment): boolean {
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
  for (const id of everybody) wakeOne(id);
}

// One that cannot be reached, because its page is damaged, looks by itself now and then; the others are to hear of it all the same.
function wakeOne(id: bigint): void {
  const peer = RemotePeer.find(id);
  if (peer === undefined || peer === "unknown") return;
  peer.wake();
  peer.release();
}
