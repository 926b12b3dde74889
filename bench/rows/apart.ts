/**
 * Row: calls between two processes that each have a core, against those of processes which the kernel places.
 *
 * When other programs want the processors too, the kernel puts two processes that wake each other on one core, where each
 * answer costs two switches between them: this tells how much of a call's time is that.
 */
import { IN_FLIGHT } from "../calls/work.ts";
import { compileFloors, SPIN } from "../floor/floor.ts";
import { type BackToBack, type Latency, latencyBackToBack, ratioToFloor } from "../latency.ts";
import { LineChild } from "../line_child.ts";
import type { Aim } from "../report/aims.ts";
import { formatCount, formatNs } from "../report/table.ts";
import { allowedCores, obstacleToPinning, pin } from "./cores.ts";
import { freshName, startService } from "./service.ts";

const MAIN = new URL("./apart_main.ts", import.meta.url);
const ROUNDS = { rounds: 10, turnMs: 25 };
/** The longest median by the way to call. */
const GOALS_NS = { callSync: 2500, call: 6000 };
/** The fewest calls a second when many are in flight. */
const GOAL_RATE = 1e6;
/** What `apart_main.ts` calls these ways. */
const WAYS = [...Object.keys(GOALS_NS), "together"];
/** The longest median of `callSync` in multiples of the spinning floor's. */
const GOAL_FLOORS = 5;

/** The two processes. */
interface Pair {
  readonly service: LineChild;
  readonly caller: LineChild;
}

/** Calls of the pair on these cores. */
function callsOn(
  { service, caller }: Pair,
  way: string,
  cores: { readonly service: readonly number[]; readonly caller: readonly number[] },
): BackToBack {
  return {
    name: way,
    backToBack: async (turnMs) => {
      await pin(service.pid, cores.service);
      await pin(caller.pid, cores.caller);
      return JSON.parse(await caller.ask(`${way} ${turnMs}`));
    },
  };
}

/** Times both placements and the floor in turns. Without `taskset`, or with one core, a line on the console says so. */
export async function measureApart(): Promise<Aim[]> {
  const missing = obstacleToPinning();
  if (missing !== undefined) {
    console.log(`skipped: processes with a core each: ${missing}`);
    return [];
  }
  await using stack = new AsyncDisposableStack();
  const directory = stack.adopt(
    Deno.makeTempDirSync({ prefix: "sysframe-bench-" }),
    (path) => Deno.removeSync(path, { recursive: true }),
  );
  const spin = (await compileFloors(directory)).filter(({ name }) => name === SPIN);
  const name = freshName("apart");
  const service = stack.use(await startService(name));
  const caller = stack.use(LineChild.deno(MAIN, [name]));
  await caller.readLine();
  const all = allowedCores();
  const subjects = WAYS.flatMap((way) => [
    callsOn({ service, caller }, way, { service: all.slice(0, 1), caller: all.slice(1, 2) }),
    callsOn({ service, caller }, way, { service: all, caller: all }),
  ]);
  const latencies = await latencyBackToBack([...subjects, ...spin], ROUNDS);
  const [floor] = latencies.slice(subjects.length);
  const [together, placedTogether] = latencies.slice(subjects.length - 2).map(rateOf);
  return [
    ...Object.entries(GOALS_NS).map(([way, goal], index) =>
      latencyAim(way, goal, latencies.slice(2 * index, 2 * index + 2))
    ),
    {
      what: "callSync, a core for each side: p50 / C spin floor",
      sense: "at most",
      goal: GOAL_FLOORS,
      unit: "x",
      measured: floor && ratioToFloor(latencies[0], floor),
    },
    {
      what: `call, ${IN_FLIGHT} in flight, a core for each side`,
      sense: "at least",
      goal: GOAL_RATE,
      unit: "/s",
      measured: together,
      note: `where the kernel puts them ${formatCount(placedTogether)}/s`,
    },
  ];
}

/** Calls a second, from the time that as many take as are in flight. */
function rateOf({ p50Ns }: Latency): number {
  return IN_FLIGHT * 1e9 / p50Ns;
}

function latencyAim(way: string, goal: number, [apart, placed]: readonly Latency[]): Aim {
  return {
    what: `${way}, a core for each side: p50`,
    sense: "at most",
    goal,
    unit: "ns",
    measured: apart.p50Ns,
    note: `where the kernel puts them ${formatNs(placed.p50Ns)}`,
  };
}
