/** Removing and sweeping meanwhile opening, making and serving: nothing that lives is taken away, and nobody writes where nobody reads. */
import { assert, assertEquals } from "../helpers/assert.ts";
import { Child } from "../helpers/child.ts";
import { freshName, leavesNothing } from "../helpers/shm.ts";
import { SharedValue } from "../../membridge/mod.ts";
import { sweepDeadPeers } from "../../membridge/peer/peer_page.ts";
import { filesOf, forgetting } from "./fixtures/attack.ts";

const PROCESSES = { permissions: { ffi: true, run: true, read: true } } as const;

Deno.test(
  "races: what was written to a value that is removed all the time is in one of its lives",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("lives");
      const writers = Array.from({ length: 3 }, () => new Child());
      let stopped = false;
      const written = Promise.all(writers.map((writer) =>
        writer.run(async ({ membridge }, name) => {
          const end = performance.now() + 1200;
          let written = 0, refused = 0;
          while (performance.now() < end) {
            using value = membridge.SharedValue.open<number>(name, { create: true });
            for (let i = 0; i < 20; i++) {
              try {
                value.update((old) => (old ?? 0) + 1);
                written++;
              } catch (error) {
                if ((error as { code?: string }).code !== "removed") throw error;
                refused++;
                break;
              }
            }
            await new Promise((resolve) => setTimeout(resolve, 0));
          }
          return { written, refused };
        }, name)
      ));
      written.finally(() => stopped = true).catch(() => {});
      let lives = 0, sum = 0;
      const endLife = () => {
        using value = SharedValue.open<number>(name, { create: true });
        assert(SharedValue.remove(name), "only this process removes it");
        // From here on it cannot change any more.
        const last = value.get() ?? 0;
        assertEquals(value.version, last);
        sum += last;
        lives++;
      };
      while (!stopped) {
        endLife();
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      const counts = await written;
      endLife();
      assertEquals(sum, counts.reduce((sum, { written }) => sum + written, 0));
      assert(lives > 20 && counts.every(({ refused }) => refused > 0), JSON.stringify(counts));
      for (const writer of writers) await writer.finish();
    }),
);

Deno.test(
  "races: participants that start, sweep and die all the time take nothing from a living one",
  PROCESSES,
  async () => {
    const name = freshName("swept");
    using _left = forgetting(name);
    const owner = new Child();
    const callers = Array.from({ length: 3 }, () => new Child());
    try {
      await owner.run(({ membridge, state }, name) => {
        state.service = membridge.serve(name, { add: (a: number, b: number) => a + b });
      }, name);
      const counts = Promise.all(callers.map((caller) =>
        caller.run(async ({ membridge }, name) => {
          const end = performance.now() + 1500;
          let calls = 0;
          while (performance.now() < end) {
            // Its first handle makes it a participant, its last one ends that.
            using client = membridge.connect<{ add(a: number, b: number): number }>(name);
            if (await client.call("add", calls, 1) !== calls + 1) throw new Error("wrong");
            if (client.callSync("add", calls, 2) !== calls + 2) throw new Error("wrong");
            calls++;
          }
          return calls;
        }, name)
      ));
      let stopped = false;
      counts.finally(() => stopped = true).catch(() => {});
      // Debris to sweep: participants that are killed with everything open.
      let killed = 0;
      while (!stopped) {
        await using victim = new Child();
        await victim.run(
          async ({ membridge, state }, name, own) => {
            state.service = membridge.serve(own, { f: () => 1 });
            state.client = membridge.connect(name);
            await state.client.call("add", 1, 1);
          },
          name,
          `${name}.victim-${killed}`,
        );
        victim.kill();
        await victim.ended();
        killed++;
      }
      for (const calls of await counts) assert(calls > 10, `${calls} calls`);
      assert(killed > 0, "nobody was killed");
      await owner.run(({ state }) => state.service.close());
      for (const child of [owner, ...callers]) await child.finish();
      sweepDeadPeers();
      assertEquals(filesOf(name, [owner.pid, ...callers.map(({ pid }) => pid)]).length, killed);
    } finally {
      for (const child of [owner, ...callers]) await child[Symbol.asyncDispose]();
    }
  },
);
