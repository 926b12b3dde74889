/** The results of a run as a file, for the chart and for comparing runs. */
import type { SizeResult } from "../sizes.ts";
import type { Verdict } from "./aims.ts";
import type { CallResult } from "./calls.ts";
import type { CodecResult } from "./codecs.ts";
import type { Goal } from "./goals.ts";
import type { Machine } from "./machine.ts";
import type { Plot } from "./scaling.ts";
import type { ValueResult } from "./values.ts";

/** What a run has measured; what it has not is absent. */
export interface Results {
  /** What it was measured on. */
  readonly machine: Machine;
  /** The serializers. */
  readonly codecs?: {
    /** The times of encoding. */
    readonly encode: readonly CodecResult[];
    /** The times of decoding. */
    readonly decode: readonly CodecResult[];
    /** The sizes of the messages. */
    readonly sizes: readonly SizeResult[];
    /** Geometric means by what they compare with. */
    readonly means: Readonly<Record<string, Readonly<Record<string, number>>>>;
    /** What was to be reached. */
    readonly goals: readonly Goal[];
  };
  /** Shared values. */
  readonly values?: readonly ValueResult[];
  /** Calls to another process. */
  readonly calls?: readonly CallResult[];
  /** Calls a second against the number of processes and of services. */
  readonly scaling?: readonly Plot[];
  /** What membridge was to reach, in the parts that were run. */
  readonly membridge?: readonly Verdict[];
}

/** Where the report leaves its results. */
export const LATEST = new URL("../results/latest.json", import.meta.url);

/** Writes the results to {@linkcode LATEST}. */
export function writeResults(results: Results): void {
  Deno.mkdirSync(new URL(".", LATEST), { recursive: true });
  Deno.writeTextFileSync(LATEST, `${JSON.stringify(results, null, 2)}\n`);
}

/** Reads what {@linkcode writeResults} has written. */
export function readResults(file: string | URL): Results {
  return JSON.parse(Deno.readTextFileSync(file));
}
