/**
 * The fuzzer of shared memory: actors use everything, while somebody writes into all of it.
 *
 * Nothing is right or wrong then, but each operation ends, in a result or a documented error, and nobody crashes.
 *
 * @module
 */
import { readSmallFile } from "../../../membridge/libc/files.ts";
import { cleanup } from "../../../membridge/mod.ts";
import { Random } from "../../helpers/random.ts";
import { ActorProcess } from "./actor_process.ts";
import { Flipper } from "./flipper.ts";
import { Judge } from "./judge.ts";
import type { Report } from "./reports.ts";

/** What a run does. */
export interface FlipInit {
  readonly seed: number;
  readonly seconds: number;
  /** Processes at a time. */
  readonly actors?: number;
  /** Is told how it goes, once in some seconds. */
  readonly onProgress?: (line: string) => void;
}

/** What a run came to. */
export interface FlipOutcome {
  readonly judge: Judge;
  readonly flips: number;
  readonly actors: number;
}

const DECK = [
  ...["steady", "serve", "call", "call", "write", "read", "send", "receive"],
  ...["lock", "publish", "subscribe", "lend", "look", "churn"],
];

const PROGRESS_MS = 5000;
/** The damaged files are taken away after this time, */
const AMNESTY_MS = 1500;
/** from then on there is peace for so long, in which everything is made anew; */
const PEACE_MS = 400;
/** and each actor after this one, so that damage to its own page does not last. */
const LIFE_MS = 4000;
/** Work is bounded: no actor takes more memory. */
const MOST_RESIDENT_BYTES = 1.5 * 2 ** 30;
/** Files come and go: how often they are looked for. */
const AIM_MS = 100;

let runs = 0;

/** Runs the fuzzer, and leaves nothing behind. */
export async function flip(init: FlipInit): Promise<FlipOutcome> {
  const { seed, seconds, actors: size = 6 } = init;
  const random = new Random(seed);
  const prefix = `/flip-${Deno.pid}-${runs++}`;
  const judge = new Judge();
  const actors = new Set<ActorProcess>();
  let started = 0;
  let deck: string[] = [];
  using flipper = new Flipper(prefix, random);

  function deal(): string {
    if (deck.length === 0) deck = [...DECK];
    return deck.splice(random.below(deck.length), 1)[0];
  }

  function start(): void {
    const roles = [...new Set([deal(), deal()])];
    const actor = new ActorProcess({
      prefix,
      number: ++started,
      seed: random.below(2 ** 32),
      hostile: true,
      roles,
      onReport: (actor, report) => hear(actor, report),
    });
    actors.add(actor);
    actor.ended.then((problem) => {
      actors.delete(actor);
      if (problem !== undefined) judge.fault("crash", problem);
    });
  }

  function hear(actor: ActorProcess, report: Report): void {
    if (report.kind === "tick" || report.kind === "fault" || report.kind === "ended") {
      judge.hear(actor, report);
    }
  }

  function watchOver(passedMs: number): void {
    for (const actor of actors) {
      const problem = actor.wait(passedMs);
      const bytes = residentBytes(actor.pid);
      if (problem !== undefined) judge.fault("hang", problem);
      if (bytes > MOST_RESIDENT_BYTES) judge.fault("leak", `${actor.describe()}: ${bytes} bytes`);
      if (problem !== undefined || bytes > MOST_RESIDENT_BYTES) actor.kill();
      else if (actor.workedMs > LIFE_MS) actor.end();
    }
  }

  const begin = performance.now();
  let now = begin;
  let [aimed, cleared, told] = [0, begin, begin];
  try {
    while (now < begin + 1000 * seconds) {
      while (actors.size < size) start();
      if (now - aimed > AIM_MS) {
        flipper.aim([...actors].map(({ pid }) => pid));
        aimed = now;
      }
      if (now - cleared > PEACE_MS) { for (let i = random.below(12); i > 0; i--) flipper.flip(); }
      await new Promise((resolve) => setTimeout(resolve, random.below(20)));
      if (now - cleared > AMNESTY_MS) {
        flipper.clear();
        cleared = now;
      }
      if (now - told > PROGRESS_MS) {
        told = now;
        init.onProgress?.(
          `${
            Math.round((now - begin) / 1000)
          } s: ${flipper.count} flips, ${judge.total} operations, ` +
            `${started} actors, ${judge.details.length} faults`,
        );
      }
      const later = performance.now();
      watchOver(Math.min(later - now, 1000));
      now = later;
    }
    for (const actor of actors) actor.end();
    while (actors.size > 0) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      watchOver(100);
    }
  } finally {
    for (const actor of actors) actor.kill();
    await Promise.all([...actors].map((actor) => actor.ended));
    flipper.clear();
    cleanup();
  }
  return { judge, flips: flipper.count, actors: started };
}

/** The outcome as text. */
export function summarizeFlips({ judge, flips, actors }: FlipOutcome): string {
  return [
    ...judge.operationLines(),
    `${flips} changes, ${judge.total} operations that ended well, ${actors} actors`,
    ...judge.faultLines(),
  ].join("\n");
}

function residentBytes(pid: number): number {
  const statm = readSmallFile(`/proc/${pid}/statm`);
  return 4096 * Number(new TextDecoder().decode(statm).split(" ")[1] ?? 0);
}
