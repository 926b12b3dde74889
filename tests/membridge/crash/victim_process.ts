/** A victim as the campaign sees it. */
import { TextLineStream } from "../../helpers/lines.ts";
import { startedProcesses } from "../../helpers/shm.ts";
import type { Message } from "./kill_point.ts";

const CONFIG = new URL("./crash.json", import.meta.url).pathname;
const MAIN = new URL("./victim.ts", import.meta.url).pathname;

/** What a victim did in its life. */
export interface Life {
  /** After what it died. */
  readonly died: string;
  /** How many changes it had made. */
  readonly changes: number;
  /** Every path that it gave a name to, or was about to. */
  readonly made: readonly string[];
}

/** A process that runs one scenario and dies of it. */
export class Victim {
  readonly #process: Deno.ChildProcess;
  readonly #life: Promise<Life>;
  readonly #said = new Set<string>();
  #onNews: () => void = () => {};
  #over = false;
  #told = false;

  /** Starts the scenario in a process of its own. */
  constructor(scenario: string, name: string, point: number) {
    this.#process = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "--no-check",
        "--no-prompt",
        "--allow-ffi",
        "--config",
        CONFIG,
        MAIN,
        scenario,
        name,
        String(point),
      ],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    startedProcesses.add(this.#process.pid);
    this.#life = this.#read();
  }

  async #read(): Promise<Life> {
    const made: string[] = [];
    let death: { died: string; changes: number } | undefined;
    let failed: string | undefined;
    const lines = this.#process.stdout.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream());
    for await (const line of lines) {
      const message: Message = JSON.parse(line);
      if ("made" in message) made.push(message.made);
      else if ("says" in message) this.#said.add(message.says);
      else if ("died" in message) death = message;
      else failed = message.failed;
      this.#onNews();
    }
    const { signal } = await this.#process.status;
    this.#over = true;
    this.#onNews();
    if (failed !== undefined) throw new Error(`the victim failed by itself: ${failed}`);
    if (death === undefined || signal !== "SIGKILL") {
      throw new Error(`the victim ended by itself (signal ${signal})`);
    }
    return { ...death, made };
  }

  /** Its process. */
  get pid(): number {
    return this.#process.pid;
  }

  /** Waits until it says something. Returns `false` if it dies without. */
  async says(line: string): Promise<boolean> {
    while (!this.#said.has(line) && !this.#over) {
      await new Promise<void>((resolve) => this.#onNews = resolve);
    }
    return this.#said.has(line);
  }

  /** Has it go on. Twice is fine. */
  tell(): void {
    if (this.#told) return;
    this.#told = true;
    this.#process.stdin.close().catch(() => {}); // It may be dead already.
  }

  /** Waits until it is gone, and returns what it did. */
  ended(): Promise<Life> {
    return this.#life;
  }

  /** Makes sure that it is gone. */
  async kill(): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // It is.
    }
    await this.#life.catch(() => {});
    this.tell();
  }
}
