/** Shared values compared with a copy and a variable in the same process. */
import { median, medianRatio, timeInterleaved } from "../measure.ts";
import type { ValueGroup } from "../values.ts";
import type { Aim } from "./aims.ts";
import { formatNs, formatRatio, markdownTable } from "./table.ts";

/** One operation with what it is compared with. */
export interface ValueResult {
  /** What was timed. */
  readonly group: string;
  /** Nanoseconds by name. */
  readonly medianNs: Readonly<Record<string, number>>;
  /** Times as long as the first took, by name. */
  readonly ratios: Readonly<Record<string, number>>;
}

/** Times a group's subjects, in turns. */
export function measureValues({ name, subjects }: ValueGroup): ValueResult {
  const times = timeInterleaved(subjects, { rounds: 15, turnMs: 3 });
  return {
    group: name,
    medianNs: Object.fromEntries(
      subjects.map(({ name }, index) => [name, median(times[index])]),
    ),
    ratios: Object.fromEntries(
      subjects.map(({ name }, index) => [name, medianRatio(times[index], times[0])]),
    ),
  };
}

/** Returns the table of all operations. */
export function valueTable(results: readonly ValueResult[]): string {
  const columns = ["structuredClone", "a plain variable (floor)"];
  const rows = results.map(({ group, medianNs, ratios }) => {
    const [ours] = Object.values(medianNs);
    return [
      group,
      formatNs(ours),
      "structuredClone" in ratios ? formatRatio(ratios.structuredClone) : "-",
      ...columns.map((name) => name in medianNs ? formatNs(medianNs[name]) : "-"),
    ];
  });
  return markdownTable(
    ["shared value", "SharedValue", "against structuredClone", ...columns],
    rows,
  );
}

/** The fewest operations a second, by group. */
const LEAST_PER_SECOND = { "get small": 1.5e6, "set small": 0.8e6, "version": 30e6 };

/** What a shared value of three fields sets out to reach. */
export function valueAims(results: readonly ValueResult[]): Aim[] {
  return Object.entries(LEAST_PER_SECOND).map(([name, goal]): Aim => {
    const { medianNs } = results.find(({ group }) => group === name)!;
    const [ours] = Object.values(medianNs);
    return {
      what: `SharedValue, ${name}`,
      sense: "at least",
      goal,
      unit: "/s",
      measured: 1e9 / ours,
    };
  });
}
