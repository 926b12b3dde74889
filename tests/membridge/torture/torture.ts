/**
 * The torture: random processes that use everything at once, and are killed, stopped and ended at random moments.
 *
 * The seed decides who plays what and what is done to whom; when exactly it happens, the machine decides.
 *
 * @module
 */
import { Random } from "../../helpers/random.ts";
import { ActorProcess } from "./actor_process.ts";
import { Judge } from "./judge.ts";
import { removeAll } from "./leftovers.ts";
import type { Report, Resources } from "./reports.ts";
import { Strikes } from "./strikes.ts";

/** What a run does. */
export interface TortureInit {
  readonly seed: number;
  readonly seconds: number;
  /** Ends the run when so many were killed. */
  readonly kills?: number;
  /** Goes on until so many were killed, however slow the machine is, but not beyond `mostSeconds`. */
  readonly fewestKills?: number;
  readonly mostSeconds?: number;
  /** Processes at a time, besides the one that stays. */
  readonly actors?: number;
  /** Is told how it goes, once in some seconds. */
  readonly onProgress?: (line: string) => void;
}

/** What a run came to. */
export interface Outcome {
  readonly judge: Judge;
  readonly kills: number;
  readonly stops: number;
  readonly ends: number;
  readonly seconds: number;
  /** The one that stays: before the others came, and after they went. */
  readonly steady: readonly [before: Resources, after: Resources];
}

/** The parts in a run; each actor plays two of them. */
const DECK = [
  ...["serve", "serve", "call", "call", "call", "write", "write", "read", "send", "send"],
  ...["receive", "receive", "lock", "lock", "publish", "subscribe", "lend", "look", "churn"],
];
const STEADY_ROLES = ["steady", "read", "receive", "subscribe", "lock", "look"];

const PROGRESS_MS = 5000;
/** The one that stays may need some time to hear of the deaths of the others. */
const SETTLE_MS = 15_000;
/** What a heap may grow by in all, and with the time. */
const GROWTH_BYTES = 96 * 2 ** 20;

let runs = 0;

/** Runs the torture, and leaves nothing behind. */
export async function torture(init: TortureInit): Promise<Outcome> {
  const director = new Director(init);
  return await director.run();
}

class Director {
  readonly #init: TortureInit;
  readonly #random: Random;
  readonly #prefix = `/torture-${Deno.pid}-${runs++}`;
  readonly #judge = new Judge();
  readonly #actors = new Set<ActorProcess>();
  readonly #pids = new Set<number>();
  readonly #measured = new Map<ActorProcess, (resources: Resources) => void>();
  #deck: string[] = [];
  #number = 0;
  readonly #strikes: Strikes;
  #watch: ReturnType<typeof setInterval> | undefined;

  constructor(init: TortureInit) {
    this.#init = init;
    this.#random = new Random(init.seed);
    this.#strikes = new Strikes(this.#random, (victim) => this.#judge.killed(victim));
  }

