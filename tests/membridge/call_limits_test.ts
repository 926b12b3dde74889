/** One-way calls, a service's limits, deadlines that reach the function, and what a service says of itself. */
import { assert, assertEquals, assertRejects, assertThrows } from "../helpers/assert.ts";
import { Child } from "../helpers/child.ts";
import { freshName, leavesNothing } from "../helpers/shm.ts";
import {
  BusyError,
  type CallContext,
  ClosedError,
  connect,
  type FunctionDescription,
  NoSuchFunctionError,
  NoSuchServiceError,
  RemoteError,
  serve,
  type ServeOptions,
  SupersededError,
  TimeoutError,
} from "../../membridge/mod.ts";
import { bucketEndMs, bucketOf, BUCKETS } from "../../membridge/call/stats.ts";
import { until, within } from "./fixtures/attack.ts";

const FFI = { permissions: { ffi: true } } as const;
const PROCESSES = { permissions: { ffi: true, run: true, read: true } } as const;

/** A function that ends when told. */
function gate() {
  const open: (() => void)[] = [];
  const aborted: string[] = [];
  return {
    open,
    aborted,
    handlers: {
      wait(this: CallContext, tag: string) {
        this.signal.addEventListener("abort", () => aborted.push(tag));
        return new Promise<string>((resolve) => open.push(() => resolve(tag)));
      },
      add: (a: number, b: number) => a + b,
    },
  };
}

Deno.test(
  "one-way: calls begin in their order, and nothing comes back",
  FFI,
  () =>
    leavesNothing(async () => {
      const name = freshName("oneway");
      const heard: unknown[] = [];
      await using service = serve(name, {
        log: (entry: unknown) => void heard.push(entry),
        async fail(): Promise<never> {
          await Promise.resolve();
          throw new Error("nobody hears of it");
        },
        heard: () => heard.length,
      });
      using client = connect<Record<string, (...args: unknown[]) => unknown>>(name);
      for (let i = 0; i < 5000; i++) client.notify("log", i);
      client.notify("log", new Uint8Array(500_000));
      client.notify("fail");
      client.notify("log", "last");
      assertEquals(await client.call("heard"), 5002);
      assertEquals(heard.slice(0, 5000), Array.from({ length: 5000 }, (_, i) => i));
      assertEquals(heard[5001], "last");
      assert(await until(() => service.describe().functions[1].failed === 1, 1000));
      assertThrows(() => client.notify("nothing"), NoSuchFunctionError, "nothing");
      await service.close();
      assertThrows(() => client.notify("log", 1), NoSuchServiceError, name);
    }),
);

Deno.test(
  "one-way: to a service that does not keep up, a BusyError instead of memory without end",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("flood");
      await using child = new Child();
      await child.run(({ membridge, state }, name) => {
        state.service = membridge.serve(name, { log: () => {} });
      }, name);
      using client = connect<{ log(bytes: Uint8Array): void }>(name);
      client.notify("log", new Uint8Array(8));
      child.kill("SIGSTOP");
      const megabyte = new Uint8Array(1 << 20);
      let sent = 0;
      assertThrows(
        () => {
          for (; sent < 200; sent++) client.notify("log", megabyte);
        },
        BusyError,
        "does not keep up",
      );
      assert(sent >= 64 && sent < 80, `${sent} MiB taken`);
      await assertRejects(() => client.call("log", megabyte), BusyError);
      child.kill("SIGCONT");
      // What was taken arrives.
      const counted = () => client.describe().functions[0].calls;
      assert(await until(() => counted() === sent + 1, 5000), `${counted()} of ${sent + 1}`);
      await child.run(({ state }) => state.service.close());
      await child.finish();
    }),
);

function limited(options: ServeOptions) {
  const name = freshName("limited");
  const { open, aborted, handlers } = gate();
  const service = serve(name, handlers, options);
  const client = connect<typeof handlers>(name);
  return { service, client, open, aborted };
}

Deno.test(
  "limits: so many run, so many wait, the next is busy; turns come in order",
  FFI,
  () =>
    leavesNothing(async () => {
      const { service, client, open } = limited({ maxConcurrent: 2, maxQueued: 3 });
      const ends: string[] = [];
      const calls = ["a", "b", "c", "d", "e"].map((tag) =>
        client.call("wait", tag).then((value) => ends.push(value))
      );
      assert(await until(() => open.length === 2, 1000));
      await assertRejects(() => client.call("wait", "f"), BusyError, "wait");
      assertEquals(service.describe().functions[0].inFlight, 2);
      assertEquals(service.describe().functions[0].refused, 1);
      for (let turn = 0; turn < 5; turn++) {
        assert(await until(() => open.length > turn, 1000), `turn ${turn}`);
        open[turn]();
      }
      await within(2000, Promise.all(calls), "queued calls");
      assertEquals(ends, ["a", "b", "c", "d", "e"]);
      // There is room again.
      assertEquals(await client.call("add", 1, 2), 3);
      client.close();
      await service.close();
    }),
);

Deno.test(
  "limits: a call that is given up while it waits never runs, and its place is free",
  FFI,
  () =>
    leavesNothing(async () => {
      const { service, client, open } = limited({ maxConcurrent: 1, maxQueued: 1 });
      const first = client.call("wait", "first");
      assert(await until(() => open.length === 1, 1000));
      await assertRejects(
        () => client.with({ timeoutMs: 20 }).call("wait", "given up"),
        TimeoutError,
      );
      const next = client.call("wait", "next");
      open[0]();
      assertEquals(await first, "first");
      assert(await until(() => open.length === 2, 1000));
      open[1]();
      assertEquals(await next, "next");
      assertEquals(service.describe().functions[0].calls, 2);
      client.close();
      await service.close();
    }),
);

