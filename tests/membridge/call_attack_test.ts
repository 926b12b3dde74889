/** What callers and owners can do to each other's memory, stack and descriptors, meaning it or not. */
import { assert, assertEquals, assertRejects, assertThrows } from "../helpers/assert.ts";
import { Child } from "../helpers/child.ts";
import { freshName, leavesNothing } from "../helpers/shm.ts";
import { BusyError, connect, NoSuchServiceError, serve } from "../../membridge/mod.ts";
import { PYBYTES } from "../../membridge/codec.ts";
import { MESSAGE, STREAM } from "../../membridge/call/layout.ts";
import { CallContext } from "../../membridge/call/context.ts";
import { Outbox } from "../../membridge/call/outbox.ts";
import { type CallLane, ServedCall } from "../../membridge/call/served_call.ts";
import { newHead, RingConsumer, RingProducer } from "../../membridge/sync/ring.ts";
import {
  forgetting,
  holdLock,
  openDescriptors,
  shmPath,
  until,
  within,
} from "./fixtures/attack.ts";
import { Program } from "./fixtures/program.ts";
import { RawLane } from "./fixtures/raw_lane.ts";

const FFI = { permissions: { ffi: true } } as const;
const PROCESSES = { permissions: { ffi: true, run: true, read: true } } as const;
const MIB = 1 << 20;

Deno.test(
  "attack: thousands of queued calls begin one after the other, not within each other",
  FFI,
  () =>
    leavesNothing(async () => {
      const name = freshName("queued");
      let open = () => {};
      await using service = serve(name, {
        gate: () => new Promise<void>((resolve) => open = resolve),
        // Needs much of the stack itself.
        deep(depth: number): number {
          const down = (left: number): number => left === 0 ? 0 : 1 + down(left - 1);
          return down(depth);
        },
      }, { maxConcurrent: 1, maxQueued: 1e6 });
      using client = connect<{ gate(): Promise<void>; deep(depth: number): number }>(name);
      const gate = client.call("gate");
      const calls = Array.from({ length: 4000 }, () => client.call("deep", 3000));
      assert(await until(() => service.describe().functions[0].calls === 1, 2000));
      await new Promise((resolve) => setTimeout(resolve, 200)); // They all wait for their turn now.
      open();
      await gate;
      assertEquals(
        new Set(await within(10_000, Promise.all(calls), "queued calls")),
        new Set([3000]),
      );
      assertEquals(service.describe().functions[1].inFlight, 0);
      client.close();
      await service.close();
    }),
);

Deno.test(
  "attack: one number for two calls ends the lane, and takes no place for good",
  FFI,
  () =>
    leavesNothing(async () => {
      const name = freshName("twice");
      let returned = 0;
      await using service = serve(name, {
        *endless() {
          try {
            for (;;) yield 1;
          } finally {
            returned++;
          }
        },
        f: () => 1,
      }, { maxConcurrent: 1 });
      {
        using lane = new RawLane(name);
        for (let i = 0; i < 2; i++) {
          lane.send({ type: MESSAGE.call, id: 5, flags: STREAM, credit: 1 }, []);
        }
        assert(await until(() => returned === 1, 2000), "the first one goes on");
      }
      using client = connect<{ f(): number }>(name, { timeoutMs: 3000 });
      assertEquals(await client.call("f"), 1);
      client.close();
      await service.close();
    }),
);

Deno.test(
  "attack: credit without end leaves the others their turn",
  { permissions: "none" },
  () => {
    const sent: unknown[] = [];
    let pauses = 0;
    const lane: CallLane = {
      hasRoom: true,
      pause: () => pauses++,
      enter: () => undefined,
      exit: () => {},
      keep: () => {},
      sendItem: (_call, item) => sent.push(item),
      sendEnd: () => {},
      withdraw: () => false,
      onDamage: () => {},
    };
    const head = { ...newHead(), flags: STREAM, credit: 0xffffffff };
    const call = new ServedCall(lane, head, {
      name: "numbers",
      *handler() {
        for (let i = 0; i < 1e5; i++) yield i;
      },
      args: [],
      context: new CallContext(1, 1, Infinity),
      startMs: 0,
    });
    call.begin();
    const some = sent.length;
    assert(some > 0 && some < 1000, `${some} items at once`);
    assertEquals(pauses, 1);
    call.resume();
    assertEquals([sent.length, pauses], [2 * some, 2]);
    // More credit than there can be.
    call.more(0xffffffff);
    assertEquals(sent, Array.from({ length: 3 * some }, (_, i) => i));
  },
);

