/** Times single calls, in turns: one after the other, and each after a pause; and how many a second are possible. */
import { median, quantile, type Rounds, type Subject } from "./measure.ts";
import { sink } from "./sink.ts";

/** Something in processes of its own that times itself, such as a program in another language. */
export interface SelfTimed {
  /** Its name in the tables. */
  readonly name: string;
  /** Makes one call after the other for `turnMs` and returns how long they took, in nanoseconds. */
  readonly backToBack: (turnMs: number) => Promise<readonly number[]>;
  /** Makes `calls` calls, each after a pause, and returns how long they took, in nanoseconds. */
  readonly afterSilence: (calls: number, silenceMs: number) => Promise<readonly number[]>;
}

/** Something of which only calls one after the other are timed. */
export type BackToBack = Pick<SelfTimed, "name" | "backToBack">;

/** How calls after a silence are measured. */
export interface Silence {
  /** How many times each subject has its turn. */
  readonly rounds: number;
  /** Calls in a turn. */
  readonly callsPerTurn: number;
  /** The pause before each call, in milliseconds. */
  readonly silenceMs: number;
}

/** Median and 99th percentile of single calls, in nanoseconds. */
export interface Latency {
  /** Half of the calls took less. */
  readonly p50Ns: number;
  /** One call in a hundred took more. */
  readonly p99Ns: number;
  /** The median of each turn, for ratios within the rounds. */
  readonly turnsNs: readonly number[];
}

/**
 * Returns how many times as long as a floor something took: its median against that of the floor's best turn.
 *
 * A floor is what the machine can do: a turn in which it had to wait for a processor says nothing about that, and would
 * make whatever it is compared with look good.
 */
export function ratioToFloor({ p50Ns }: Latency, floor: Latency): number {
  return p50Ns / Math.min(...floor.turnsNs);
}

/** Calls `run` once and returns how long it took in nanoseconds. */
async function timeOnce(run: () => unknown): Promise<number> {
  const start = performance.now();
  const result = run();
  sink.last = result instanceof Promise ? await result : result;
  return (performance.now() - start) * 1e6;
}

function latencyOf(turns: readonly (readonly number[])[]): Latency {
  const samples = turns.flat();
  return {
    p50Ns: quantile(samples, 0.5),
    p99Ns: quantile(samples, 0.99),
    turnsNs: turns.map(median),
  };
}

/** Makes one call after the other for `turnMs` and returns how long each took, in nanoseconds. */
export async function turnBackToBack(run: () => unknown, turnMs: number): Promise<number[]> {
  const samples: number[] = [];
  const end = performance.now() + turnMs;
  while (performance.now() < end) samples.push(await timeOnce(run));
  return samples;
}

async function turnAfterSilence(
  run: () => unknown,
  calls: number,
  silenceMs: number,
): Promise<number[]> {
  const samples: number[] = [];
  // The call before the first that counts ends the longer silence of the others' turns.
  for (let call = 0; call <= calls; call++) {
    await new Promise((resolve) => setTimeout(resolve, silenceMs));
    const elapsedNs = await timeOnce(run);
    if (call > 0) samples.push(elapsedNs);
  }
  return samples;
}

/** Returns each subject's latency when one call follows the other. */
export async function latencyBackToBack(
  subjects: readonly (Subject | BackToBack)[],
  { rounds, turnMs }: Rounds,
): Promise<Latency[]> {
  const turns = subjects.map((): (readonly number[])[] => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [index, subject] of subjects.entries()) {
      const turn = "run" in subject
        ? await turnBackToBack(subject.run, turnMs)
        : await subject.backToBack(turnMs);
      // The first round warms up: both sides are compiled and awake after it.
      if (round > 0) turns[index].push(turn);
    }
  }
  return turns.map(latencyOf);
}

/** Returns each subject's latency when each call comes `silenceMs` after the one before. */
export async function latencyAfterSilence(
  subjects: readonly (Subject | SelfTimed)[],
  { rounds, callsPerTurn, silenceMs }: Silence,
): Promise<Latency[]> {
  const turns = subjects.map((): (readonly number[])[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, subject] of subjects.entries()) {
      turns[index].push(
        "run" in subject
          ? await turnAfterSilence(subject.run, callsPerTurn, silenceMs)
          : await subject.afterSilence(callsPerTurn, silenceMs),
      );
    }
  }
  return turns.map(latencyOf);
}

/** Returns how many calls a second each subject makes, with `inFlight` calls started before the first is awaited. */
export async function callsPerSecond(
  subjects: readonly Subject[],
  { rounds, turnMs }: Rounds,
  inFlight: number,
): Promise<number[]> {
  const rates = subjects.map((): number[] => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [index, { run }] of subjects.entries()) {
      const start = performance.now();
      let calls = 0, elapsedMs = 0;
      do {
        const pending: unknown[] = [];
        for (let i = 0; i < inFlight; i++) pending.push(run());
        sink.last = await Promise.all(pending);
        calls += inFlight;
        elapsedMs = performance.now() - start;
      } while (elapsedMs < turnMs);
      if (round > 0) rates[index].push(calls * 1000 / elapsedMs);
    }
  }
  return rates.map(median);
}
