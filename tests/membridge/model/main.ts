/** Explores all models, or those that are named, with larger bounds and mutations: `deno task model [--small] [NAME...]`. */
import { explore } from "./explorer.ts";
import { exploreBroken, PROTOCOLS } from "./protocols.ts";

const large = !Deno.args.includes("--small");
const names = Deno.args.filter((arg) => !arg.startsWith("--"));
let total = 0, failed = 0;
for (const protocol of PROTOCOLS) {
  if (names.length > 0 && !names.some((name) => protocol.name.includes(name))) continue;
  const start = performance.now();
  const { states, transitions, ends, violation } = explore(protocol.build(undefined, large));
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  total += states;
  console.log(
    `${protocol.name}: ${states} states, ${transitions} transitions, ${ends} ends, ${seconds} s`,
  );
  if (violation !== undefined) {
    failed++;
    console.log(`  VIOLATION: ${violation.what}\n${violation.trace.replace(/^/gm, "    ")}`);
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
