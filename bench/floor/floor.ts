/**
 * The floors of calls between processes: two C programs that answer each other through shared memory, one spinning and
 * one sleeping in the kernel. They are compiled here, from the sources beside this file.
 */
import type { SelfTimed } from "../latency.ts";
import { obstacleTo } from "../obstacle.ts";

/** The spinning one's name in the tables. */
export const SPIN = "C, spinning (floor)";
/** The sleeping one's. */
export const FUTEX = "C, futex (floor)";

const SOURCES: Readonly<Record<string, URL>> = {
  [SPIN]: new URL("./spin.c", import.meta.url),
  [FUTEX]: new URL("./futex.c", import.meta.url),
};

const fromUtf8 = new TextDecoder();

/** Runs a program to its end and returns what it prints. */
async function outputOf(command: string, args: readonly string[]): Promise<string> {
  const { success, code, stdout, stderr } = await new Deno.Command(command, { args: [...args] })
    .output();
  if (!success) {
    throw new Error(`${command} ended with code ${code}: ${fromUtf8.decode(stderr)}`);
  }
  return fromUtf8.decode(stdout);
}

/** Runs a turn of a compiled floor; both of its processes have checked each answer. */
async function turnOf(program: string, args: readonly number[]): Promise<number[]> {
  const samples = (await outputOf(program, args.map(String))).trimEnd().split("\n").map(Number);
  if (samples.length === 0 || samples.some((ns) => !(ns > 0))) {
    throw new Error(`${program} printed no times`);
  }
  return samples;
}

/**
 * Compiles the floors into `directory`.
 *
 * Without a `gcc` that may be run, a line on the console says so and there are none.
 *
 * @throws {Error} if the compiler does not accept them
 */
export async function compileFloors(directory: string): Promise<SelfTimed[]> {
  const missing = obstacleTo("gcc", ["--version"]);
  if (missing !== undefined) {
    console.log(`skipped: the floors in C: ${missing}`);
    return [];
  }
  return await Promise.all(
    Object.entries(SOURCES).map(async ([name, source], index): Promise<SelfTimed> => {
      const program = `${directory}/floor-${index}`;
      await outputOf("gcc", ["-O2", "-std=gnu11", "-Wall", "-o", program, source.pathname]);
      return {
        name,
        backToBack: (turnMs) => turnOf(program, [turnMs]),
        afterSilence: (calls, silenceMs) => turnOf(program, [calls, silenceMs]),
      };
    }),
  );
}
