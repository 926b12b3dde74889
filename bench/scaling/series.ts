/** How many calls a second there are when there are more and more of something. */
import { median } from "../measure.ts";

/** A line of a plot. */
export interface Series {
  /** What is called, and how. */
  readonly name: string;
  /** Ascending. */
  readonly points: readonly Point[];
}

/** A point of it. */
export interface Point {
  /** How many there are. */
  readonly count: number;
  /** All callers together; the median of the turns. */
  readonly callsPerSecond: number;
}

/** Measures one point once and returns the calls a second. */
export type Turn = (count: number) => Promise<number>;

/** Measures the lines of a plot in turns, all points of all lines in each round. */
export async function measureSeries(
  turns: Readonly<Record<string, Turn>>,
  counts: readonly number[],
  rounds: number,
): Promise<Series[]> {
  const entries = Object.entries(turns);
  const rates = entries.map(() => counts.map((): number[] => []));
  for (let round = 0; round < rounds; round++) {
    for (const [column, count] of counts.entries()) {
      for (const [line, [, turn]] of entries.entries()) {
        rates[line][column].push(await turn(count));
      }
    }
  }
  return entries.map(([name], line) => ({
    name,
    points: counts.map((count, column) => ({
      count,
      callsPerSecond: median(rates[line][column]),
    })),
  }));
}
