/** A lane as its client makes it: memory with a name, entered into the table of the service that is to open it. */
import type { NamedCodec } from "../codec.ts";
import { unlinkFile } from "../libc/files.ts";
import { reactor } from "../peer/reactor.ts";
import type { RemotePeer } from "../peer/remote_peer.ts";
import { pathOfId } from "../segment/names.ts";
import { Segment } from "../segment/segment.ts";
import { LaneMemory } from "./lane_memory.ts";
import { LANE_BYTES } from "./layout.ts";
import { enterService, type Slot } from "./service_lookup.ts";

/** A lane, and where it leads. */
export interface ClientLane {
  /** The service's segment. */
  readonly service: Segment;
  /** Who serves. */
  readonly owner: RemotePeer;
  /** The lane's place in the service's table. */
  readonly slot: Slot;
  /** The indexes of the functions. */
  readonly functions: ReadonlyMap<string, number>;
  /** The lane's memory. */
  readonly lane: LaneMemory;
  /** The lane's number among those of this thread. */
  readonly number: number;
  /** The lane's name, which the owner takes away when it opens it. */
  readonly lanePath: string;
}

let lanesMade = 0;

/**
 * Makes a lane to the present owner of a name. This thread is a participant already.
 *
 * @param except The id of a service's segment that counts as nobody's.
 *
 * @throws as {@linkcode enterService}; nothing is left then.
 */
export function makeLane(name: string, codec: NamedCodec, except?: bigint): ClientLane {
  const number = lanesMade++;
  const lanePath = pathOfId(reactor.id, `lane${number}`);
  const lane = Segment.create({ kind: "lane", sizeBytes: LANE_BYTES });
  try {
    lane.publish(lanePath);
    const { service, owner, slot, functions } = enterService(name, codec, { lane: number, except });
    const indexes = new Map(functions.map((each, index) => [each.name, index]));
    const memory = new LaneMemory(lane);
    return { service, owner, slot, functions: indexes, lane: memory, number, lanePath };
  } catch (error) {
    unlinkFile(lanePath);
    lane.close();
    throw error;
  }
}
