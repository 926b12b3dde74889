/**
 * The sizes of everything that the benchmarks encode, in bytes: pybytes, each peer that is installed, and Python's pickle
 * and marshal where there is a `python3`.
 *
 * Run: `deno run --allow-all bench/sizes.ts`. The best peer of a row is the one with the smallest message.
 */
import { OURS } from "./contenders.ts";
import { type Lineup, lineups } from "./lineup.ts";
import { geometricMean } from "./measure.ts";
import type { PayloadKind } from "./payloads.ts";
import { measurePythonSizes, type PythonSizes } from "./python_sizes.ts";
import { formatCount, formatRatio, markdownTable } from "./report/table.ts";

/** One row: a value and its size by contender. */
export interface SizeResult {
  /** The value's name. */
  readonly payload: string;
  /** What the value is. */
  readonly kind: PayloadKind;
  /** Bytes by contender. */
  readonly sizeBytes: Readonly<Record<string, number>>;
  /** Who of the others has the smallest message. */
  readonly smallestPeer: string;
  /** The size of pybytes divided by that of the smallest peer: below 1, pybytes is smaller. */
  readonly ratio: number;
}

function sizesOf({ payload, entrants }: Lineup, python: PythonSizes): SizeResult {
  const entered = Object.fromEntries(
    entrants.map((entrant) => [entrant.name, entrant.encodedBytes]),
  );
  const { [OURS]: ours, ...rivals } = entered;
  const peers: Record<string, number> = { ...rivals, ...python[payload.name] };
  const smallestPeer = Object.keys(peers).reduce((best, name) =>
    peers[name] < peers[best] ? name : best
  );
  return {
    payload: payload.name,
    kind: payload.kind,
    sizeBytes: { [OURS]: ours, ...peers },
    smallestPeer,
    ratio: ours / peers[smallestPeer],
  };
}

/** Returns the sizes. Nothing is encoded here but in Python: the entrants know theirs. */
export async function measureSizes(all: readonly Lineup[]): Promise<SizeResult[]> {
  const python = await measurePythonSizes(all);
  return all.map((lineup) => sizesOf(lineup, python));
}

/** Returns the table, with the geometric means of the corpora and of all in its last rows. */
export function sizeTable(results: readonly SizeResult[]): string {
  const columns = [...new Set(results.flatMap(({ sizeBytes }) => Object.keys(sizeBytes)))];
  const rows = results.map(({ payload, sizeBytes, smallestPeer, ratio }) => [
    payload,
    `${formatRatio(ratio)} ${smallestPeer}`,
    ...columns.map((name) => name in sizeBytes ? formatCount(sizeBytes[name]) : "-"),
  ]);
  const mean = (name: string, of: readonly SizeResult[]) => [
    `geometric mean, ${name}`,
    formatRatio(geometricMean(of.map(({ ratio }) => ratio))),
    ...columns.map(() => ""),
  ];
  return markdownTable(
    ["size in bytes", "of the smallest peer", ...columns],
    [
      ...rows,
      mean("corpora", results.filter(({ kind }) => kind === "corpus")),
      mean("all", results),
    ],
  );
}

if (import.meta.main) console.log(sizeTable(await measureSizes(lineups())));
