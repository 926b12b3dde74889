/** Calls compared: latency back to back and after a silence, and throughput with many in flight. */
import { type CallGroup, IN_FLIGHT } from "../calls/stage.ts";
import {
  callsPerSecond,
  type Latency,
  latencyAfterSilence,
  latencyBackToBack,
} from "../measure.ts";
import { formatCount, formatNs, formatRatio, markdownTable } from "./table.ts";

/** One way to call. */
export interface CallResult {
  /** What the calls carry. */
  readonly group: string;
  /** The way to call. */
  readonly name: string;
  /** When one call follows the other. */
  readonly backToBack: Latency;
  /** When each call comes after a pause. */
  readonly afterSilence: Latency;
  /** With {@linkcode IN_FLIGHT} calls in flight; absent where only one can be. */
  readonly callsPerSecond?: number;
}

const BACK_TO_BACK = { rounds: 8, turnMs: 40 };
const SILENCE = { rounds: 10, callsPerTurn: 20, silenceMs: 2 };
const THROUGHPUT = { rounds: 7, turnMs: 50 };

/** Times every way to call of a group, in turns. */
export async function measureCalls({ name: group, callers }: CallGroup): Promise<CallResult[]> {
  const backToBack = await latencyBackToBack(callers, BACK_TO_BACK);
  const afterSilence = await latencyAfterSilence(callers, SILENCE);
  const overlapping = callers.filter(({ overlaps }) => overlaps);
  const rates = await callsPerSecond(overlapping, THROUGHPUT, IN_FLIGHT);
  return callers.map((caller, index) => ({
    group,
    name: caller.name,
    backToBack: backToBack[index],
    afterSilence: afterSilence[index],
    ...(caller.overlaps ? { callsPerSecond: rates[overlapping.indexOf(caller)] } : {}),
  }));
}

/** Returns a group's table; the ratios compare with `call`. */
export function callTable(results: readonly CallResult[]): string {
  const base = results.find(({ name }) => name === "call")!;
  const rows = results.map((result) => [
    result.name,
    formatNs(result.backToBack.p50Ns),
    formatNs(result.backToBack.p99Ns),
    formatRatio(result.backToBack.p50Ns / base.backToBack.p50Ns),
    formatNs(result.afterSilence.p50Ns),
    formatNs(result.afterSilence.p99Ns),
    formatRatio(result.afterSilence.p50Ns / base.afterSilence.p50Ns),
    result.callsPerSecond === undefined ? "-" : formatCount(result.callsPerSecond),
  ]);
  return markdownTable(
    [
      results[0].group,
      "p50",
      "p99",
      "/ call",
      `p50 after ${SILENCE.silenceMs} ms`,
      "p99",
      "/ call",
      `calls/s, ${IN_FLIGHT} in flight`,
    ],
    rows,
  );
}
