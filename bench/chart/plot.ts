/** Draws lines of calls a second over a count of something: a panel for each plot, the count on a logarithmic scale. */
import type { Plot } from "../report/scaling.ts";
import { formatCount } from "../report/table.ts";
import type { Series } from "../scaling/series.ts";
import { wrap } from "./caption.ts";
import { STYLE } from "./style.ts";
import { group, shape, text } from "./svg.ts";

const WIDTH = 900;
const PANEL_WIDTH = WIDTH / 2;
/** Left of a plot: the figures of its scale. */
const SCALE_WIDTH = 62;
const PLOT_WIDTH = PANEL_WIDTH - SCALE_WIDTH - 34;
const PLOT_HEIGHT = 220;
const TOP = 66;
const TICKS = 5;
const LEGEND_WIDTH = 120;
const CAPTION_LINE = 16;
const CAPTION_COLUMNS = 150;

/** The lines' classes in the style sheet; they are told from each other also without seeing colours: the later ones are dashed. */
const LINES = ["first", "second", "third"];

/** Returns the step between marks of a scale from 0 to at least `most`: 1, 2 or 5 times a power of ten. */
function stepFor(most: number): number {
  const rough = most / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * [1, 2, 5, 10].find((factor) => factor * power >= rough)!;
}

/** Where a point is in a plot. */
interface Scales {
  readonly x: (count: number) => number;
  readonly y: (rate: number) => number;
}

function line({ points }: Series, lineClass: string, { x, y }: Scales): string[] {
  const at = points.map(({ count, callsPerSecond }) => [x(count), y(callsPerSecond)]);
  const round = (value: number) => Math.round(value * 10) / 10;
  return [
    shape("polyline", {
      class: `line ${lineClass}`,
      points: at.map((pair) => pair.map(round).join(",")).join(" "),
    }),
    ...at.map(([cx, cy]) => shape("circle", { class: `dot ${lineClass}`, cx, cy, r: 3 })),
  ];
}

function legend(series: readonly Series[]): string[] {
  return series.flatMap(({ name }, index) => {
    const x = index * LEGEND_WIDTH;
    return [
      shape("line", { class: `line ${LINES[index]}`, x1: x, x2: x + 22, y1: -20, y2: -20 }),
      text("text", { x: x + 28, y: -16 }, name),
    ];
  });
}

function panel({ counted, series }: Plot, left: number): string {
  const counts = series[0].points.map(({ count }) => count);
  const rates = series.flatMap(({ points }) => points.map((point) => point.callsPerSecond));
  const step = stepFor(Math.max(...rates));
  const top = step * Math.ceil(Math.max(...rates) / step);
  const widest = Math.log(counts[counts.length - 1]);
  const scales: Scales = {
    x: (count) => PLOT_WIDTH * Math.log(count) / widest,
    y: (rate) => PLOT_HEIGHT * (1 - rate / top),
  };
  const parts = [
    text("text", { class: "title", x: 0, y: -38 }, `Calls a second, by ${counted}`),
    ...legend(series),
  ];
  for (let rate = 0; rate <= top; rate += step) {
    const y = scales.y(rate);
    parts.push(
      text("text", { class: "figure muted", x: -8, y: y + 4 }, formatCount(rate)),
      shape("line", { class: rate === 0 ? "even" : "grid", x1: 0, x2: PLOT_WIDTH, y1: y, y2: y }),
    );
  }
  for (const count of counts) {
    const x = scales.x(count);
    parts.push(
      text("text", { class: "tick muted", x, y: PLOT_HEIGHT + 18 }, formatCount(count)),
      shape("line", { class: "even", x1: x, x2: x, y1: PLOT_HEIGHT, y2: PLOT_HEIGHT + 4 }),
    );
  }
  parts.push(...series.flatMap((one, index) => line(one, LINES[index], scales)));
  return group("g", { transform: `translate(${left + SCALE_WIDTH} ${TOP})` }, parts);
}

/** Returns the plots, of three lines each at the most, as an SVG document. */
export function drawPlots(plots: readonly Plot[], paragraphs: readonly string[]): string {
  const captionTop = TOP + PLOT_HEIGHT + 48;
  const lines = paragraphs.flatMap((paragraph) => wrap(paragraph, CAPTION_COLUMNS));
  const caption = lines.map((content, index) =>
    text("text", { class: "caption muted", x: 8, y: captionTop + index * CAPTION_LINE }, content)
  );
  const height = captionTop + lines.length * CAPTION_LINE;
  const title = "Calls a second against the number of client processes and of services";
  return group("svg", {
    xmlns: "http://www.w3.org/2000/svg",
    viewBox: `0 0 ${WIDTH} ${height}`,
    width: WIDTH,
    height,
    role: "img",
    "aria-label": title,
  }, [
    text("title", {}, title),
    `<style>\n${STYLE}\n</style>`,
    ...plots.map((plot, index) => panel(plot, index * PANEL_WIDTH)),
    ...caption,
  ]);
}
