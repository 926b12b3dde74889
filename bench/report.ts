/**
 * Everything in one run: calls, shared values, serializers and sizes, interleaved, so that the ratios can be quoted.
 *
 * Run: `deno run --allow-all bench/report.ts [PART]...`; the parts are `calls`, `values`, `rows` (the goals that need
 * processes of their own), `scaling`, or `membridge` for these four, and `codecs`. Without one named, all of them, as
 * `deno task bench` does last. Prints tables and the goals, and writes `bench/results/latest.json`. All outputs are
 * checked before anything is timed; the tables name the median of the turns.
 */
import { Stage } from "./calls/stage.ts";
import { lineups } from "./lineup.ts";
import { type Aim, judge, verdictTable } from "./report/aims.ts";
import { callAims, type CallResult, callTable, measureCalls } from "./report/calls.ts";
import { ratioTable, timeTable } from "./report/codec_tables.ts";
import {
  type CodecResult,
  type Direction,
  meanRatios,
  meanRatiosByPeer,
  measureCodecs,
} from "./report/codecs.ts";
import { codecGoals, goalLines, sizeGoals } from "./report/goals.ts";
import { describeMachine } from "./report/machine.ts";
import { LATEST, type Results, writeResults } from "./report/results.ts";
import { measureScaling, type Plot, scalingTable } from "./report/scaling.ts";
import { formatRatio } from "./report/table.ts";
import { measureValues, valueAims, type ValueResult, valueTable } from "./report/values.ts";
import { measureRows } from "./rows/rows.ts";
import { measureSizes, sizeTable } from "./sizes.ts";
import { ValueStage } from "./values.ts";

/** membridge's parts, which its goals are about. */
const MEMBRIDGE = ["calls", "values", "rows", "scaling"];
const PARTS = [...MEMBRIDGE, "codecs"];

async function reportCalls(): Promise<CallResult[]> {
  await using stage = await Stage.open({ outsiders: true });
  console.log("\n## Calls to another process\n");
  const results: CallResult[] = [];
  for (const group of stage.groups) {
    const rows = await measureCalls(group);
    console.log(`${callTable(rows)}\n`);
    results.push(...rows);
  }
  return results;
}

function reportValues(): ValueResult[] {
  using stage = new ValueStage();
  const results = stage.groups.map(measureValues);
  console.log("\n## Shared values in one process: median time\n");
  console.log(valueTable(results));
  return results;
}

async function reportScaling(): Promise<Plot[]> {
  const plots = await measureScaling();
  console.log("\n## Calls a second with more and more of something");
  for (const plot of plots) console.log(`\n${scalingTable(plot)}`);
  return plots;
}

function reportDirection(direction: Direction, all: ReturnType<typeof lineups>): CodecResult[] {
  const results = measureCodecs(all, direction);
  console.log(`\n## ${direction}: above 1x pybytes is the faster\n`);
  console.log(ratioTable(results));
  console.log(
    "\n* Not every contender carries it, or not without texts in the place of its types.\n",
  );
  console.log(timeTable(results));
  const byPeer = Object.entries(meanRatiosByPeer(results))
    .map(([name, ratio]) => `${name} ${formatRatio(ratio)}`);
  console.log("\nt: carried as texts.");
  console.log(`Geometric means against each, over what it carries: ${byPeer.join(", ")}`);
  return results;
}

async function reportCodecs(): Promise<Results["codecs"]> {
  const all = lineups();
  const sizes = await measureSizes(all);
  console.log("\n## Sizes\n");
  console.log(sizeTable(sizes));
  const decode = reportDirection("decode", all);
  const encode = reportDirection("encode", all);
  const goals = [...codecGoals(decode), ...codecGoals(encode), ...sizeGoals(sizes)];
  console.log("\n## Goals\n");
  console.log(goalLines(goals));
  const means = {
    "decode, best peer": meanRatios(decode, "best"),
    "decode, each": meanRatiosByPeer(decode),
    "encode, best peer": meanRatios(encode, "best"),
    "encode, best in JavaScript": meanRatios(encode, "bestJavaScript"),
    "encode, best native": meanRatios(encode, "bestNative"),
    "encode, each": meanRatiosByPeer(encode),
  };
  return { encode, decode, sizes, means, goals };
}

async function main(args: readonly string[]): Promise<void> {
  const unknown = args.filter((arg) => arg !== "membridge" && !PARTS.includes(arg));
  if (unknown.length > 0) {
    console.error(
      `Unknown part ${unknown.join(", ")}: expected any of membridge, ${PARTS.join(", ")}`,
    );
    Deno.exit(2);
  }
  const named = args.flatMap((arg) => arg === "membridge" ? MEMBRIDGE : arg);
  const wants = (part: string) => named.length === 0 || named.includes(part);

  const machine = describeMachine();
  console.log(
    `${machine.cpu}, ${machine.logicalCpus} logical CPUs, ${machine.os}, Deno ${machine.versions.deno}` +
      ` (V8 ${machine.versions.v8}), commit ${machine.commit ?? "unknown"}, load average before ${
        machine.loadAverage.toFixed(1)
      }`,
  );
  // Calls come first: serializing megabytes leaves a heap behind whose collection would disturb them.
  const calls = wants("calls") ? await reportCalls() : undefined;
  const values = wants("values") ? reportValues() : undefined;
  const rows = wants("rows") ? await measureRows() : [];
  const scaling = wants("scaling") ? await reportScaling() : undefined;
  const codecs = wants("codecs") ? await reportCodecs() : undefined;
  const aims: Aim[] = [
    ...(calls ? callAims(calls) : []),
    ...(values ? valueAims(values) : []),
    ...rows,
  ];
  const membridge = aims.length > 0 ? aims.map(judge) : undefined;
  if (membridge !== undefined) {
    console.log("\n## Goals of membridge\n");
    console.log(verdictTable(membridge));
  }
  writeResults({ machine, codecs, values, calls, scaling, membridge });
  console.log(`\nWritten: ${LATEST.pathname}`);
}

await main(Deno.args);
