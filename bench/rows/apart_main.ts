/**
 * A caller. Argument: the service's name. For each line of input, `WAY TURN_MS`: makes one call after the other for so
 * long (WAY is `call` or `callSync`), or 64 calls and then the next 64 (`together`), and prints a JSON array of their times in nanoseconds, in ascending order; of many
 * only every n-th. Prints `ready` at first. Ends when its input does.
 */
import { connect } from "../../membridge/mod.ts";
import { TextLineStream } from "../../tests/helpers/lines.ts";
import { IN_FLIGHT } from "../calls/work.ts";
import { turnBackToBack } from "../latency.ts";
import type { handlers } from "./service_main.ts";

const PRINTED = 1000;
/** How long calls are made before they count: the processes have just been moved to other cores. */
const SETTLE_MS = 10;

using client = connect<typeof handlers>(Deno.args[0]);
const WAYS: Readonly<Record<string, () => unknown>> = {
  call: () => client.call("add", 20, 1),
  callSync: () => client.callSync("add", 20, 1),
  together: async () => {
    const sums = await Promise.all(
      Array.from({ length: IN_FLIGHT }, () => client.call("add", 20, 1)),
    );
    return sums[IN_FLIGHT - 1];
  },
};

function thinned(samples: readonly number[]): number[] {
  const count = Math.min(PRINTED, samples.length);
  const ordered = samples.toSorted((a, b) => a - b);
  return Array.from({ length: count }, (_, i) => ordered[Math.floor(i * ordered.length / count)]);
}

for (const [way, run] of Object.entries(WAYS)) {
  const sum = await run();
  if (sum !== 21) throw new Error(`${way}: 20 and 1 became ${sum}`);
}
console.log("ready");
const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream())
  .pipeThrough(new TextLineStream());
for await (const line of lines) {
  const [way, turnMs] = line.split(" ");
  await turnBackToBack(WAYS[way], SETTLE_MS);
  console.log(JSON.stringify(thinned(await turnBackToBack(WAYS[way], Number(turnMs)))));
}
