/** What pybytes sets out to reach against its peers, and whether this run reached it. */
import { geometricMean } from "../measure.ts";
import type { SizeResult } from "../sizes.ts";
import { type Against, type CodecResult, ratiosAgainst } from "./codecs.ts";
import { formatRatio } from "./table.ts";

/** A case with its ratio and the peer that it is the ratio to. */
export interface GoalCase {
  /** The value's name. */
  readonly payload: string;
  /** The best peer of the case. */
  readonly peer: string;
  /** pybytes against that peer. */
  readonly ratio: number;
}

/** A goal and how this run stands to it. */
export interface Goal {
  /** What is to be reached. */
  readonly goal: string;
  /** Whether it was reached; `null` when there was nothing to compare with. */
  readonly met: boolean | null;
  /** The figure that decides. */
  readonly figure: string;
  /** The cases that do not reach it by themselves, worst first. */
  readonly misses: readonly GoalCase[];
}

/** What a codec goal is about. */
interface CodecAim {
  /** Whom the ratios compare with. */
  readonly against: Against;
  /** What that is called. */
  readonly of: string;
  /** The least geometric mean. */
  readonly mean: number;
  /** The least ratio of any case; absent where only the mean counts. */
  readonly worst?: number;
}

const DECODE: readonly CodecAim[] = [
  { against: "best", of: "the best peer", mean: 1.3, worst: 0.9 },
];
const ENCODE: readonly CodecAim[] = [
  { against: "bestJavaScript", of: "the best peer in JavaScript", mean: 1.5, worst: 0.9 },
  { against: "bestNative", of: "the better native encoder", mean: 1 },
];
/** Sizes: how many times the smallest peer's size at most, on every corpus and in the geometric mean. */
const SIZE = { worst: 1, mean: 0.95 };

function casesAgainst(results: readonly CodecResult[], against: Against): GoalCase[] {
  return results.flatMap(({ payload, [against]: rival }) =>
    rival === undefined ? [] : [{ payload, peer: rival.name, ratio: rival.ratio }]
  );
}

function below(cases: readonly GoalCase[], least: number): GoalCase[] {
  return cases.filter(({ ratio }) => ratio < least).sort((a, b) => a.ratio - b.ratio);
}

/** Judges the geometric mean over the values that all carry; texts in the place of types would flatter pybytes. */
function meanGoal(results: readonly CodecResult[], { against, of, mean: least }: CodecAim): Goal {
  const goal = `${results[0].direction}: geometric mean at least ${formatRatio(least)} of ${of}`;
  const shared = results.filter(({ carriedByAll }) => carriedByAll);
  const ratios = ratiosAgainst(shared, against);
  if (ratios.length === 0) return { goal, met: null, figure: "nobody to compare with", misses: [] };
  const every = ratiosAgainst(results, against);
  const mean = geometricMean(ratios);
  return {
    goal,
    met: mean >= least,
    figure: `${exactly(mean)} over the ${ratios.length} cases all can carry` +
      ` (${exactly(geometricMean(every))} over all ${every.length})`,
    misses: below(casesAgainst(shared, against), least),
  };
}

function worstGoal(results: readonly CodecResult[], aim: CodecAim, least: number): Goal {
  const goal = `${results[0].direction}: no case below ${formatRatio(least)} of ${aim.of}`;
  const cases = casesAgainst(results, aim.against);
  if (cases.length === 0) return { goal, met: null, figure: "nobody to compare with", misses: [] };
  const worst = cases.reduce((a, b) => b.ratio < a.ratio ? b : a);
  const misses = below(cases, least);
  return { goal, met: misses.length === 0, figure: `worst ${formatCase(worst)}`, misses };
}

/** Judges one direction. */
export function codecGoals(results: readonly CodecResult[]): Goal[] {
  const aims = results[0].direction === "decode" ? DECODE : ENCODE;
  return aims.flatMap((aim) => [
    meanGoal(results, aim),
    ...(aim.worst === undefined ? [] : [worstGoal(results, aim, aim.worst)]),
  ]);
}

/** Judges the sizes of the corpora. */
export function sizeGoals(results: readonly SizeResult[]): Goal[] {
  const cases = results.filter(({ kind }) => kind === "corpus")
    .map(({ payload, smallestPeer, ratio }) => ({ payload, peer: smallestPeer, ratio }));
  const above = (most: number) =>
    cases.filter(({ ratio }) => ratio > most).sort((a, b) => b.ratio - a.ratio);
  const worst = cases.reduce((a, b) => b.ratio > a.ratio ? b : a);
  const mean = geometricMean(cases.map(({ ratio }) => ratio));
  return [
    {
      goal: "size: each corpus at most as large as with the smallest peer",
      met: above(SIZE.worst).length === 0,
      figure: `largest ${formatCase(worst)}`,
      misses: above(SIZE.worst),
    },
    {
      goal: `size: geometric mean of the corpora at most ${formatRatio(SIZE.mean)}`,
      met: mean <= SIZE.mean,
      figure: `${exactly(mean)} over ${cases.length} corpora`,
      misses: above(SIZE.mean),
    },
  ];
}

/** Returns a ratio with three decimals: two would show a close miss as the limit itself. */
function exactly(ratio: number): string {
  return `${ratio.toFixed(3)}x`;
}

function formatCase({ payload, peer, ratio }: GoalCase): string {
  return `${payload} ${exactly(ratio)} (${peer})`;
}

/** Returns a line for each goal, and below it the cases that do not reach it by themselves. */
export function goalLines(goals: readonly Goal[]): string {
  return goals.map(({ goal, met, figure, misses }) => {
    const verdict = met === null ? "not judged" : met ? "met" : "MISSED";
    const line = `- ${verdict}: ${goal}: ${figure}`;
    if (misses.length === 0) return line;
    return `${line}\n  - short of it by themselves: ${misses.map(formatCase).join(", ")}`;
  }).join("\n");
}
