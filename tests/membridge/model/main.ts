/** Explores all models, or those that are named, with larger bounds and mutations: `deno task model [--small] [NAME...]`. */
import { explore } from "./explorer.ts";
import { type Exploration, TooManyStates } from "./model.ts";
import { exploreBroken, PROTOCOLS } from "./protocols.ts";

const large = !Deno.args.includes("--small");
const names = Deno.args.filter((arg) => !arg.startsWith("--"));
/** More do not fit in the memory that the runtime takes. */
const MOST_STATES = 6_000_000;
let total = 0, failed = 0;

function report(name: string, found: Exploration, start: number): void {
  const { states, transitions, ends, violation } = found;
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  total += states;
  console.log(`${name}: ${states} states, ${transitions} transitions, ${ends} ends, ${seconds} s`);
  if (violation === undefined) return;
  failed++;
  console.log(`  VIOLATION: ${violation.what}\n${violation.trace.replace(/^/gm, "    ")}`);
}

for (const protocol of PROTOCOLS) {
  if (names.length > 0 && !names.some((name) => protocol.name.includes(name))) continue;
  const start = performance.now();
  try {
    report(protocol.name, explore(protocol.build(undefined, large), MOST_STATES), start);
  } catch (error) {
    if (!(error instanceof TooManyStates)) throw error;
    // There is no end to what could be explored, but to memory.
    console.log(`${error.message}; nothing was wrong in these`);
    total += MOST_STATES;
  }
  for (const mutation of protocol.mutations) {
    const found = exploreBroken(protocol, mutation);
    if (found.violation === undefined) failed++;
    console.log(
      `  ${mutation}: ${found.violation?.what ?? "NOT CAUGHT"} (${found.states} states, ${
        found.violation?.trace.split("\n").length ?? 0
      } steps)`,
    );
  }
}
console.log(`${total} states`);
if (failed > 0) Deno.exit(1);