Deno.test(
  "limits: the default is none; what is no limit is a RangeError",
  FFI,
  () =>
    leavesNothing(async () => {
      const { service, client, open } = limited({});
      const calls = Array.from({ length: 3000 }, (_, i) => client.call("wait", String(i)));
      assert(await until(() => open.length === 3000, 3000));
      for (const each of open) each();
      assertEquals((await Promise.all(calls)).length, 3000);
      client.close();
      await service.close();
      for (
        const [option, count] of [
          ["maxConcurrent", 0],
          ["maxConcurrent", 1.5],
          ["maxQueued", -1],
          ["maxQueued", Infinity],
          ["maxQueued", NaN],
        ] as const
      ) {
        assertThrows(() => limited({ [option]: count }), RangeError, option);
      }
    }),
);

Deno.test(
  "deadline: reaches the function, also when the caller cannot say so",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("deadline");
      const { aborted, handlers } = gate();
      await using service = serve(name, handlers);
      await using child = new Child();
      await child.run(({ membridge, state }, name) => {
        state.client = membridge.connect(name, { timeoutMs: 150 });
        state.client.call("wait", "stopped").catch(() => {});
      }, name);
      assert(await until(() => service.describe().functions[0].inFlight === 1, 2000));
      child.kill("SIGSTOP");
      assert(await until(() => aborted.length === 1, 2000), "the signal was not aborted");
      assertEquals(aborted, ["stopped"]);
      child.kill("SIGKILL");
      await child.ended();
      await service.close({ timeoutMs: 0 });
      // The next participant sweeps what the killed one left.
      await using _sweeper = serve(name, handlers);
    }),
);

Deno.test(
  "describe: functions, arity, counts, latency and calls in flight, from either side",
  FFI,
  () =>
    leavesNothing(async () => {
      const name = freshName("described");
      const open: (() => void)[] = [];
      await using service = serve(name, {
        add: (a: number, b: number) => a + b,
        fail() {
          throw new Error("no");
        },
        wait: (_a: unknown, _b: unknown, _c: unknown) =>
          new Promise<void>((resolve) => open.push(resolve)),
        busy(durationMs: number) {
          const end = performance.now() + durationMs;
          while (performance.now() < end);
        },
      });
      using client = connect<Record<string, (...args: unknown[]) => unknown>>(name);
      for (let i = 0; i < 300; i++) await client.call("add", i, i);
      for (let i = 0; i < 3; i++) await assertRejects(() => client.call("fail"), RemoteError);
      const waiting = client.call("wait");
      await client.call("busy", 20);
      const description = client.describe();
      assertEquals(description, service.describe());
      assertEquals([description.name, description.pid, description.codec, description.clients], [
        name,
        Deno.pid,
        "pybytes",
        1,
      ]);
      const counts = ({ name, arity, calls, inFlight, failed, refused }: FunctionDescription) => [
        name,
        arity,
        calls,
        inFlight,
        failed,
        refused,
      ];
      assertEquals(description.functions.map(counts), [
        ["add", 2, 300, 0, 0, 0],
        ["fail", 0, 3, 0, 3, 0],
        ["wait", 3, 1, 1, 0, 0],
        ["busy", 1, 1, 0, 0, 0],
      ]);
      const [add, , wait, busy] = description.functions.map(({ latency }) => latency);
      assertEquals(add.histogram.reduce((sum, { count }) => sum + count, 0), 300);
      assert(add.p50Ms > 0 && add.p50Ms <= add.p90Ms && add.p90Ms <= add.p99Ms);
      assert(add.p99Ms <= add.maxMs);
      assertEquals(wait, { p50Ms: 0, p90Ms: 0, p99Ms: 0, maxMs: 0, histogram: [] });
      assert(busy.p50Ms >= 20, `${busy.p50Ms} ms`);
      open[0]();
      await waiting;
      client.close();
      await service.close();
      assertThrows(() => connect(name).describe(), NoSuchServiceError);
    }),
);

Deno.test(
  "describe: a service that has ended is a ClosedError, however it ended",
  FFI,
  () =>
    leavesNothing(async () => {
      const name = freshName("ended");
      await using first = serve(name, { f: () => 1 });
      await using second = serve(name, { f: () => 2 }, { takeover: true });
      await assertRejects(() => first.closed, SupersededError);
      assertThrows(() => first.describe(), ClosedError, name);
      assertEquals(second.describe().functions.length, 1);
      await second.close();
      assertThrows(() => second.describe(), ClosedError, name);
    }),
);

Deno.test("describe: the histogram's buckets follow each other without a gap", () => {
  let last = -1;
  for (let units = 0; units < 1 << 20; units += units < 4096 ? 1 : 511) {
    const durationMs = units / 8000;
    const bucket = bucketOf(durationMs);
    assert(bucket === last || bucket === last + 1 || last === -1, `${units}: ${last}, ${bucket}`);
    last = bucket;
    assert(durationMs < bucketEndMs(bucket), `${units} in ${bucket}`);
    if (bucket > 0) assert(durationMs >= bucketEndMs(bucket - 1), `${units} in ${bucket}`);
  }
  assertEquals(bucketOf(1e12), BUCKETS - 1);
  assertEquals(bucketOf(Infinity), BUCKETS - 1);
  assertEquals(bucketOf(0), 0);
});
