/** A lock that is biased towards a handle that nobody else comes between, and what takes the bias away. */
import { assert, assertEquals } from "../helpers/assert.ts";
import { Child } from "../helpers/child.ts";
import { Random } from "../helpers/random.ts";
import { freshName, leavesNothing } from "../helpers/shm.ts";
import { LOCK_EX } from "../../membridge/libc/constants.ts";
import {
  closeFile,
  openFile,
  tryLockByte,
  tryLockFile,
  unlinkFile,
} from "../../membridge/libc/files.ts";
import { ownThread } from "../../membridge/libc/process.ts";
import { SharedValue } from "../../membridge/mod.ts";
import { pathOfName } from "../../membridge/segment/names.ts";
import { Segment } from "../../membridge/segment/segment.ts";
import { forgetting, within } from "./fixtures/attack.ts";

const FFI = { permissions: { ffi: true } } as const;
const PROCESSES: Omit<Deno.TestDefinition, "name" | "fn"> = {
  permissions: { ffi: true, run: true, read: true, env: true },
};

const BIAS = 108 / 4;
const INSIDE = 112 / 8;
/** Where the numbers of handles begin. */
const CANDIDATE = 0x10000;
/** No thread has that number: the kernel's are lower. */
const gone = () => ownThread().signature | 0x3fffffn;

/** Some handles of one segment, each as good as another process: the kernel's locks belong to the open file. */
function withHandles(
  count: number,
  test: (handles: Segment[], path: string) => void,
): () => Promise<void> {
  return () =>
    leavesNothing(() => {
      const path = pathOfName(freshName("bias"));
      const made = Segment.create({ kind: "value", sizeBytes: 4096 });
      assert(made.publish(path));
      const open = () => Segment.open(path, { kind: "value", name: path, minimumBytes: 64 })!;
      const handles = [made, ...Array.from({ length: count - 1 }, open)];
      try {
        test(handles, path);
      } finally {
        for (const handle of handles) handle.close();
        unlinkFile(path);
      }
      return Promise.resolve();
    });
}

function hold({ lock }: Segment, times: number): void {
  for (let i = 0; i < times; i++) {
    assert(lock.tryAcquire());
    lock.release();
  }
}

/** Takes the lock until it is biased. Returns how often that was. */
function holdUntilBiased(segment: Segment): number {
  for (let times = 1; times < 1000; times++) {
    hold(segment, 1);
    if (segment.words[BIAS] < CANDIDATE) return times;
  }
  throw new Error("never biased");
}

Deno.test(
  "bias: who takes a lock again and again has it without the kernel's, and excludes all the same",
  FFI,
  withHandles(2, ([left, right], path) => {
    assertEquals(holdUntilBiased(left), 17);
    assertEquals([left.words[BIAS], left.words64[INSIDE]], [1, 0n]);
    assert(left.lock.tryAcquire());
    assertEquals(left.words64[INSIDE], ownThread().signature);
    const fd = openFile(path, 2);
    assert(tryLockFile(fd, LOCK_EX), "the kernel's lock is free");
    closeFile(fd);
    assert(!right.lock.tryAcquire() && !right.lock.rescue());
    assert(!right.lock.looksFree);
    left.lock.release();
    assert(right.lock.looksFree);
    assert(right.lock.tryAcquire());
    assert(!left.lock.tryAcquire(), "the bias is gone");
    assert(!left.lock.looksFree);
    right.lock.release();
    hold(left, 1);
    assert(left.words[BIAS] >= CANDIDATE);
  }),
);

Deno.test(
  "bias: it is taken away from who is outside at once, and each time it takes longer to come back",
  FFI,
  withHandles(2, ([left, right]) => {
    const streaks = [];
    for (let round = 0; round < 4; round++) {
      streaks.push(holdUntilBiased(left));
      hold(left, 100);
      hold(right, 1);
    }
    assertEquals(streaks, [17, 33, 65, 129]);
    // Nobody is biased towards who never is alone.
    for (let i = 0; i < 100; i++) {
      hold(left, 7);
      hold(right, 7);
      assert(left.words[BIAS] >= CANDIDATE);
    }
  }),
);

Deno.test(
  "bias: two handles can have a place, and a third when one of them is closed",
  FFI,
  withHandles(3, ([first, second, third]) => {
    holdUntilBiased(first);
    assertEquals(first.words[BIAS], 1);
    // The first one does not know that its bias is gone, and keeps its place.
    holdUntilBiased(second);
    assertEquals(first.words[BIAS], 2);
    hold(third, 100);
    assert(first.words[BIAS] >= CANDIDATE);
    first.close();
    hold(third, 70_000);
    assertEquals(second.words[BIAS], 1);
    hold(second, 1);
    hold(third, 1);
  }),
);

