/** The chart's colours and letters, for light and for dark pages: the background stays that of the page. */

/** One scheme; every text has a contrast of at least 4.5 to 1 with the page, every bar of 3 to 1. */
interface Scheme {
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  /** Bars of cases in which pybytes is the faster, and the first line of a plot. */
  readonly ahead: string;
  /** Bars of the others, and the second line; told from the first also without seeing colours, by their side of the line and by dashes. */
  readonly behind: string;
  /** The third line, of something to compare with. */
  readonly third: string;
}

const LIGHT: Scheme = {
  text: "#1f2328",
  muted: "#59636e",
  grid: "#d1d9e0",
  ahead: "#0969da",
  behind: "#bc4c00",
  third: "#59636e",
};

const DARK: Scheme = {
  text: "#f0f6fc",
  muted: "#9198a1",
  grid: "#3d444d",
  ahead: "#4493f8",
  behind: "#db6d28",
  third: "#9198a1",
};

function colours({ text, muted, grid, ahead, behind, third }: Scheme): string {
  return [
    `text { fill: ${text}; }`,
    `.muted { fill: ${muted}; }`,
    `.grid { stroke: ${grid}; }`,
    `.even { stroke: ${text}; }`,
    `.ahead { fill: ${ahead}; }`,
    `.behind { fill: ${behind}; }`,
    `.line.first { stroke: ${ahead}; }`,
    `.dot.first { fill: ${ahead}; }`,
    `.line.second { stroke: ${behind}; }`,
    `.dot.second { fill: ${behind}; }`,
    `.line.third { stroke: ${third}; }`,
    `.dot.third { fill: ${third}; }`,
  ].join("\n");
}

/** The style sheet. */
export const STYLE = [
  `text { font: 11.5px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; }`,
  ".title { font-size: 14px; font-weight: 600; }",
  ".strong { font-weight: 600; }",
  ".label, .figure { text-anchor: end; }",
  ".tick { text-anchor: middle; font-size: 10.5px; }",
  ".line { fill: none; stroke-width: 2; }",
  ".line.second { stroke-dasharray: 5 3; }",
  ".line.third { stroke-dasharray: 2 3; }",
  ".caption { font-size: 11px; }",
  colours(LIGHT),
  `@media (prefers-color-scheme: dark) {\n${colours(DARK)}\n}`,
].join("\n");
