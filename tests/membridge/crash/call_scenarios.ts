/** A process dies while it serves, calls, answers, takes a name over, or ends. */
import { assert, assertEquals } from "../../helpers/assert.ts";
import { type Client, connect, serve, type Service } from "../../../membridge/mod.ts";
import { FUNCTIONS_OFFSET, SERVICE, SLOT } from "../../../membridge/call/layout.ts";
import { pathOfName, randomId } from "../../../membridge/segment/names.ts";
import { STATE } from "../../../membridge/segment/header.ts";
import { Segment } from "../../../membridge/segment/segment.ts";
import { forge, peek, plant, shmPath, until, within } from "../fixtures/attack.ts";
import { assertEnds, assertResult, endOf, type Scenario } from "./scenario.ts";

/** Longest time after which everybody must have heard of a death: the kernel's word comes at once, what rings no bell in a second or two. */
const NOTICED_MS = 5000;

/** Longer than both rings together: it goes through the larger ones. */
const LARGE_BYTES = 300_000;
/** What one frame carries, and of these so many that each side waits for room on the way. */
const FRAME_BYTES = 30_000, FRAMES = 10;

/** Calls that never end by themselves, and how many of them were told to stop. */
class Waits {
  started = 0;
  aborted = 0;
  streams = 0;
  streamsEnded = 0;

  wait(signal: AbortSignal): Promise<void> {
    this.started++;
    return new Promise((resolve) =>
      signal.addEventListener("abort", () => {
        this.aborted++;
        resolve();
      })
    );
  }
}

/** What the services of these scenarios serve. */
function handlers(waits = new Waits()) {
  return {
    add: (a: number, b: number) => a + b,
    later: async (value: number) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      return value;
    },
    fail(): never {
      throw new RangeError("as asked");
    },
    async *count(to: number) {
      waits.streams++;
      try {
        for (let i = 0; i < to; i++) {
          if (i % 30 === 29) await new Promise((resolve) => setTimeout(resolve, 1));
          yield i;
        }
      } finally {
        waits.streamsEnded++;
      }
    },
    sum: (bytes: Uint8Array) => sumOf(bytes),
    same: (bytes: Uint8Array) => bytes,
    large: () => largeBytes(),
    wait(): Promise<void> {
      return waits.wait((this as unknown as { signal: AbortSignal }).signal);
    },
  };
}

type Api = ReturnType<typeof handlers>;

function largeBytes(): Uint8Array {
  return Uint8Array.from({ length: LARGE_BYTES }, (_, i) => i % 251);
}

function sumOf(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => (31 * sum + byte) % 1_000_003, 7);
}

/** Checks that the name can be served anew, and that the same client and a new one reach the new owner. */
async function assertHeirWorks(name: string, client: Client<Api>): Promise<void> {
  const heir = serve(name, handlers());
  // A call within milliseconds of the old owner's last word may be on its way to that one still.
  const first = await within(NOTICED_MS, endOf(client.call("add", 1, 1)), "the first call");
  assertEnds([first], ["result", "OwnerDiedError", "ClosedError"]);
  for (const each of [client, connect<Api>(name)]) {
    assertEquals(await within(NOTICED_MS, each.call("add", 2, 2), "a call of the heir"), 4);
    each.close();
  }
  await within(NOTICED_MS, heir.close(), "the heir's end");
}

/** How a call of an owner that is killed may end. */
const NOBODY = ["OwnerDiedError", "NoSuchServiceError"];

/** The victim serves; the others call. */
function owning(
  name: string,
  use: (client: Client<Api>) => Promise<unknown>[],
): Scenario {
  return {
    name: `call: ${name}, the owner dies`,
    victim: ({ name, told, say }) => async () => {
      const service = serve(name, handlers());
      say("serves");
      await told;
      await service.close();
    },
    others(name) {
      const client = connect<Api>(name);
      return {
        async meanwhile(victim) {
          if (!await victim.says("serves")) return;
          await Promise.all(use(client));
        },
        afterwards: () => assertHeirWorks(name, client),
      };
    },
  };
}

