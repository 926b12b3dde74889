/** Calls a second of one service against the number of processes that call it at once. */
import type { LineChild } from "../line_child.ts";
import { freshName } from "../rows/service.ts";
import { callTogether, startCaller, startServices, tellAll } from "./callers.ts";
import { measureSeries, type Series } from "./series.ts";

const COUNTS = [1, 2, 4, 8, 16, 32, 64];
const MOST = Math.max(...COUNTS);
const ROUNDS = 3;

async function turn(callers: readonly LineChild[], way: string): Promise<number> {
  await tellAll(callers, "open");
  const rate = await callTogether(callers, way);
  await tellAll(callers, "close");
  return rate;
}

/** Measures with processes that are connected for their turns only: who does not call has no handle. */
export async function measureClients(): Promise<Series[]> {
  await using stack = new AsyncDisposableStack();
  const name = freshName("clients");
  stack.use(await startServices(name, 1));
  const callers: LineChild[] = [];
  while (callers.length < MOST) callers.push(stack.use(await startCaller(name, 1)));
  const turns = Object.fromEntries(
    ["callSync", "call"].map((way) => [way, (count: number) => turn(callers.slice(0, count), way)]),
  );
  return await measureSeries(turns, COUNTS, ROUNDS);
}
