/**
 * A process that connects. Arguments: the service's name, how often it connects again. Prints the times of `connect` and
 * the first call as {@linkcode FirstCalls} in JSON.
 */
import { type Client, connect } from "../../membridge/mod.ts";
import type { handlers } from "./service_main.ts";

/** Times in milliseconds. */
export interface FirstCalls {
  /** The first in the process, with which libc is opened as well. */
  readonly coldMs: number;
  /** Each while the process has another handle open. */
  readonly besidesMs: readonly number[];
  /** Each after the last handle was closed. */
  readonly againMs: readonly number[];
}

/** Connects, calls once, and returns the client and how long both took. */
async function timed(name: string): Promise<{ client: Client<typeof handlers>; ms: number }> {
  const start = performance.now();
  const client = connect<typeof handlers>(name);
  const sum = await client.call("add", 20, 1);
  const ms = performance.now() - start;
  if (sum !== 21) throw new Error(`20 and 1 became ${sum}`);
  return { client, ms };
}

/** Does it `times` times, one after the other. */
async function repeat(name: string, times: number): Promise<number[]> {
  const samples: number[] = [];
  for (let i = 0; i < times; i++) {
    const { client, ms } = await timed(name);
    client.close();
    samples.push(ms);
  }
  return samples;
}

if (import.meta.main) {
  const [name, times] = Deno.args;
  const { client, ms } = await timed(name);
  const besidesMs = await repeat(name, Number(times));
  client.close();
  const againMs = await repeat(name, Number(times));
  console.log(JSON.stringify({ coldMs: ms, besidesMs, againMs } satisfies FirstCalls));
}
