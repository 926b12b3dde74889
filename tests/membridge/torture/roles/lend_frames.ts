/** Writers of frames: each fills a slot with one number. */
import {
  type SharedArray,
  type SharedArrayClass,
  SharedFrames,
} from "../../../../membridge/mod.ts";
import type { Stage } from "../stage.ts";

/** The frames; fewer slots than there are writers and readers at times. */
export const FRAMES = { what: "frames", slotBytes: 65536, slots: 4 } as const;

/** Opens the frames. */
export async function openFrames(stage: Stage): Promise<SharedFrames | undefined> {
  const { what, slotBytes, slots } = FRAMES;
  const frames = await stage.attempt(
    { what: "SharedFrames.open", boundMs: 30_000, may: ["TimeoutError"] },
    () => SharedFrames.open(stage.name(what), { create: true, slotBytes, slots }),
  );
  if (frames === undefined) await stage.sleep(20);
  return frames;
}

/** Lends, fills, and publishes or discards. */
export async function lendFrames(stage: Stage): Promise<void> {
  while (await stage.begins()) {
    const frames = await openFrames(stage);
    if (frames === undefined) continue;
    let last = 0;
    for (let i = stage.times(200); i > 0 && stage.goesOn; i--) {
      const type = stage.pick([Float64Array, Int32Array, Uint8Array]);
      const length = stage.random.below(FRAMES.slotBytes / type.BYTES_PER_ELEMENT);
      // Another one may have been stopped with a slot, or while it held the lock.
      const loan = await stage.attempt(
        { what: "loan", boundMs: 30_000, may: ["BusyError", "TimeoutError"] },
        () => frames.loan<SharedArray>(type as SharedArrayClass<SharedArray>, length),
      );
      if (loan !== undefined) {
        const mark = stage.random.below(256);
        // Whichever it is: all have numbers.
        const view = loan.view as Uint8Array<ArrayBuffer>;
        view.fill(mark);
        if (stage.once(4)) await stage.pause();
        if (view.some((each) => each !== mark)) {
          stage.fault("torn", "a slot on loan was written by another");
        }
        if (stage.once(5)) loan.discard();
        else {
          const version = stage.attemptSync(
            { what: "publish frame", boundMs: 30_000, may: ["TimeoutError"] },
            () => loan.publish(),
          );
          if (version !== undefined && version <= last) {
            stage.fault("backwards", `frame ${version} was published after ${last}`);
          }
          last = version ?? last;
        }
      }
      await stage.pause();
    }
    frames.close();
  }
}
