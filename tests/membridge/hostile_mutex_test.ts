/** Whoever writes the bytes of a mutex gets typed errors out of its open handles, in bounded time. */
import { assertEquals, assertThrows } from "../helpers/assert.ts";
import { Child } from "../helpers/child.ts";
import { Random } from "../helpers/random.ts";
import { freshName } from "../helpers/shm.ts";
import { Mutex, SegmentError } from "../../membridge/mod.ts";
import { pathOfId } from "../../membridge/segment/names.ts";
import {
  clear,
  forge,
  forgetting,
  makeDirectory,
  makeLink,
  patch,
  peek,
  shmPath,
  TYPED_NAMES,
  within,
} from "./fixtures/attack.ts";

const PROCESSES: Omit<Deno.TestDefinition, "name" | "fn"> = {
  permissions: { ffi: true, run: true, read: true },
};

/** The path of the file whose lock is the mutex. */
function holdPath(name: string): string {
  return pathOfId(new DataView(peek(shmPath(name), 64).buffer).getBigUint64(16, true), "hold");
}

/** Locks and unlocks in each way; returns the names of the errors. */
async function use(child: Child): Promise<string[]> {
  return await child.run(async ({ state, membridge }) => {
    const { mutex, other } = state;
    const names: string[] = [];
    const uses: (() => unknown)[] = [
      () => mutex.tryLock()?.release(),
      () => mutex.lockSync({ timeoutMs: 5 }).release(),
      async () => (await other.lock({ timeoutMs: 5 })).release(),
      async () => {
        using guard = mutex.lockSync({ timeoutMs: 5 });
        const waiting = other.lock({ timeoutMs: 200 });
        waiting.catch(() => {});
        guard.release();
        (await waiting).release();
      },
      () => membridge.Mutex.open(mutex.name, { create: true }).close(),
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

async function victimOf(name: string): Promise<Child> {
  const child = new Child();
  await child.run(({ membridge, state }, name) => {
    state.mutex = membridge.Mutex.open(name, { create: true });
    state.other = membridge.Mutex.open(name);
    state.mutex.lockSync().release();
  }, name);
  return child;
}

Deno.test("hostile: any byte of a mutex, under open handles", PROCESSES, async () => {
  const random = new Random();
  console.log(`seed ${random.seed}`);
  const name = freshName("bytes");
  using _left = forgetting(name);
  let child = await victimOf(name);
  let hold = holdPath(name);
  let [pristine, pristineHold] = [peek(shmPath(name), 4096), peek(hold, 4096)];
  const wrong: string[] = [];
  try {
    for (let round = 0; round < 120 && wrong.length < 5; round++) {
      const inHold = round % 2 === 0;
      // The lock words, the holder, the table's beginning, or anywhere before them.
      const offset = [random.below(64), 64 + random.below(16), 128 + random.below(32)][
        random.below(3)
      ];
      const bytes = new Uint8Array(1 + random.below(8)).map(() =>
        random.below(3) === 0 ? 0xff : random.below(256)
      );
      const what = `${inHold ? "hold" : "mutex"}: ${bytes} at ${offset}`;
      patch(inHold ? hold : shmPath(name), offset, bytes);
      try {
        const names = await within(10_000, use(child), what);
        for (const each of names) if (!TYPED_NAMES.has(each)) wrong.push(`${what}: ${each}`);
      } catch (error) {
        wrong.push((error as Error).message);
      }
      try {
        patch(hold, 0, pristineHold);
        patch(shmPath(name), 0, pristine);
      } catch {
        // Somebody took it for removed, as its state said.
        await child[Symbol.asyncDispose]();
        clear(hold);
        child = await victimOf(name);
        hold = holdPath(name);
        [pristine, pristineHold] = [peek(shmPath(name), 4096), peek(hold, 4096)];
      }
    }
    assertEquals(wrong, []);
  } finally {
    await child[Symbol.asyncDispose]();
  }
});

Deno.test("hostile: a table full of strangers, and a stranger for the holder", PROCESSES, () => {
  const name = freshName("strangers");
  using _left = forgetting(name);
  using mutex = Mutex.open(name, { create: true });
  const words = new BigUint64Array(1008).map((_, i) => BigInt(i + 1));
  patch(shmPath(name), 64, Uint8Array.of(0xff, 0xff, 0xff, 0xff));
  patch(shmPath(name), 128, new Uint8Array(words.buffer));
  patch(holdPath(name), 64, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
  {
    using guard = mutex.lockSync();
    assertEquals(guard.previousOwnerDied, true);
  }
  using guard = mutex.lockSync();
  assertEquals(guard.previousOwnerDied, false);
});

Deno.test("hostile: something else in the place of the second file", PROCESSES, () => {
  const name = freshName("second");
  using _left = forgetting(name);
  Mutex.open(name, { create: true }).close();
  const path = holdPath(name);
  const plant: [() => void, string][] = [
    [() => makeDirectory(path), "foreign"],
    [() => makeLink(path, "/dev/shm"), "foreign"],
    [() => {
      using other = Mutex.open(`${name}.other`, { create: true });
      other.lockSync().release();
      makeLink(path, shmPath(`${name}.other`));
    }, "foreign"],
  ];
  for (const [put, code] of plant) {
    clear(path);
    put();
    const error = assertThrows(() => Mutex.open(name), SegmentError);
    assertEquals(error.code, code);
  }
  clear(path);
  using mutex = Mutex.open(name);
  patch(path, 0, forge({ kind: "value", sizeBytes: 64 }));
  assertEquals(assertThrows(() => Mutex.open(name), SegmentError).code, "wrong_kind");
  mutex.lockSync().release();
});
