/**
 * The program that `Child` runs in a process of its own: functions come in as text on standard input, a line each, and
 * their results go out as JSON. What they keep in `env.state` lasts until the process ends.
 */
import * as membridge from "../../membridge/mod.ts";
import * as pybytes from "../../pybytes/mod.ts";
import type { ChildEnv, ChildReply, ChildRequest } from "./child.ts";

const env: ChildEnv = { membridge, pybytes, state: {} };
const out = new TextEncoder();

async function run(request: ChildRequest): Promise<void> {
  let reply: ChildReply;
  try {
    const body: (env: ChildEnv, ...args: unknown[]) => unknown = new Function(
      `return (${request.body});`,
    )();
    reply = { id: request.id, value: await body(env, ...request.args) };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    reply = { id: request.id, error: { name, message } };
  }
  Deno.stdout.writeSync(out.encode(JSON.stringify(reply) + "\n"));
}

let text = "";
for await (const chunk of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  text += chunk;
  const lines = text.split("\n");
  text = lines.pop()!;
  for (const line of lines) run(JSON.parse(line));
}
