/** A channel between real processes: nothing lost, nothing twice, whoever is killed when. */
import { assert, assertEquals, assertRejects } from "../helpers/assert.ts";
import { Child, type ChildEnv } from "../helpers/child.ts";
import { Random } from "../helpers/random.ts";
import { freshName, leavesNothing } from "../helpers/shm.ts";
import { Channel, EndedError, SharedValue } from "../../membridge/mod.ts";
import { sweepDeadPeers } from "../../membridge/peer/peer_page.ts";
import { within } from "./fixtures/attack.ts";

const PROCESSES = { permissions: { ffi: true, run: true, read: true } } as const;

/** Longest that anything here may take: a hang, not a slow machine. */
const HANG_MS = 20_000;

/** Runs `body` with a new channel, and checks that nothing is left. */
function withChannel<T>(
  options: { capacityBytes?: number },
  body: (channel: Channel<T>, name: string) => Promise<void>,
): () => Promise<void> {
  return () =>
    leavesNothing(async () => {
      const name = freshName("channel");
      {
        using channel = Channel.open<T>(name, { create: true, timeoutMs: HANG_MS, ...options });
        await body(channel, name);
      }
      Channel.remove(name);
      // Who is killed while awake is noticed by the next participant that starts.
      sweepDeadPeers();
    });
}

/** Opens the channel in a child. */
async function opened(child: Child, name: string): Promise<Child> {
  await child.run(({ membridge, state }, name) => {
    state.channel = membridge.Channel.open(name);
  }, name);
  return child;
}

/** Waits in a child until it waits for a message; what it gets is `state.next`. */
function waitForMessage(child: Child): Promise<void> {
  return child.run(async ({ state }) => {
    state.next = state.channel.receiveMessage();
    // Longer than it spins: it sleeps now.
    await new Promise((resolve) => setTimeout(resolve, 20));
  });
}

