/**
 * A configuration that every program reads from shared memory, and follows. No process needs to run for it.
 *
 * Terminal 1: `deno run --allow-ffi examples/configuration/reader.ts`
 *
 * Terminal 2: `deno run --allow-ffi examples/configuration/publish.ts level=debug`, then `workers=4`, and `--remove` at the end
 */
import { SharedValue } from "@sysframe/sysframe/membridge";
import { type Configuration, DEFAULTS, NAME } from "./configuration.ts";

using shared = SharedValue.open<Configuration>(NAME, { create: true });
// Reading takes microseconds and asks nobody: read where it is needed, rather than keep a copy.
const current = () => shared.get() ?? DEFAULTS;
// The watch first: it reports every change from here on.
const changes = shared.watch();
console.log("begins with", JSON.stringify(current()));

// Ends when the configuration is removed.
for await (const { level, workers } of changes) {
  console.log(`now level ${level}, ${workers} workers`);
}
console.log("the configuration was removed");