Deno.test(
  "attack: replies that nobody reads are bounded, and calls go on once they are read",
  FFI,
  () =>
    leavesNothing(async () => {
      const name = freshName("unread");
      const reply = new Uint8Array(200_000);
      await using service = serve(name, { big: () => reply });
      using lane = new RawLane(name);
      const calls = () => service.describe().functions[0].calls;
      const flood = async () => {
        const before = calls();
        for (let idle = 0, seen = before; idle < 20;) {
          while (lane.send({ type: MESSAGE.call, id }, [])) id++;
          await new Promise((resolve) => setTimeout(resolve, 1));
          idle = calls() === seen ? idle + 1 : 0;
          seen = calls();
        }
        return calls() - before;
      };
      let id = 0;
      const first = await flood();
      assert(first > 100 && first < 500, `${first} calls before anything was read`);
      for (let i = 0; i < 2000 && calls() === first; i++) {
        lane.readAll();
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      assert(calls() > first, "nothing is taken any more");
      lane.close();
      await service.close({ timeoutMs: 0 });
    }),
);

Deno.test("attack: what was sent is forgotten, though the outbox never gets empty", {
  permissions: "none",
}, () => {
  const place = {
    tailOffset: 0,
    wantedOffset: 4,
    movedOffset: 8,
    headOffset: 64,
    dataOffset: 128,
    sizeBytes: 131072,
  };
  const words = new Uint32Array((place.dataOffset + place.sizeBytes) / 4);
  const outbox = new Outbox(new RingProducer(words, place), PYBYTES);
  const consumer = new RingConsumer(words, place);
  const head = newHead();
  const before = Deno.memoryUsage().external;
  let most = 0;
  for (let i = 0; i < 4000; i++) {
    outbox.sendBytes({ type: MESSAGE.call, id: i }, new Uint8Array(256 << 10));
    // Always one that waits.
    while (outbox.waitingBytes > 512 << 10) {
      while (consumer.next(head) >= 0) consumer.done();
      outbox.flush();
    }
    assert(!outbox.isEmpty);
    most = Math.max(most, Deno.memoryUsage().external - before);
  }
  // A gigabyte went through.
  assert(most < 750 * MIB, `${Math.round(most / MIB)} MiB are kept`);
});

Deno.test(
  "attack: small one-way calls to a stopped owner are bounded, too",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("stopped");
      await using child = new Child();
      await child.run(({ membridge, state }, name) => {
        state.service = membridge.serve(name, { n: () => {} });
      }, name);
      using client = connect<{ n(): void }>(name);
      await client.call("n");
      child.kill("SIGSTOP");
      let sent = 0;
      assertThrows(() => {
        for (; sent < 1e6; sent++) client.notify("n");
      }, BusyError);
      assert(sent > 10_000 && sent < 600_000, `${sent} calls wait`);
      child.kill("SIGKILL");
      await child.ended();
      client.close();
      // The next participant sweeps what the killed one left.
      await using _sweeper = serve(name, { n: () => {} });
    }),
);

Deno.test(
  "attack: a generator that blocks in a call of its own is asked, and returned from, when it is done",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const [slow, name] = [freshName("slow"), freshName("generator")];
      await using child = new Child();
      await child.run(({ membridge, state }, slow) => {
        state.service = membridge.serve(slow, {
          f() {
            const end = performance.now() + 3;
            while (performance.now() < end);
            return 1;
          },
        });
      }, slow);
      let returned = 0;
      using inner = connect<{ f(): number }>(slow);
      await using service = serve(name, {
        *numbers(to: number) {
          try {
            for (let i = 0; i < to; i++) {
              inner.callSync("f");
              yield i;
            }
          } finally {
            returned++;
          }
        },
      });
      await using reader = new Child();
      const counts = await reader.run(async ({ membridge }, name) => {
        using client = membridge.connect<Record<string, (to: number) => Iterable<number>>>(name);
        const all = (await Array.fromAsync(client.stream("numbers", 150))).length;
        let some = 0;
        for await (const _ of client.stream("numbers", 1e6)) if (++some === 40) break;
        return [all, some];
      }, name);
      assertEquals(counts, [150, 40]);
      assert(await until(() => returned === 2, 3000), `${returned} returned from`);
      await reader.finish();
      inner.close();
      await service.close();
      await child.run(({ state }) => state.service.close());
      await child.finish();
    }),
);

