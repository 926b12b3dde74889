/** A process dies while it makes shared memory, or lends, publishes, borrows and gives back frames. */
import { assert, assertEquals } from "../../helpers/assert.ts";
import { SharedFrames, SharedMemory } from "../../../membridge/mod.ts";
import { within } from "../fixtures/attack.ts";
import type { Scenario } from "./scenario.ts";

const ITEMS = 500;
const OPTIONS = { create: true, slotBytes: 8 * ITEMS, slots: 3 } as const;
/** Longest time after which a watcher must have heard of a frame whose publisher died. */
const NOTICED_MS = 5000;

/** Publishes the next version, all of whose elements are its number. */
function publish(frames: SharedFrames): number {
  using loan = frames.loan(Float64Array, ITEMS);
  loan.view.fill(frames.version + 1);
  return loan.publish();
}

/** Checks that the current frame is whole. */
function assertWhole(frames: SharedFrames): void {
  const { version } = frames;
  using frame = frames.borrow();
  assertEquals(frame?.version ?? 0, version);
  if (frame === undefined) return;
  assertEquals(frame.view.length, ITEMS);
  for (const item of frame.view as Float64Array) assert(item === version, `${item} in ${version}`);
}

const handing: Scenario = {
  name: "frames: lend, publish, borrow and give back",
  victim({ name }) {
    const frames = SharedFrames.open(name);
    return () => {
      const old = frames.borrow();
      publish(frames);
      const current = frames.borrow();
      const loan = frames.loan(Float64Array);
      loan.view.fill(-1);
      loan.discard();
      old?.release();
      current?.release();
      publish(frames);
      frames.close();
    };
  },
  others(name) {
    const frames = SharedFrames.open(name, OPTIONS);
    publish(frames);
    return {
      afterwards() {
        using fresh = SharedFrames.open(name);
        for (const handle of [frames, fresh]) assertWhole(handle);
        // What the victim had on loan or borrowed comes back as it is needed: every slot can be used, also at the same time.
        for (let i = 0; i < 8; i++) {
          const { version } = frames;
          assertEquals(publish(i % 2 === 0 ? frames : fresh), version + 1);
          for (const handle of [frames, fresh]) assertWhole(handle);
        }
        const loans = [frames.loan(Float64Array), fresh.loan(Float64Array)];
        for (const loan of loans) loan.discard();
        frames.close();
        fresh.close();
        assert(SharedFrames.remove(name));
      },
    };
  },
};

const watched: Scenario = {
  name: "frames: publish what is watched",
  alone: true,
  victim({ name }) {
    const frames = SharedFrames.open(name);
    return () => publish(frames);
  },
  others(name) {
    const frames = SharedFrames.open(name, OPTIONS);
    publish(frames);
    const watch = frames.watch();
    const next = watch.next();
    return {
      async afterwards() {
        if (frames.version === 1) publish(frames);
        const { value } = await within(NOTICED_MS, next, "the watch");
        assert(value > 1 && value <= frames.version, `version ${value}`);
        await watch.return!();
        assertWhole(frames);
        frames.close();
        assert(SharedFrames.remove(name));
      },
    };
  },
};

const making: Scenario = {
  name: "frames: make them and remove them",
  victim: ({ name }) => () => {
    SharedFrames.open(name, OPTIONS).close();
    SharedFrames.remove(name);
  },
  others: (name) => ({
    afterwards() {
      using frames = SharedFrames.open(name, OPTIONS);
      publish(frames);
      assertWhole(frames);
      assert(SharedFrames.remove(name));
    },
  }),
};

const bytes: Scenario = {
  name: "memory: make it and remove it",
  victim: ({ name }) => () => {
    SharedMemory.open(name, { create: true, sizeBytes: 5000 }).close();
    SharedMemory.remove(name);
  },
  others: (name) => ({
    afterwards() {
      using memory = SharedMemory.open(name, { create: true, sizeBytes: 5000 });
      using other = SharedMemory.open(name);
      assert(other.bytes.every((byte) => byte === 0));
      memory.bytes[4999] = 7;
      assertEquals(other.bytes[4999], 7);
      assert(SharedMemory.remove(name));
    },
  }),
};

/** Every scenario of memory and frames. */
export const MEMORY_SCENARIOS: readonly Scenario[] = [handing, watched, making, bytes];
