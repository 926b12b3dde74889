/** Workers of one process: each is a participant of its own, and dies alone. */
import { assert, assertEquals, assertThrows } from "../helpers/assert.ts";
import { freshName, sharedFiles } from "../helpers/shm.ts";
import {
  connect,
  DeadlockError,
  OwnerDiedError,
  SegmentError,
  serve,
  SharedValue,
  TimeoutError,
} from "../../membridge/mod.ts";
import { filesOf, forgetting, headerIdOf, shmPath, until, within } from "./fixtures/attack.ts";
import { WorkerHandle } from "./fixtures/worker_handle.ts";

const WORKERS: Omit<Deno.TestDefinition, "name" | "fn"> = {
  permissions: { ffi: true, read: true },
};

interface Api {
  add(a: number, b: number): number;
  back(a: number): number;
  never(): void;
}

const HANDLERS = { add: (a: number, b: number) => a + b };

Deno.test("worker: a value is shared with a worker, both ways, and watched", WORKERS, async () => {
  const name = freshName("value");
  using _left = forgetting(name);
  using worker = new WorkerHandle();
  using value = SharedValue.open<unknown>(name, { create: true });
  value.set("from main");
  assertEquals(await worker.order({ what: "get", name }), "from main");
  await using watch = value.watch();
  const next = watch.next();
  assertEquals(await worker.order({ what: "set", name, value: [1, 2] }), 2);
  assertEquals((await within(1000, next, "main's watch")).value, [1, 2]);
  await worker.order({ what: "watch", name });
  value.set("woken");
  assertEquals(
    await within(1000, worker.order({ what: "watched" }), "the worker's watch"),
    "woken",
  );
  await worker.order({ what: "close" });
  await watch.return!();
  value.close();
  SharedValue.remove(name);
  assertEquals(filesOf(name, [Deno.pid]), []);
});

Deno.test(
  "worker: main and a worker call each other, sync and async, and back",
  WORKERS,
  async () => {
    const [there, here] = [freshName("there"), freshName("here")];
    using _left = forgetting(there);
    using worker = new WorkerHandle();
    await using service = serve(here, HANDLERS);
    await worker.order({ what: "serve", name: there, backTo: here });
    using client = connect<Api>(there);
    assertEquals(await client.call("add", 1, 2), 3);
    for (let i = 0; i < 200; i++) assertEquals(client.callSync("add", i, 1), i + 1);
    assertEquals(client.callSync("back", 1), 1001);
    assertEquals(await client.call("back", 2), 1002);
    assertEquals(await worker.order({ what: "call", name: here, args: [1, 2] }), 3);
    assertEquals(await worker.order({ what: "callSync", name: here, args: [3, 4] }), 7);
    await worker.order({ what: "close" });
    client.close();
    await service.close();
    assertEquals(filesOf(here, [Deno.pid]), []);
    assertEquals(filesOf(there, [Deno.pid]), []);
  },
);

Deno.test(
  "worker: terminated with calls in flight, its callers are told, and its name is free",
  WORKERS,
  async () => {
    const [there, here] = [freshName("there"), freshName("here")];
    using _left = forgetting(there);
    await using service = serve(here, HANDLERS);
    const worker = new WorkerHandle();
    await worker.order({ what: "serve", name: there, backTo: here });
    using client = connect<Api>(there);
    assertEquals(await client.call("add", 1, 2), 3);
    const calls = Array.from({ length: 5 }, () => client.call("never"));
    const ends = calls.map((call) => call.then(() => "?", (error: Error) => error.name));
    await new Promise((resolve) => setTimeout(resolve, 20));
    worker.terminate();
    const outcomes = await within(2500, Promise.all(ends), "calls to a terminated worker");
    assertEquals(outcomes, new Array(5).fill("OwnerDiedError"));
    await using _heir = serve(there, { add: () => -1 });
    assertEquals(await client.call("add", 1, 2), -1);
    await service.close();
  },
);

