/** A process dies while it makes, writes, publishes, reads or removes frames, or raw memory. */
import { assert, assertEquals } from "../../helpers/assert.ts";
import { SharedFrames, SharedMemory } from "../../../membridge/mod.ts";
import { within } from "../fixtures/attack.ts";
import type { Scenario } from "./scenario.ts";

/** Longest time after which a watcher must have heard of a version whose writer died: some looks, one a second. */
const NOTICED_MS = 4000;
const INIT = { create: true, slotBytes: 8192, slots: 3 } as const;

/** Publishes a frame that tells its number in each element and in its length. */
function publish(frames: SharedFrames, stamp: number): number {
  using loan = frames.loan(Uint32Array, 10 * stamp);
  loan.view.fill(stamp);
  return loan.publish();
}

/** Checks the current frame, and that every slot can be used again. */
function assertWorks(frames: SharedFrames): void {
  const version = frames.version;
  {
    using frame = frames.borrow();
    assertEquals(frame?.version ?? 0, version);
    if (frame !== undefined) {
      const view = frame.view as Uint32Array;
      assertEquals(view.length, 10 * view[0]);
      assert(view.every((each) => each === view[0]), "a torn frame");
    }
  }
  {
    // All but the current one.
    using _one = frames.loan(Uint8Array);
    using _two = frames.loan(Uint8Array);
  }
  for (let i = 1; i <= 5; i++) {
    assertEquals(publish(frames, 20 + i), version + i);
    using frame = frames.borrow()!;
    assertEquals([frame.view.length, frame.view[0]], [200 + 10 * i, 20 + i]);
  }
}

const make: Scenario = {
  name: "frames: make, publish and borrow",
  victim: ({ name }) => () => {
    using frames = SharedFrames.open(name, INIT);
    publish(frames, 1);
    frames.borrow()!.release();
  },
  others: (name) => ({
    afterwards() {
      using frames = SharedFrames.open(name, INIT);
      assert(frames.version <= 2); // Two victims publish one each.
      assertWorks(frames);
      frames.close();
      assert(SharedFrames.remove(name));
    },
  }),
};

const use: Scenario = {
  name: "frames: lend, publish, borrow and discard while another reads",
  victim({ name }) {
    const frames = SharedFrames.open(name);
    return () => {
      publish(frames, 2);
      const frame = frames.borrow()!;
      const loan = frames.loan(Uint32Array);
      loan.view.fill(99);
      loan.discard();
      frame.release();
      publish(frames, 3);
      frames.borrow();
      frames.loan(Uint32Array).view.fill(98);
    };
  },
  others(name) {
    const frames = SharedFrames.open(name, INIT);
    publish(frames, 1);
    const reader = SharedFrames.open(name);
    const kept = reader.borrow()!;
    return {
      afterwards() {
        // Whatever it wrote, it was not this one.
        assertEquals([kept.view.length, ...new Set(kept.view as Uint32Array)], [10, 1]);
        kept.release();
        // Two victims publish two each.
        assert(frames.version >= 1 && frames.version <= 5, `version ${frames.version}`);
        assertWorks(frames);
        assertWorks(reader);
        for (const each of [frames, reader]) each.close();
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
    return () => {
      publish(frames, 2);
      publish(frames, 3);
    };
  },
  others(name) {
    const frames = SharedFrames.open(name, INIT);
    publish(frames, 1);
    const watch = frames.watch();
    const next = watch.next();
    return {
      async afterwards() {
        // If the writer died before it woke anybody, the watcher finds out by itself.
        if (frames.version === 1) publish(frames, 2);
        const { value } = await within(NOTICED_MS, next, "the watch");
        assert(value >= 2 && value <= 5, `version ${value}`);
        await watch.return!();
        assertWorks(frames);
        frames.close();
        assert(SharedFrames.remove(name));
      },
    };
  },
};

const remove: Scenario = {
  name: "frames: close, and remove what is watched",
  once: true,
  alone: true,
  victim({ name }) {
    const frames = SharedFrames.open(name);
    frames.borrow();
    frames.loan(Uint8Array);
    return () => {
      frames.close();
      SharedFrames.remove(name);
    };
  },
  others(name) {
    const frames = SharedFrames.open(name, INIT);
    publish(frames, 1);
    const watch = frames.watch();
    const next = watch.next();
    return {
      async afterwards() {
        // Whoever opens it next finds it alive, or finishes the removal.
        using fresh = SharedFrames.open(name, INIT);
        const alive = fresh.version === 1;
        assertWorks(fresh);
        const { done } = await within(NOTICED_MS, next, "the watch");
        assertEquals(done, !alive);
        using frame = frames.borrow()!;
        assertEquals(frame.version, alive ? 6 : 1);
        await watch.return!();
        frames.close();
        fresh.close();
        assert(SharedFrames.remove(name));
      },
    };
  },
};

const memory: Scenario = {
  name: "memory: make and remove, twice",
  victim: ({ name }) => () => {
    for (let i = 0; i < 2; i++) {
      using _memory = SharedMemory.open(name, { create: true, sizeBytes: 100 });
      SharedMemory.remove(name);
    }
  },
  others: (name) => ({
    afterwards() {
      using memory = SharedMemory.open(name, { create: true, sizeBytes: 100 });
      using other = SharedMemory.open(name);
      memory.bytes[99] = 7;
      assertEquals(other.bytes[99], 7);
      assert(SharedMemory.remove(name));
    },
  }),
};

/** Every scenario of frames and memory. */
export const FRAMES_SCENARIOS: readonly Scenario[] = [make, use, watched, remove, memory];
