/** Row: 64 MiB of bytes as the argument of a call, against a copy of as many bytes within the process. */
import { connect } from "../../membridge/mod.ts";
import { median, medianRatio } from "../measure.ts";
import type { Aim } from "../report/aims.ts";
import { formatRatio } from "../report/table.ts";
import { figuresOf } from "./proc.ts";
import { freshName, startService } from "./service.ts";
import type { handlers } from "./service_main.ts";

const SIZE_BYTES = 64 << 20;
const ROUNDS = 9;
/**
 * How often each byte is copied on its way: into the message and from there into the ring, which are memory that was
 * used before, and from the ring into the receiver's message, which is new: the array that the function gets is a view
 * of it.
 */
const COPIES = 3;
/** What each of the bytes is, but the last, which is the number of the round. */
const FILLING = 7;

function timeMs(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

/** Times calls and copies in turns. */
export async function measureBytes(): Promise<Aim[]> {
  const name = freshName("bytes");
  await using service = await startService(name);
  using client = connect<typeof handlers>(name);
  // Written once: pages that never were share one page of zeros, which no cache would have to fetch.
  const bytes = new Uint8Array(SIZE_BYTES).fill(FILLING), target = new Uint8Array(SIZE_BYTES);
  const callsMs: number[] = [], copiesMs: number[] = [], newCopiesMs: number[] = [];
  const sleeps = () => figuresOf(Deno.pid).wakeUps + figuresOf(service.pid).wakeUps;
  let sleepsBefore = 0;
  // The first round warms up: it touches the target's pages.
  for (let round = 0; round <= ROUNDS; round++) {
    if (round === 1) sleepsBefore = sleeps();
    bytes[SIZE_BYTES - 1] = round;
    const copyMs = timeMs(() => target.set(bytes));
    const newCopyMs = timeMs(() => new Uint8Array(SIZE_BYTES).set(bytes));
    const callMs = timeMs(() => {
      const [size, last] = client.callSync("endOf", bytes);
      if (size !== SIZE_BYTES || last !== round) {
        throw new Error(`${SIZE_BYTES} bytes became ${size}, with ${last} as the last`);
      }
    });
    if (round > 0) {
      copiesMs.push(copyMs);
      newCopiesMs.push(newCopyMs);
      callsMs.push(callMs);
    }
  }
  const sleepsPerCall = Math.round((sleeps() - sleepsBefore) / ROUNDS);
  const alikeMs = copiesMs.map((ms, round) => (COPIES - 1) * ms + newCopiesMs[round]);
  const rate = (ms: number) => `${(SIZE_BYTES / ms / 1e6).toFixed(2)} GB/s`;
  return [{
    what: "64 MiB as argument, speed of each copy / Uint8Array.set",
    sense: "at least",
    goal: 0.7,
    unit: "x",
    measured: COPIES * medianRatio(copiesMs, callsMs),
    note: `callSync ${rate(median(callsMs))} with ${COPIES} copies and ` +
      `${sleepsPerCall} sleeps of either side; set ` +
      `${rate(median(copiesMs))}, ${rate(median(newCopiesMs))} into a new array; ` +
      `${formatRatio(medianRatio(alikeMs, callsMs))} of such copies within a process`,
  }];
}
