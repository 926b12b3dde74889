/**
 * `deno task torture -- [--seconds N] [--seed S] [--kills N] [--actors N]`: the torture for as long as one likes.
 *
 * Exits with 1 if anything was wrong.
 *
 * @module
 */
import { Random } from "../../helpers/random.ts";
import { summarize, torture } from "./torture.ts";

function numberAfter(option: string): number | undefined {
  const index = Deno.args.indexOf(option);
  if (index < 0) return undefined;
  const value = Number(Deno.args[index + 1]);
  if (!Number.isFinite(value)) throw new TypeError(`${option}: a number expected`);
  return value;
}

const { seed } = new Random(numberAfter("--seed"));
console.log(`seed ${seed}`);
const kills = numberAfter("--kills");
const outcome = await torture({
  seed,
  seconds: numberAfter("--seconds") ?? (kills === undefined ? 60 : Infinity),
  kills,
  actors: numberAfter("--actors"),
  onProgress: (line) => console.log(line),
});
console.log(summarize(outcome));
if (outcome.judge.failed) Deno.exit(1);
