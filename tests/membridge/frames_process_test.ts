/** Frames among real processes: nothing changes under a borrow, and what the dead had comes back. */
import { assert, assertEquals, assertThrows } from "../helpers/assert.ts";
import { Child } from "../helpers/child.ts";
import { freshName, leavesNothing } from "../helpers/shm.ts";
import { sweepDeadPeers } from "../../membridge/peer/peer_page.ts";
import { BusyError, SharedFrames } from "../../membridge/mod.ts";
import { forgetting, until, within } from "./fixtures/attack.ts";

const PROCESSES: Omit<Deno.TestDefinition, "name" | "fn"> = {
  permissions: { ffi: true, run: true, read: true },
};

Deno.test(
  "frames processes: a borrowed frame stays as it is while a thousand others are published",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("thousand");
      using frames = SharedFrames.open(name, { create: true, slotBytes: 1 << 16 });
      const publish = (n: number) => {
        using loan = frames.loan(Float64Array);
        loan.view.fill(n);
        return loan.publish();
      };
      assertEquals(publish(42), 1);
      await using child = new Child();
      await child.run(({ membridge, state }, name) => {
        state.frames = membridge.SharedFrames.open(name);
        state.frame = state.frames.borrow();
      }, name);
      const looking = child.run(async ({ state }) => {
        let looks = 0;
        for (; state.frames.version < 1001; looks++) {
          const wrong = state.frame.view.findIndex((each: number) => each !== 42);
          if (wrong >= 0) return `element ${wrong} is ${state.frame.view[wrong]}`;
          await new Promise((resolve) => setTimeout(resolve, 0));
        }
        const [length, sum] = [
          state.frame.view.length,
          state.frame.view.reduce((a: number, b: number) => a + b, 0),
        ];
        state.frame.release();
        return [looks > 0, length, sum, state.frame.view.length, state.frames.borrow().version];
      });
      for (let n = 1; n <= 1000; n++) {
        publish(n);
        if (n % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      }
      const outcome = await within(10_000, looking, "the reader");
      assertEquals(outcome, [true, 8192, 42 * 8192, 0, 1001]);
      await child.run(({ state }) => state.frames.close());
      await child.finish();
      SharedFrames.remove(name);
    }),
);

Deno.test(
  "frames processes: two write and two read: no torn frame, no version twice, none lost",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("many");
      using _frames = SharedFrames.open(name, { create: true, slotBytes: 1 << 15, slots: 6 });
      const [first, second, third, fourth] = [new Child(), new Child(), new Child(), new Child()];
      const write = (child: Child, stamp: number) =>
        child.run(
          ({ membridge }, name, stamp) => {
            using frames = membridge.SharedFrames.open(name);
            const versions: number[] = [];
            for (let i = 0; i < 3000; i++) {
              using loan = frames.loan(Uint32Array, 1 + (i % 4096));
              loan.view.fill(stamp + i);
              versions.push(loan.publish());
            }
            return versions;
          },
          name,
          stamp,
        );
      const read = (child: Child) =>
        child.run(({ membridge }, name) => {
          using frames = membridge.SharedFrames.open(name);
          let [last, seen] = [0, 0];
          const end = performance.now() + 20_000;
          while (last < 6000 && performance.now() < end) {
            using frame = frames.borrow();
            if (frame === undefined || frame.version === last) continue;
            if (frame.version < last) return `version ${frame.version} after ${last}`;
            last = frame.version;
            seen++;
            const [stamp] = frame.view as Uint32Array;
            if (frame.view.length !== 1 + ((stamp % 100_000) % 4096)) {
              return `length ${frame.view.length} of ${stamp}`;
            }
            for (const each of frame.view) if (each !== stamp) return `${each} beside ${stamp}`;
          }
          return seen > 1 ? last : `${seen} frames`;
        }, name);
      // All are there before the first begins.
      await Promise.all([first, second, third, fourth].map((child) => child.run(() => {})));
      const reading = [read(third), read(fourth)];
      const writing = [write(first, 100_000), write(second, 200_000)];
      const versions = (await within(30_000, Promise.all(writing), "two writers")).flat();
      assertEquals(
        versions.toSorted((a, b) => a - b),
        Array.from({ length: 6000 }, (_, i) => i + 1),
      );
      const reads = await within(30_000, Promise.all(reading), "two readers");
      assertEquals(reads, [6000, 6000]);
      for (const child of [first, second, third, fourth]) await child.finish();
      SharedFrames.remove(name);
    }),
);

Deno.test(
  "frames processes: what a killed reader and a killed writer had comes back",
  PROCESSES,
  async () => {
    const name = freshName("killed");
    using _left = forgetting(name);
    using frames = SharedFrames.open(name, { create: true, slotBytes: 4096, slots: 3 });
    for (let round = 0; round < 3; round++) {
      frames.loan(Uint8Array).publish();
      const [reader, writer] = [new Child(), new Child()];
      try {
        await reader.run(({ membridge, state }, name) => {
          state.frame = membridge.SharedFrames.open(name).borrow();
        }, name);
        const version = frames.loan(Uint8Array, 7).publish();
        await writer.run(({ membridge, state }, name) => {
          state.loan = membridge.SharedFrames.open(name).loan(Uint8Array);
          state.loan.view.fill(99);
        }, name);
        // One is current, one is read, one is lent.
        assertThrows(() => frames.loan(Uint8Array), BusyError);
        reader.kill();
        await reader.ended();
        const loan = frames.loan(Uint8Array);
        assertThrows(() => frames.loan(Uint8Array), BusyError);
        writer.kill();
        await writer.ended();
        frames.loan(Uint8Array).discard();
        loan.discard();
        using frame = frames.borrow()!;
        assertEquals([frame.version, frame.view.length], [version, 7]);
      } finally {
        await reader[Symbol.asyncDispose]();
        await writer[Symbol.asyncDispose]();
      }
    }
    frames.close();
    sweepDeadPeers();
  },
);

