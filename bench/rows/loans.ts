/** Row: what it costs to have an array lent, to write into it, and to publish it, for a small one and a large one. */
import { SharedFrames, SystemError } from "../../membridge/mod.ts";
import { median, medianRatio, timeInterleaved } from "../measure.ts";
import type { Aim } from "../report/aims.ts";
import { formatNs } from "../report/table.ts";
import { freshName } from "./service.ts";

const SIZES = { "1 KiB": 1 << 10, "1 GiB": 1 << 30 };
/** One is current, the other is written. */
const SLOTS = 2;

/** Returns what is timed: it writes one element of a loan, so that only the hand-over counts, and publishes it. */
function handOver(frames: SharedFrames, sizeBytes: number): () => void {
  return () => {
    const loan = frames.loan(Uint8Array, sizeBytes);
    loan.view[sizeBytes - 1] = 7;
    loan.publish();
  };
}

function check(frames: SharedFrames, sizeBytes: number): void {
  using frame = frames.borrow();
  const { view } = frame!;
  if (view.length !== sizeBytes || view[sizeBytes - 1] !== 7) {
    throw new Error(`${sizeBytes} bytes that were published are not there`);
  }
}

/** Times both in turns. Where shared memory has no room for them, a line on the console says so. */
export function measureLoans(): Promise<Aim[]> {
  try {
    return Promise.resolve(measure());
  } catch (error) {
    if (!(error instanceof SystemError && error.code === "ENOSPC")) throw error;
    console.log(`skipped: loans: /dev/shm has no room for ${SLOTS} GiB`);
    return Promise.resolve([]);
  }
}

/** Their memory is allocated before. */
function measure(): Aim[] {
  using stack = new DisposableStack();
  const subjects = Object.entries(SIZES).map(([name, sizeBytes]) => {
    const shared = freshName("loans");
    stack.defer(() => SharedFrames.remove(shared));
    const options = { create: true, slotBytes: sizeBytes, slots: SLOTS };
    const frames = stack.use(SharedFrames.open(shared, options));
    const run = handOver(frames, sizeBytes);
    for (let slot = 0; slot < SLOTS; slot++) run();
    check(frames, sizeBytes);
    return { name, run };
  });
  const [small, large] = timeInterleaved(subjects, { rounds: 15, turnMs: 3 });
  const ratio = medianRatio(large, small);
  return [
    {
      what: "loan and publication of 1 GiB",
      sense: "at most",
      goal: 5000,
      unit: "ns",
      measured: median(large),
    },
    {
      what: "loan and publication, 1 KiB and 1 GiB: the dearer / the cheaper",
      sense: "at most",
      goal: 2,
      unit: "x",
      measured: Math.max(ratio, 1 / ratio),
      note: `1 KiB ${formatNs(median(small))}`,
    },
  ];
}
