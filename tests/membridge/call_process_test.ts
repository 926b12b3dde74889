import { assert, assertEquals, assertRejects, assertThrows } from "../helpers/assert.ts";
import { Child, ChildError } from "../helpers/child.ts";
import { freshName, leavesNothing } from "../helpers/shm.ts";
import {
  AlreadyServedError,
  connect,
  NoSuchFunctionError,
  NoSuchServiceError,
  RemoteError,
  serve,
  SharedValue,
  SupersededError,
  TimeoutError,
} from "../../membridge/mod.ts";

const PROCESSES = { permissions: { ffi: true, run: true, read: true } } as const;

/** The functions that {@linkcode serveIn} serves. */
interface Api {
  pid(): number;
  add(a: number, b: number): number;
  later(value: unknown, delayMs: number): Promise<unknown>;
  echo(...values: unknown[]): unknown[];
  fail(message: string): never;
  never(): Promise<never>;
  block(durationMs: number): void;
}

async function serveIn(
  child: Child,
  name: string,
  options: { takeover?: boolean } = {},
): Promise<void> {
  await child.run(
    ({ membridge, state }, name, options) => {
      state.service = membridge.serve(name, {
        pid: () => Deno.pid,
        add: (a: number, b: number) => a + b,
        async later(value: unknown, delayMs: number) {
          await new Promise((resolve) => setTimeout(resolve, delayMs));
          return value;
        },
        echo: (...values: unknown[]) => values,
        fail(message: string) {
          throw new RangeError(message);
        },
        never: () => new Promise<never>(() => {}),
        block(durationMs: number) {
          const end = performance.now() + durationMs;
          while (performance.now() < end);
        },
      }, options);
    },
    name,
    options,
  );
}

Deno.test(
  "call processes: the work runs in the service's process, sync and async",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("pid");
      await using child = new Child();
      await serveIn(child, name);
      using client = connect<Api>(name);
      assertEquals(client.callSync("pid"), child.pid);
      assertEquals(await client.call("pid"), child.pid);
      assertEquals(client.callSync("later", "sync waits for async", 10), "sync waits for async");
      for (let i = 0; i < 1000; i++) assertEquals(client.callSync("add", i, 1), i + 1);
      for (let i = 0; i < 1000; i++) assertEquals(await client.call("add", i, 1), i + 1);
      const error = assertThrows(() => client.callSync("fail", "sync"), RemoteError, "sync");
      assertEquals(error.name, "RangeError");
      assert(error.remoteStack.includes("fail"), error.remoteStack);
      assertThrows(
        () => (client as unknown as { callSync(f: string): void }).callSync("x"),
        NoSuchFunctionError,
      );
      assertThrows(() => client.with({ timeoutMs: 20 }).callSync("never"), TimeoutError);
      assertEquals(client.callSync("add", 2, 2), 4);
      await child.run(({ state }) => state.service.close({ timeoutMs: 0 }));
      assertThrows(() => client.callSync("pid"), NoSuchServiceError);
      client.close();
      await child.finish();
    }),
);

Deno.test(
  "call processes: four callers at once, mixed sync and async, each gets its own results",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("many");
      await using child = new Child();
      await serveIn(child, name);
      const callers = Array.from({ length: 4 }, () => new Child());
      const counts = await Promise.all(callers.map((caller, who) =>
        caller.run(
          async ({ membridge }, name, who) => {
            using client = membridge.connect<Api>(name);
            let right = 0;
            for (let i = 0; i < 300; i++) {
              const base = who * 1e6 + i * 100;
              if (client.callSync("add", base, 1) === base + 1) right++;
              const calls = Array.from({ length: 8 }, (_, k) => client.call("add", base, k));
              const results = await Promise.all(calls);
              if (results.every((result, k) => result === base + k)) right++;
            }
            return right;
          },
          name,
          who,
        )
      ));
      assertEquals(counts, [600, 600, 600, 600]);
      for (const caller of callers) await caller.finish();
      await child.run(({ state }) => state.service.close());
      await child.finish();
    }),
);

Deno.test(
  "call processes: 64 MiB there and back, sync and async",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("big");
      await using child = new Child();
      await serveIn(child, name);
      using client = connect<Api>(name);
      const big = new Uint8Array(64 << 20);
      for (let i = 0; i < big.length; i += 4096) big[i] = i >> 12;
      for (
        const [copy] of [client.callSync("echo", big), await client.call("echo", big)] as [
          Uint8Array,
        ][]
      ) {
        assertEquals(copy.length, big.length);
        for (let i = 0; i < big.length; i += 4096) assert(copy[i] === big[i]);
      }
      await child.run(({ state }) => state.service.close());
      client.close();
      await child.finish();
    }),
);

