/** What membridge sets out to reach, row by row, and how this run stands to it. */
import { formatBytes, formatCount, formatNs, formatRatio, markdownTable } from "./table.ts";

/** What a figure counts. */
export type Unit = "ns" | "/s" | "x" | "bytes" | "count";

/** A limit, and what was measured. */
export interface Aim {
  /** What the figure is about. */
  readonly what: string;
  /** Whether the limit is the largest or the smallest figure that will do. */
  readonly sense: "at most" | "at least";
  /** The limit. */
  readonly goal: number;
  /** This run's figure; `undefined` when there was nothing to compare with. */
  readonly measured: number | undefined;
  /** Of the goal and of the figure. */
  readonly unit: Unit;
  /** What else the reader should know, such as the figure of a control. */
  readonly note?: string;
}

/** An aim judged. */
export interface Verdict extends Aim {
  /** The figure in multiples of the limit; `null` for a limit of 0 and where there was nothing to compare with. */
  readonly ratio: number | null;
  /** Whether the limit is kept; `null` when there was nothing to compare with. */
  readonly met: boolean | null;
}

/** Judges an aim. */
export function judge(aim: Aim): Verdict {
  const { sense, goal, measured } = aim;
  if (measured === undefined) return { ...aim, ratio: null, met: null };
  const met = sense === "at most" ? measured <= goal : measured >= goal;
  return { ...aim, ratio: goal === 0 ? null : measured / goal, met };
}

const FORMATS: Readonly<Record<Unit, (figure: number) => string>> = {
  "ns": formatNs,
  "/s": (figure) => `${formatCount(figure)}/s`,
  "x": formatRatio,
  "bytes": formatBytes,
  "count": (figure) => String(Math.round(figure * 100) / 100),
};

/** Returns the table of all goals: limit, figure, their ratio, and whether it is met. */
export function verdictTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ what, sense, goal, measured, unit, ratio, met, note }) => {
    const format = FORMATS[unit];
    return [
      what,
      `${sense} ${format(goal)}`,
      measured === undefined ? "-" : format(measured),
      ratio === null ? "-" : formatRatio(ratio),
      met === null ? "not judged" : met ? "met" : "MISSED",
      note ?? "",
    ];
  });
  return markdownTable(["goal", "limit", "measured", "/ limit", "verdict", "note"], rows);
}
