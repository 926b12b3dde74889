/** Calls compared: latency back to back and after a silence, and throughput with many in flight. */
import { ADD, type CallGroup, JSON_SOCKET, RAW_SOCKET } from "../calls/groups.ts";
import { IN_FLIGHT } from "../calls/work.ts";
import { SPIN } from "../floor/floor.ts";
import {
  callsPerSecond,
  type Latency,
  latencyAfterSilence,
  latencyBackToBack,
  ratioToFloor,
} from "../latency.ts";
import { medianRatio } from "../measure.ts";
import type { Aim } from "./aims.ts";
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

const BACK_TO_BACK = { rounds: 15, turnMs: 25 };
const SILENCE = { rounds: 10, callsPerTurn: 20, silenceMs: 2 };
const THROUGHPUT = { rounds: 7, turnMs: 50 };

/** Times every way to call of a group, in turns. */
export async function measureCalls(
  { name: group, callers, outsiders }: CallGroup,
): Promise<CallResult[]> {
  const all = [...callers, ...outsiders];
  const backToBack = await latencyBackToBack(all, BACK_TO_BACK);
  const afterSilence = await latencyAfterSilence(all, SILENCE);
  const overlapping = callers.filter(({ overlaps }) => overlaps);
  const rates = await callsPerSecond(overlapping, THROUGHPUT, IN_FLIGHT);
  return all.map(({ name }, index) => {
    const rate = rates[overlapping.findIndex((caller) => caller.name === name)];
    return {
      group,
      name,
      backToBack: backToBack[index],
      afterSilence: afterSilence[index],
      ...(rate === undefined ? {} : { callsPerSecond: rate }),
    };
  });
}

/** Returns how many times as long as `base` something took, see {@linkcode medianRatio}. */
function ratioOf(own: Latency, base: Latency): number {
  return medianRatio(own.turnsNs, base.turnsNs);
}

/** Returns what to say of the turn in which nothing else wanted the processors. */
function bestTurn({ turnsNs }: Latency): string {
  return `best turn ${formatNs(Math.min(...turnsNs))}`;
}

/** What calls that add two numbers set out to reach. */
export function callAims(results: readonly CallResult[]): Aim[] {
  const row = (name: string) =>
    results.find((result) => result.group === ADD && result.name === name);
  const callSync = row("callSync")!, call = row("call")!;
  const json = row(JSON_SOCKET)!, bare = row(RAW_SOCKET)!, spin = row(SPIN);
  const silence = `after ${SILENCE.silenceMs} ms of silence`;
  return [
    {
      what: "callSync, back to back: p50 / C spin floor",
      sense: "at most",
      goal: 5,
      unit: "x",
      measured: spin && ratioToFloor(callSync.backToBack, spin.backToBack),
      ...spin && { note: `floor, ${bestTurn(spin.backToBack)}` },
    },
    {
      what: "callSync, back to back: p50",
      sense: "at most",
      goal: 2500,
      unit: "ns",
      measured: callSync.backToBack.p50Ns,
      note: bestTurn(callSync.backToBack),
    },
    {
      what: "Unix socket with JSON / callSync",
      sense: "at least",
      goal: 20,
      unit: "x",
      measured: ratioOf(json.backToBack, callSync.backToBack),
      note: `socket ${formatNs(json.backToBack.p50Ns)}`,
    },
    {
      what: "call, back to back: p50",
      sense: "at most",
      goal: 6000,
      unit: "ns",
      measured: call.backToBack.p50Ns,
      note: bestTurn(call.backToBack),
    },
    {
      what: "Unix socket with JSON / call",
      sense: "at least",
      goal: 8,
      unit: "x",
      measured: ratioOf(json.backToBack, call.backToBack),
    },
    ...[callSync, call].map((result): Aim => ({
      what: `${result.name} ${silence}: p50 / bare Unix socket`,
      sense: "at most",
      goal: 1.2,
      unit: "x",
      measured: ratioOf(result.afterSilence, bare.afterSilence),
      note: `${formatNs(result.afterSilence.p50Ns)}, socket ${formatNs(bare.afterSilence.p50Ns)}`,
    })),
    {
      what: `call, ${IN_FLIGHT} in flight`,
      sense: "at least",
      goal: 1e6,
      unit: "/s",
      measured: call.callsPerSecond!,
    },
  ];
}

/** Returns a group's table; the ratios compare with `call`. */
export function callTable(results: readonly CallResult[]): string {
  const base = results.find(({ name }) => name === "call")!;
  const rows = results.map((result) => [
    result.name,
    formatNs(result.backToBack.p50Ns),
    formatNs(result.backToBack.p99Ns),
    formatRatio(ratioOf(result.backToBack, base.backToBack)),
    formatNs(result.afterSilence.p50Ns),
    formatNs(result.afterSilence.p99Ns),
    formatRatio(ratioOf(result.afterSilence, base.afterSilence)),
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