Deno.test(
  "call processes: kill -9 of the owner tells every caller, and the name is free at once",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("killed");
      const callers = Array.from({ length: 3 }, () => new Child());
      using client = connect<Api>(name);
      for (let round = 0; round < 3; round++) {
        await using owner = new Child();
        await serveIn(owner, name);
        assertEquals(await client.call("pid"), owner.pid);
        const here = Array.from(
          { length: 50 },
          () => client.call("never").then(() => "?", (e) => e.name),
        );
        const started = callers.map((caller) =>
          caller.run(async ({ membridge, state }, name) => {
            const client = state.client ??= membridge.connect<Api>(name);
            await client.call("pid");
            state.ends = Array.from(
              { length: 50 },
              () => client.call("never").then(() => "?", (error: Error) => error.name),
            );
          }, name)
        );
        await Promise.all(started);
        // One of them blocks its thread.
        const blocked = callers[0].run(({ state }) => {
          try {
            return state.client.callSync("never");
          } catch (error) {
            return (error as Error).name;
          }
        });
        await new Promise((resolve) => setTimeout(resolve, 50));
        owner.kill();
        const killed = performance.now();
        assertEquals(new Set(await Promise.all(here)), new Set(["OwnerDiedError"]));
        assert(performance.now() - killed < 1000, `${performance.now() - killed} ms`);
        assertEquals(await blocked, "OwnerDiedError");
        for (const caller of callers) {
          const ends = await caller.run(({ state }) => Promise.all(state.ends));
          assertEquals(ends, new Array(50).fill("OwnerDiedError"));
        }
        await assertRejects(() => client.call("pid"), NoSuchServiceError, name);
        await owner.ended();
      }
      // This process serves the name now, and the same client reaches it.
      await using _service = serve(name, { pid: () => Deno.pid });
      assertEquals(await client.call("pid"), Deno.pid);
      assertEquals(await callers[1].run(({ state }) => state.client.call("pid")), Deno.pid);
      for (const caller of callers) {
        await caller.run(({ state }) => state.client.close());
        await caller.finish();
      }
    }),
);

Deno.test(
  "call processes: a killed caller gives its lane back and its functions are told",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("caller");
      let aborted = 0;
      await using service = serve(name, {
        wait() {
          const { signal } = this;
          return new Promise<void>((resolve) =>
            signal.addEventListener("abort", () => {
              aborted++;
              resolve();
            })
          );
        },
        running: () => 0,
      });
      for (let round = 1; round <= 3; round++) {
        await using caller = new Child();
        await caller.run(async ({ membridge, state }, name) => {
          const client = membridge.connect(name);
          state.wait = [client.call("wait"), client.call("wait")];
          await client.call("running");
        }, name);
        caller.kill();
        await caller.ended();
        const end = performance.now() + 2000;
        while (aborted < 2 * round && performance.now() < end) {
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
        assertEquals(aborted, 2 * round);
      }
      // With nobody left, closing has nothing to wait for.
      const start = performance.now();
      await service.close();
      assert(performance.now() - start < 1000);
    }),
);

Deno.test(
  "call processes: a stopped owner is not dead; taken over, it is fenced off when it wakes up",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("stopped");
      await using owner = new Child();
      await serveIn(owner, name);
      using client = connect<Api>(name);
      assertEquals(await client.call("pid"), owner.pid);
      owner.kill("SIGSTOP");
      await assertRejects(() => client.with({ timeoutMs: 100 }).call("add", 1, 2), TimeoutError);
      assertThrows(() => serve(name, { pid: () => 1 }), AlreadyServedError, String(owner.pid));
      const inFlight = client.call("add", 3, 4);
      await using _service = serve(name, { pid: () => Deno.pid, add: () => 1000 }, {
        takeover: true,
      });
      await assertRejects(() => inFlight, SupersededError);
      assertEquals(await client.call("add", 3, 4), 1000);
      owner.kill("SIGCONT");
      const outcome = await owner.run(({ state }) =>
        state.service.closed.then(() => "closed", (error: Error) => error.name)
      );
      assertEquals(outcome, "SupersededError");
      assertEquals(await client.call("add", 3, 4), 1000);
      await owner.finish();
    }),
);

Deno.test(
  "call processes: of several that serve a dead owner's name at once, one wins",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("heirs");
      const heirs = Array.from({ length: 3 }, () => new Child());
      for (let round = 0; round < 3; round++) {
        await using owner = new Child();
        await serveIn(owner, name);
        owner.kill();
        await owner.ended();
        const outcomes = await Promise.all(heirs.map((heir) =>
          heir.run(({ membridge, state }, name) => {
            try {
              state.service = membridge.serve(name, { pid: () => Deno.pid });
              return "serves";
            } catch (error) {
              return (error as Error).name;
            }
          }, name)
        ));
        assertEquals(outcomes.toSorted(), ["AlreadyServedError", "AlreadyServedError", "serves"]);
        using client = connect<Api>(name);
        const winner = heirs[outcomes.indexOf("serves")];
        assertEquals(await client.call("pid"), winner.pid);
        await winner.run(({ state }) =>
          state.service.close()
        );
      }
      for (const heir of heirs) await heir.finish();
    }),
);

