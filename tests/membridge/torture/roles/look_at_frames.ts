/** Readers of frames: as long as one is borrowed, nothing in it changes. */
import type { SharedFrames } from "../../../../membridge/mod.ts";
import type { Stage } from "../stage.ts";
import { openFrames } from "./lend_frames.ts";

/** Borrows, looks, looks again, and watches. */
export async function lookAtFrames(stage: Stage): Promise<void> {
  while (await stage.begins()) {
    const frames = await openFrames(stage);
    if (frames === undefined) continue;
    let last = 0;
    for (let i = stage.times(200); i > 0 && stage.goesOn; i--) {
      if (stage.once(40)) await watch(stage, frames);
      const frame = await stage.attempt(
        { what: "borrow", boundMs: 30_000, may: ["TimeoutError"] },
        () => frames.borrow(),
      );
      if (frame !== undefined) {
        if (frame.version < last) {
          stage.fault("backwards", `frame ${frame.version} after ${last}`);
        }
        last = frame.version;
        const view = frame.view as Uint8Array<ArrayBuffer>;
        const mark = view[0];
        const mixed = () => view.some((each) => each !== mark);
        if (mixed()) stage.fault("torn", `frame ${frame.version} is mixed`);
        if (stage.once(4)) await stage.sleep(stage.random.below(20));
        if (mixed()) stage.fault("torn", `frame ${frame.version} changed while it was borrowed`);
        stage.attemptSync({ what: "release frame" }, () => frame.release());
      }
      await stage.pause();
    }
    frames.close();
  }
}

async function watch(stage: Stage, frames: SharedFrames): Promise<void> {
  const durationMs = stage.random.below(500);
  const signal = AbortSignal.any([stage.ending, AbortSignal.timeout(durationMs)]);
  await stage.attempt(
    { what: "watch frames", boundMs: durationMs, may: ["TimeoutError", "AbortError"] },
    async () => {
      let last = 0;
      for await (const version of frames.watch({ signal })) {
        if (version <= last) stage.fault("backwards", `watched frame ${version} after ${last}`);
        last = version;
      }
    },
  );
}