Deno.test(
  "attack: a caller that dies while a large message of its is taken in and its reply waits",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("dying");
      await using caller = new Child();
      let killed = false;
      await using service = serve(name, {
        ping: () => 1,
        big: () => new Uint8Array(MIB),
        take: () => 1,
        // While this blocks, the caller fills the ring, asks to be told of room, and dies.
        block() {
          const sending = performance.now() + 300;
          while (performance.now() < sending);
          caller.kill();
          killed = true;
          const dying = performance.now() + 200;
          while (performance.now() < dying);
        },
      });
      void caller.run(async ({ membridge, state }, name) => {
        const client = state.client = membridge.connect(name);
        await client.call("ping");
        client.call("big").catch(() => {});
        client.notify("block");
        client.call("take", new Uint8Array(1 << 20)).catch(() => {});
        await new Promise(() => {});
      }, name).catch(() => {});
      assert(await until(() => killed, 5000));
      await caller.ended();
      using client = connect<{ ping(): number }>(name, { timeoutMs: 3000 });
      assertEquals(await client.call("ping"), 1);
      assert(await until(() => service.describe().clients === 1, 3000));
      client.close();
      await service.close();
    }),
);

Deno.test(
  "attack: an owner that is closing while its name stays is nobody, and costs nothing",
  FFI,
  () =>
    leavesNothing(async () => {
      const name = freshName("lingering");
      using _left = forgetting(name);
      let end = () => {};
      const service = serve(name, { f: () => 1, slow: () => new Promise<void>((r) => end = r) });
      using client = connect<{ f(): number; slow(): Promise<void> }>(name, { timeoutMs: 2000 });
      const slow = client.call("slow");
      assertEquals(await client.call("f"), 1);
      const release = holdLock(shmPath(name));
      const closed = service.close(); // Cannot take its name away.
      release();
      const before = openDescriptors();
      await assertRejects(() => within(1000, client.call("f"), "a call"), NoSuchServiceError);
      assert(openDescriptors() <= before + 4, `${openDescriptors()} descriptors, ${before} before`);
      end();
      await slow;
      await within(3000, closed, "the close");
      await using _heir = serve(name, { f: () => 2, slow: () => Promise.resolve() });
      assertEquals(await client.call("f"), 2);
    }),
);

Deno.test(
  "attack: a caller short of descriptors takes nobody living for dead",
  PROCESSES,
  async () => {
    const [name, other] = [freshName("living"), freshName("other")];
    using _left = forgetting(name);
    using _right = forgetting(other);
    await using service = serve(name, { f: () => 1 });
    // By another process: of a participant that is known, no file is opened.
    await using child = new Child();
    await child.run(({ membridge, state }, other) => {
      state.service = membridge.serve(other, { f: () => 2 });
    }, other);
    await using program = new Program("program_scarce.ts", [name, other, "12"], {
      flags: ["--allow-ffi", "--allow-read"],
      under: ["sh", "-c", 'ulimit -n 200; exec "$0" "$@"'],
    });
    const { code, stdout, stderr } = await program.ended(20_000);
    assertEquals([code, stderr], [0, ""]);
    const ends = stdout.map((line) => line.split(" "));
    assertEquals(ends.length, 13);
    for (const [free, end, there] of ends) {
      assert(end === "SystemError" || end === "1", `${end} with ${free} free`);
      assertEquals(there, "true", `the name went with ${free} free`);
    }
    assertEquals([ends[0][1], ends[12][1]], ["SystemError", "1"]);
    await service.close();
    await child.run(({ state }) => state.service.close());
    await child.finish();
  },
);