for (const small of [false, true]) {
  Deno.test(
    `channel processes: three that send, three that receive, each message once, in order (${
      small ? "a small ring" : "a large ring"
    })`,
    PROCESSES,
    withChannel<[number, number]>(
      { capacityBytes: small ? 4096 : 1 << 20 },
      async (channel, name) => {
        const count = small ? 3000 : 20_000;
        const children = Array.from({ length: 6 }, () => new Child());
        for (const child of children) await opened(child, name);
        const receive = async ({ state }: ChildEnv) => {
          const last = [-1, -1, -1];
          const sums = [0, 0, 0];
          let disorder = 0;
          for await (const [producer, n] of state.channel) {
            if (n <= last[producer]) disorder++;
            last[producer] = n;
            sums[producer] += n;
            if (n % 500 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
          }
          state.channel.close();
          return { sums, disorder };
        };
        const received = children.slice(3).map((child) => child.run(receive));
        const sent = children.slice(0, 3).map((child, producer) =>
          child.run(
            async ({ state }, producer, count) => {
              for (let n = 0; n < count; n++) {
                if (n % 3 === 0) state.channel.sendSync([producer, n]);
                else await state.channel.send([producer, n]);
              }
              state.channel.close();
            },
            producer,
            count,
          )
        );
        await within(HANG_MS, Promise.all(sent), "the senders");
        channel.end();
        const results = await within(HANG_MS, Promise.all(received), "the receivers");
        const sum = count * (count - 1) / 2;
        for (let producer = 0; producer < 3; producer++) {
          const total = results.reduce((all, { sums }) => all + sums[producer], 0);
          assertEquals(total, sum, `of producer ${producer}`);
        }
        assertEquals(results.map(({ disorder }) => disorder), [0, 0, 0]);
        assertEquals(channel.length, 0);
        for (const child of children) await child.finish();
      },
    ),
  );
}

Deno.test(
  "channel processes: what a killed consumer worked on goes to one that sleeps",
  PROCESSES,
  withChannel<number>({}, async (channel, name) => {
    await using victim = await opened(new Child(), name);
    await using heir = await opened(new Child(), name);
    await channel.sendAll([1, 2]);
    const taken = await victim.run(async ({ state }) => {
      const one = await state.channel.receiveMessage();
      const two = await state.channel.receiveMessage();
      one.ack();
      return [one.value, two.value, two.redelivered];
    });
    assertEquals(taken, [1, 2, false]);
    await waitForMessage(heir);
    victim.kill();
    const again = await within(
      HANG_MS,
      heir.run(async ({ state }) => {
        const { value, redelivered, ack } = await state.next;
        return [value, redelivered, ack()];
      }),
      "the heir",
    );
    assertEquals(again, [2, true, true]);
    await victim.ended();
    await heir.run(({ state }) => state.channel.close());
    await heir.finish();
    assertEquals(channel.tryReceive(), undefined);
  }),
);

Deno.test(
  "channel processes: a consumer that is killed while another one blocks in receiveSync",
  PROCESSES,
  withChannel<number>({}, async (channel, name) => {
    await using victim = await opened(new Child(), name);
    await channel.send(1);
    assertEquals(await victim.run(({ state }) => state.channel.receiveSync()), 1);
    await using heir = await opened(new Child(), name);
    const blocked = heir.run(({ state }) => {
      const value = state.channel.receiveSync({ timeoutMs: 20_000 });
      state.channel.close();
      return value;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    victim.kill();
    assertEquals(await within(HANG_MS, blocked, "the blocked one"), 1);
    await victim.ended();
    await heir.finish();
  }),
);

Deno.test(
  "channel processes: when the one that was woken dies before it looks, another one is",
  PROCESSES,
  withChannel<number>({}, async (channel, name) => {
    // The one in the first slot is woken first; stopped, it cannot look.
    await using first = await opened(new Child(), name);
    await waitForMessage(first);
    await using second = await opened(new Child(), name);
    await waitForMessage(second);
    first.kill("SIGSTOP");
    await channel.send(1);
    first.kill();
    const got = second.run(async ({ state }) => {
      const { value, ack } = await state.next;
      ack();
      return value;
    });
    assertEquals(await within(HANG_MS, got, "the second one"), 1);
    await first.ended();
    await second.run(({ state }) => state.channel.close());
    await second.finish();
  }),
);

Deno.test(
  "channel processes: senders that wait for room in other processes are woken, async and blocking",
  PROCESSES,
  withChannel<string>({ capacityBytes: 4096 }, async (channel, name) => {
    await using sender = await opened(new Child(), name);
    await using blocker = await opened(new Child(), name);
    const text = "x".repeat(900);
    while (channel.trySend(text));
    const count = 60;
    const sent = [
      sender.run(
        async ({ state }, text, count) => {
          for (let i = 0; i < count; i++) await state.channel.send(text);
          state.channel.close();
        },
        text,
        count,
      ),
      blocker.run(
        ({ state }, text, count) => {
          for (let i = 0; i < count; i++) state.channel.sendSync(text);
          state.channel.close();
        },
        text,
        count,
      ),
    ];
    let received = 0;
    const end = performance.now() + HANG_MS;
    // Long enough to have them fall asleep in between, now and then.
    for (; received < 2 * count + 4; received++) {
      assertEquals(await channel.receive({ timeoutMs: end - performance.now() }), text);
      if (received % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 15));
    }
    await within(HANG_MS, Promise.all(sent), "the senders");
    assertEquals(channel.tryReceive(), undefined);
    await sender.finish();
    await blocker.finish();
  }),
);

Deno.test(
  "channel processes: end reaches those who sleep, and a sender elsewhere",
  PROCESSES,
  withChannel<number>({}, async (channel, name) => {
    await using consumer = await opened(new Child(), name);
    const loop = consumer.run(async ({ state }) => {
      const values = [];
      for await (const value of state.channel) values.push(value);
      state.channel.close();
      return values;
    });
    await channel.send(1);
    await using sender = await opened(new Child(), name);
    await sender.run(({ state }) => state.channel.end());
    assertEquals(await within(HANG_MS, loop, "the loop"), [1]);
    await assertRejects(() => channel.send(2), EndedError);
    await sender.run(({ state }) => state.channel.close());
    await sender.finish();
    await consumer.finish();
  }),
);

Deno.test(
  "channel processes: killed at random, senders lose nothing that they were told is sent, consumers nothing at all",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const random = new Random();
      console.log(`seed ${random.seed}`);
      const [name, log] = [freshName("jobs"), freshName("log")];
      using jobs = Channel.open<[number, number]>(name, { create: true, capacityBytes: 16384 });
      // What consumers did, in the order in which they did it: [sender, number, redelivered].
      using done = Channel.open<[number, number, boolean]>(log, { create: true });
      const seen = new Map<string, number>();
      let unmarked = 0;
      const logging = (async () => {
        for await (const [sender, n, redelivered] of done) {
          const key = `${sender}:${n}`;
          const times = (seen.get(key) ?? 0) + 1;
          seen.set(key, times);
          if (times > 1 && !redelivered) unmarked++;
        }
      })();
      const marks: SharedValue<number>[] = [];
      // Each process sends under a number of its own, and says in a value up to where it was told that it is sent.
      const startSender = async () => {
        const sender = marks.length;
        marks.push(SharedValue.open<number>(`${name}.${sender}`, { create: true }));
        const child = await opened(new Child(), name);
        child.run(
          async ({ membridge, state }, mark, sender) => {
            const value = membridge.SharedValue.open<number>(mark);
            for (let n = 0;; n++) {
              await state.channel.send([sender, n]);
              value.set(n);
              if (n % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
            }
          },
          `${name}.${sender}`,
          sender,
        );
        return child;
      };
      const startConsumer = async () => {
        const child = await opened(new Child(), name);
        child.run(
          async ({ membridge, state }, log) => {
            const done = membridge.Channel.open(log);
            for await (const { value, redelivered, ack } of state.channel.messages()) {
              await done.send([...value, redelivered]);
              ack();
            }
            done.close();
            state.channel.close();
          },
          log,
        );
        return child;
      };
      const senders = [await startSender(), await startSender()];
      const consumers = [await startConsumer(), await startConsumer()];
      try {
        for (let round = 0; round < 12; round++) {
          const before = seen.size;
          const end = performance.now() + HANG_MS;
          while (seen.size < before + 50) {
            assert(performance.now() < end, `round ${round}: nothing moves any more`);
            await new Promise((resolve) => setTimeout(resolve, 1 + random.below(10)));
          }
          const killsSender = round % 3 === 2;
          const group = killsSender ? senders : consumers;
          const index = random.below(group.length);
          group[index].kill();
          await group[index].ended();
          group[index] = await (killsSender ? startSender() : startConsumer());
        }
        for (const sender of senders) {
          sender.kill();
          await sender.ended();
        }
        jobs.end();
        const drained = consumers.map((consumer) => consumer.finish());
        await within(HANG_MS, Promise.all(drained), "the consumers after the end");
        done.end();
        await within(HANG_MS, logging, "the log after the end");
        let told = 0;
        for (const [sender, mark] of marks.entries()) {
          for (let n = 0; n <= (mark.get() ?? -1); n++, told++) {
            assert(seen.has(`${sender}:${n}`), `sender ${sender} was told that ${n} is sent`);
          }
        }
        assert(told > 600, `${told}`);
        assertEquals(unmarked, 0, "delivered twice without saying so");
        assertEquals(jobs.length, 0);
      } finally {
        for (const child of [...senders, ...consumers]) await child[Symbol.asyncDispose]();
        for (const mark of marks) {
          mark.close();
          SharedValue.remove(mark.name);
        }
        Channel.remove(name);
        Channel.remove(log);
      }
      jobs.close();
      done.close();
      sweepDeadPeers();
    }),
);
