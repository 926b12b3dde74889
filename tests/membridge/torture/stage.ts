/** What a role has to act with: its names, its chance, its way to report, and the watch over everything that it attempts. */
import { RemoteError, SegmentError } from "../../../membridge/mod.ts";
import type { Random } from "../../helpers/random.ts";
import { TYPED_NAMES } from "../fixtures/attack.ts";
import type { FaultKind, Report } from "./reports.ts";

/** How much longer than its bound an operation may take, on a machine that is busy. */
export const GRACE_MS = 10_000;

const WATCH_MS = 250;
const TICK_MS = 500;

/** What an operation is, and how it may end. */
export interface Attempt {
  /** Its name in the summary. */
  readonly what: string;
  /** When it has to end by itself. */
  readonly boundMs?: number;
  /** Names of the errors that it may end in; `SegmentError:` is followed by the code. */
  readonly may?: readonly string[];
}

interface Pending {
  readonly what: string;
  leftMs: number;
}

/** How an actor's roles see the world. */
export class Stage {
  readonly prefix: string;
  /** Which actor this is; no other one of the run has the same number. */
  readonly number: number;
  readonly random: Random;
  /** Whether somebody writes into the memory: then nothing is right or wrong any more, but everything ends, and in typed errors only. */
  readonly hostile: boolean;
  readonly #ending = new AbortController();
  readonly #pending = new Set<Pending>();
  #operations: Record<string, number> = {};
  readonly #timers: ReturnType<typeof setInterval>[] = [];
  #rest: PromiseWithResolvers<void> | undefined;
  #resting = 0;

  constructor(
    init: { prefix: string; number: number; random: Random; hostile: boolean },
  ) {
    this.prefix = init.prefix;
    this.number = init.number;
    this.random = init.random;
    this.hostile = init.hostile;
  }

  /** Aborted when the actor is to close everything. */
  get ending(): AbortSignal {
    return this.#ending.signal;
  }

  /** Whether the roles go on with what they are at. */
  get goesOn(): boolean {
    return this.#rest === undefined && !this.#ending.signal.aborted;
  }

  /** A role has closed everything: waits as long as all are to rest, and returns whether it begins anew. */
  async begins(): Promise<boolean> {
    this.#resting++;
    while (this.#rest !== undefined) await this.#rest.promise;
    this.#resting--;
    return !this.#ending.signal.aborted;
  }

  /** How many roles have closed everything. */
  get resting(): number {
    return this.#resting;
  }

  /** Has all roles close everything as soon as they come to it, until {@linkcode act}. */
  rest(): void {
    this.#rest ??= Promise.withResolvers();
  }

  /** Ends the rest. */
  act(): void {
    this.#rest?.resolve();
    this.#rest = undefined;
  }

  /** Ends the roles. */
  end(): void {
    this.#ending.abort();
    this.act();
  }

  /** Returns a name of this run. */
  name(what: string): string {
    return `${this.prefix}.${what}`;
  }

  /** Writes a line, and returns when it is written. */
  report(report: Report): void {
    let bytes = new TextEncoder().encode(JSON.stringify(report) + "\n");
    while (bytes.length > 0) bytes = bytes.subarray(Deno.stdout.writeSync(bytes));
  }

  /** Reports that something is wrong, unless nothing is right anyway. */
  fault(fault: FaultKind, detail: string): void {
    if (this.hostile && fault !== "hang" && fault !== "undocumented") return;
    this.report({ kind: "fault", fault, detail });
  }

  /** Counts something that is no operation. */
  count(what: string): void {
    this.#operations[what] = (this.#operations[what] ?? 0) + 1;
  }

  /** Does something, counts it, watches over it, and judges how it ends. Returns `undefined` after an error. */
  async attempt<T>(attempt: Attempt, body: () => T | Promise<T>): Promise<T | undefined> {
    const pending = { what: attempt.what, leftMs: (attempt.boundMs ?? 0) + GRACE_MS };
    this.#pending.add(pending);
    try {
      const result = await body();
      this.count(attempt.what);
      return result;
    } catch (error) {
      this.#judge(attempt, error);
    } finally {
      this.#pending.delete(pending);
    }
  }

  /** Like {@linkcode attempt}, for what may block the thread: whoever reads the reports watches over it. */
  attemptSync<T>(attempt: Attempt, body: () => T): T | undefined {
    if (attempt.boundMs !== undefined) this.report({ kind: "blocks", what: attempt.what });
    try {
      const result = body();
      this.count(attempt.what);
      return result;
    } catch (error) {
      this.#judge(attempt, error);
    }
  }

  #judge({ what, may = [] }: Attempt, error: unknown): void {
    const name = nameOf(error);
    this.count(`${what}: ${name}`);
    const plain = name.split(":")[0];
    if (may.includes(name) || may.includes(plain)) return;
    if (this.hostile && (TYPED_NAMES.has(plain) || plain === "EndedError" || isRemote(error))) {
      return;
    }
    const { stack, message } = error instanceof Error ? error : new Error(String(error));
    this.report({
      kind: "fault",
      fault: "undocumented",
      detail: `${what}: ${name}: ${stack ?? message}`,
    });
  }

  /** Waits a little: mostly not at all, sometimes for so long that others fall asleep. */
  async pause(): Promise<void> {
    const chance = this.random.next();
    if (chance < 0.4) return;
    const ms = chance < 0.9 ? 0 : chance < 0.99 ? this.random.below(20) : this.random.below(200);
    await this.sleep(ms);
  }

  /** Waits, at most until the end. */
  async sleep(durationMs: number): Promise<void> {
    if (!this.goesOn) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.ending.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, durationMs);
      this.ending.addEventListener("abort", done);
    });
  }

  /** Returns one of the items. */
  pick<T>(items: readonly T[]): T {
    return items[this.random.below(items.length)];
  }

  /** How often to use a handle, `most` times or some more; a damaged one is not worth many. */
  times(most: number): number {
    return 10 + this.random.below(this.hostile ? 20 : most);
  }

  /** Whether something happens that happens once in so many times. */
  once(inTimes: number): boolean {
    return this.random.below(inTimes) === 0;
  }

  /** Begins to watch, and to report how many operations ended. */
  start(): void {
    let last = performance.now();
    this.#timers.push(setInterval(() => {
      const now = performance.now();
      // A turn that comes late means that the process was stopped, or waited for a core: that does not count.
      const passed = Math.min(now - last, 2 * WATCH_MS);
      last = now;
      for (const pending of this.#pending) {
        pending.leftMs -= passed;
        if (pending.leftMs > 0) continue;
        this.#pending.delete(pending);
        this.fault("hang", `${pending.what} does not end`);
      }
    }, WATCH_MS));
    this.#timers.push(setInterval(() => this.flush(), TICK_MS));
  }

  /** Reports how many operations ended. */
  flush(): void {
    this.report({ kind: "tick", operations: this.#operations });
    this.#operations = {};
  }

  /** Ends the watch. */
  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.flush();
  }
}

function nameOf(error: unknown): string {
  if (error instanceof SegmentError) return `SegmentError:${error.code}`;
  if (error instanceof RemoteError) return `RemoteError:${error.name}`;
  return error instanceof Error ? error.name : String(error);
}

/** An error of the handlers' own, or one that the service makes of arguments that it cannot read. */
function isRemote(error: unknown): boolean {
  return error instanceof RemoteError && error.name !== "TypeError" && error.name !== "RangeError";
}
