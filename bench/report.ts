/**
 * Everything in one run: serializers, sizes, shared values and calls, interleaved, so that the ratios can be quoted.
 *
 * Run: `deno run --allow-all bench/report.ts`, which `deno task bench` does last. Prints tables and writes
 * `bench/results/latest.json`. All outputs are checked before anything is timed; the tables name the median of the turns.
 */
import { Stage } from "./calls/stage.ts";
import { lineups } from "./lineup.ts";
import { type CallResult, callTable, measureCalls } from "./report/calls.ts";
import {
  type CodecResult,
  codecTable,
  meanRatios,
  meanRatiosByPeer,
  measureCodecs,
} from "./report/codecs.ts";
import { describeMachine } from "./report/machine.ts";
import { formatRatio } from "./report/table.ts";
import { measureValues, valueTable } from "./report/values.ts";
import { measureSizes, sizeTable } from "./sizes.ts";
import { ValueStage } from "./values.ts";

const RESULTS = new URL("./results/", import.meta.url);

function ratios(means: Readonly<Record<string, number>>): string {
  return Object.entries(means).map(([name, ratio]) => `${name} ${formatRatio(ratio)}`).join(", ");
}

function reportCodecs(
  direction: "encode" | "decode",
  all: ReturnType<typeof lineups>,
): CodecResult[] {
  const results = measureCodecs(all, direction);
  console.log(`\n## ${direction}: median time per message; above 1x pybytes is the faster\n`);
  console.log(codecTable(results));
  console.log(`\nGeometric means against the best of each row: ${ratios(meanRatios(results))}`);
  console.log(`Geometric means against each: ${ratios(meanRatiosByPeer(results))}`);
  return results;
}

async function reportCalls(): Promise<CallResult[]> {
  await using stage = await Stage.open();
  console.log("\n## Calls to another process\n");
  const results: CallResult[] = [];
  for (const group of stage.groups) {
    const rows = await measureCalls(group);
    console.log(`${callTable(rows)}\n`);
    results.push(...rows);
  }
  return results;
}

const machine = describeMachine();
console.log(
  `${machine.cpu}, ${machine.logicalCpus} logical CPUs, ${machine.os}, Deno ${machine.versions.deno}` +
    ` (V8 ${machine.versions.v8}), commit ${machine.commit ?? "unknown"}`,
);

// Calls come first: serializing megabytes leaves a heap behind whose collection would disturb them.
const calls = await reportCalls();

using stage = new ValueStage();
const values = stage.groups.map(measureValues);
console.log("## Shared values in one process: median time\n");
console.log(valueTable(values));

const all = lineups();
const sizes = measureSizes(all);
console.log("\n## Sizes\n");
console.log(sizeTable(sizes));

const encode = reportCodecs("encode", all);
const decode = reportCodecs("decode", all);

const means = {
  encode: { byKind: meanRatios(encode), byPeer: meanRatiosByPeer(encode) },
  decode: { byKind: meanRatios(decode), byPeer: meanRatiosByPeer(decode) },
};
Deno.mkdirSync(RESULTS, { recursive: true });
const file = new URL("latest.json", RESULTS);
Deno.writeTextFileSync(
  file,
  `${JSON.stringify({ machine, means, encode, decode, sizes, values, calls }, null, 2)}\n`,
);
console.log(`\nWritten: ${file.pathname}`);