Deno.test(
  "frames processes: writers killed at any moment leave a whole frame, and all slots",
  PROCESSES,
  async () => {
    const name = freshName("moment");
    using _left = forgetting(name);
    using frames = SharedFrames.open(name, { create: true, slotBytes: 1 << 14 });
    let version = 0;
    for (let round = 0; round < 10; round++) {
      await using child = new Child();
      await child.run(({ membridge, state }, name) => {
        state.frames = membridge.SharedFrames.open(name);
      }, name);
      child.run(({ state }) => {
        for (let n = 1;; n++) {
          const loan = state.frames.loan(Uint32Array, 1 + (n % 4096));
          loan.view.fill(n);
          loan.publish();
          state.frames.borrow().release();
        }
      });
      assert(await until(() => frames.version > version + 5, 5000));
      await new Promise((resolve) => setTimeout(resolve, round));
      child.kill();
      await child.ended();
      using frame = frames.borrow()!;
      const [stamp] = frame.view as Uint32Array;
      assertEquals(frame.view.length, 1 + (stamp % 4096));
      assert((frame.view as Uint32Array).every((each) => each === stamp));
      const loans = [frames.loan(Uint8Array), frames.loan(Uint8Array)];
      version = loans[0].publish();
      assertEquals(version, frame.version + 1);
      loans[1].discard();
    }
    frames.close();
    sweepDeadPeers();
  },
);

Deno.test(
  "frames processes: what a terminated worker had comes back",
  PROCESSES,
  async () => {
    const name = freshName("worker");
    using _left = forgetting(name);
    using frames = SharedFrames.open(name, { create: true, slotBytes: 64 });
    frames.loan(Uint8Array).publish();
    const url = new URL("./fixtures/frames_worker.ts", import.meta.url);
    const worker = new Worker(url, { type: "module" });
    const seen = await new Promise<number>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(name);
    });
    assertEquals(seen, 1);
    frames.loan(Uint8Array).publish();
    assertThrows(() => frames.loan(Uint8Array), BusyError);
    worker.terminate();
    const free = () => {
      try {
        using _one = frames.loan(Uint8Array);
        using _two = frames.loan(Uint8Array);
        return true;
      } catch (error) {
        assert(error instanceof BusyError);
        return false;
      }
    };
    assert(await until(free, 3000), "two slots");
  },
);

Deno.test(
  "frames processes: a watcher elsewhere is woken",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("watched");
      using frames = SharedFrames.open(name, { create: true, slotBytes: 64 });
      await using child = new Child();
      await child.run(({ membridge, state }, name) => {
        state.frames = membridge.SharedFrames.open(name);
        state.watch = state.frames.watch();
      }, name);
      for (let n = 1; n <= 10; n++) {
        const next = child.run(async ({ state }) => {
          const { value } = await state.watch.next();
          using frame = state.frames.borrow();
          return [value, frame.view[0]];
        });
        if (n % 2 === 0) await new Promise((resolve) => setTimeout(resolve, 10));
        using loan = frames.loan(Uint8Array);
        loan.view[0] = n;
        loan.publish();
        assertEquals(await within(2000, next, "the watcher"), [n, n]);
      }
      await child.run(({ state }) => state.frames.close());
      assertEquals((await child.finish()).code, 0);
      SharedFrames.remove(name);
    }),
);

Deno.test(
  "frames processes: use after the end is an error, never a crash",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("after");
      using frames = SharedFrames.open(name, { create: true, slotBytes: 1 << 20 });
      frames.loan(Float64Array).publish();
      await using child = new Child();
      const wrong = await child.run(async ({ membridge }, name) => {
        const wrong: string[] = [];
        const sum = (view: Float64Array) => {
          let sum = 0;
          for (let i = 0; i < 20_000; i++) sum += view[i];
          return sum;
        };
        for (let i = 0; i < 60; i++) {
          const frames = membridge.SharedFrames.open(name);
          const loan = frames.loan(Float64Array);
          const frame = frames.borrow()!;
          const views = [loan.view, frame.view as Float64Array];
          const data = views.map((view) => new DataView(view.buffer));
          for (const view of views) sum(view);
          if (i % 3 === 0) loan.discard();
          if (i % 3 === 1) loan.publish();
          if (i % 2 === 0) frame.release();
          frames.close();
          for (const view of views) {
            view[0] = 1;
            if (view.length !== 0 || !Number.isNaN(sum(view))) wrong.push(`round ${i}`);
          }
          for (const each of data) {
            try {
              each.setFloat64(0, 1);
              wrong.push(`round ${i}: written`);
            } catch (error) {
              if (!(error instanceof TypeError)) wrong.push(String(error));
            }
          }
          if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
        }
        return wrong;
      }, name);
      assertEquals(wrong, []);
      assertEquals((await child.finish()).code, 0);
      SharedFrames.remove(name);
    }),
);
