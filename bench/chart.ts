/**
 * Draws the comparison with the best peers from the results of a run.
 *
 * Run: `deno run --allow-read --allow-write --allow-run bench/chart.ts [results.json] [chart.svg]`, by default from
 * `bench/results/latest.json` to `pybytes/performance.svg`. The SVG has no background and follows the colour scheme of
 * the reader.
 */
import { captionOf } from "./chart/caption.ts";
import { drawChart } from "./chart/figure.ts";
import { rowsOf } from "./chart/rows.ts";
import { LATEST, readResults } from "./report/results.ts";

const CHART = new URL("../pybytes/performance.svg", import.meta.url);

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

const [input = LATEST, output = CHART] = Deno.args;
const { machine, codecs } = readResults(input);
if (codecs === undefined) {
  throw new Error(`${input} has no serializers: run bench/report.ts codecs`);
}
const svg = drawChart(rowsOf(codecs), captionOf(machine));
Deno.writeTextFileSync(output, await formatted(svg));
console.log(`Written: ${output instanceof URL ? output.pathname : output}`);
