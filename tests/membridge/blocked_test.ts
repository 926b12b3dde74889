/** A thread that blocks in a call of its own answers meanwhile: all that comes, and whatever that does to the thread, without a rest. */
import { assert, assertEquals } from "../helpers/assert.ts";
import { Child } from "../helpers/child.ts";
import { freshName, leavesNothing } from "../helpers/shm.ts";
import { type Client, connect, serve } from "../../membridge/mod.ts";

const PROCESSES: Omit<Deno.TestDefinition, "name" | "fn"> = {
  permissions: { ffi: true, run: true, read: true, env: true },
};
/** A rest lasts a second. */
const NO_REST_MS = 900;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

interface Slow {
  later(ms: number): Promise<void>;
}
interface Blocking {
  block(ms: number): number;
  nothing(): void;
}

/** One process that answers late, and one that blocks in calls of it. */
async function withBlocking(
  test: (client: Client<Blocking>, slow: Client<Slow>) => Promise<void>,
): Promise<void> {
  const name = freshName("blocked");
  await using late = new Child();
  await using blocking = new Child();
  await late.run(({ membridge, state }, name) => {
    state.service = membridge.serve(`${name}.slow`, {
      later: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)),
    });
  }, name);
  await blocking.run(({ membridge, state }, name) => {
    const slow = state.slow = membridge.connect<Slow>(`${name}.slow`);
    state.service = membridge.serve(`${name}.blocking`, {
      block(ms: number) {
        const start = performance.now();
        slow.callSync("later", ms);
        return performance.now() - start;
      },
      nothing() {},
    });
  }, name);
  const client = connect<Blocking>(`${name}.blocking`);
  const slow = connect<Slow>(`${name}.slow`);
  await client.call("nothing");
  await test(client, slow);
  client.close();
  slow.close();
  await blocking.run(async ({ state }) => {
    await state.service.close();
    state.slow.close();
  });
  await late.run(async ({ state }) => {
    await state.service.close();
  });
  await Promise.all([blocking.finish(), late.finish()]);
}

Deno.test(
  "blocked: hundreds of calls at once are answered while the thread blocks",
  PROCESSES,
  () =>
    leavesNothing(() =>
      withBlocking(async (client) => {
        const blocked = client.call("block", 3000);
        await sleep(100);
        const start = performance.now();
        await Promise.all(Array.from({ length: 600 }, () => client.call("nothing")));
        const tookMs = performance.now() - start;
        assert(tookMs < NO_REST_MS, `${tookMs} ms`);
        await blocked;
      })
    ),
);

Deno.test(
  "blocked: a call that blocks while another one does leaves nobody asleep",
  PROCESSES,
  () =>
    leavesNothing(() =>
      withBlocking(async (client) => {
        for (let round = 0; round < 12; round++) {
          const blocked = client.call("block", 100);
          await sleep(30);
          // More than are taken at a time: the next one comes in the look before the thread sleeps.
          for (let i = 0; i < 66 + 5 * round; i++) client.notify("nothing");
          client.notify("block", 20);
          const tookMs = await blocked;
          assert(tookMs < NO_REST_MS, `round ${round}: ${tookMs} ms`);
        }
      })
    ),
);

Deno.test(
  "blocked: a caller that blocks takes in hundreds of answers without a rest",
  PROCESSES,
  () =>
    leavesNothing(() =>
      withBlocking(async (_client, slow) => {
        for (let round = 0; round < 4; round++) {
          const calls = Array.from({ length: 600 }, () => slow.call("later", 100));
          await Promise.resolve();
          const start = performance.now();
          slow.callSync("later", 80);
          const tookMs = performance.now() - start;
          assert(tookMs < NO_REST_MS, `round ${round}: ${tookMs} ms`);
          await Promise.all(calls);
        }
      })
    ),
);

Deno.test(
  "blocked: a caller that goes while its result is being encoded leaves the service as it was",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("encoding");
      await using child = new Child();
      await child.run(({ membridge, state }, name) => {
        state.service = membridge.serve(`${name}.slow`, {
          later: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)),
        });
      }, name);
      const slow = connect<Slow>(`${name}.slow`);
      await slow.call("later", 0);
      const lasting = () => ({
        get value() {
          slow.callSync("later", 300);
          return 1;
        },
      });
      const failing = () => {
        const error = new Error("as asked");
        Object.defineProperty(error, "message", { get: () => `${lasting().value}` });
        throw error;
      };
      const service = serve(name, {
        result: lasting,
        resultLater: () => Promise.resolve(lasting()),
        failure: failing,
        failureLater: () => Promise.resolve().then(failing),
        ping: () => 1,
      }, { maxConcurrent: 1 });
      for (const what of ["result", "resultLater", "failure", "failureLater"]) {
        await child.run(
          async ({ membridge }, name, what) => {
            const client = membridge.connect(name);
            client.call(what).catch(() => {});
            await new Promise((resolve) => setTimeout(resolve, 100));
            client.close();
          },
          name,
          what,
        );
        using next = connect<{ ping(): number }>(name, { timeoutMs: 2000 });
        assertEquals(await next.call("ping"), 1, what);
      }
      for (const each of service.describe().functions) assertEquals(each.inFlight, 0, each.name);
      const start = performance.now();
      await service.close({ timeoutMs: 3000 });
      assert(performance.now() - start < 1000);
      slow.close();
      await child.run(async ({ state }) => {
        await state.service.close();
      });
      await child.finish();
    }),
);
