/** Changes the configuration: `publish.ts level=debug workers=4`, or `publish.ts --remove`. See `reader.ts`. */
import { SharedValue } from "@sysframe/sysframe/membridge";
import { type Configuration, DEFAULTS, NAME } from "./configuration.ts";

if (Deno.args.includes("--remove")) {
  console.log(SharedValue.remove(NAME) ? "removed" : "there was none");
} else {
  const changes = Object.fromEntries(Deno.args.map(parse));
  using shared = SharedValue.open<Configuration>(NAME, { create: true });
  // In one step: what another process changes at the same time is not lost.
  const after = shared.update((before = DEFAULTS) => ({ ...before, ...changes }));
  console.log(`version ${shared.version}:`, JSON.stringify(after));
}

function parse(argument: string): [string, string | number] {
  const [key, value] = argument.split("=");
  if (key === "level" && value) return [key, value];
  if (key === "workers" && Number(value) >= 1) return [key, Number(value)];
  throw new TypeError(`Cannot use ${argument}: expected level=TEXT or workers=NUMBER`);
}
