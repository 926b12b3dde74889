import { Random } from "../../helpers/random.ts";

/** Runs Python, so that its own output is the expectation; for the tests of the value types. */

/** Whether there is a `python3` that the tests may run; if not, they are shown as ignored. */
export const hasPython: boolean = await findPython();

async function findPython(): Promise<boolean> {
  const { state } = await Deno.permissions.query({ name: "run", command: "python3" });
  if (state !== "granted") return false;
  try {
    return (await new Deno.Command("python3", { args: ["--version"] }).output()).success;
  } catch {
    return false;
  }
}

/**
 * Runs a Python program once, with `values` as its list `values`, and returns what it prints as JSON.
 *
 * @throws {Error} if the program fails
 */
export async function askPython(program: string, values: readonly unknown[]): Promise<unknown> {
  const process = new Deno.Command("python3", {
    args: ["-c", `import json, sys\nvalues = json.load(sys.stdin)\n${program}`],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const input = new Blob([JSON.stringify(values)]).stream();
  const [{ success, stdout, stderr }] = await Promise.all([
    process.output(),
    input.pipeTo(process.stdin),
  ]);
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** The tests' random numbers, with what tables of Python values need. */
export class SeededRandom extends Random {
  /** Starts from a seed, a fresh one unless given, and prints it. */
  constructor(name: string, seed?: number) {
    super(seed);
    console.log(`${name}: seed ${this.seed}`);
  }

  /** Returns one of the items. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }

  /** Returns 64 random bits. */
  bits(): bigint {
    return BigInt(this.below(2 ** 32)) << 32n | BigInt(this.below(2 ** 32));
  }

  /** Returns a text of up to `maxLength` decimal digits. */
  digits(maxLength: number): string {
    const count = this.below(maxLength + 1);
    return Array.from({ length: count }, () => this.below(10)).join("");
  }
}
