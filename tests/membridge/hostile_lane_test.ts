/** Whoever writes nonsense into a lane, or dies in the wrong moment, takes nobody else along. */
import { LARGE_REQUESTS_OFFSET } from "../../membridge/call/layout.ts";
import { assert, assertEquals, assertRejects } from "../helpers/assert.ts";
import { Child } from "../helpers/child.ts";
import { Random } from "../helpers/random.ts";
import { freshName } from "../helpers/shm.ts";
import { connect, serve } from "../../membridge/mod.ts";

import {
  clear,
  forgetting,
  holdLock,
  isTyped,
  lanesOf,
  peek,
  plant,
  shmPath,
  TYPED_NAMES,
  within,
} from "./fixtures/attack.ts";

const PROCESSES: TestOptions = { permissions: { ffi: true, run: true, read: true } };

type TestOptions = Omit<Deno.TestDefinition, "name" | "fn">;

/** Words of a lane, by offset, and values that no correct process stores there. */
const LANE_WORDS = [128, 132, 136, 140, 192, 256, 260, 268, 320];

/** A service and its caller in processes of their own, both alive and talking when the attacker comes. */
async function talking(name: string): Promise<{ owner: Child; caller: Child }> {
  const [owner, caller] = [new Child(), new Child()];
  await owner.run(({ membridge, state }, name) => {
    state.service = membridge.serve(name, {
      add: (a: number, b: number) => a + b,
      echo: (value: unknown) => value,
      later: async (value: unknown) => {
        await new Promise((resolve) => setTimeout(resolve, 3));
        return value;
      },
    });
  }, name);
  await caller.run(async ({ membridge, state }, name) => {
    state.client = membridge.connect(name, { timeoutMs: 500 });
    await state.client.call("add", 1, 1);
    state.traffic = async (rounds: number) => {
      const outcomes: Record<string, number> = {};
      const note = (what: string) => outcomes[what] = (outcomes[what] ?? 0) + 1;
      const large = new Uint8Array(100_000).fill(3);
      for (let i = 0; i < rounds; i++) {
        await Promise.all(
          [["add", i, 1], ["echo", large], ["later", "text"], ["later", large]].map((call) =>
            state.client.call(...call).then(() => note("ok"), (error: Error) => note(error.name))
          ),
        );
      }
      return outcomes;
    };
  }, name);
  return { owner, caller };
}

Deno.test(
  "hostile: nonsense in a lane's words and rings while calls are in flight",
  PROCESSES,
  async () => {
    const random = new Random();
    console.log(`seed ${random.seed}`);
    const values = [0, 1, 3, 8, 24, 65533, 65536, 65544, 0x7fffffff, 0xfffffff8, 0xffffffff];
    const wrong: string[] = [];
    let pair: { owner: Child; caller: Child } | undefined;
    let name = "";
    try {
      for (let round = 0; round < 40 && wrong.length < 4; round++) {
        name = pair === undefined ? freshName("lane") : name;
        pair ??= await talking(name);
        const traffic = pair.caller.run(({ state }) => state.traffic(3));
        const lanes = lanesOf(pair.owner.pid);
        assertEquals(lanes.length > 0, true, "the attacker finds the lane");
        const done: string[] = [];
        for (const lane of lanes) {
          const words = new Uint32Array(lane.buffer);
          if (round % 2 === 0) {
            const at = LANE_WORDS[random.below(LANE_WORDS.length)];
            words[at / 4] = random.below(2) > 0 ? values[random.below(11)] : random.below(2 ** 32);
            done.push(`${at} = ${words[at / 4]}`);
          } else {
            // Both rings, and the beginning of the larger ones where there are some.
            const larger = words.length > LARGE_REQUESTS_OFFSET / 4;
            for (let i = 0; i < 2000; i++) {
              const start = larger && i % 2 === 0 ? LARGE_REQUESTS_OFFSET / 4 : 1024;
              words[start + random.below(32768)] = random.below(2 ** 32);
            }
            done.push("rings");
          }
          lane.close();
        }
        const what = `round ${round}: ${done}`;
        try {
          const outcomes = await within(8000, traffic, `${what}, the caller`);
          for (const each of Object.keys(outcomes)) {
            const typed = each === "ok" || TYPED_NAMES.has(each) || each === "AbortError";
            if (!typed) wrong.push(`${what}: ${each}`);
          }
          // Whatever it was, the same client works again: over a new lane if need be.
          const again = pair.caller.run(async ({ state }) => {
            let last = "";
            for (let i = 0; i < 4; i++) {
              try {
                return await state.client.call("add", 40, 2);
              } catch (error) {
                last = (error as Error).name;
              }
            }
            return last;
          });
          const answer = await within(4000, again, `${what}, the caller afterwards`);
          if (answer !== 42) wrong.push(`${what}: afterwards ${answer}`);
          await within(1000, pair.owner.run(() => 1), `${what}, the owner`);
        } catch (error) {
          wrong.push(`${what}: ${(error as Error).message}`);
        }
        if (wrong.length > 0) {
          await pair.owner[Symbol.asyncDispose]();
          await pair.caller[Symbol.asyncDispose]();
          pair = undefined;
          clear(shmPath(name));
        }
      }
      assertEquals(wrong, []);
    } finally {
      await pair?.owner[Symbol.asyncDispose]();
      await pair?.caller[Symbol.asyncDispose]();
      clear(shmPath(name));
    }
  },
);

