/** Another process for a test: real, with `--allow-ffi` and nothing else, and killed at the end if it still runs. */
import { TextLineStream } from "./lines.ts";
import { startedProcesses } from "./shm.ts";

/** What a function that runs in a child gets besides its arguments. */
export interface ChildEnv {
  readonly membridge: typeof import("../../membridge/mod.ts");
  readonly pybytes: typeof import("../../pybytes/mod.ts");
  /** Whatever the functions want to keep. */
  // deno-lint-ignore no-explicit-any -- the functions of one test know what they put there
  readonly state: Record<string, any>;
}

export interface ChildRequest {
  readonly id: number;
  readonly body: string;
  readonly args: unknown[];
}

export interface ChildReply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: { readonly name: string; readonly message: string };
}

/** A child's function failed; `name` is that of its error. */
export class ChildError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

const MAIN = new URL("./child_main.ts", import.meta.url);
const CONFIG = new URL("../../deno.json", import.meta.url);

/** A process that runs functions sent to it. Needs `--allow-run`. */
export class Child implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #done: Promise<void>;
  #nextId = 0;
  #exited = false;

  constructor() {
    this.#process = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "--no-check",
        "--allow-ffi",
        "--config",
        CONFIG.pathname,
        MAIN.pathname,
      ],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    startedProcesses.add(this.#process.pid);
    this.#stdin = this.#process.stdin.getWriter();
    this.#done = this.#read();
  }

  get pid(): number {
    return this.#process.pid;
  }

  /**
   * Runs a function in the child. Only its text goes over: it sees its arguments (as JSON) and `env`, nothing of this file.
   */
  run<A extends unknown[], R>(
    body: (env: ChildEnv, ...args: A) => R,
    ...args: A
  ): Promise<Awaited<R>> {
    const id = this.#nextId++;
    const waiting = Promise.withResolvers<unknown>();
    waiting.promise.catch(() => {}); // A test may kill the child without asking for the outcome.
    this.#waiting.set(id, waiting);
    const request: ChildRequest = { id, body: body.toString(), args };
    this.#stdin.write(new TextEncoder().encode(JSON.stringify(request) + "\n")).catch(() => {});
    return waiting.promise as Promise<Awaited<R>>;
  }

  async #read(): Promise<void> {
    const lines = this.#process.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(
      new TextLineStream(),
    );
    for await (const line of lines) {
      const reply: ChildReply = JSON.parse(line);
      const waiting = this.#waiting.get(reply.id)!;
      this.#waiting.delete(reply.id);
      if (reply.error === undefined) waiting.resolve(reply.value);
      else waiting.reject(new ChildError(reply.error.name, reply.error.message));
    }
    for (const waiting of this.#waiting.values()) {
      waiting.reject(new ChildError("ChildGone", "the child process ended"));
    }
    this.#waiting.clear();
  }

  /** Sends a signal, SIGKILL unless named. */
  kill(signal: Deno.Signal = "SIGKILL"): void {
    this.#process.kill(signal);
  }

  /** Ends standard input, so that the child ends when its own work does, and returns how it ended. */
  async finish(): Promise<Deno.CommandStatus> {
    await this.#stdin.close().catch(() => {});
    return await this.ended();
  }

  /** Waits until the process is gone. */
  async ended(): Promise<Deno.CommandStatus> {
    const status = await this.#process.status;
    this.#exited = true;
    await this.#done;
    await this.#stdin.close().catch(() => {});
    return status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#exited) return;
    try {
      this.kill();
    } catch {
      // Gone by itself meanwhile.
    }
    await this.ended();
  }
}
