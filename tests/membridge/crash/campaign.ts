/** Runs a scenario once for each point at which its victim can die. */
import { assert, assertEquals } from "../../helpers/assert.ts";
import { freshName } from "../../helpers/shm.ts";
import type { Random } from "../../helpers/random.ts";
import { statPath } from "../../../membridge/libc/files.ts";
import { sweepDeadPeers } from "../../../membridge/peer/peer_page.ts";
import { filesOf, forgetting, within } from "../fixtures/attack.ts";
import type { Scenario } from "./scenario.ts";
import { type Life, Victim } from "./victim_process.ts";

/** Longest that anything may take: far beyond what it does take, far below the callers' own timeout. */
const HANG_MS = 15_000;

/** How many victims at a time. */
const PARALLEL = 3;

/** Runs the scenario with a victim that dies after change number `point`, and checks what must hold afterwards. */
export async function runPoint(scenario: Scenario, point: number): Promise<Life> {
  const name = freshName("crash");
  using _left = forgetting(name);
  const others = await scenario.others(name);
  const victim = new Victim(scenario.name, name, point);
  try {
    const meanwhile = others.meanwhile?.(victim) ?? Promise.resolve();
    await within(HANG_MS, meanwhile, "the others, meanwhile");
    victim.tell();
    const life = await within(HANG_MS, victim.ended(), "the victim");
    await within(HANG_MS, Promise.resolve(others.afterwards()), "the others, afterwards");
    // What the next participant does that starts.
    sweepDeadPeers();
    const left = [...new Set(life.made)].filter((path) => statPath(path) !== undefined);
    assertEquals([...left, ...filesOf(name, [])], [], "left in shared memory");
    return life;
  } finally {
    await victim.kill();
  }
}

/** How a scenario was run. */
export interface Summary {
  /** How many changes the victim makes when it lives. */
  readonly changes: number;
  /** How many times it was killed. */
  readonly kills: number;
}

/** How to run one. */
export interface CampaignOptions {
  /** How many of the points at the most, drawn by `random`; all of them unless given. */
  readonly maxPoints?: number;
  /** Draws the points. */
  readonly random: Random;
}

/**
 * Runs the scenario to its end, which tells how many points there are, and then once for each of them.
 *
 * How often a thread goes to sleep or is woken depends on the time, so the number of points is not always the same; who outlives its
 * point dies at the end.
 *
 * @throws the first failure, with the point that it happened at.
 */
export async function runAll(scenario: Scenario, options: CampaignOptions): Promise<Summary> {
  const { changes } = await runPoint(scenario, Infinity);
  assert(changes > 0, `${scenario.name} changes nothing`);
  let points = Array.from({ length: changes }, (_, i) => i + 1);
  const { maxPoints = points.length, random } = options;
  while (points.length > maxPoints) points.splice(random.below(points.length), 1);
  const kills = points.length;
  const run = async () => {
    for (let point = points.shift(); point !== undefined; point = points.shift()) {
      try {
        await runPoint(scenario, point);
      } catch (error) {
        points = [];
        throw new Error(`${scenario.name}, killed after change ${point} of ${changes}`, {
          cause: error,
        });
      }
    }
  };
  const runs = await Promise.allSettled(
    Array.from({ length: scenario.alone ? 1 : PARALLEL }, run),
  );
  const failure = runs.find((each) => each.status === "rejected");
  if (failure !== undefined) throw failure.reason;
  assertEquals(filesOf("/no name", [Deno.pid]), [], "left by the others");
  return { changes, kills };
}
