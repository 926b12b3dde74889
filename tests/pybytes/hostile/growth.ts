/** How fast a cost grows: the exponent of time against size. */

/** Sizes that are tried, each twice the one before. */
const SIZES = 4;
/** The best of so many runs counts: what else a machine does only ever makes a run longer. */
const RUNS = 6;
/** A smallest size that takes less says more about the clock and the compiler. */
const MIN_TIME_MS = 0.2;
/** Above it growth counts as superlinear; n log n stays below 1.2, quadratic is 2. */
export const MAX_EXPONENT = 1.5;
/** Measurements before a function is called superlinear: a busy spell of the machine may last for some of them. */
const ATTEMPTS = 8;

/** Makes what a run of this size does; only the returned function is timed. */
export type Work = (size: number) => () => unknown;

function timeOf(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

function bestTime(run: () => unknown): number {
  return Math.min(timeOf(run), timeOf(run), timeOf(run));
}

/** The slope of the straight line through the logarithms. */
function slopeOf(points: readonly (readonly [size: number, time: number])[]): number {
  const logs = points.map(([size, time]) => [Math.log(size), Math.log(time)] as const);
  const meanX = logs.reduce((sum, [x]) => sum + x, 0) / logs.length;
  const meanY = logs.reduce((sum, [, y]) => sum + y, 0) / logs.length;
  const above = logs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return above / logs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}

function measuredExponent(work: Work, start: number): number {
  let first = start;
  while (bestTime(work(first)) < MIN_TIME_MS) first *= 2;
  const runs = Array.from({ length: SIZES }, (_, i) => work(first * 2 ** i));
  const best = runs.map(() => Infinity);
  // Round by round, so that a busy moment does not fall on all runs of one size.
  for (let round = 0; round < RUNS; round++) {
    for (let i = 0; i < SIZES; i++) best[i] = Math.min(best[i], timeOf(runs[i]));
  }
  return slopeOf(best.map((time, i) => [first * 2 ** i, time] as const));
}

/** The exponent of a function's growth: the least of a few measurements if the first is above the limit. */
export function exponentOf(work: Work, start = 512): number {
  let least = Infinity;
  for (let attempt = 0; attempt < ATTEMPTS && !(least < MAX_EXPONENT); attempt++) {
    least = Math.min(least, measuredExponent(work, start));
  }
  return least;
}
