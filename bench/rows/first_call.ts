/** Row: the time from `connect` to the first result. */
import { LineChild } from "../line_child.ts";
import { median, quantile } from "../measure.ts";
import type { Aim } from "../report/aims.ts";
import { formatNs } from "../report/table.ts";
import type { FirstCalls } from "./first_call_main.ts";
import { freshName, startService } from "./service.ts";

const MAIN = new URL("./first_call_main.ts", import.meta.url);
const PROCESSES = 10;
const TIMES = 20;

/** Starts processes one after the other: each has one cold connection, and some later ones. */
export async function measureFirstCall(): Promise<Aim[]> {
  const name = freshName("first");
  await using _service = await startService(name);
  const all: FirstCalls[] = [];
  for (let i = 0; i < PROCESSES; i++) {
    await using child = LineChild.deno(MAIN, [name, String(TIMES)]);
    all.push(JSON.parse(await child.readLine()));
  }
  const cold = formatNs(median(all.map(({ coldMs }) => coldMs)) * 1e6);
  const aim = (what: string, samplesMs: readonly number[]): Aim => ({
    what: `connect and first call, ${what}: p50`,
    sense: "at most",
    goal: 1e6,
    unit: "ns",
    measured: median(samplesMs) * 1e6,
    note: `p99 ${formatNs(quantile(samplesMs, 0.99) * 1e6)}; first in the process ${cold}`,
  });
  return [
    aim("beside another handle", all.flatMap(({ besidesMs }) => besidesMs)),
    aim("after all others were closed", all.flatMap(({ againMs }) => againMs)),
  ];
}
