/**
 * Lays the chart out: a line per case, a panel for each way, bars that start at the line of equal speed.
 *
 * ```text
 * |  labels  |  decode: plot  |  1.42× peer  |  encode: plot  |  0.97× peer  |
 * ```
 */
import type { Direction } from "../report/codecs.ts";
import { formatRatio } from "../report/table.ts";
import { wrap } from "./caption.ts";
import type { Row } from "./rows.ts";
import { STYLE } from "./style.ts";
import { group, shape, text } from "./svg.ts";

const WIDTH = 900;
const LABELS_WIDTH = 160;
const PANEL_WIDTH = (WIDTH - LABELS_WIDTH) / 2;
/** Of a panel: the rest is for the figures. */
const PLOT_WIDTH = 184;
const PLOT_INSET = 10;
const TOP = 78;
const ROW_HEIGHT = 19;
const SECTION_GAP = 9;
const BAR_HEIGHT = 12;
const CAPTION_LINE = 16;
const CAPTION_COLUMNS = 150;

/** The ends of the scale, however far a bar goes beyond; its figure tells. */
const LEAST = 1 / 8;
const MOST = 16;

/** Where a ratio is on the logarithmic scale of a plot, and the powers of two that are marked on it. */
interface Scale {
  readonly at: (ratio: number) => number;
  readonly ticks: readonly number[];
}

function scaleOf(rows: readonly Row[]): Scale {
  const ratios = rows.flatMap((row) => Object.values(row.ratios).map(({ ratio }) => ratio));
  const clamp = (ratio: number) => Math.min(MOST, Math.max(LEAST, ratio));
  const first = Math.floor(Math.log2(clamp(Math.min(0.5, ...ratios))));
  const last = Math.ceil(Math.log2(clamp(Math.max(2, ...ratios))));
  return {
    at: (ratio) => {
      const exponent = Math.min(last, Math.max(first, Math.log2(ratio)));
      return PLOT_WIDTH * (exponent - first) / (last - first);
    },
    ticks: Array.from({ length: last - first + 1 }, (_, index) => 2 ** (first + index)),
  };
}

/** Returns the distance of each row from the first, and the height of all. */
function placeRows(rows: readonly Row[]): { tops: number[]; height: number } {
  let y = 0;
  const tops = rows.map((row, index) => {
    if (index > 0 && row.section !== rows[index - 1].section) y += SECTION_GAP;
    const top = y;
    y += ROW_HEIGHT;
    return top;
  });
  return { tops, height: y };
}

const FRACTIONS: Readonly<Record<number, string>> = { 0.125: "⅛", 0.25: "¼", 0.5: "½" };

function tickLabel(ratio: number): string {
  return `${FRACTIONS[ratio] ?? ratio}×`;
}

function figureOf(ratio: number): string {
  return formatRatio(ratio).replace("x", "×");
}

function panel(
  direction: Direction,
  { rows, tops, height, left }: {
    rows: readonly Row[];
    tops: readonly number[];
    height: number;
    left: number;
  },
): string {
  const { at, ticks } = scaleOf(rows);
  const even = at(1);
  const parts = [
    text("text", { class: "title", x: 0, y: -38 }, `${direction}, against the best peer`),
  ];
  for (const tick of ticks) {
    const x = at(tick);
    parts.push(
      text("text", { class: "tick muted", x, y: -10 }, tickLabel(tick)),
      shape("line", { class: tick === 1 ? "even" : "grid", x1: x, x2: x, y1: -4, y2: height }),
    );
  }
  for (const [index, { ratios: { [direction]: { name, ratio } }, section }] of rows.entries()) {
    const x = at(ratio);
    const y = tops[index] + (ROW_HEIGHT - BAR_HEIGHT) / 2;
    const baseline = tops[index] + ROW_HEIGHT - 5.5;
    parts.push(
      shape("rect", {
        class: ratio >= 1 ? "ahead" : "behind",
        x: Math.min(x, even),
        y,
        width: Math.max(1, Math.abs(x - even)),
        height: BAR_HEIGHT,
      }),
      text("text", {
        class: section === "mean" ? "figure strong" : "figure",
        x: PLOT_WIDTH + 48,
        y: baseline,
      }, figureOf(ratio)),
    );
    if (name !== "") {
      parts.push(text("text", { class: "muted", x: PLOT_WIDTH + 53, y: baseline }, name));
    }
  }
  return group("g", { transform: `translate(${left} ${TOP})` }, parts);
}

/** Returns the chart as an SVG document. */
export function drawChart(rows: readonly Row[], paragraphs: readonly string[]): string {
  const { tops, height } = placeRows(rows);
  const labels = rows.map(({ label, section }, index) =>
    text("text", {
      class: section === "mean" ? "label strong" : "label",
      x: LABELS_WIDTH - 8,
      y: TOP + tops[index] + ROW_HEIGHT - 5.5,
    }, label)
  );
  const panels = (["decode", "encode"] as const).map((direction, index) =>
    panel(direction, {
      rows,
      tops,
      height,
      left: LABELS_WIDTH + PLOT_INSET + index * PANEL_WIDTH,
    })
  );
  const lines = paragraphs.flatMap((paragraph) => wrap(paragraph, CAPTION_COLUMNS));
  const captionTop = TOP + height + 28;
  const caption = lines.map((line, index) =>
    text("text", { class: "caption muted", x: 8, y: captionTop + index * CAPTION_LINE }, line)
  );
  const total = captionTop + lines.length * CAPTION_LINE;
  const title = "How many times as fast as the best peer pybytes decodes and encodes";
  return group("svg", {
    xmlns: "http://www.w3.org/2000/svg",
    viewBox: `0 0 ${WIDTH} ${Math.ceil(total)}`,
    width: WIDTH,
    height: Math.ceil(total),
    role: "img",
    "aria-label": title,
  }, [
    text("title", {}, title),
    `<style>\n${STYLE}\n</style>`,
    text(
      "text",
      { class: "muted", x: 8, y: 16 },
      "Right of the 1× line pybytes is the faster; logarithmic scale.",
    ),
    ...labels,
    ...panels,
    ...caption,
  ]);
}
