/** An actor as seen from outside: started, stopped, killed, listened to. */
import { TextLineStream } from "../../helpers/lines.ts";
import type { Report } from "./reports.ts";
import { GRACE_MS } from "./stage.ts";

const CONFIG = new URL("../../../deno.json", import.meta.url).pathname;
const MAIN = new URL("./actor.ts", import.meta.url).pathname;

/** An actor says something at least this often while it runs: it counts twice a second, unless it blocks its thread for some seconds. */
const SILENCE_MS = 5000 + GRACE_MS;

/** Who is asked to end closes everything within the longest bound of an operation. */
const END_MS = 30_000 + GRACE_MS;

/** How an actor is started. */
export interface Casting {
  readonly prefix: string;
  readonly number: number;
  readonly seed: number;
  readonly hostile: boolean;
  readonly roles: readonly string[];
  /** Gets each report, in order. */
  readonly onReport: (actor: ActorProcess, report: Report) => void;
}

/** A running actor. */
export class ActorProcess {
  readonly number: number;
  readonly roles: readonly string[];
  readonly #process: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;
  readonly #onReport: (actor: ActorProcess, report: Report) => void;
  readonly #stderr: Promise<string>;
  /** Resolves when the process is gone and all that it said was heard: to what is wrong with its end, if anything is. */
  readonly ended: Promise<string | undefined>;
  #stopped = false;
  #killed = false;
  #asked = false;
  #silentMs = 0;
  #endingMs = 0;
  #blocks = "";
  #gone = false;
  #since = Infinity;

  constructor(casting: Casting) {
    const { prefix, number, seed, hostile, roles } = casting;
    this.number = number;
    this.roles = roles;
    this.#onReport = casting.onReport;
    this.#process = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--no-check", "--no-prompt", "--allow-ffi", "--config", CONFIG, MAIN],
        ...[prefix, String(number), String(seed), hostile ? "hostile" : "peaceful", ...roles],
      ],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#stdin = this.#process.stdin.getWriter();
    this.#stderr = new Response(this.#process.stderr).text();
    this.ended = this.#follow();
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Whether it is stopped. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Whether it was killed. */
  get killed(): boolean {
    return this.#killed;
  }

  /** Whether it was asked to end. */
  get asked(): boolean {
    return this.#asked;
  }

  /** Whether the process is gone. */
  get gone(): boolean {
    return this.#gone;
  }

  /** For how long it has been at work: since it first said anything. */
  get workedMs(): number {
    return performance.now() - this.#since;
  }

  async #follow(): Promise<string | undefined> {
    const lines = this.#process.stdout.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream());
    let finished = false;
    for await (const line of lines) {
      this.#silentMs = 0;
      this.#since = Math.min(this.#since, performance.now());
      const report = parse(line);
      // A killed actor's last line may be cut off.
      if (report === undefined) continue;
      if (report.kind === "blocks") this.#blocks = report.what;
      if (report.kind === "ended") finished = true;
      this.#onReport(this, report);
    }
    const { code, signal } = await this.#process.status;
    this.#gone = true;
    const stderr = await this.#stderr;
    if (this.#killed || (finished && code === 0)) return undefined;
    return `${this.describe()} ended with ${signal ?? code}: ${stderr.slice(0, 2000)}`;
  }

  /** Who it is. */
  describe(): string {
    return `actor ${this.number} (${this.roles.join(", ")})`;
  }

  /**
   * Adds to the time that it was silent, or should have ended.
   *
   * @returns what is wrong, when that is too long
   */
  wait(passedMs: number): string | undefined {
    if (this.#stopped || this.#gone) return undefined;
    this.#silentMs += passedMs;
    if (this.#asked) this.#endingMs += passedMs;
    if (this.#endingMs > END_MS) return `${this.describe()} does not end`;
    if (this.#silentMs < SILENCE_MS) return undefined;
    const silence = `${this.describe()} is silent for ${Math.round(this.#silentMs)} ms`;
    return `${silence}; it last blocked in ${this.#blocks}`;
  }

  /** SIGKILL. */
  kill(): void {
    if (this.#gone) return;
    this.#killed = true;
    this.#signal("SIGKILL");
  }

  /** SIGSTOP. */
  stop(): void {
    this.#stopped = true;
    this.#signal("SIGSTOP");
  }

  /** SIGCONT. */
  goOn(): void {
    this.#stopped = false;
    this.#signal("SIGCONT");
  }

  #signal(signal: Deno.Signal): void {
    try {
      this.#process.kill(signal);
    } catch (error) {
      // Ended by itself a moment ago; that is judged elsewhere.
      if (!(error instanceof TypeError) && !(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  /** Tells it to close everything for a while, to go on, or to report its resources, which it does when it rests. */
  tell(order: "rest" | "act" | "measure"): void {
    this.#stdin.write(new TextEncoder().encode(`${order}\n`)).catch(() => {});
  }

  /** Asks it to close everything and end. */
  end(): void {
    if (this.#asked) return;
    this.#asked = true;
    this.#stdin.close().catch(() => {});
  }
}

function parse(line: string): Report | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
