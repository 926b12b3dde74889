/** The two processes between which calls are measured, and every way to call from one to the other. */
import { type Client, connect } from "../../membridge/mod.ts";
import { PAYLOADS } from "../payloads.ts";
import { difference } from "../same.ts";
import { JsonSocket, RawSocket } from "./socket_client.ts";
import { WorkerClient } from "./worker_client.ts";
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
}

/** Calls that are in flight at once where that is measured. */
export const IN_FLIGHT = 64;

const MAIN = new URL("./child_main.ts", import.meta.url);
const CONFIG = new URL("../../deno.json", import.meta.url);

function payload(name: string): unknown {
  const found = PAYLOADS.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`No payload is named ${JSON.stringify(name)}`);
  return found.value;
}

/** Starts the other process, which may use shared memory and the sockets in `directory`, and nothing else. */
function startChild(name: string, directory: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--allow-ffi",
      `--allow-read=${directory}`,
      `--allow-write=${directory}`,
      `--allow-net=unix:${directory}/json,unix:${directory}/raw`,
      "--config",
      CONFIG.pathname,
      MAIN.pathname,
      name,
      directory,
    ],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
}

/** The child process with its service, and the connections to it. Needs every permission. */
export class Stage implements AsyncDisposable {
  /** The ways to call, by what they carry. */
  readonly groups: readonly CallGroup[];
  readonly #child: Deno.ChildProcess;
  readonly #directory: string;
  readonly #handles: readonly Disposable[];

  private constructor(
    child: Deno.ChildProcess,
    directory: string,
    handles: readonly Disposable[],
    groups: readonly CallGroup[],
  ) {
    this.#child = child;
    this.#directory = directory;
    this.#handles = handles;
    this.groups = groups;
  }

  /** Starts the child, connects to it in every way, and checks that each call returns what it should. */
  static async open(): Promise<Stage> {
    const directory = Deno.makeTempDirSync({ prefix: "sysframe-bench-" });
    const name = `/bench-${Deno.pid}-${crypto.randomUUID().slice(0, 8)}`;
    const child = startChild(name, directory);
    const handles: Disposable[] = [];
    const stage = (groups: readonly CallGroup[]) => new Stage(child, directory, handles, groups);
    try {
      const { done } = await child.stdout.getReader().read();
      if (done) throw new Error("The child process ended before it was ready");
      const json = await JsonSocket.connect(`${directory}/json`);
      const raw = await RawSocket.connect(`${directory}/raw`);
      const worker = new WorkerClient();
      const client = connect<typeof handlers>(name);
      handles.push(client, json, raw, worker);
      const groups = groupsOf(client, json, raw, worker);
      await checkAll(groups);
      return stage(groups);
    } catch (error) {
      await stage([])[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Ends everything without waiting: the child closes its service and ends when its standard input does. */
  end(): void {
    for (const handle of this.#handles) handle[Symbol.dispose]();
    this.#child.stdin.close().catch(() => {});
    Deno.removeSync(this.#directory, { recursive: true });
  }

  /** Ends everything, and waits until the child is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.end();
    await this.#child.status;
  }
}

/** The ways to call, by what they carry. */
function groupsOf(
  client: Client<typeof handlers>,
  json: JsonSocket,
  raw: RawSocket,
  worker: WorkerClient,
): CallGroup[] {
  const record = payload("12-field record");
  const bytes = payload("64 KiB bytes") as Uint8Array;
  const word = new Uint8Array(8).fill(7), wordBack = new Uint8Array(8);
  const bytesBack = new Uint8Array(bytes.length);
  return [
    {
      name: "add two ints",
      callers: [
        {
          name: "callSync",
          run: () => client.callSync("add", 20, 1),
          expected: 21,
          overlaps: false,
        },
        { name: "call", run: () => client.call("add", 20, 1), expected: 21, overlaps: true },
        {
          name: "Unix socket, JSON",
          run: () => json.call("add", 20, 1),
          expected: 21,
          overlaps: true,
        },
        {
          name: "Unix socket, 8 raw bytes",
          run: () => raw.exchange(word, wordBack),
          expected: word,
          overlaps: false,
        },
        {
          name: "Worker postMessage",
          run: () => worker.call("add", 20, 1),
          expected: 21,
          overlaps: true,
        },
        {
          name: "local function (floor)",
          run: () => handlers.add(20, 1),
          expected: 21,
          overlaps: false,
        },
        {
          name: "local promise (floor)",
          run: () => Promise.resolve(handlers.add(20, 1)),
          expected: 21,
          overlaps: true,
        },
      ],
    },
    { name: "echo a 12-field record", callers: echoes(record) },
    {
      name: "echo 64 KiB",
      callers: [
        ...echoes(bytes).filter(({ name }) => !name.includes("JSON")),
        {
          name: "Unix socket, raw",
          run: () => raw.exchange(bytes, bytesBack),
          expected: bytes,
          overlaps: false,
        },
      ],
    },
  ];

  function echoes(value: unknown): Caller[] {
    return [
      {
        name: "callSync",
        run: () => client.callSync("echo", value),
        expected: value,
        overlaps: false,
      },
      { name: "call", run: () => client.call("echo", value), expected: value, overlaps: true },
      {
        name: "Unix socket, JSON",
        run: () => json.call("echo", value),
        expected: value,
        overlaps: true,
      },
      {
        name: "Worker postMessage",
        run: () => worker.call("echo", value),
        expected: value,
        overlaps: true,
      },
    ];
  }
}

async function checkAll(groups: readonly CallGroup[]): Promise<void> {
  for (const group of groups) {
    for (const { name, run, expected } of group.callers) {
      const found = difference(await run(), expected);
      if (found !== undefined) {
        throw new Error(`${group.name}: ${name} returns something else at ${found}`);
      }
    }
  }
}
