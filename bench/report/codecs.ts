/** Serializers compared: every one in turn for every value, encoding and decoding. */
import { OURS } from "../contenders.ts";
import { FLOOR, type Lineup } from "../lineup.ts";
import { geometricMean, type Rounds, timeInterleaved } from "../measure.ts";
import type { PayloadKind } from "../payloads.ts";
import { formatNs, formatRatio, markdownTable } from "./table.ts";

/** The way that is timed. */
export type Direction = "encode" | "decode";

/** One row: a value, and the median time of each contender. */
export interface CodecResult {
  /** The value's name. */
  readonly payload: string;
  /** Which mean the row counts for. */
  readonly kind: PayloadKind;
  /** Which way was timed. */
  readonly direction: Direction;
  /** Nanoseconds per message by contender, and the floor. */
  readonly medianNs: Readonly<Record<string, number>>;
  /** The fastest contender that is not pybytes. */
  readonly bestPeer: string;
  /** The best peer's time divided by that of pybytes: above 1, pybytes is faster. */
  readonly ratio: number;
}

const ROUNDS: Rounds = { rounds: 21, turnMs: 2 };

function measure({ payload, entrants, floor }: Lineup, direction: Direction): CodecResult {
  const subjects = [
    ...entrants.map((entrant) => ({ name: entrant.name, run: entrant[direction] })),
    { name: FLOOR, run: floor },
  ];
  const times = timeInterleaved(subjects, ROUNDS);
  const medianNs = Object.fromEntries(subjects.map(({ name }, index) => [name, times[index]]));
  const peers = entrants.map(({ name }) => name).filter((name) => name !== OURS);
  const bestPeer = peers.reduce((best, name) => medianNs[name] < medianNs[best] ? name : best);
  return {
    payload: payload.name,
    kind: payload.kind,
    direction,
    medianNs,
    bestPeer,
    ratio: medianNs[bestPeer] / medianNs[OURS],
  };
}

/** Times all values one way. */
export function measureCodecs(lineups: readonly Lineup[], direction: Direction): CodecResult[] {
  return lineups.map((lineup) => measure(lineup, direction));
}

/** Returns the table of one direction; `-` where a contender cannot carry the value. */
export function codecTable(results: readonly CodecResult[]): string {
  const contenders = [...new Set(results.flatMap(({ medianNs }) => Object.keys(medianNs)))]
    .filter((name) => name !== OURS && name !== FLOOR);
  const columns = [OURS, ...contenders, FLOOR];
  const rows = results.map(({ payload, medianNs, bestPeer, ratio }) => [
    payload,
    `${formatRatio(ratio)} ${bestPeer}`,
    ...columns.map((name) => name in medianNs ? formatNs(medianNs[name]) : "-"),
  ]);
  return markdownTable([results[0].direction, "against the best", ...columns], rows);
}

/** The geometric means of the ratios to the best peer of each row, per kind of value and over all. */
export function meanRatios(results: readonly CodecResult[]): Record<string, number> {
  const kinds = [...new Set(results.map(({ kind }) => kind))];
  const mean = (of: readonly CodecResult[]) => geometricMean(of.map(({ ratio }) => ratio));
  return {
    ...Object.fromEntries(
      kinds.map((kind) => [kind, mean(results.filter((r) => r.kind === kind))]),
    ),
    all: mean(results),
  };
}

/** The geometric mean of each contender's time divided by that of pybytes, over the values that it can carry. */
export function meanRatiosByPeer(results: readonly CodecResult[]): Record<string, number> {
  const names = new Set(results.flatMap(({ medianNs }) => Object.keys(medianNs)));
  return Object.fromEntries(
    [...names].filter((name) => name !== OURS && name !== FLOOR).map((name) => [
      name,
      geometricMean(
        results.filter(({ medianNs }) => name in medianNs)
          .map(({ medianNs }) => medianNs[name] / medianNs[OURS]),
      ),
    ]),
  );
}
