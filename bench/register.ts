/** Registers comparisons as `Deno.bench` groups whose running time is bounded. */
import type { Subject } from "./measure.ts";
import { sink } from "./sink.ts";

/** About how long a case is timed, in milliseconds; `Deno.bench` by itself takes 500 and more. */
const CASE_MS = 100;
/** How long a case runs before that, so that it is timed as compiled code. */
const WARM_UP_MS = 50;
const MIN_ITERATIONS = 12;
const MAX_ITERATIONS = 100_000;

/** Runs a case for a moment and returns how many iterations fit into {@linkcode CASE_MS}. */
function iterationsOf(run: () => unknown): number {
  const start = performance.now();
  let count = 0, elapsedMs = 0;
  do {
    sink.last = run();
    count++;
    elapsedMs = performance.now() - start;
  } while (elapsedMs < WARM_UP_MS);
  const fitting = Math.round(CASE_MS * count / elapsedMs);
  return Math.min(MAX_ITERATIONS, Math.max(MIN_ITERATIONS, fitting));
}

/** Registers a group; its first case is the baseline. */
export function registerGroup(group: string, cases: readonly Subject[]): void {
  for (const [index, { name, run }] of cases.entries()) {
    Deno.bench({
      name: `${group}: ${name}`,
      group,
      baseline: index === 0,
      n: iterationsOf(run),
      warmup: 3,
      fn: () => {
        sink.last = run();
      },
    });
  }
}

/** Registers one call after the other, each awaited if it returns a promise; the group's first case is the baseline. */
export async function registerCalls(
  group: string,
  cases: readonly Subject[],
  iterations: number,
): Promise<void> {
  for (const [index, { name, run }] of cases.entries()) {
    const result = run();
    const isAsync = result instanceof Promise;
    await result;
    Deno.bench({
      name: `${group}: ${name}`,
      group,
      baseline: index === 0,
      n: iterations,
      warmup: Math.ceil(iterations / 10),
      // An awaited result of a function that blocks would add a turn of the event loop to it.
      fn: isAsync
        ? async () => {
          sink.last = await run();
        }
        : () => {
          sink.last = run();
        },
    });
  }
}
