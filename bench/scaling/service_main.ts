/**
 * A process with many services. Arguments: a name, and how many; the services are called NAME.0, NAME.1, and so on.
 * A third one is the path of a Unix socket on which it answers JSON as well.
 * Prints `ready` when it serves them. Ends when its standard input does.
 */
import { serve } from "../../membridge/mod.ts";
import { accept, answerCalls } from "../calls/socket_server.ts";

/** The functions of each. */
export const handlers = {
  /** Adds two numbers. */
  add: (a: number, b: number): number => a + b,
};

if (import.meta.main) {
  const [name, count, socket] = Deno.args;
  const services = Array.from(
    { length: Number(count) },
    (_, index) => serve(`${name}.${index}`, handlers),
  );
  if (socket !== undefined) accept(Deno.listen({ transport: "unix", path: socket }), answerCalls);
  console.log("ready");
  for await (const _ of Deno.stdin.readable);
  for (const service of services) await service.close({ timeoutMs: 0 });
  Deno.exit(0);
}
