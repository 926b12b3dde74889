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

/** Turns before anything counts: with a thousand services each of them is called a few times in one. */
const WARM_UP_TURNS = 5;

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
      for (let i = 0; i < WARM_UP_TURNS; i++) await callTogether([caller], "call");
    }
    turns[line] = (count) => callTogether([callers.get(count)!], "call");
  }
  return await measureSeries(turns, COUNTS, ROUNDS);
}
