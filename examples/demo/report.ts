/** What the demo's programs have in common: expectations that end them, and latencies as text. */

/** Throws unless `condition` holds; nobody catches it, so the program ends with code 1. */
export function expect(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`Not as expected: ${what}`);
}

/** Returns the 50th and 99th percentile of durations in milliseconds, as text in microseconds. */
export function percentiles(durationsMs: number[]): string {
  const sorted = durationsMs.toSorted((a, b) => a - b);
  const at = (share: number) => (1000 * sorted[Math.floor(share * (sorted.length - 1))]).toFixed(1);
  return `p50 ${at(0.5)} us, p99 ${at(0.99)} us`;
}
