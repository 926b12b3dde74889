/** The processes between which calls are measured, and the connections to them. */
import { connect } from "../../membridge/mod.ts";
import { compileFloors } from "../floor/floor.ts";
import type { SelfTimed } from "../latency.ts";
import { LineChild } from "../line_child.ts";
import { type CallGroup, checkAll, groupsOf } from "./groups.ts";
import { HttpClient } from "./http_client.ts";
import { PythonPeers } from "./python_peers.ts";
import { RedisClient } from "./redis_client.ts";
import { JsonSocket, RawSocket } from "./socket_client.ts";
import { WorkerClient } from "./worker_client.ts";
import type { handlers } from "./work.ts";

const MAIN = new URL("./child_main.ts", import.meta.url);

/** Which calls a stage has besides those of this process. */
export interface StageOptions {
  /** Whether programs in other languages call each other here, which time themselves. */
  readonly outsiders: boolean;
}

/** Something that can be told to end, and waited for. */
interface Ending {
  end(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts the other process, which may use shared memory, the sockets in `directory` and a port, and nothing else. */
function startChild(name: string, directory: string): LineChild {
  return LineChild.deno(MAIN, [name, directory], [
    "--allow-ffi",
    `--allow-read=${directory}`,
    `--allow-write=${directory}`,
    `--allow-net=127.0.0.1,unix:${directory}/json,unix:${directory}/raw`,
  ]);
}

/** The child process with its service, the peers, and the connections to them. Needs every permission. */
export class Stage implements AsyncDisposable {
  #groups: readonly CallGroup[] = [];
  readonly #directory = Deno.makeTempDirSync({ prefix: "sysframe-bench-" });
  readonly #handles: Disposable[] = [];
  readonly #children: Ending[] = [];

  private constructor() {}

  /** Starts the processes, connects to them in every way, and checks that each call returns what it should. */
  static async open({ outsiders }: StageOptions): Promise<Stage> {
    const stage = new Stage();
    try {
      await stage.#start(outsiders);
      return stage;
    } catch (error) {
      await stage[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #start(outsiders: boolean): Promise<void> {
    const directory = this.#directory;
    const name = `/bench-${Deno.pid}-${crypto.randomUUID().slice(0, 8)}`;
    const child = startChild(name, directory);
    this.#children.push(child);
    const redis = await RedisClient.start(directory);
    if (redis !== undefined) this.#children.push(redis);
    const http = new HttpClient(Number(await child.readLine()));
    const json = await JsonSocket.connect(`${directory}/json`);
    const raw = await RawSocket.connect(`${directory}/raw`);
    const worker = new WorkerClient();
    const client = connect<typeof handlers>(name);
    this.#handles.push(client, json, raw, worker);
    const others = outsiders ? await this.#outsiders() : [];
    this.#groups = groupsOf({ client, json, raw, worker, http, redis }, others);
    await checkAll(this.#groups);
  }

  async #outsiders(): Promise<SelfTimed[]> {
    const python = await PythonPeers.open();
    this.#children.push(python);
    return [...python.peers, ...await compileFloors(this.#directory)];
  }

  /** The ways to call, by what they carry. */
  get groups(): readonly CallGroup[] {
    return this.#groups;
  }

  /** Ends everything without waiting: the child closes its service and ends when its standard input does. */
  end(): void {
    this.#close();
    for (const child of this.#children) child.end();
  }

  #close(): void {
    for (const handle of this.#handles) handle[Symbol.dispose]();
    Deno.removeSync(this.#directory, { recursive: true });
  }

  /** Ends everything, and waits until all processes are gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#close();
    for (const child of this.#children) await child[Symbol.asyncDispose]();
  }
}