  async run(): Promise<Outcome> {
    const start = performance.now();
    let steady: Outcome["steady"];
    try {
      steady = await this.#runAll(start);
      await this.#judge.close(this.#prefix);
    } finally {
      clearInterval(this.#watch);
      this.#strikes.relent();
      for (const actor of this.#actors) actor.kill();
      await Promise.all([...this.#actors].map((actor) => actor.ended));
      const left = await removeAll(this.#prefix, this.#pids);
      if (left.length > 0) this.#judge.fault("leak", `left in shared memory: ${left}`);
    }
    const { kills, stops, ends } = this.#strikes;
    return {
      judge: this.#judge,
      kills,
      stops,
      ends,
      seconds: (performance.now() - start) / 1000,
      steady,
    };
  }

  async #runAll(start: number): Promise<Outcome["steady"]> {
    const steady = this.#start(STEADY_ROLES);
    // Its code is warm, and it has done everything once, before it is measured.
    await sleep(2000);
    steady.tell("rest");
    const before = await this.#measure(steady);
    steady.tell("act");
    const actors = this.#init.actors ?? 8;
    this.#watch = this.#watchOver(start);
    while (!this.#isOver((performance.now() - start) / 1000)) {
      while (this.#actors.size < actors + 1) this.#start(this.#dealTwo());
      await sleep(this.#random.below(this.#random.below(3) === 0 ? 600 : 150));
      this.#strikes.strike([...this.#actors].filter((actor) => actor !== steady));
      // So that the next one comes while this one's death is news.
      if (this.#random.below(4) === 0) await sleep(this.#random.below(20));
    }
    await this.#endAll(steady);
    steady.tell("rest");
    const after = await this.#settled(steady, before);
    steady.end();
    await steady.ended;
    return [before, after];
  }

  #isOver(seconds: number): boolean {
    const { kills = Infinity, fewestKills = 0, mostSeconds = Infinity } = this.#init;
    if (this.#strikes.kills >= kills || seconds >= mostSeconds) return true;
    return seconds >= this.#init.seconds && this.#strikes.kills >= fewestKills;
  }

  // What an actor makes is numbered by each of its roles, so it plays none twice.
  #dealTwo(): string[] {
    const first = this.#deal();
    let second = this.#deal();
    while (second === first) second = this.#deal();
    return [first, second];
  }

  #deal(): string {
    if (this.#deck.length === 0) {
      const cards = [...DECK];
      while (cards.length > 0) {
        this.#deck.push(...cards.splice(this.#random.below(cards.length), 1));
      }
    }
    return this.#deck.pop()!;
  }

  #start(roles: readonly string[]): ActorProcess {
    const actor = new ActorProcess({
      prefix: this.#prefix,
      number: ++this.#number,
      seed: this.#random.below(2 ** 32),
      hostile: false,
      roles,
      onReport: (actor, report) => this.#hear(actor, report),
    });
    this.#actors.add(actor);
    this.#pids.add(actor.pid);
    actor.ended.then((problem) => {
      this.#actors.delete(actor);
      if (problem !== undefined) this.#judge.fault("crash", problem);
    });
    return actor;
  }

  #hear(actor: ActorProcess, report: Report): void {
    if (report.kind === "measured") this.#measured.get(actor)?.(report.resources);
    else this.#judge.hear(actor, report);
  }

  async #measure(actor: ActorProcess): Promise<Resources> {
    const measured = new Promise<Resources>((resolve) => this.#measured.set(actor, resolve));
    actor.tell("measure");
    const gone = actor.ended.then((problem) => {
      throw new Error(problem ?? "The actor that is measured is gone");
    });
    return await Promise.race([measured, gone]);
  }

  #watchOver(start: number): ReturnType<typeof setInterval> {
    let last = performance.now();
    let told = last;
    return setInterval(() => {
      const now = performance.now();
      const passed = Math.min(now - last, 1000);
      last = now;
      for (const actor of this.#actors) {
        const problem = actor.wait(passed);
        if (problem === undefined) continue;
        this.#judge.fault("hang", problem);
        this.#strikes.kill(actor);
      }
      if (now - told < PROGRESS_MS) return;
      told = now;
      const { kills, stops, ends } = this.#strikes;
      this.#init.onProgress?.(
        `${Math.round((now - start) / 1000)} s: ${this.#judge.total} operations, ` +
          `${kills} kills, ${stops} stops, ${ends} ends, ` +
          `${this.#judge.details.length} faults`,
      );
    }, 500);
  }

  async #endAll(steady: ActorProcess): Promise<void> {
    const others = [...this.#actors].filter((actor) => actor !== steady);
    this.#strikes.relent();
    for (const actor of others) actor.end();
    await Promise.all(others.map((actor) => actor.ended));
  }

  // Until it holds no more than before, or for so long.
  async #settled(steady: ActorProcess, before: Resources): Promise<Resources> {
    const endMs = performance.now() + SETTLE_MS;
    for (;;) {
      const after = await this.#measure(steady);
      const same = after.descriptors <= before.descriptors &&
        after.sharedMappings <= before.sharedMappings;
      if (!same && performance.now() < endMs) {
        await sleep(200);
        continue;
      }
      if (!same) {
        const level = ({ descriptors, sharedMappings }: Resources) =>
          `${descriptors} descriptors and ${sharedMappings} mappings`;
        this.#judge.fault("leak", `${steady.describe()}: ${level(before)}, then ${level(after)}`);
      }
      const grown = after.rssBytes - before.rssBytes;
      if (grown > GROWTH_BYTES) {
        this.#judge.fault("leak", `${steady.describe()} grew by ${grown} bytes`);
      }
      return after;
    }
  }
}

function sleep(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

/** The outcome as text. */
export function summarize({ judge, kills, stops, ends, seconds, steady }: Outcome): string {
  const [before, after] = steady.map(({ descriptors, sharedMappings, rssBytes }) =>
    `${descriptors} descriptors, ${sharedMappings} mappings, ${Math.round(rssBytes / 2 ** 20)} MiB`
  );
  return [
    ...judge.operationLines(),
    `${judge.total} operations, ${kills} kills, ${stops} stops, ${ends} ends in ${
      Math.round(seconds)
    } s`,
    `the one that stays: ${before}; at the end ${after}`,
    ...judge.faultLines(),
  ].join("\n");
}
