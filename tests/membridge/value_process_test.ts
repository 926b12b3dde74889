import { assert, assertEquals } from "../helpers/assert.ts";
import { Child, type ChildEnv } from "../helpers/child.ts";
import { freshName, leavesNothing } from "../helpers/shm.ts";
import { sweepDeadPeers } from "../../membridge/peer/peer_page.ts";
import { SharedValue } from "../../membridge/mod.ts";

const PROCESSES = { permissions: { ffi: true, run: true, read: true } } as const;

/** A value whose parts all say the same number, in sizes from some bytes to beyond the first region. */
interface Stamped {
  n: number;
  body: number[];
}

function isWhole(value: Stamped): boolean {
  return value.body.length === (value.n % 7) * 150 && value.body.every((each) => each === value.n);
}

Deno.test(
  "value processes: a reader in another process never sees a torn value while two write",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("torn");
      using value = SharedValue.open<Stamped>(name, { create: true });
      value.set({ n: 0, body: [] });
      const writers = [new Child(), new Child()];
      const write = ({ membridge }: ChildEnv, name: string, start: number) => {
        using value = membridge.SharedValue.open<{ n: number; body: number[] }>(name);
        const end = performance.now() + 500;
        let sets = 0;
        for (let n = start; performance.now() < end; n += 2, sets++) {
          value.set({ n, body: new Array((n % 7) * 150).fill(n) });
        }
        return sets;
      };
      const done = Promise.all(writers.map((writer, i) => writer.run(write, name, 1 + i)));
      let finished = false;
      done.finally(() => finished = true);
      let reads = 0;
      const seen = new Set<number>();
      while (!finished) {
        for (let i = 0; i < 200; i++, reads++) {
          const read = value.get()!;
          assert(isWhole(read), `torn after ${reads} reads: ${JSON.stringify(read).slice(0, 200)}`);
          seen.add(read.n);
        }
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      const sets = await done;
      assert(reads > 500 && seen.size > 10, `${reads} reads of ${seen.size} values`);
      assertEquals(value.version, 1 + sets[0] + sets[1]);
      for (const writer of writers) await writer.finish();
      SharedValue.remove(name);
    }),
);

Deno.test(
  "value processes: update loses no increment of four processes",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("counter");
      using value = SharedValue.open<number>(name, { create: true });
      value.set(0);
      const children = Array.from({ length: 4 }, () => new Child());
      const longestMs = await Promise.all(children.map((child) =>
        child.run(({ membridge }, name) => {
          using value = membridge.SharedValue.open<number>(name);
          let longest = 0;
          for (let i = 0; i < 20_000; i++) {
            const start = performance.now();
            value.update((old) => old! + 1);
            longest = Math.max(longest, performance.now() - start);
          }
          return longest;
        }, name)
      ));
      assertEquals(value.get(), 80_000);
      // Nobody starves: some dozen milliseconds where the processes share two cores, and nothing like a timeout anywhere.
      assert(Math.max(...longestMs) < 10_000, `${longestMs} ms`);
      for (const child of children) await child.finish();
      SharedValue.remove(name);
    }),
);

Deno.test(
  "value processes: writers killed at any moment leave a whole value and no lock",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("killed");
      using value = SharedValue.open<Stamped>(name, { create: true, timeoutMs: 5000 });
      value.set({ n: 0, body: [] });
      for (let round = 0; round < 12; round++) {
        await using child = new Child();
        await child.run(({ membridge, state }, name) => {
          state.value = membridge.SharedValue.open(name);
        }, name);
        child.run(({ state }) => {
          for (let n = 1;; n++) state.value.set({ n, body: new Array((n % 7) * 150).fill(n) });
        });
        const before = value.version;
        while (value.version === before) await new Promise((resolve) => setTimeout(resolve, 1));
        await new Promise((resolve) => setTimeout(resolve, round));
        child.kill();
        await child.ended();
        assert(isWhole(value.get()!));
        const version = value.version;
        value.set({ n: 7, body: [] });
        assertEquals(value.version, version + 1);
        assertEquals(value.get(), { n: 7, body: [] });
      }
      SharedValue.remove(name);
    }),
);

Deno.test(
  "value processes: a watcher elsewhere is woken, and a killed one is forgotten",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("watched");
      using value = SharedValue.open<number>(name, { create: true });
      await using watcher = new Child();
      await using victim = new Child();
      for (const child of [watcher, victim]) {
        await child.run(({ membridge, state }, name) => {
          state.value = membridge.SharedValue.open(name);
          state.watch = state.value.watch();
        }, name);
      }
      for (let n = 1; n <= 20; n++) {
        const next = watcher.run(async ({ state }) => (await state.watch.next()).value);
        // Half the time the watcher waits already, half the time the change comes first.
        if (n % 2 === 0) await new Promise((resolve) => setTimeout(resolve, 10));
        value.set(n);
        assertEquals(await next, n);
      }
      victim.kill();
      await victim.ended();
      const next = watcher.run(async ({ state }) => (await state.watch.next()).value);
      value.set(99);
      assertEquals(await next, 99);
      await watcher.run(async ({ state }) => {
        await state.watch.return();
        state.value.close();
      });
      await watcher.finish();
      SharedValue.remove(name);
      // Who is killed while awake is noticed by the next participant that starts.
      sweepDeadPeers();
    }),
);

Deno.test(
  "value processes: sixteen that create at once end up with the same value",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const children = Array.from({ length: 4 }, () => new Child());
      for (let round = 0; round < 10; round++) {
        const name = freshName("race");
        await Promise.all(children.map((child) =>
          child.run(({ membridge }, name) => {
            for (let i = 0; i < 4; i++) {
              using value = membridge.SharedValue.open<number>(name, { create: true });
              value.update((old) => (old ?? 0) + 1);
            }
          }, name)
        ));
        using value = SharedValue.open<number>(name);
        assertEquals(value.get(), 16);
        SharedValue.remove(name);
      }
      for (const child of children) await child.finish();
    }),
);
