/** Calls a second between two processes against the number of services in one of them. */
import type { LineChild } from "../line_child.ts";
import { freshName } from "../rows/service.ts";
import { callTogether, startCaller, startServices, tellAll } from "./callers.ts";
import { measureSeries, type Series } from "./series.ts";

const COUNTS = [1, 10, 100, 1000];
const ROUNDS = 5;

/** Whom the caller connects to, by the name of the line: of `count` services, so many. */
const LINES: Readonly<Record<string, (count: number) => number>> = {
  "call, one of them": () => 1,
  "call, all in turn": (count) => count,
};

/** Measures with a pair of processes for each point; all but one pair have nothing to do. */
export async function measureServices(): Promise<Series[]> {
  await using stack = new AsyncDisposableStack();
  const turns: Record<string, (count: number) => Promise<number>> = {};
  for (const [line, connections] of Object.entries(LINES)) {
    const callers = new Map<number, LineChild>();
    for (const count of COUNTS) {
      const name = freshName(`services-${count}`);
      stack.use(await startServices(name, count));
      const caller = stack.use(await startCaller(name, connections(count)));
      await tellAll([caller], "open");
      callers.set(count, caller);
    }
    turns[line] = (count) => callTogether([callers.get(count)!], "call");
  }
  return await measureSeries(turns, COUNTS, ROUNDS);
}