Deno.test(
  "call processes: A waits for B, and B for A: nested calls answer",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const [nameA, nameB] = [freshName("a"), freshName("b")];
      await using b = new Child();
      await b.run(
        ({ membridge, state }, nameA, nameB) => {
          const a = membridge.connect<{ twice(n: number): number }>(nameA);
          state.a = a;
          state.service = membridge.serve(nameB, {
            sync: (n: number) => a.callSync("twice", n) + 1,
            async: async (n: number) => (await a.call("twice", n)) + 1,
          });
        },
        nameA,
        nameB,
      );
      await using serviceA = serve(nameA, { twice: (n: number) => 2 * n });
      using client = connect<{ sync(n: number): number; async(n: number): Promise<number> }>(nameB);
      for (let n = 0; n < 50; n++) {
        assertEquals(client.callSync("sync", n), 2 * n + 1);
        assertEquals(client.callSync("async", n), 2 * n + 1);
        assertEquals(await client.call("sync", n), 2 * n + 1);
        assertEquals(await client.call("async", n), 2 * n + 1);
      }
      await b.run(({ state }) => {
        state.a.close();
        return state.service.close();
      });
      client.close();
      await serviceA.close();
      await b.finish();
    }),
);

Deno.test(
  "call processes: a served process keeps its timers and I/O while it is called without pause",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("timers");
      await using child = new Child();
      await serveIn(child, name);
      await child.run(({ state }) => {
        state.ticks = 0;
        state.timer = setInterval(() => state.ticks++, 5);
      });
      using client = connect<Api>(name);
      const end = performance.now() + 400;
      let calls = 0;
      while (performance.now() < end) {
        for (let i = 0; i < 100; i++) client.callSync("add", 1, 1);
        calls += 100;
      }
      // Asked through its standard input, which is I/O of the loop under test.
      const ticks = await child.run(({ state }) => state.ticks);
      assert(ticks > 20, `${ticks} ticks of 5 ms during ${calls} calls in 400 ms`);
      await child.run(({ state }) => {
        clearInterval(state.timer);
        return state.service.close();
      });
      client.close();
      await child.finish();
    }),
);

Deno.test(
  "call processes: errors of the service reach a caller in another process by name",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("errors");
      await using _service = serve(name, {
        fail(): never {
          throw new RangeError("from here");
        },
      });
      await using child = new Child();
      const error = await assertRejects(
        () => child.run(({ membridge }, name) => membridge.connect(name).call("fail"), name),
        ChildError,
        "from here",
      );
      assertEquals(error.name, "RangeError");
    }),
);

Deno.test(
  "call processes: a caller without pause meets every takeover with its error or a result, never nobody",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("relay");
      await using caller = new Child();
      const owners = [new Child(), new Child()];
      await serveIn(owners[0], name);
      await caller.run(({ membridge, state }, name) => {
        const client = state.client = membridge.connect<Api>(name);
        state.ends = {} as Record<string, number>;
        state.stop = false;
        state.done = (async () => {
          while (!state.stop) {
            const end = await client.call("add", 1, 1).then(
              () => "result",
              (error: Error) => error.name,
            );
            state.ends[end] = (state.ends[end] ?? 0) + 1;
          }
        })();
      }, name);
      for (let round = 1; round <= 30; round++) {
        await serveIn(owners[round % 2], name, { takeover: true });
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      const ends = await caller.run(async ({ state }) => {
        state.stop = true;
        await state.done;
        state.client.close();
        return state.ends;
      });
      const { result = 0, SupersededError: superseded = 0, ...others } = ends;
      assertEquals(others, {});
      assert(result > 100 && superseded <= 30, JSON.stringify(ends));
      for (const owner of owners) {
        await owner.run(({ state }) => state.service.close());
        await owner.finish();
      }
      await caller.finish();
    }),
);

Deno.test(
  "call processes: a service that ends tells also a caller that it had not taken in yet",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("unheard"), flagName = freshName("unheard.flag");
      // It keeps this thread a participant: no end of a life line tells the caller either.
      await using _other = serve(freshName("unheard.other"), { nothing() {} });
      using flag = SharedValue.open<number>(flagName, { create: true });
      flag.set(0);
      const service = serve(name, { add: (a: number, b: number) => a + b });
      await using child = new Child();
      const outcome = child.run(
        async ({ membridge }, name, flagName) => {
          using flag = membridge.SharedValue.open<number>(flagName);
          using client = membridge.connect(name, { timeoutMs: 10_000 });
          flag.set(1);
          for await (const stage of flag.watch({ initial: true })) if (stage === 2) break;
          const call = client.call("add", 1, 2).then(
            () => "result",
            (error) => error.name as string,
          );
          // It sleeps by then.
          setTimeout(() => flag.set(3), 50);
          return await call;
        },
        name,
        flagName,
      );
      for await (const stage of flag.watch({ initial: true })) if (stage === 1) break;
      // From here to `close` this thread hears nothing.
      flag.set(2);
      while (flag.get() !== 3);
      const closed = service.close();
      assertEquals(await outcome, "ClosedError");
      await closed;
      await child.finish();
      SharedValue.remove(flagName);
    }),
);
