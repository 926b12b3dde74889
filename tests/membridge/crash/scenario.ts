/** What a scenario of a crash is made of: one process that dies at some point, and those who have to live with that. */
import { assert, assertEquals } from "../../helpers/assert.ts";
import type { Victim } from "./victim_process.ts";

/** What the victim's side of a scenario gets. */
export interface VictimSide {
  /** A name for the scenario's own use. */
  readonly name: string;
  /** Resolves when the others have told the victim to go on ({@linkcode Victim.tell}). */
  readonly told: Promise<void>;
  /** Says something to the others ({@linkcode Victim.says}). */
  say(line: string): void;
}

/** The others' side of one run. */
export interface OthersSide {
  /** What they do while a victim lives, and how it may end for them. Must end by itself, whatever becomes of the victim. */
  meanwhile?(victim: Victim): Promise<void>;
  /** What must hold after the death. At its end everything is closed and removed. */
  afterwards(): Promise<void> | void;
}

/** One thing that a process does, and may die of at any point; the next process may then do the same. */
export interface Scenario {
  /** What it is called. */
  readonly name: string;
  /** Whether it runs alone: the others must hear of the death by themselves, not because another run happens to wake their thread. */
  readonly alone?: boolean;
  /** Whether it cannot be done again by another process: then no second victim comes after the first. */
  readonly once?: boolean;
  /** In the victim: gets ready, and returns what is counted. */
  victim(side: VictimSide): (() => unknown) | Promise<() => unknown>;
  /** In the test's process, before the victim starts: gets ready, and returns the rest. */
  others(name: string): OthersSide | Promise<OthersSide>;
}

/** A value whose parts all tell the same number, so that a torn one shows. */
export interface Stamped {
  readonly n: number;
  readonly body: readonly number[];
  readonly end: number;
}

/** Returns the value number `n`, with a body of so many items (8 bytes each, and more than 2^31 so that nothing packs them shorter). */
export function stamped(n: number, items: number): Stamped {
  const body = Array.from({ length: items }, (_, i) => 2 ** 40 + n * 2 ** 20 + i);
  return { n, body, end: n };
}

/** How a call ended: `"result"`, or the name of its error. */
export async function endOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "result";
  } catch (error) {
    return (error as Error).name;
  }
}

/** Checks that each end is one of those that may be. */
export function assertEnds(ends: readonly string[], allowed: readonly string[]): void {
  for (const end of ends) assert(allowed.includes(end), `ended as ${end}, not as ${allowed}`);
}

/** Checks that a result, if it came, is the right one; other ends are names of errors that may be. */
export async function assertResult<T>(
  call: Promise<T>,
  expected: T,
  allowed: readonly string[],
): Promise<void> {
  let result: T;
  try {
    result = await call;
  } catch (error) {
    assertEnds([(error as Error).name], allowed);
    return;
  }
  assertEquals(result, expected);
}
