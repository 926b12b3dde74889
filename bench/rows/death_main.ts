/**
 * A process with callers that wait. Argument: how many. For each line of input, the name of a service: calls `wait` of it
 * once with each of as many clients, and prints when each was told of the owner's death, as a JSON array of milliseconds
 * since the epoch. Ends when its input does.
 */
import { connect, OwnerDiedError } from "../../membridge/mod.ts";
import { TextLineStream } from "../../tests/helpers/lines.ts";
import type { handlers } from "./service_main.ts";

/** Returns when a call failed because its owner died. */
async function deathSeenBy(name: string): Promise<number> {
  using client = connect<typeof handlers>(name, { timeoutMs: Infinity });
  try {
    await client.call("wait");
  } catch (error) {
    const now = performance.timeOrigin + performance.now();
    if (error instanceof OwnerDiedError) return now;
    throw error;
  }
  throw new Error("A function that never returns has returned");
}

const count = Number(Deno.args[0]);
const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream())
  .pipeThrough(new TextLineStream());
for await (const name of lines) {
  const seen = await Promise.all(Array.from({ length: count }, () => deathSeenBy(name)));
  console.log(JSON.stringify(seen));
}
