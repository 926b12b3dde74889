/**
 * The sizes of everything that the benchmarks encode, in bytes, for pybytes and each peer that is installed.
 *
 * Run: `deno run --allow-all bench/sizes.ts`. The best peer of a row is the one with the smallest message.
 */
import { OURS } from "./contenders.ts";
import { type Lineup, lineups } from "./lineup.ts";
import { geometricMean } from "./measure.ts";
import { formatCount, formatRatio, markdownTable } from "./report/table.ts";

/** One row: a value and its size by contender. */
export interface SizeResult {
  /** The value's name. */
  readonly payload: string;
  /** Bytes by contender. */
  readonly sizeBytes: Readonly<Record<string, number>>;
  /** The size of pybytes divided by the smallest of the others: below 1, pybytes is smaller. */
  readonly ratio: number;
}

/** Returns the sizes; nothing is encoded, the entrants know them. */
export function measureSizes(all: readonly Lineup[]): SizeResult[] {
  return all.map(({ payload, entrants }) => {
    const sizeBytes = Object.fromEntries(entrants.map((e) => [e.name, e.encodedBytes]));
    const { [OURS]: ours, ...others } = sizeBytes;
    return { payload: payload.name, sizeBytes, ratio: ours / Math.min(...Object.values(others)) };
  });
}

/** Returns the table, with the geometric mean in its last row. */
export function sizeTable(results: readonly SizeResult[]): string {
  const columns = [...new Set(results.flatMap(({ sizeBytes }) => Object.keys(sizeBytes)))];
  const rows = results.map(({ payload, sizeBytes, ratio }) => [
    payload,
    formatRatio(ratio),
    ...columns.map((name) => name in sizeBytes ? formatCount(sizeBytes[name]) : "-"),
  ]);
  const mean = geometricMean(results.map(({ ratio }) => ratio));
  const blanks = columns.map(() => "");
  return markdownTable(
    ["size in bytes", "of the smallest peer", ...columns],
    [...rows, ["geometric mean", formatRatio(mean), ...blanks]],
  );
}

if (import.meta.main) console.log(sizeTable(measureSizes(lineups())));
