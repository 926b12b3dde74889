/**
 * Runs the fuzzer for as long as one likes; it stops at the first fault, with the smallest bytes that have it.
 *
 *     deno run -A tests/pybytes/fuzz/main.ts [--seconds N] [--seed S]
 */
import { newSeed } from "../helpers/random.ts";
import { fuzz } from "./fuzzer.ts";

/** The number after an option, `undefined` where it is not given. */
function numberAfter(option: string): number | undefined {
  const index = Deno.args.indexOf(option);
  if (index < 0) return undefined;
  const value = Number(Deno.args[index + 1]);
  if (!Number.isFinite(value)) throw new TypeError(`${option}: a number expected`);
  return value;
}

/** A part of a run with a seed of its own, so that what it finds is found again soon. */
const PART_SECONDS = 30;

const seconds = numberAfter("--seconds") ?? 3600;
const end = performance.now() + seconds * 1000;
let seed = numberAfter("--seed");
do {
  seed ??= newSeed("fuzz");
  const timeMs = Math.min(PART_SECONDS * 1000, end - performance.now());
  const { documents, valid, finding } = fuzz({ seed, timeMs });
  console.log(`seed ${seed}: ${documents} documents, ${valid} of them valid`);
  if (finding !== undefined) {
    console.error(finding.message);
    console.error(`smallest: ${finding.hex}`);
    console.error(`original: ${finding.originalHex}`);
    Deno.exit(1);
  }
  seed = undefined;
} while (performance.now() < end);
