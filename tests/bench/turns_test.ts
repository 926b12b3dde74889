/** How the benchmarks take turns: who is measured when, and what of it counts. */
import {
  latencyAfterSilence,
  latencyBackToBack,
  ratioToFloor,
  type SelfTimed,
} from "../../bench/latency.ts";
import { medianRatio } from "../../bench/measure.ts";
import { measureSeries } from "../../bench/scaling/series.ts";
import { assert, assertEquals } from "../helpers/assert.ts";

const NONE = { permissions: "none" } as const;

/** Something that says of itself how long it took: `timesNs[turn]` for each call of a turn. */
function selfTimed(name: string, timesNs: readonly number[], log: string[]): SelfTimed {
  let turn = 0;
  const take = (calls: number) => {
    log.push(name);
    return Promise.resolve(new Array<number>(calls).fill(timesNs[turn++]));
  };
  return { name, backToBack: () => take(5), afterSilence: take };
}

Deno.test("turns: the first round of calls back to back warms up", NONE, async () => {
  const log: string[] = [];
  const quick = selfTimed("quick", [900, 10, 20, 30], log);
  const slow = selfTimed("slow", [900, 100, 400, 300], log);
  const [a, b] = await latencyBackToBack([quick, slow], { rounds: 3, turnMs: 1 });
  assertEquals(log, ["quick", "slow", "quick", "slow", "quick", "slow", "quick", "slow"]);
  assertEquals(a.turnsNs, [10, 20, 30]);
  assertEquals(a.p50Ns, 20);
  assertEquals(a.p99Ns, 30);
  assertEquals(medianRatio(b.turnsNs, a.turnsNs), 10);
});

Deno.test("turns: a floor is what it did in its best turn", NONE, async () => {
  const ours = selfTimed("ours", [900, 30, 30, 30], []);
  const floor = selfTimed("floor", [900, 40, 10, 5000], []);
  const [latency, least] = await latencyBackToBack([ours, floor], { rounds: 3, turnMs: 1 });
  assertEquals(ratioToFloor(latency, least), 3);
});

Deno.test(
  "turns: calls after a silence have the number of calls that was asked for",
  NONE,
  async () => {
    const silence = { rounds: 2, callsPerTurn: 3, silenceMs: 1 };
    let calls = 0;
    const here = { name: "here", run: () => calls++ };
    const [there, local] = await latencyAfterSilence(
      [selfTimed("there", [7, 9], []), here],
      silence,
    );
    assertEquals(there.turnsNs, [7, 9]);
    // One call in each turn ends the silence before it, and does not count.
    assertEquals(calls, 2 * (3 + 1));
    assertEquals(local.turnsNs.length, 2);
    assert(local.p50Ns > 0);
  },
);

Deno.test("turns: a point of a plot is the median of its turns", NONE, async () => {
  const log: string[] = [];
  const rates: Record<string, number[]> = {
    "a1": [3, 1, 2],
    "a8": [30, 10, 20],
    "b1": [5, 5, 5],
    "b8": [6, 7, 8],
  };
  const turn = (name: string) => (count: number) => {
    log.push(`${name}${count}`);
    return Promise.resolve(rates[`${name}${count}`].shift()!);
  };
  const series = await measureSeries({ a: turn("a"), b: turn("b") }, [1, 8], 3);
  assertEquals(log.slice(0, 4), ["a1", "b1", "a8", "b8"]);
  assertEquals(series, [
    { name: "a", points: [{ count: 1, callsPerSecond: 2 }, { count: 8, callsPerSecond: 20 }] },
    { name: "b", points: [{ count: 1, callsPerSecond: 5 }, { count: 8, callsPerSecond: 7 }] },
  ]);
});
