/** Whoever writes the bytes of a value gets values or typed errors out of its open handles, in bounded time. */
import { assertEquals } from "../helpers/assert.ts";
import { Child } from "../helpers/child.ts";
import { Random } from "../helpers/random.ts";
import { freshName, sharedFiles } from "../helpers/shm.ts";
import { SharedValue } from "../../membridge/mod.ts";
import { pathOfId } from "../../membridge/segment/names.ts";
import {
  clear,
  forgetting,
  lengthOf,
  patch,
  peek,
  shmPath,
  TYPED_NAMES,
  within,
} from "./fixtures/attack.ts";

const PROCESSES: TestOptions = { permissions: { ffi: true, run: true, read: true } };

type TestOptions = Omit<Deno.TestDefinition, "name" | "fn">;

/** What a child does with its open handle after each change of the bytes; returns the names of the errors. */
async function useValue(child: Child, watch: boolean): Promise<string[]> {
  return await child.run(async ({ state }, watch) => {
    const { value } = state;
    const names: string[] = [];
    const uses: (() => unknown)[] = [
      () => value.get(),
      () => value.version,
      () => value.set({ some: "value", n: [1, 2, 3] }),
      () => value.get(),
      () => value.update((old: unknown) => [old]),
      () => value.set(new Uint8Array(3000)),
      () => value.history(),
    ];
    if (watch) {
      uses.push(async () => {
        const watch = value.watch({ initial: true });
        try {
          await Promise.race([watch.next(), new Promise((end) => setTimeout(end, 5))]);
        } finally {
          await watch.return();
        }
      });
    }
    for (const use of uses) {
      try {
        await use();
      } catch (error) {
        names.push((error as Error).name);
      }
    }
    return names;
  }, watch);
}

/** A child with an open handle of a value, and the bytes that its file had. */
async function victimOf(
  name: string,
): Promise<{ child: Child; pristine: Uint8Array<ArrayBuffer> }> {
  const child = new Child();
  await child.run(({ membridge, state }, name) => {
    state.value = membridge.SharedValue.open(name, { create: true, timeoutMs: 200, history: 2 });
    state.value.set({ first: "version" });
    state.value.set({ second: "version" });
  }, name);
  return { child, pristine: peek(shmPath(name), 4096) };
}

/** A lock that seems to be held by a thread that is gone moves to a file of its own, which the restored words know nothing of. */
function clearLocks(pristine: Uint8Array<ArrayBuffer>): void {
  const id = new DataView(pristine.buffer).getBigUint64(16, true);
  const prefix = pathOfId(id, "lock0").slice("/dev/shm/".length, -1);
  for (const file of sharedFiles()) if (file.startsWith(prefix)) clear(`/dev/shm/${file}`);
}

Deno.test(
  "hostile: any byte of a value's header and words, under an open handle",
  PROCESSES,
  async () => {
    const random = new Random();
    console.log(`seed ${random.seed}`);
    const name = freshName("words");
    using _left = forgetting(name);
    let { child, pristine } = await victimOf(name);
    const wrong: string[] = [];
    try {
      for (let offset = 0; offset < 272 && wrong.length < 5; offset++) {
        for (const byte of [0x00, 0xff, random.below(256)]) {
          patch(shmPath(name), offset, Uint8Array.of(byte));
          const what = `byte ${offset} = ${byte}`;
          try {
            const names = await within(2000, useValue(child, offset % 8 === 0), what);
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
      }
      assertEquals(wrong, []);
      // Made whole again, it works as before, through the same handle.
      assertEquals(await child.run(({ state }) => state.value.get()), { second: "version" });
      assertEquals(await useValue(child, true), []);
    } finally {
      await child[Symbol.asyncDispose]();
      SharedValue.remove(name);
      clearLocks(pristine);
    }
  },
);

Deno.test(
  "hostile: random words in a value, and random bytes for its content",
  PROCESSES,
  async () => {
    const random = new Random();
    console.log(`seed ${random.seed}`);
    const name = freshName("garbage");
    using _left = forgetting(name);
    let { child, pristine } = await victimOf(name);
    const wrong: string[] = [];
    // Likely places for mistakes: around zero, the sizes of the file, 2^31, 2^32, 2^53, 2^64.
    const notable = [0n, 1n, 7n, 8n, 255n, 256n, 264n, 3840n, 4096n, 1n << 31n, (1n << 31n) - 8n];
    notable.push(1n << 32n, (1n << 32n) + 256n, (1n << 53n) - 1n, 1n << 53n, 1n << 63n, ~0n);
    try {
      for (let round = 0; round < 400 && wrong.length < 5; round++) {
        const words = new BigUint64Array(1 + random.below(4));
        for (let i = 0; i < words.length; i++) {
          words[i] = random.below(4) > 0
            ? notable[random.below(notable.length)]
            : BigInt(random.below(2 ** 32)) << BigInt(random.below(33));
        }
        const at = 64 + 8 * random.below(26);
        patch(shmPath(name), at, new Uint8Array(words.buffer));
        const content = new Uint8Array(32).map(() => random.below(256));
        if (random.below(3) === 0) patch(shmPath(name), 256 + random.below(64), content);
        const what = `round ${round}: words ${words.join(" ")} at ${at}`;
        try {
          const names = await within(2000, useValue(child, round % 8 === 0), what);
          for (const each of names) if (!TYPED_NAMES.has(each)) wrong.push(`${what}: ${each}`);
          const length = lengthOf(shmPath(name));
          if (length > 1 << 20) wrong.push(`${what}: the file grew to ${length} bytes`);
          const magic = new TextDecoder().decode(peek(shmPath(name), 8));
          if (magic !== "SYSFRAME") wrong.push(`${what}: the header was overwritten`);
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
    } finally {
      await child[Symbol.asyncDispose]();
      SharedValue.remove(name);
      clearLocks(pristine);
    }
  },
);