Deno.test("worker: a blocking call to a terminated worker ends", WORKERS, async () => {
  const [there, here] = [freshName("there"), freshName("here")];
  using _left = forgetting(there);
  await using _service = serve(here, HANDLERS);
  const worker = new WorkerHandle();
  await worker.order({ what: "serve", name: there, backTo: here });
  using client = connect<Api>(there, { timeoutMs: 4000 });
  assertEquals(client.callSync("add", 1, 2), 3);
  worker.terminate();
  const start = performance.now();
  assertThrows(() => client.callSync("never"), OwnerDiedError);
  assert(performance.now() - start < 2500, `${performance.now() - start} ms`);
});

Deno.test(
  "worker: the calls of a terminated worker are aborted, and its lane comes back",
  WORKERS,
  async () => {
    const name = freshName("caller");
    using _left = forgetting(name);
    let aborted = 0;
    await using service = serve(name, {
      ...HANDLERS,
      wait() {
        const { signal } = this;
        return new Promise<void>((resolve) => {
          signal.addEventListener("abort", () => {
            aborted++;
            resolve();
          });
        });
      },
    });
    const worker = new WorkerHandle();
    await worker.order({ what: "leave", name });
    worker.terminate();
    assert(await until(() => aborted === 1, 2500), "the function of a dead caller goes on");
    const start = performance.now();
    await service.close();
    assert(performance.now() - start < 1000);
  },
);

Deno.test(
  "worker: what a terminated worker left is swept by the next participant",
  WORKERS,
  async () => {
    const [there, here] = [freshName("there"), freshName("here")];
    using _left = forgetting(there);
    const worker = new WorkerHandle();
    await worker.order({ what: "serve", name: there, backTo: here });
    assertEquals(filesOf(there, [Deno.pid]).length, 4);
    worker.terminate();
    await until(() => {
      // A new participant each time, which sweeps as it starts; the name goes when somebody asks for it.
      using client = connect<Api>(there, { timeoutMs: 10 });
      try {
        client.callSync("add", 1, 1);
      } catch {
        // Nobody answers, in one way or another.
      }
      return filesOf(there, [Deno.pid]).length === 0;
    }, 2000);
    assertEquals(filesOf(there, [Deno.pid]), []);
  },
);

Deno.test(
  "worker: terminated with a value's lock held, the lock goes to the next writer",
  WORKERS,
  async () => {
    const name = freshName("locked");
    using _left = forgetting(name);
    using value = SharedValue.open<number>(name, { create: true, timeoutMs: 1000 });
    using other = SharedValue.open<number>(name, { timeoutMs: 1000 });
    value.set(1);
    const id = headerIdOf(shmPath(name));
    for (let round = 0; round < 3; round++) {
      const worker = new WorkerHandle();
      assertEquals(await worker.order({ what: "lock", name }), true);
      using waiting = SharedValue.open<number>(name, { timeoutMs: 100 });
      assertThrows(() => waiting.set(2), TimeoutError, name);
      assertEquals(waiting.get(), 2 * round + 1);
      worker.terminate();
      await new Promise((resolve) => setTimeout(resolve, 50));
      // The kernel's lock belongs to the process, which lives: the next writer moves the lock away from it.
      const start = performance.now();
      value.update((old) => old! + 1);
      assert(performance.now() - start < 900, `${performance.now() - start} ms`);
      // Others find the lock where it is now, and exclude each other by it.
      assertEquals(other.update((old) => old! + 1), 2 * round + 3);
      assertThrows(() => value.update(() => (other.set(0), 1)), DeadlockError);
    }
    assertEquals(filesIn().length, 1, "one lock file");
    assertEquals(value.get(), 7);
    SharedValue.remove(name);
    assertEquals(filesIn(), []);
    // A handle from before the removal makes no new one.
    assertThrows(() => other.set(1), SegmentError);
    assertEquals(filesIn(), []);

    function filesIn(): string[] {
      return sharedFiles().filter((file) => file.startsWith(`sysframe@${id}.lock`));
    }
  },
);
