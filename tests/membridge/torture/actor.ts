/**
 * `actor.ts PREFIX NUMBER SEED peaceful|hostile ROLE...`: a process that plays roles until its standard input ends.
 *
 * It needs `--allow-ffi` and nothing else. What it does it reports as `reports.ts` says.
 *
 * @module
 */
import { Random } from "../../helpers/random.ts";
import { TextLineStream } from "../../helpers/lines.ts";
import { measure } from "./resources.ts";
import { ROLES } from "./roles/roles.ts";
import { Stage } from "./stage.ts";

/** How long descriptors may need to be closed after their handles were. */
const SETTLE_MS = 5000;

const [prefix, number, seed, mood, ...roles] = Deno.args;
const stage = new Stage({
  prefix,
  number: Number(number),
  random: new Random(Number(seed)),
  hostile: mood === "hostile",
});

async function obey(): Promise<void> {
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream());
  for await (const line of lines) {
    if (line === "rest") stage.rest();
    else if (line === "act") stage.act();
    else if (line === "measure") await measureAtRest();
  }
  stage.end();
}

// The steady service never rests: what it takes is there before and after.
async function measureAtRest(): Promise<void> {
  const resting = roles.filter((role) => role !== "steady").length;
  while (stage.resting < resting) await new Promise((resolve) => setTimeout(resolve, 20));
  stage.report({ kind: "measured", resources: measure() });
}

const obeying = obey();
stage.start();
stage.report({ kind: "ready" });
await Promise.all(roles.map((role) => ROLES[role](stage)));
await obeying;
stage.stop();
const endMs = performance.now() + SETTLE_MS;
for (;;) {
  const resources = measure();
  const left = resources.sharedDescriptors + resources.sharedMappings;
  if (left === 0 || performance.now() > endMs) {
    stage.report({ kind: "ended", resources });
    break;
  }
  await new Promise((resolve) => setTimeout(resolve, 20));
}
