/** The program of a victim: `victim.ts SCENARIO NAME POINT`, where POINT is the change after which it dies, or `Infinity`. */
import { arm, die, tell } from "./kill_point.ts";
import { SCENARIOS } from "./scenarios.ts";
import { watchSystemCalls } from "./system_calls.ts";

const [scenarioName, name, point] = Deno.args;

watchSystemCalls();
const told = (async () => {
  for await (const _ of Deno.stdin.readable);
})();
try {
  const scenario = SCENARIOS.find((each) => each.name === scenarioName);
  if (scenario === undefined) throw new Error(`no scenario ${scenarioName}`);
  const act = await scenario.victim({ name, told, say: (line) => tell({ says: line }) });
  arm(Number(point));
  await act();
} catch (error) {
  tell({ failed: (error as Error).stack ?? String(error) });
}
// Also who survived its point, or has none, leaves everything as it is.
die("all of it");
