/** As much of `Deno.Command` as it takes to ask Python, made from Node's child processes. */
import { spawn } from "node:child_process";
import { Writable } from "node:stream";
import { buffer } from "node:stream/consumers";

interface Output {
  readonly success: boolean;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}

/** A process to start; its three streams are pipes. */
export class Command {
  readonly #path: string;
  readonly #args: readonly string[];

  constructor(path: string, options: { args: readonly string[] }) {
    this.#path = path;
    this.#args = options.args;
  }

  /** Starts the process. */
  spawn(): { stdin: WritableStream; output: () => Promise<Output> } {
    const child = spawn(this.#path, this.#args);
    const status = new Promise((resolve, reject) => {
      child.on("error", reject).on("close", resolve);
    });
    const output = Promise.all([status, buffer(child.stdout), buffer(child.stderr)]);
    return {
      stdin: Writable.toWeb(child.stdin),
      output: async () => {
        const [code, stdout, stderr] = await output;
        return { success: code === 0, stdout, stderr };
      },
    };
  }

  /** Starts the process with nothing to read, and waits for its end. */
  async output(): Promise<Output> {
    const child = this.spawn();
    const output = child.output();
    await child.stdin.close().catch(() => {});
    return await output;
  }
}
