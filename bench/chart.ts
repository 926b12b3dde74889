/**
 * Draws charts from the results of a run: the serializers' comparison with the best peers, and how calls scale. A part
 * that was not run leaves its chart as it is.
 *
 * Run: `deno run --allow-read --allow-write --allow-run bench/chart.ts [results.json]`, by default from
 * `bench/results/latest.json`. The SVGs have no background and follow the colour scheme of the reader.
 */
import { captionOf, plotCaptionOf } from "./chart/caption.ts";
import { drawChart } from "./chart/figure.ts";
import { drawPlots } from "./chart/plot.ts";
import { rowsOf } from "./chart/rows.ts";
import { LATEST, readResults, type Results } from "./report/results.ts";

/** Each chart's file, and what draws it where the results have what it shows. */
const CHARTS: readonly (readonly [URL, (results: Results) => string | undefined])[] = [
  [
    new URL("../pybytes/performance.svg", import.meta.url),
    ({ machine, codecs }) => codecs && drawChart(rowsOf(codecs), captionOf(machine)),
  ],
  [
    new URL("../membridge/scaling.svg", import.meta.url),
    ({ machine, scaling }) => scaling && drawPlots(scaling, plotCaptionOf(machine)),
  ],
];

/** Formats the text as `deno fmt` wants it in the repository. */
async function formatted(svg: string): Promise<string> {
  await using child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--quiet", "--ext", "svg", "-"],
    cwd: new URL("..", import.meta.url),
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const [{ success, stdout }] = await Promise.all([
    child.output(),
    ReadableStream.from([new TextEncoder().encode(svg)]).pipeTo(child.stdin),
  ]);
  if (!success) throw new Error("deno fmt does not accept the chart");
  return new TextDecoder().decode(stdout);
}

const [input = LATEST] = Deno.args;
const results = readResults(input);
let drawn = 0;
for (const [file, draw] of CHARTS) {
  const svg = draw(results);
  if (svg === undefined) continue;
  Deno.writeTextFileSync(file, await formatted(svg));
  console.log(`Written: ${file.pathname}`);
  drawn++;
}
if (drawn === 0) {
  throw new Error(`${input} has nothing to draw: run bench/report.ts codecs scaling`);
}
