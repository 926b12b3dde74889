/**
 * A service in a process of its own. Argument: its name. Prints a line when it serves, and a line for each call of
 * `wait` that has come in. Ends when its standard input does.
 */
import { serve } from "../../membridge/mod.ts";

/** The functions, by name. */
export const handlers = {
  /** Adds two numbers. */
  add: (a: number, b: number): number => a + b,
  /** Returns how many bytes came, and the last of them. */
  endOf: (bytes: Uint8Array): [sizeBytes: number, last: number] => [
    bytes.length,
    bytes[bytes.length - 1],
  ],
  /** Never answers. */
  wait: (): Promise<never> => {
    console.log("waiting");
    return new Promise(() => {});
  },
};

if (import.meta.main) {
  const service = serve(Deno.args[0], handlers);
  console.log("ready");
  for await (const _ of Deno.stdin.readable);
  await service.close({ timeoutMs: 0 });
  Deno.exit(0);
}
