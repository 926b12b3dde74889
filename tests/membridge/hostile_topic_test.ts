/** Whoever writes the bytes of a topic gets messages or typed errors out of its open handles, in bounded time. */
import { assertEquals } from "../helpers/assert.ts";
import { Child } from "../helpers/child.ts";
import { Random } from "../helpers/random.ts";
import { freshName } from "../helpers/shm.ts";
import { Topic } from "../../membridge/mod.ts";
import { clear, patch, peek, shmPath, TYPED_NAMES, within } from "./fixtures/attack.ts";

const PROCESSES = { permissions: { ffi: true, run: true, read: true } } as const;

/** What a child does with its topic after each change of the bytes; returns the names of the errors. */
async function useTopic(child: Child): Promise<string[]> {
  return await child.run(async ({ state }) => {
    const { topic } = state;
    const names: string[] = [];
    const listen = (from: "oldest" | number) => async () => {
      const subscription = topic.subscribe({ from });
      try {
        for (let i = 0; i < 20; i++) {
          const next = subscription.next();
          const late = new Promise((end) => setTimeout(end, 3));
          if (await Promise.race([next, late]) === undefined) break;
        }
      } finally {
        await subscription.return();
      }
    };
    const uses: (() => unknown)[] = [
      () => topic.latest(),
      listen("oldest"),
      listen(1),
      () => topic.publish({ some: "message", n: [1, 2, 3] }),
      () => topic.publish(new Uint8Array(3000)),
      listen("oldest"),
    ];
    for (const use of uses) {
      try {
        await use();
      } catch (error) {
        names.push((error as Error).name);
      }
    }
    return names;
  });
}

async function victimOf(name: string) {
  const child = new Child();
  await child.run(({ membridge, state }, name) => {
    state.topic = membridge.Topic.open(name, { create: true, history: 3, timeoutMs: 200 });
    for (let i = 0; i < 6; i++) state.topic.publish({ i });
  }, name);
  return { child, pristine: peek(shmPath(name), 4096) };
}

Deno.test(
  "hostile: random words in a topic, under an open handle and its subscriptions",
  PROCESSES,
  async () => {
    const random = new Random();
    console.log(`seed ${random.seed}`);
    const name = freshName("topic");
    let { child, pristine } = await victimOf(name);
    const wrong: string[] = [];
    const notable = [0n, 1n, 3n, 6n, 7n, 8n, 255n, 288n, 4096n, (1n << 31n) - 8n, 1n << 32n];
    notable.push((1n << 53n) - 1n, (1n << 53n) - 2n, 1n << 53n, 1n << 63n, ~0n);
    try {
      for (let round = 0; round < 300 && wrong.length < 5; round++) {
        const words = new BigUint64Array(1 + random.below(3));
        for (let i = 0; i < words.length; i++) {
          words[i] = random.below(4) > 0
            ? notable[random.below(notable.length)]
            : BigInt(random.below(2 ** 32)) << BigInt(random.below(33));
        }
        // From the version to the last entry, but for what never changes.
        const at = 64 + 8 * random.below(4) + (random.below(2) ? 64 + 8 * random.below(16) : 0);
        patch(shmPath(name), at, new Uint8Array(words.buffer));
        const what = `round ${round}: words ${words.join(" ")} at ${at}`;
        try {
          const names = await within(3000, useTopic(child), what);
          for (const each of names) if (!TYPED_NAMES.has(each)) wrong.push(`${what}: ${each}`);
        } catch (error) {
          wrong.push((error as Error).message);
          child.kill();
          await child.ended();
          clear(shmPath(name));
          ({ child, pristine } = await victimOf(name));
        }
        patch(shmPath(name), 0, pristine);
      }
      assertEquals(wrong, []);
      // Made whole again, it works as before, through the same handle.
      assertEquals(await child.run(({ state }) => state.topic.latest()), {
        version: 6,
        value: { i: 5 },
      });
      assertEquals(await useTopic(child), []);
    } finally {
      await child[Symbol.asyncDispose]();
      Topic.remove(name);
    }
  },
);