Deno.test(
  "bias: who died inside, or was a Worker that is gone, does not stay there",
  FFI,
  withHandles(2, ([left, right], path) => {
    // The kernel has freed the byte of a killed one.
    for (const bias of [1, 2, 0x101, 0x102]) {
      left.words[BIAS] = bias;
      left.words64[INSIDE + (bias & 3) - 1] = gone();
      assert(right.lock.tryAcquire(), `${bias}`);
      right.lock.release();
    }
    const zombie = openFile(path, 2);
    assert(tryLockByte(zombie, 1));
    left.words[BIAS] = 2;
    left.words64[INSIDE + 1] = gone();
    assert(!right.lock.tryAcquire() && !right.lock.looksFree);
    assert(right.lock.rescue());
    right.lock.release();
    // One that lives is left alone.
    left.words[BIAS] = 2;
    left.words64[INSIDE + 1] = ownThread().signature;
    assert(!right.lock.tryAcquire() && !right.lock.rescue());
    closeFile(zombie);
    assert(right.lock.tryAcquire());
    right.lock.release();
    // It takes a place that somebody died in.
    left.words64[INSIDE] = gone();
    assert(holdUntilBiased(left) > 0);
    assertEquals([left.words[BIAS], left.words64[INSIDE]], [1, 0n]);
    hold(right, 1);
  }),
);

Deno.test(
  "bias: whatever the words say, the lock comes to who waits",
  FFI,
  withHandles(2, ([left, right]) => {
    const random = new Random();
    console.log(`seed ${random.seed}`);
    const values = [0, 3, 0x100, 0x103, 0x1ff, 0x200, 0xffff, CANDIDATE, 0xffffffff];
    for (let round = 0; round < 2000; round++) {
      const segment = random.below(2) === 0 ? left : right;
      if (random.below(10) === 0) left.words[BIAS] = values[random.below(values.length)];
      if (random.below(10) === 0) left.words64[INSIDE + random.below(2)] = gone();
      assert(segment.lock.tryAcquire() || segment.lock.rescue(), `round ${round}`);
      segment.lock.release();
      hold(segment, random.below(40));
    }
  }),
);

Deno.test(
  "bias: bursts of updates by several processes lose none",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const random = new Random();
      console.log(`seed ${random.seed}`);
      const name = freshName("bursts");
      using value = SharedValue.open<number>(name, { create: true });
      value.set(0);
      const children = Array.from({ length: 3 }, () => new Child());
      const counts = await Promise.all(children.map((child) =>
        child.run(
          async ({ membridge }, name, seed) => {
            using value = membridge.SharedValue.open<number>(name);
            let count = 0;
            for (let burst = 0; burst < 60; burst++) {
              // Often enough in a row that the lock is biased mostly when the next one comes.
              const length = 1 + (seed = (seed * 48271) % 0x7fffffff) % 700;
              for (let i = 0; i < length; i++, count++) value.update((old) => old! + 1);
              if (seed % 3 > 0) await new Promise((resolve) => setTimeout(resolve, seed % 3));
            }
            return count;
          },
          name,
          1 + random.below(1e6),
        )
      ));
      assertEquals(value.get(), counts.reduce((sum, count) => sum + count));
      for (const child of children) await child.finish();
      SharedValue.remove(name);
    }),
);

Deno.test(
  "bias: a process that is killed inside gives the lock up at once",
  PROCESSES,
  async () => {
    const name = freshName("inside");
    using _left = forgetting(name);
    using value = SharedValue.open<number>(name, { create: true, timeoutMs: 3000 });
    value.set(0);
    for (let round = 0; round < 3; round++) {
      await using child = new Child();
      await child.run(({ membridge, state }, name) => {
        state.value = membridge.SharedValue.open(name);
        for (let i = 0; i < 40; i++) state.value.update((old: number) => old + 1);
      }, name);
      const segment = Segment.open(pathOfName(name), { kind: "value", name, minimumBytes: 64 })!;
      const place = segment.words[BIAS] - 1;
      assert(place === 0 || place === 1, "the lock is biased");
      child.run(({ state }) => {
        state.value.update(() => {
          for (;;);
        });
      }).catch(() => {});
      while (segment.words64[INSIDE + place] === 0n) {
        await new Promise((done) => setTimeout(done, 1));
      }
      segment.close();
      const before = value.version;
      child.kill();
      await child.ended();
      const start = performance.now();
      assertEquals(value.set(0), before + 1);
      // Without the look after 10 ms, which is for Workers.
      assert(performance.now() - start < 1000);
    }
  },
);

Deno.test("bias: a terminated Worker that was inside loses the lock", PROCESSES, async () => {
  const name = freshName("worker");
  using _left = forgetting(name);
  using value = SharedValue.open<number>(name, { create: true, timeoutMs: 5000 });
  value.set(1);
  const worker = new Worker(new URL("./ends/biased_worker.ts", import.meta.url), {
    type: "module",
  });
  const inside = new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = reject;
  });
  worker.postMessage(name);
  assertEquals(await within(30_000, inside, "the worker"), 1);
  worker.terminate();
  assertEquals(value.set(2), 2);
  assertEquals(value.get(), 2);
});
