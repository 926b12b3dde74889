/**
 * Times several things in one run, interleaved: a slow moment of the machine falls on all of them, so ratios hold where
 * absolute times do not.
 */
import { Random } from "../tests/helpers/random.ts";
import { sink } from "./sink.ts";

/** Something to time; what it returns is awaited if it is a promise. */
export interface Subject {
  /** Its name in the tables. */
  readonly name: string;
  /** Does it once. */
  readonly run: () => unknown;
}

/** How long and how often. */
export interface Rounds {
  /** How many times each subject has its turn. */
  readonly rounds: number;
  /** About how long a turn is, in milliseconds; longer where a few iterations take longer. */
  readonly turnMs: number;
}

/** Returns the value below which `fraction` of the samples lie. */
export function quantile(samples: readonly number[], fraction: number): number {
  if (samples.length === 0) throw new RangeError("Cannot take a quantile: no samples");
  const sorted = Float64Array.from(samples).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(fraction * sorted.length))];
}

/** Returns the geometric mean. */
export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/** How long a subject warms up, in milliseconds: compiling the largest functions takes 40, beside the run or in it. */
const WARM_UP_MS = 150;

/**
 * The fewest iterations of a turn, so that most of the garbage of a turn is collected in the turn.
 *
 * With one iteration of 2 MB of values, the collection came in the turn after it: always in the same one's, whose median
 * was 21 ms in place of 3 ms.
 */
const MIN_ITERATIONS = 4;

/** Warms a subject up until its code is compiled, and returns how many iterations a turn takes. */
function batchOf(run: () => unknown, turnMs: number): number {
  let bestRate = 0;
  const end = performance.now() + WARM_UP_MS;
  while (performance.now() < end) {
    const start = performance.now();
    let count = 0, elapsedMs = 0;
    do {
      sink.last = run();
      count++;
      elapsedMs = performance.now() - start;
    } while (elapsedMs < turnMs / 2);
    // The best slice counts: in the others another process may have had the processor.
    bestRate = Math.max(bestRate, count / elapsedMs);
  }
  return Math.max(MIN_ITERATIONS, Math.round(bestRate * turnMs));
}

/** Puts the items into a random order. */
function shuffle(items: number[], random: Random): void {
  for (let last = items.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    [items[last], items[other]] = [items[other], items[last]];
  }
}

/** Returns the middle of the samples. */
export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}

/**
 * Returns how many times as long as `base` something took: the median over the rounds of the ratio within each round.
 *
 * Shared processors have slow spells of some seconds. Where one begins in the middle of a case, the median of one
 * subject is a slow turn's and that of another a quick one's; in a round both had the same.
 */
export function medianRatio(samples: readonly number[], base: readonly number[]): number {
  return median(samples.map((sample, round) => sample / base[round]));
}

/** Returns for each subject, in their order, the time of one iteration in nanoseconds in every round. */
export function timeInterleaved(
  subjects: readonly Subject[],
  { rounds, turnMs }: Rounds,
): number[][] {
  const batches = subjects.map(({ run }) => batchOf(run, turnMs));
  const times = subjects.map((): number[] => []);
  const order = subjects.map((_, index) => index);
  const random = new Random(rounds);
  for (let round = 0; round < rounds; round++) {
    // Nobody always runs after the same neighbour, whose garbage and cache misses it would inherit.
    shuffle(order, random);
    for (const index of order) {
      const { run } = subjects[index];
      const batch = batches[index];
      const start = performance.now();
      for (let i = 0; i < batch; i++) sink.last = run();
      times[index].push((performance.now() - start) * 1e6 / batch);
    }
  }
  return times;
}