Deno.test("hostile: a lane whose words stand at odd places from the start", PROCESSES, async () => {
  const name = freshName("odd");
  using _left = forgetting(name);
  await using owner = new Child();
  await owner.run(({ membridge, state }, name) => {
    state.service = membridge.serve(name, { add: (a: number, b: number) => a + b });
  }, name);
  using client = connect<{ add(a: number, b: number): number }>(name);
  assertEquals(await client.call("add", 1, 1), 2);
  for (
    const [ring, head] of [["requests", 65533], ["requests", 65530], ["replies", 65533]] as const
  ) {
    owner.kill("SIGSTOP");
    // Registered, but not yet seen by the owner.
    using victim = connect<{ add(a: number, b: number): number }>(name, { timeoutMs: 700 });
    const call = victim.call("add", 1, 2).then(() => "?", (error: Error) => error.name);
    for (const lane of lanesOf(Deno.pid)) {
      const words = new Uint32Array(lane.buffer);
      if (words[192 / 4] === 0 && words[256 / 4] === 0) {
        if (ring === "requests") [words[192 / 4], words[128 / 4]] = [head, head + 32];
        else [words[320 / 4], words[256 / 4]] = [head, head];
      }
      lane.close();
    }
    owner.kill("SIGCONT");
    const outcome = await within(2000, call, `${ring} at ${head}`);
    assert(TYPED_NAMES.has(outcome), `${ring} at ${head}: ${outcome}`);
    // The service goes on for the others.
    assertEquals(await within(1000, client.call("add", 2, 2), "another caller"), 4);
  }
  await owner.run(({ state }) => state.service.close({ timeoutMs: 0 }));
});

Deno.test(
  "hostile: a caller whose lane was given up is told at once, and comes back",
  PROCESSES,
  async () => {
    const name = freshName("dropped");
    using _left = forgetting(name);
    await using _service = serve(name, { never: () => new Promise(() => {}), f: () => 1 });
    using client = connect(name, { timeoutMs: Infinity });
    const inFlight = client.call("never").then(() => "?", (error: Error) => error.name);
    assertEquals(await client.call("f"), 1);
    const later = client.call("f").then(() => "?", (error: Error) => error.name);
    for (const lane of lanesOf(Deno.pid)) {
      // More in the ring than fits, before the service looks.
      new Uint32Array(lane.buffer)[128 / 4] += 1 << 20;
      lane.close();
    }
    assertEquals(await within(2000, inFlight, "a call in flight"), "SegmentError");
    assert(TYPED_NAMES.has(await within(2000, later, "a later call")));
    assertEquals(await within(2000, client.call("f"), "a new call"), 1);
  },
);

Deno.test(
  "hostile: a caller killed before its call is answered does not take the service along",
  PROCESSES,
  async () => {
    const name = freshName("victim");
    using _left = forgetting(name);
    await using owner = new Child();
    await owner.run(({ membridge, state }, name) => {
      state.service = membridge.serve(name, { add: (a: number, b: number) => a + b });
    }, name);
    using client = connect<{ add(a: number, b: number): number }>(name);
    for (let round = 0; round < 4; round++) {
      const victim = new Child();
      await victim.run(async ({ membridge, state }, name) => {
        state.client = membridge.connect(name);
        await state.client.call("add", 1, 1);
      }, name);
      owner.kill("SIGSTOP");
      await victim.run(async ({ state }) => {
        for (let i = 0; i < 5; i++) state.client.call("add", i, i).catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, 20));
      });
      victim.kill();
      await victim.ended();
      owner.kill("SIGCONT");
      assertEquals(await within(1500, client.call("add", 2, 2), `round ${round}`), 4);
    }
    await owner.run(({ state }) => state.service.close());
  },
);

Deno.test(
  "hostile: who holds the lock of a service for ever does not stop it",
  PROCESSES,
  async () => {
    const name = freshName("locked");
    using _left = forgetting(name);
    await using owner = new Child();
    await owner.run(({ membridge, state }, name) => {
      state.service = membridge.serve(name, { f: () => 1 });
    }, name);
    using client = connect<{ f(): number }>(name);
    using leaving = connect<{ f(): number }>(name);
    assertEquals(await client.call("f") + await leaving.call("f"), 2);
    const release = holdLock(shmPath(name));
    try {
      leaving.close();
      assertEquals(await within(1500, client.call("f"), "a call while the lock is held"), 1);
    } finally {
      release();
    }
    assertEquals(await client.call("f"), 1);
    await owner.run(({ state }) => state.service.close());
  },
);

Deno.test(
  "hostile: a doorbell or life line that is no FIFO is a typed error",
  PROCESSES,
  async () => {
    for (const kind of ["bell", "life"]) {
      const name = freshName("fifo");
      using _left = forgetting(name);
      await using owner = new Child();
      await owner.run(({ membridge, state }, name) => {
        state.service = membridge.serve(name, { f: () => 1 });
      }, name);
      const id = new DataView(peek(shmPath(name), 72).buffer).getBigUint64(64, true);
      const path = `/dev/shm/sysframe@${id.toString(16).padStart(16, "0")}.${kind}`;
      clear(path);
      plant(path, new Uint8Array(8));
      using client = connect(name, { timeoutMs: 300 });
      const error = await assertRejects(() => client.call("f"));
      assert(isTyped(error), `${kind}: ${error}`);
      clear(path);
      await owner.run(({ state }) => state.service.close());
    }
  },
);
