/**
 * A process that calls. Arguments: a name, and how many of the services NAME.0, NAME.1, and so on it calls in turn.
 * A third one is the path of a Unix socket that it calls as well.
 *
 * Lines of input, each of which is answered by one:
 *
 * ```text
 * open              connects to all, and calls each once
 * WAY START END     calls (WAY is `call`, `callSync` or `socket`) from one time to the other, in milliseconds since the epoch;
 *                   the answer is how many calls were answered
 * close             closes all
 * ```
 *
 * Prints `ready` at first. Ends when its input does.
 */
import { type Client, connect } from "../../membridge/mod.ts";
import { JsonSocket } from "../calls/socket_client.ts";
import { TextLineStream } from "../../tests/helpers/lines.ts";
import type { handlers } from "./service_main.ts";

const [name, count, path] = Deno.args;
let clients: Client<typeof handlers>[] = [];
let socket: JsonSocket | undefined;

function check(sum: unknown): void {
  if (sum !== 21) throw new Error(`20 and 1 became ${sum}`);
}

/** One call with its result checked; what it returns is awaited if it is a promise. */
const WAYS: Readonly<Record<string, (client: Client<typeof handlers>) => Promise<void> | void>> = {
  call: async (client) => check(await client.call("add", 20, 1)),
  callSync: (client) => check(client.callSync("add", 20, 1)),
  socket: async () => check(await socket!.call("add", 20, 1)),
};

async function open(): Promise<void> {
  for (let i = 0; i < Number(count); i++) {
    const client = connect<typeof handlers>(`${name}.${i}`);
    clients.push(client);
    check(await client.call("add", 20, 1));
  }
  if (path !== undefined) socket = await JsonSocket.connect(path);
}

function close(): void {
  for (const client of clients) client.close();
  clients = [];
  socket?.[Symbol.dispose]();
  socket = undefined;
}

/** Calls between the two times and returns how often. */
async function callBetween(way: string, start: number, end: number): Promise<number> {
  const call = WAYS[way];
  const { timeOrigin } = performance;
  const delayMs = start - timeOrigin - performance.now();
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, delayMs)));
  let calls = 0;
  while (timeOrigin + performance.now() < end) {
    const answered = call(clients[calls++ % clients.length]);
    if (answered !== undefined) await answered;
  }
  return calls;
}

console.log("ready");
const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream())
  .pipeThrough(new TextLineStream());
for await (const line of lines) {
  const [order, start, end] = line.split(" ");
  if (order === "open") await open();
  else if (order === "close") close();
  console.log(start === undefined ? order : await callBetween(order, Number(start), Number(end)));
}
close();
