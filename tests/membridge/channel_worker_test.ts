/** A channel between the threads of one process. */
import { assert, assertEquals } from "../helpers/assert.ts";
import { freshName } from "../helpers/shm.ts";
import { Channel } from "../../membridge/mod.ts";
import { filesOf, forgetting, within } from "./fixtures/attack.ts";
import type { ChannelOrder } from "./fixtures/channel_worker.ts";
import { WorkerHandle } from "./fixtures/worker_handle.ts";

const WORKERS: Omit<Deno.TestDefinition, "name" | "fn"> = {
  permissions: { ffi: true, read: true },
};

const HANG_MS = 10_000;

async function startWorker(name: string): Promise<WorkerHandle<ChannelOrder>> {
  const worker = new WorkerHandle<ChannelOrder>("./channel_worker.ts");
  await worker.order({ what: "open", name });
  return worker;
}

Deno.test("channel worker: there and back, and each message once", WORKERS, async () => {
  const [name, back] = [freshName("there"), freshName("back")];
  using _there = forgetting(name);
  using _back = forgetting(back);
  using jobs = Channel.open<number>(name, { create: true, capacityBytes: 4096 });
  using done = Channel.open<number>(back, { create: true, capacityBytes: 4096 });
  using one = await startWorker(name);
  using two = await startWorker(name);
  const work = [one, two].map((worker) => worker.order<number>({ what: "work", backTo: back }));
  const count = 2000;
  const sending = jobs.sendAll(Array.from({ length: count }, (_, i) => i)).then(() => jobs.end());
  const seen = new Set<number>();
  for (let i = 0; i < count; i++) seen.add(await done.receive({ timeoutMs: HANG_MS }));
  assertEquals(seen.size, count);
  await sending;
  const counts = await within(HANG_MS, Promise.all(work), "the workers");
  assertEquals(counts[0] + counts[1], count);
  for (const worker of [one, two]) await worker.order({ what: "close" });
  jobs.close();
  done.close();
  Channel.remove(name);
  Channel.remove(back);
  assertEquals(filesOf(name, [Deno.pid]), []);
});

Deno.test("channel worker: a sleeping worker is woken, and wakes main", WORKERS, async () => {
  const name = freshName("wake");
  using _left = forgetting(name);
  using channel = Channel.open<string>(name, { create: true });
  using worker = await startWorker(name);
  await worker.order({ what: "wait" });
  await new Promise((resolve) => setTimeout(resolve, 20));
  channel.sendSync("from main");
  assertEquals(await within(HANG_MS, worker.order({ what: "waited" }), "a worker"), "from main");
  const received = channel.receive();
  await new Promise((resolve) => setTimeout(resolve, 20));
  await worker.order({ what: "send", value: "from a worker" });
  assertEquals(await within(HANG_MS, received, "main"), "from a worker");
  await worker.order({ what: "close" });
  channel.close();
  Channel.remove(name);
  assertEquals(filesOf(name, [Deno.pid]), []);
});

Deno.test(
  "channel worker: what a terminated worker held goes to one that waits, and to one that comes",
  WORKERS,
  async () => {
    const name = freshName("terminated");
    using _left = forgetting(name);
    using channel = Channel.open<number>(name, { create: true });
    // The process lives on, so nothing tells but a look at the thread.
    for (const waits of [true, false]) {
      await channel.sendAll([1, 2]);
      const worker = await startWorker(name);
      assertEquals(await worker.order({ what: "take" }), [1, false]);
      assertEquals(await worker.order({ what: "ack" }), true);
      assertEquals(await worker.order({ what: "take" }), [2, false]);
      using heir = Channel.open<number>(name);
      const early = waits ? heir.receiveMessage() : undefined;
      worker.terminate();
      // Deno lets a worker finish what runs.
      await new Promise((resolve) => setTimeout(resolve, 50));
      const message = await within(HANG_MS, early ?? heir.receiveMessage(), "the heir");
      assertEquals([message.value, message.redelivered], [2, true]);
      assert(message.ack());
    }
    assertEquals(channel.tryReceive(), undefined);
  },
);
