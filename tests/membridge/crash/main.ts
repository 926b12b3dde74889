/** `deno task crash [PATTERN]`: every scenario whose name matches, at every point, and at many pairs of points. */
import { Random } from "../../helpers/random.ts";
import { runAll } from "./campaign.ts";
import { SCENARIOS } from "./scenarios.ts";

/** How many pairs of points are drawn for each scenario. */
const PAIRS = 40;

const random = new Random();
console.log(`seed ${random.seed}`);
const pattern = new RegExp(Deno.args[0] ?? "");
let failures = 0;
for (const scenario of SCENARIOS.filter(({ name }) => pattern.test(name))) {
  const start = performance.now();
  try {
    const { changes, kills } = await runAll(scenario, { random, pairs: PAIRS });
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`${scenario.name}: ${changes} changes, ${kills} kills, ${seconds} s`);
  } catch (error) {
    failures++;
    console.error(error);
  }
}
if (failures > 0) Deno.exit(1);
