/** Serializers timed: every one in turn for every value, encoding and decoding. */
import { OURS } from "../contenders.ts";
import { type Entrant, FLOOR, type Lineup } from "../lineup.ts";
import { geometricMean, median, medianRatio, type Rounds, timeInterleaved } from "../measure.ts";
import type { PayloadKind } from "../payloads.ts";

/** The way that is timed. */
export type Direction = "encode" | "decode";

/** How pybytes compares with one other. */
export interface Rival {
  /** The other's name. */
  readonly name: string;
  /** How many times as long as pybytes it took: above 1, pybytes is faster. */
  readonly ratio: number;
}

/** One row: a value, and the median time of each contender. */
export interface CodecResult {
  /** The value's name. */
  readonly payload: string;
  /** Which mean the row counts for. */
  readonly kind: PayloadKind;
  /** Whether all contenders carry the value as it is. */
  readonly carriedByAll: boolean;
  /** Which way was timed. */
  readonly direction: Direction;
  /** Nanoseconds per message by contender, and the floor. */
  readonly medianNs: Readonly<Record<string, number>>;
  /** By contender: how many times as long as pybytes it took, see `medianRatio`. */
  readonly ratios: Readonly<Record<string, number>>;
  /** Who of the contenders carried texts in place of the value. */
  readonly asTexts: readonly string[];
  /** The fastest other. */
  readonly best: Rival;
  /** The fastest that is written in JavaScript; absent when no peer is installed. */
  readonly bestJavaScript?: Rival;
  /** The fastest that the runtime has built in. */
  readonly bestNative?: Rival;
}

/** A kind of opponent: each has its ratio in every row. */
export type Against = "best" | "bestJavaScript" | "bestNative";

const ROUNDS: Rounds = { rounds: 41, turnMs: 4 };

/** Frees what earlier cases left, where the program was started with `--v8-flags=--expose-gc`: marking it would slow all down. */
function collectGarbage(): void {
  (globalThis as { gc?: () => void }).gc?.();
}

function measure(
  { payload, entrants, carriedByAll, floor }: Lineup,
  direction: Direction,
): CodecResult {
  const subjects = [
    ...entrants.map((entrant) => ({ name: entrant.name, run: entrant[direction] })),
    { name: FLOOR, run: floor },
  ];
  collectGarbage();
  const times = timeInterleaved(subjects, ROUNDS);
  const own = times[subjects.findIndex(({ name }) => name === OURS)];
  const byName = (of: (samples: readonly number[]) => number) =>
    Object.fromEntries(subjects.map(({ name }, index) => [name, of(times[index])]));
  const ratios = byName((samples) => medianRatio(samples, own));
  const others = entrants.filter(({ name }) => name !== OURS);
  const fastest = (of: readonly Entrant[]): Rival | undefined => {
    const [name] = of.map((entrant) => entrant.name).sort((a, b) => ratios[a] - ratios[b]);
    return name === undefined ? undefined : { name, ratio: ratios[name] };
  };
  const best = fastest(others);
  if (best === undefined) throw new Error(`${payload.name}: there is nobody to compare with`);
  return {
    payload: payload.name,
    kind: payload.kind,
    carriedByAll,
    direction,
    medianNs: byName(median),
    ratios,
    asTexts: entrants.filter(({ asTexts }) => asTexts).map(({ name }) => name),
    best,
    bestJavaScript: fastest(others.filter(({ engine }) => engine === "JavaScript")),
    bestNative: fastest(others.filter(({ engine }) => engine === "native")),
  };
}

/** Times all values one way. */
export function measureCodecs(lineups: readonly Lineup[], direction: Direction): CodecResult[] {
  return lineups.map((lineup) => measure(lineup, direction));
}

/** Returns the ratios of the rows that have an opponent of this kind. */
export function ratiosAgainst(results: readonly CodecResult[], against: Against): number[] {
  return results.flatMap(({ [against]: rival }) => rival === undefined ? [] : [rival.ratio]);
}

/** The geometric means of the ratios to one kind of opponent: per kind of value, and over all. */
export function meanRatios(
  results: readonly CodecResult[],
  against: Against,
): Record<string, number> {
  const groups: Record<string, readonly CodecResult[]> = {};
  for (const kind of new Set(results.map((result) => result.kind))) {
    groups[kind] = results.filter((result) => result.kind === kind);
  }
  groups["carried by all"] = results.filter(({ carriedByAll }) => carriedByAll);
  groups.all = results;
  return Object.fromEntries(
    Object.entries(groups)
      .map(([name, rows]) => [name, ratiosAgainst(rows, against)] as const)
      .filter(([, ratios]) => ratios.length > 0)
      .map(([name, ratios]) => [name, geometricMean(ratios)]),
  );
}

/** The geometric mean of each contender's time divided by that of pybytes, over the values that it can carry. */
export function meanRatiosByPeer(results: readonly CodecResult[]): Record<string, number> {
  const names = new Set(results.flatMap(({ ratios }) => Object.keys(ratios)));
  return Object.fromEntries(
    [...names].filter((name) => name !== OURS && name !== FLOOR).map((name) => [
      name,
      geometricMean(
        results.filter(({ ratios }) => name in ratios).map(({ ratios }) => ratios[name]),
      ),
    ]),
  );
}
