/** What a service says of itself in its memory: its functions, and what it did. `layout.ts` says where the words lie. */
import { decode } from "../../pybytes/mod.ts";
import { SegmentError } from "../errors.ts";
import { isPeerAlive } from "../peer/peer_page.ts";
import { STATE } from "../segment/header.ts";
import type { Segment } from "../segment/segment.ts";
import { FUNCTIONS_OFFSET, LANE_CAPACITY, SERVICE, SLOT } from "./layout.ts";
import { type FunctionDescription, readStats, STATS_BYTES } from "./stats.ts";

/** The process that serves, as its segment says. */
export function servicePid(service: Segment): number {
  return service.words[SERVICE.pid / 4];
}

/** Tells whether a service is there, without changing anything. */
export function isServiceAlive(service: Segment): boolean {
  return service.state === STATE.live && isPeerAlive(service.words64[SERVICE.owner / 8]);
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
