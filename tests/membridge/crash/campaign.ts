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

/**
 * Runs the scenario with a victim that dies after change number `point`, and with others after it that die as well, each at its own
 * point: in the middle of what the one before left. Then checks what must hold.
 *
 * @returns the life of the last victim
 */
export async function runPoints(scenario: Scenario, points: readonly number[]): Promise<Life> {
  const name = freshName("crash");
  using _left = forgetting(name);
  const others = await scenario.others(name);
  const made = new Set<string>();
  let life: Life | undefined;
  for (const point of points) {
    const victim = new Victim(scenario.name, name, point);
    try {
      const meanwhile = others.meanwhile?.(victim) ?? Promise.resolve();
      await within(HANG_MS, meanwhile, "the others, meanwhile");
      victim.tell();
      life = await within(HANG_MS, victim.ended(), "the victim");
      for (const path of life.made) made.add(path);
    } finally {
      await victim.kill();
    }
  }
  await within(HANG_MS, Promise.resolve(others.afterwards()), "the others, afterwards");
  // What the next participant does that starts.
  sweepDeadPeers();
  const left = [...made].filter((path) => statPath(path) !== undefined);
  assertEquals([...left, ...filesOf(name, [])], [], "left in shared memory");
  return life!;
}

/** How a scenario was run. */
export interface Summary {
  /** How many changes the victim makes when it lives. */
  readonly changes: number;
  /** How many victims were killed on their way. */
  readonly kills: number;
}

/** How to run one. */
export interface CampaignOptions {
  /** How many of the points at the most, drawn by `random`; all of them unless given. */
  readonly maxPoints?: number;
  /** How many times two victims die one after the other, at points that `random` draws. */
  readonly pairs: number;
  /** Draws the points. */
  readonly random: Random;
}

/**
 * Runs the scenario to its end, which tells how many points there are, then once for each of them, and for some pairs of them.
 *
 * How often a thread goes to sleep or is woken depends on the time, so the number of points is not always the same; who outlives its
 * point dies at the end.
 *
 * @throws the first failure, with the points that it happened at.
 */
export async function runAll(scenario: Scenario, options: CampaignOptions): Promise<Summary> {
  const { changes } = await runPoints(scenario, [Infinity]);
  assert(changes > 0, `${scenario.name} changes nothing`);
  const { maxPoints = changes, random } = options;
  const pairs = scenario.once ? 0 : options.pairs;
  const points = Array.from({ length: changes }, (_, i) => i + 1);
  while (points.length > maxPoints) points.splice(random.below(points.length), 1);
  const kills = points.length + 2 * pairs;
  let runs = points.map((point) => [point]);
  const drawn = () => 1 + random.below(changes);
  for (let i = 0; i < pairs; i++) runs.push([drawn(), drawn()]);
  const run = async () => {
    for (let next = runs.shift(); next !== undefined; next = runs.shift()) {
      try {
        await runPoints(scenario, next);
      } catch (error) {
        runs = [];
        const where = next.join(", and then after change ");
        throw new Error(`${scenario.name}, killed after change ${where} of ${changes}`, {
          cause: error,
        });
      }
    }
  };
  const ends = await Promise.allSettled(
    Array.from({ length: scenario.alone ? 1 : PARALLEL }, run),
  );
  const failure = ends.find((each) => each.status === "rejected");
  if (failure !== undefined) throw failure.reason;
  assertEquals(filesOf("/no name", [Deno.pid]), [], "left by the others");
  return { changes, kills };
}
