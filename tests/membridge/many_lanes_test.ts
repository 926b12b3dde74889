/** One caller with many lanes to one thread: hints tell which of them have something, and nothing depends on them. */
import { assert, assertEquals } from "../helpers/assert.ts";
import { Child } from "../helpers/child.ts";
import { Random } from "../helpers/random.ts";
import { freshName, leavesNothing } from "../helpers/shm.ts";
import { type Client, connect } from "../../membridge/mod.ts";
import { HINTS, HINTS_WORD, PAGE_BYTES, SENT_WORD } from "../../membridge/peer/peer_page.ts";
import { reactor } from "../../membridge/peer/reactor.ts";
import { pathOfId } from "../../membridge/segment/names.ts";
import { Segment } from "../../membridge/segment/segment.ts";
import { within } from "./fixtures/attack.ts";

const PROCESSES: Omit<Deno.TestDefinition, "name" | "fn"> = {
  permissions: { ffi: true, run: true, read: true, env: true },
};
const SERVICES = 80;
/** Far beyond what a call takes, and less than its timeout. */
const HANG_MS = 10_000;

interface Api {
  which(): number;
  later(value: number): Promise<number>;
  count(to: number): Iterable<number>;
}

async function withServices(
  test: (clients: Client<Api>[], child: Child) => Promise<void>,
): Promise<void> {
  const name = freshName("many");
  await using child = new Child();
  await child.run(
    ({ membridge, state }, name, count) => {
      state.services = Array.from({ length: count }, (_, i) =>
        membridge.serve(`${name}.${i}`, {
          which: () => i,
          later: (value: number) => new Promise((resolve) => setTimeout(resolve, 1, value)),
          *count(to: number) {
            for (let n = 0; n < to; n++) yield n;
          },
        }));
    },
    name,
    SERVICES,
  );
  const clients = Array.from({ length: SERVICES }, (_, i) => connect<Api>(`${name}.${i}`));
  try {
    await test(clients, child);
  } finally {
    for (const client of clients) client.close();
    await child.run(async ({ state }) => {
      for (const service of state.services) await service.close();
    });
    await child.finish();
  }
}

/** This thread's page. */
function ownPage(): Segment {
  const path = pathOfId(reactor.id, "peer");
  return Segment.open(path, { kind: "peer", name: path, minimumBytes: PAGE_BYTES })!;
}

Deno.test(
  "many lanes: each call reaches its service, one by one and all at once",
  PROCESSES,
  () =>
    leavesNothing(() =>
      withServices(async (clients) => {
        const random = new Random();
        console.log(`seed ${random.seed}`);
        for (let round = 0; round < 3; round++) {
          for (const [i, client] of clients.entries()) {
            assertEquals(client.callSync("which"), i);
            assertEquals(await client.call("which"), i);
          }
          const all = clients.flatMap((client) => [client.call("which"), client.call("later", 7)]);
          const ends = await within(HANG_MS, Promise.all(all), "all of them");
          assertEquals(ends, clients.flatMap((_, i) => [i, 7]));
        }
        const page = ownPage();
        const before = page.words[SENT_WORD];
        assert(before > 4 * SERVICES, "hints were given");
        for (let i = 0; i < 300; i++) {
          const which = random.below(SERVICES);
          if (i % 3 === 0) assertEquals(clients[which].callSync("which"), which);
          else {
            const items = await Array.fromAsync(clients[which].stream("count", 100));
            assertEquals(items.length, 100);
          }
        }
        page.close();
      })
    ),
);

Deno.test(
  "many lanes: hints that lie, and a count that jumps, lose no call",
  PROCESSES,
  () =>
    withServices(async (clients) => {
      const random = new Random();
      console.log(`seed ${random.seed}`);
      await Promise.all(clients.map((client) => client.call("which")));
      const page = ownPage();
      for (let round = 0; round < 150; round++) {
        const calls = Array.from({ length: 1 + random.below(4) }, () => {
          const which = random.below(SERVICES);
          return clients[which].call("which").then((answer) => assertEquals(answer, which));
        });
        page.words[HINTS_WORD + random.below(HINTS)] = random.below(2 ** 32);
        if (random.below(3) === 0) page.words[SENT_WORD] = random.below(2 ** 32);
        await within(HANG_MS, Promise.all(calls), `round ${round}`);
      }
      page.close();
    }),
);

Deno.test(
  "many lanes: they come and go, down to one and to none",
  PROCESSES,
  () =>
    leavesNothing(() =>
      withServices(async (clients) => {
        const [first, second, ...others] = clients;
        for (const client of others) client.close();
        for (const left of [first, second]) assert(await left.call("which") < 2);
        second.close();
        assertEquals(first.callSync("which"), 0);
        assertEquals(await first.call("which"), 0);
      })
    ),
);

Deno.test(
  "many lanes: all of them end in one look, again and again",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("ends");
      await using child = new Child();
      await child.run(({ membridge, state }, name) => {
        state.services = [0, 1, 2].map((i) => membridge.serve(`${name}.${i}`, { f: () => i }));
      }, name);
      const order = new Random();
      for (let round = 0; round < 150; round++) {
        const clients = [0, 1, 2].map((i) => connect<{ f(): number }>(`${name}.${i}`));
        for (let i = 0; i < 6; i++) {
          const which = order.below(3);
          assertEquals(clients[which].callSync("f"), which);
        }
        for (const client of clients) client.close();
      }
      await child.run(async ({ state }) => {
        for (const service of state.services) await service.close();
      });
      await child.finish();
    }),
);

Deno.test(
  "many lanes: who sleeps is told of each that ends",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("ending");
      await using child = new Child();
      await child.run(({ membridge, state }, name) => {
        state.services = [0, 1, 2].map((i) => membridge.serve(`${name}.${i}`, { f: () => i }));
      }, name);
      const clients = [0, 1, 2].map((i) => connect<{ f(): number }>(`${name}.${i}`));
      for (const [i, client] of clients.entries()) assertEquals(await client.call("f"), i);
      // Nothing is in flight, so nobody looks at these lanes; and this thread sleeps.
      await new Promise((resolve) => setTimeout(resolve, 50));
      await child.run(async ({ state }) => {
        await state.services[1].close();
      });
      assertEquals(await clients[2].call("f"), 2);
      const end = clients[1].call("f").then(String, (error: Error) => error.name);
      assertEquals(await within(HANG_MS, end, "the call"), "NoSuchServiceError");
      await child.run(async ({ state }) => {
        for (const service of state.services) await service.close();
      });
      for (const client of clients) client.close();
      await child.finish();
    }),
);
