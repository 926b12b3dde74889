/**
 * `deno task torture -- [--seconds N] [--seed S] [--kills N] [--actors N]`: the torture for as long as one likes; with `--flip` the fuzzer
 * of shared memory instead.
 *
 * Prints how it goes, and at the end what was done. Exits with 1 if anything was wrong.
 *
 * @module
 */
import { Random } from "../../helpers/random.ts";
import { flip, summarizeFlips } from "./flip.ts";
import { summarize, torture } from "./torture.ts";

function numberAfter(option: string): number | undefined {
  const index = Deno.args.indexOf(option);
  if (index < 0) return undefined;
  const value = Number(Deno.args[index + 1]);
  if (!Number.isFinite(value)) throw new TypeError(`${option}: a number expected`);
  return value;
}

const { seed } = new Random(numberAfter("--seed"));
const kills = numberAfter("--kills");
const seconds = numberAfter("--seconds") ?? (kills === undefined ? 60 : Infinity);
const actors = numberAfter("--actors");
const onProgress = (line: string) => console.log(line);
console.log(`seed ${seed}`);
let failed: boolean;
if (Deno.args.includes("--flip")) {
  const outcome = await flip({ seed, seconds, actors, onProgress });
  console.log(summarizeFlips(outcome));
  failed = outcome.judge.failed;
} else {
  const outcome = await torture({ seed, seconds, kills, actors, onProgress });
  console.log(summarize(outcome));
  failed = outcome.judge.failed;
}
if (failed) Deno.exit(1);