/** Takes a whole stream, which may be cut short: what came must be the beginning. */
async function assertStream(stream: AsyncIterable<number>, length: number): Promise<void> {
  let expected = 0;
  try {
    for await (const item of stream) assertEquals(item, expected++);
  } catch (error) {
    if (!NOBODY.includes((error as Error).name)) throw error;
    return;
  }
  assertEquals(expected, length);
}

/** The victim serves; the others' calls may be repeated, and so are answered whoever dies. */
const idempotent: Scenario = {
  name: "call: calls that may be repeated, the owner dies",
  victim: ({ name, told, say }) => async () => {
    serve(name, handlers());
    say("serves");
    await told;
  },
  others(name) {
    const client = connect<Api>(name, { idempotent: true, waitMs: 20_000 });
    const calls = [client.call("add", 1, 2), client.call("later", 5)];
    const ends = Promise.all(calls);
    return {
      async meanwhile(victim) {
        await Promise.race([ends, victim.ended()]);
      },
      async afterwards() {
        const heir = serve(name, handlers());
        assertEquals(await within(NOTICED_MS, ends, "the calls"), [3, 5]);
        await heir.close();
        await assertHeirWorks(name, client);
      },
    };
  },
};

/** The slots of a service that are not free. */
function takenSlots(name: string): number {
  const words = new Uint32Array(peek(shmPath(name), FUNCTIONS_OFFSET).buffer);
  let taken = 0;
  for (let at = SERVICE.slots; at < FUNCTIONS_OFFSET; at += SERVICE.slotBytes) {
    if (words[(at + 12) / 4] !== SLOT.free) taken++;
  }
  return taken;
}

/** The victim calls; the others serve. */
function calling(name: string, act: (client: Client<Api>) => unknown): Scenario {
  return {
    name: `call: ${name}, the caller dies`,
    victim: ({ name }) => async () => {
      const client = connect<Api>(name);
      await act(client);
      client.close();
    },
    others(name) {
      const waits = new Waits();
      const service = serve(name, handlers(waits));
      return {
        async afterwards() {
          // The next caller is served, and what the dead one held is free again.
          using client = connect<Api>(name);
          assertEquals(await within(NOTICED_MS, client.call("add", 1, 1), "the next caller"), 2);
          assert(await until(() => takenSlots(name) === 1, NOTICED_MS), "slots stay taken");
          client.close();
          assert(await until(() => takenSlots(name) === 0, NOTICED_MS), "a slot stays taken");
          assertEquals(waits.aborted, waits.started, "functions that nobody told");
          assert(
            await until(() => waits.streamsEnded === waits.streams, NOTICED_MS),
            "generators that nobody ended",
          );
          await within(NOTICED_MS, service.close(), "the service's end");
        },
      };
    },
  };
}

/** The victim takes the name from the others, who have a call of their own in flight, or sleep. */
function takingOver(called: boolean): Scenario {
  return {
    name: `call: takeover from an owner that ${called ? "is called" : "sleeps"}, the new one dies`,
    alone: true,
    victim: ({ name, told, say }) => async () => {
      serve(name, handlers(), { takeover: true });
      say("serves");
      await told;
    },
    others(name) {
      const old = serve(name, handlers());
      const segment = Segment.open(pathOfName(name), { kind: "service", name, minimumBytes: 64 })!;
      const client = connect<Api>(name);
      const inFlight = called ? endOf(client.call("wait")) : Promise.resolve("SupersededError");
      const oldEnd = endOf(old.closed);
      return {
        async meanwhile(victim) {
          if (!await victim.says("serves") || !called) return;
          using fresh = connect<Api>(name);
          await assertResult(fresh.call("add", 3, 3), 6, NOBODY);
        },
        async afterwards() {
          if (segment.state === STATE.superseded) {
            // Whoever is the owner now, the old one and its callers hear that it is not, by themselves.
            assertEquals(await within(NOTICED_MS, oldEnd, "the old owner"), "SupersededError");
            assertEquals(await within(NOTICED_MS, inFlight, "the call"), "SupersededError");
          } else {
            assertEquals(await client.call("add", 1, 1), 2);
            await old.close({ timeoutMs: 0 });
            assertEquals(await oldEnd, "result");
            if (called) assertEquals(await inFlight, "ClosedError");
          }
          segment.close();
          await assertHeirWorks(name, client);
        },
      };
    },
  };
}

