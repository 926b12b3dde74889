/** Processes that call at the same time. */
import { LineChild } from "../line_child.ts";

const CLIENT = new URL("./client_main.ts", import.meta.url);
const SERVICE = new URL("./service_main.ts", import.meta.url);

/** How long a turn is: with many processes each has the processor for some milliseconds at a time. */
const TURN_MS = 400;
/** How long each process may take to read what it is to do. */
const ORDER_MS = 3;

/** What a process may that also uses a Unix socket. */
const SOCKET_PERMISSIONS = ["--allow-ffi", "--allow-read", "--allow-write", "--allow-net"];

function start(main: URL, args: readonly string[], socket: string | undefined): LineChild {
  if (socket === undefined) return LineChild.deno(main, args);
  return LineChild.deno(main, [...args, socket], SOCKET_PERMISSIONS);
}

/** Starts a process with the services NAME.0, NAME.1, and so on; with a `socket`, it answers there as well. */
export async function startServices(
  name: string,
  count: number,
  socket?: string,
): Promise<LineChild> {
  const child = start(SERVICE, [name, String(count)], socket);
  await child.readLine();
  return child;
}

/** Starts a process that calls the first `count` of them in turn. */
export async function startCaller(
  name: string,
  count: number,
  socket?: string,
): Promise<LineChild> {
  const child = start(CLIENT, [name, String(count)], socket);
  await child.readLine();
  return child;
}

/** Gives all an order, and waits until all have carried it out. */
export async function tellAll(callers: readonly LineChild[], order: string): Promise<string[]> {
  return await Promise.all(callers.map((caller) => caller.ask(order)));
}

/** Has all of them, which are connected, call for a turn, and returns how many calls a second they made together. */
export async function callTogether(
  callers: readonly LineChild[],
  way: string,
  turnMs = TURN_MS,
): Promise<number> {
  const start = performance.timeOrigin + performance.now() + ORDER_MS * (10 + callers.length);
  const counts = await tellAll(callers, `${way} ${start} ${start + turnMs}`);
  return counts.reduce((sum, count) => sum + Number(count), 0) * 1000 / turnMs;
}
