/** Calls a second of one service against the number of processes that call it at once. */
import type { LineChild } from "../line_child.ts";
import { freshName } from "../rows/service.ts";
import { callTogether, startCaller, startServices, tellAll } from "./callers.ts";
import { measureSeries, type Series } from "./series.ts";

const COUNTS = [1, 2, 4, 8, 16, 32, 64];
const MOST = Math.max(...COUNTS);
const ROUNDS = 3;

/** What calls how, by the name of the line. */
const WAYS: Readonly<Record<string, string>> = {
  callSync: "callSync",
  call: "call",
  "Unix socket, JSON": "socket",
};

/** How long each caller has the processors for itself before anything counts: after that it runs what the optimising compiler made. */
const WARM_UP_MS = 150;

async function turn(
  callers: readonly LineChild[],
  way: string,
  turnMs?: number,
): Promise<number> {
  await tellAll(callers, "open");
  const rate = await callTogether(callers, way, turnMs);
  await tellAll(callers, "close");
  return rate;
}

/** Measures with processes that are connected for their turns only: who does not call has no connection. */
export async function measureClients(): Promise<Series[]> {
  await using stack = new AsyncDisposableStack();
  const name = freshName("clients");
  const directory = await Deno.makeTempDir({ prefix: "sysframe-" });
  stack.defer(() => Deno.remove(directory, { recursive: true }));
  const socket = `${directory}/json`;
  stack.use(await startServices(name, 1, socket));
  const callers: LineChild[] = [];
  while (callers.length < MOST) {
    const caller = stack.use(await startCaller(name, 1, socket));
    callers.push(caller);
    for (const way of Object.values(WAYS)) await turn([caller], way, WARM_UP_MS);
  }
  const turns = Object.fromEntries(
    Object.entries(WAYS).map(([title, way]) => [
      title,
      (count: number) => turn(callers.slice(0, count), way),
    ]),
  );
  return await measureSeries(turns, COUNTS, ROUNDS);
}
