/**
 * Camera frames for any number of viewers: written in place, published at once, looked at in place. Nothing is copied.
 *
 * Terminal 1: `deno run --allow-ffi examples/large_arrays/camera.ts` (Ctrl+C ends it)
 *
 * Terminals 2 and 3: `deno run --allow-ffi examples/large_arrays/viewer.ts`
 */
import { BusyError, type Loan, SharedFrames } from "@sysframe/sysframe/membridge";
import { FRAME_BYTES, NAME } from "./frame.ts";

let stopped = false;
Deno.addSignalListener("SIGINT", () => stopped = true);

// Room for the current frame, one that is being written, and two that slow viewers still have.
using camera = SharedFrames.open(NAME, { create: true, slotBytes: FRAME_BYTES, slots: 4 });
console.log(`frames of ${FRAME_BYTES} bytes`);

for (let count = 1; !stopped; count++) {
  using loan = loanOrSkip();
  if (loan !== undefined) {
    loan.view.fill(count % 256); // Where a driver would put the picture.
    loan.publish();
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
}
SharedFrames.remove(NAME); // The viewers' watches end.
console.log("the camera is off");

function loanOrSkip(): Loan<Uint8ClampedArray<ArrayBuffer>> | undefined {
  try {
    return camera.loan(Uint8ClampedArray);
  } catch (error) {
    // Viewers have all other slots: they get a later frame.
    if (error instanceof BusyError) return undefined;
    throw error;
  }
}