const inherit: Scenario = {
  name: "call: a dead owner's name is taken, the new one dies",
  victim: ({ name }) => () => {
    serve(name, handlers());
  },
  others(name) {
    // What an owner leaves that was killed: a service whose owner is nobody.
    const bytes = forge({ kind: "service", sizeBytes: FUNCTIONS_OFFSET + 8 });
    new DataView(bytes.buffer).setBigUint64(SERVICE.owner, randomId(), true);
    plant(shmPath(name), bytes);
    return { afterwards: () => assertHeirWorks(name, connect<Api>(name)) };
  },
};

const close: Scenario = {
  name: "call: a service ends, the owner dies",
  async victim({ name, told, say }) {
    const service: Service = serve(name, handlers());
    say("serves");
    await told;
    return () => service.close({ timeoutMs: 20 });
  },
  others(name) {
    const client = connect<Api>(name);
    let inFlight: Promise<string>[] = [];
    return {
      async meanwhile(victim) {
        await victim.says("serves");
        assertEquals(await client.call("add", 1, 2), 3);
        inFlight = [endOf(client.call("wait")), endOf(client.call("add", 1, 1))];
        victim.tell();
        const ends = await Promise.all(inFlight);
        assertEnds(ends, ["result", "OwnerDiedError", "ClosedError", "NoSuchServiceError"]);
        assertEnds([await endOf(client.call("add", 1, 1))], [
          "OwnerDiedError",
          "ClosedError",
          "NoSuchServiceError",
        ]);
      },
      afterwards: () => assertHeirWorks(name, client),
    };
  },
};

/** Every scenario of services and their callers. */
export const CALL_SCENARIOS: readonly Scenario[] = [
  owning("small calls", (client) => [
    assertResult(client.call("add", 1, 2), 3, NOBODY),
    assertResult(client.call("later", 5), 5, NOBODY),
    endOf(client.call("fail")).then((end) => assertEnds([end], ["RangeError", ...NOBODY])),
  ]),
  owning("a large argument", (client) => [
    assertResult(client.call("sum", largeBytes()), sumOf(largeBytes()), NOBODY),
  ]),
  owning("a large result", (client) => [
    assertResult(client.call("large"), largeBytes(), NOBODY),
  ]),
  owning("more calls than the rings hold", (client) =>
    Array.from({ length: FRAMES }, (_, i) => {
      const bytes = new Uint8Array(FRAME_BYTES).fill(i);
      return assertResult(client.call("same", bytes), bytes, NOBODY);
    })),
  owning("a stream", (client) => [assertStream(client.stream("count", 80), 80)]),
  idempotent,
  calling("connect and call", async (client) => {
    assertEquals(client.callSync("add", 1, 2), 3);
    assertEquals(await client.call("later", 5), 5);
    client.notify("add", 1, 2);
  }),
  calling("a stream that is broken off", async (client) => {
    for await (const item of client.stream("count", 1000)) if (item === 40) break;
  }),
  calling("a large argument", (client) => client.call("sum", largeBytes())),
  calling("a large result", (client) => client.call("large")),
  calling("cancel", async (client) => {
    const controller = new AbortController();
    const ends = [endOf(client.with({ signal: controller.signal }).call("wait"))];
    await client.call("add", 1, 1);
    controller.abort();
    await Promise.all(ends);
    await client.call("add", 1, 1);
    client.call("wait").catch(() => {}); // Ended by the close.
  }),
  takingOver(true),
  takingOver(false),
  inherit,
  close,
];
