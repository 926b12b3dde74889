/** Every way to call another process, by what the calls carry. */
import type { Client } from "../../membridge/mod.ts";
import type { SelfTimed } from "../latency.ts";
import { payloadValue } from "../payloads.ts";
import { difference } from "../same.ts";
import type { HttpClient } from "./http_client.ts";
import type { RedisClient } from "./redis_client.ts";
import type { JsonSocket, RawSocket } from "./socket_client.ts";
import type { WorkerClient } from "./worker_client.ts";
import { handlers } from "./work.ts";

/** A way to call. */
export interface Caller {
  /** Its name in the tables. */
  readonly name: string;
  /** Makes one call and returns its result, or a promise of it. */
  readonly run: () => unknown;
  /** What the call returns when it works. */
  readonly expected: unknown;
  /** Whether several calls can be in flight. */
  readonly overlaps: boolean;
}

/** The calls that carry the same data, ours first. */
export interface CallGroup {
  /** What the calls carry. */
  readonly name: string;
  /** Ours first. */
  readonly callers: readonly Caller[];
  /** Calls between two other programs, timed by these, and the floors. */
  readonly outsiders: readonly SelfTimed[];
}

/** The connections to the other process. */
export interface Connections {
  /** Ours. */
  readonly client: Client<typeof handlers>;
  /** Functions by JSON messages on a Unix socket. */
  readonly json: JsonSocket;
  /** Bare bytes on a Unix socket. */
  readonly raw: RawSocket;
  /** Another thread of this process. */
  readonly worker: WorkerClient;
  /** Functions by HTTP on the loopback interface. */
  readonly http: HttpClient;
  /** A Redis server; absent where it is not installed. */
  readonly redis: RedisClient | undefined;
}

/** The group that the goals are about. */
export const ADD = "add two ints";
/** Names that the goals compare. */
export const JSON_SOCKET = "Unix socket, JSON";
/** The least that a Unix socket takes. */
export const RAW_SOCKET = "Unix socket, 8 raw bytes";

/** Returns all groups; the outsiders add two numbers. */
export function groupsOf(
  connections: Connections,
  outsiders: readonly SelfTimed[],
): CallGroup[] {
  const { client, json, raw, worker, http, redis } = connections;
  const bytes = payloadValue("64 KiB bytes") as Uint8Array;
  const bytesBack = new Uint8Array(bytes.length);
  const word = new Uint8Array(8).fill(7), wordBack = new Uint8Array(8);
  const adds = { expected: 21, overlaps: true };
  return [
    {
      name: ADD,
      callers: [
        { ...adds, name: "callSync", run: () => client.callSync("add", 20, 1), overlaps: false },
        { ...adds, name: "call", run: () => client.call("add", 20, 1) },
        { ...adds, name: JSON_SOCKET, run: () => json.call("add", 20, 1) },
        {
          name: RAW_SOCKET,
          run: () => raw.exchange(word, wordBack),
          expected: word,
          overlaps: false,
        },
        { ...adds, name: "Worker postMessage", run: () => worker.call("add", 20, 1) },
        { ...adds, name: "fetch, loopback", run: () => http.call("add", 20, 1) },
        ...redis === undefined
          ? []
          : [{ name: "Redis ECHO", run: () => redis.echo("21"), expected: "21", overlaps: true }],
        {
          ...adds,
          name: "local function (floor)",
          run: () => handlers.add(20, 1),
          overlaps: false,
        },
        {
          ...adds,
          name: "local promise (floor)",
          run: () => Promise.resolve(handlers.add(20, 1)),
        },
      ],
      outsiders,
    },
    {
      name: "echo a 12-field record",
      callers: echoes(payloadValue("12-field record"), connections),
      outsiders: [],
    },
    {
      name: "echo 64 KiB",
      callers: [
        ...echoes(bytes, connections).filter(({ carriesBytes }) => carriesBytes),
        {
          name: "Unix socket, raw",
          run: () => raw.exchange(bytes, bytesBack),
          expected: bytes,
          overlaps: false,
        },
      ],
      outsiders: [],
    },
  ];
}

/** Every way to have a value returned; JSON carries no bytes. */
function echoes(
  expected: unknown,
  { client, json, worker, http, redis }: Connections,
): (Caller & { readonly carriesBytes: boolean })[] {
  const inJson = { expected, overlaps: true, carriesBytes: false };
  const asIs = { expected, overlaps: true, carriesBytes: true };
  return [
    { ...asIs, name: "callSync", run: () => client.callSync("echo", expected), overlaps: false },
    { ...asIs, name: "call", run: () => client.call("echo", expected) },
    { ...inJson, name: JSON_SOCKET, run: () => json.call("echo", expected) },
    { ...asIs, name: "Worker postMessage", run: () => worker.call("echo", expected) },
    { ...inJson, name: "fetch, loopback", run: () => http.call("echo", expected) },
    ...redis === undefined ? [] : [{
      ...inJson,
      name: "Redis ECHO, JSON",
      run: async () => JSON.parse(await redis.echo(JSON.stringify(expected))),
    }],
  ];
}

/**
 * Makes one call in every way.
 *
 * @throws {Error} if one returns something else than it should
 */
export async function checkAll(groups: readonly CallGroup[]): Promise<void> {
  for (const group of groups) {
    for (const { name, run, expected } of group.callers) {
      const found = difference(await run(), expected);
      if (found !== undefined) {
        throw new Error(`${group.name}: ${name} returns something else at ${found}`);
      }
    }
  }
}
