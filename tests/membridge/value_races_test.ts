/** Values under many hands: watches that miss nothing, names that come and go, growth and counters at their limits. */
import { assert, assertEquals, assertThrows } from "../helpers/assert.ts";
import { Child, type ChildEnv } from "../helpers/child.ts";
import { freshName, leavesNothing } from "../helpers/shm.ts";
import { SegmentError, SharedValue, Topic } from "../../membridge/mod.ts";
import { withLock } from "../../membridge/segment/lock.ts";
import { pathOfName } from "../../membridge/segment/names.ts";
import { Segment } from "../../membridge/segment/segment.ts";
import { ValueSegment } from "../../membridge/value/value_segment.ts";
import { ValueWriter } from "../../membridge/value/value_writer.ts";
import { WatchTable } from "../../membridge/value/watch_table.ts";
import { encode } from "../../pybytes/mod.ts";
import { clear, forgetting, patch, peek, shmPath, until, within } from "./fixtures/attack.ts";

const FFI = { permissions: { ffi: true } } as const;
const PROCESSES = { permissions: { ffi: true, run: true, read: true } } as const;

Deno.test(
  "value races: with three writers in processes of their own, the last version reaches every watcher",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("last");
      using value = SharedValue.open<number[]>(name, { create: true });
      const writers = [new Child(), new Child(), new Child()];
      await using elsewhere = new Child();
      await elsewhere.run(({ membridge, state }, name) => {
        state.value = membridge.SharedValue.open(name);
        state.watch = state.value.watch();
      }, name);
      await using watch = value.watch();
      for (let round = 0; round < 12; round++) {
        const start = value.version;
        const each = 1 + 40 * round;
        // What the last one is, nobody knows before the end: each watcher reports what it saw last.
        const remote = elsewhere.run(async ({ state }, last) => {
          let seen;
          do seen = (await state.watch.next()).value; while (state.value.version < last);
          // Nothing is pending any more, or exactly the last.
          const current = state.value.get();
          while (`${seen}` !== `${current}`) seen = (await state.watch.next()).value;
          return seen;
        }, start + 3 * each);
        const done = Promise.all(writers.map((writer, who) =>
          writer.run(
            async ({ membridge }, name, who, each, pause) => {
              using value = membridge.SharedValue.open<number[]>(name);
              for (let n = 1; n <= each; n++) {
                value.set([who, n]);
                if (pause && n % 8 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
              }
            },
            name,
            who,
            each,
            round % 2 === 0,
          )
        ));
        let seen: number[] | undefined;
        while (value.version < start + 3 * each || `${seen}` !== `${value.get()}`) {
          const { value: next } = await within(5000, watch.next(), `the watch in round ${round}`);
          seen = next;
        }
        await done;
        assertEquals(value.version, start + 3 * each);
        assertEquals(await within(5000, remote, `the watcher elsewhere in round ${round}`), seen);
      }
      for (const writer of writers) await writer.finish();
      await elsewhere.run(({ state }) => state.value.close());
      await elsewhere.finish();
      SharedValue.remove(name);
    }),
);

/** Publishes as a process does that is killed before it wakes anybody. */
function publishSilently(kind: "value" | "topic", name: string, content: unknown): void {
  const segment = Segment.open(pathOfName(name), { kind, name, minimumBytes: 64 })!;
  const writer = new ValueWriter(new ValueSegment(segment, name));
  withLock(segment, name, 1000, () => writer.publish(encode(content)));
  segment.close();
}

Deno.test(
  "value races: what a writer published that died before waking anybody is found all the same",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("unwoken");
      using value = SharedValue.open<number>(name, { create: true });
      await using watcher = new Child();
      await watcher.run(({ membridge, state }, name) => {
        state.value = membridge.SharedValue.open(name);
        state.watch = state.value.watch();
      }, name);
      const next = watcher.run(async ({ state }) => (await state.watch.next()).value);
      // By then it is asleep; earlier it would find the version before it falls asleep, which proves nothing and fails nothing.
      await new Promise((resolve) => setTimeout(resolve, 100));
      publishSilently("value", name, 1);
      assertEquals(await within(4000, next, "the watch"), 1);
      await watcher.run(({ state }) => state.value.close());
      await watcher.finish();
      assertEquals(value.get(), 1);
      SharedValue.remove(name);
    }),
);

/** Makes a fresh segment, whose only version is the first one, believe that it is version `version`. */
function agedTo(name: string, version: number): void {
  const path = shmPath(name);
  const word = (value: number) => new Uint8Array(BigUint64Array.of(BigInt(value)).buffer);
  const entryCount = new DataView(peek(path, 128).buffer).getUint32(100, true);
  const first = peek(path, 4096).slice(128 + 16, 128 + 32);
  patch(path, 128 + 16 * (version % entryCount), first);
  patch(path, 64, word(version));
  patch(path, 72, word(version));
}

Deno.test("value races: versions count on across 2^32", PROCESSES, () =>
  leavesNothing(async () => {
    const name = freshName("aged");
    const start = 2 ** 32 - 8;
    SharedValue.open<number[]>(name, { create: true, history: 4 }).set([0]);
    agedTo(name, start);
    using value = SharedValue.open<number[]>(name);
    assertEquals([value.version, value.get()], [start, [0]]);
    await using child = new Child();
    await child.run(({ membridge, state }, name) => {
      state.value = membridge.SharedValue.open(name);
      state.watch = state.value.watch();
    }, name);
    for (let n = 1; n <= 40; n++) {
      const next = child.run(async ({ state }) => (await state.watch.next()).value);
      // Lengths that make the memory go round, and grow.
      const content = [n, ...new Array(n * n).fill(n)];
      assertEquals(value.set(content), start + n);
      assertEquals(await within(2000, next, "the watch"), content);
      const kept = value.history();
      assertEquals(
        kept.map((each) => each.version),
        Array.from({ length: Math.min(4, n + 1) }, (_, i) => start + n - Math.min(3, n) + i),
      );
      assertEquals(kept.at(-1)!.value, content);
    }
    assertEquals(await child.run(({ state }) => state.value.version), 2 ** 32 + 32);
    assertEquals(await child.run(({ state }) => state.value.update((old: number[]) => [old[0]])), [
      40,
    ]);
    assertEquals([value.version, value.get()], [2 ** 32 + 33, [40]]);
    await child.run(({ state }) => state.value.close());
    await child.finish();
    SharedValue.remove(name);
  }));

Deno.test("value races: a topic counts on across 2^32", FFI, () =>
  leavesNothing(async () => {
    const name = freshName("aged");
    const start = 2 ** 32 - 8;
    Topic.open<number>(name, { create: true }).publish(0);
    agedTo(name, start);
    using topic = Topic.open<number>(name);
    await using subscription = topic.subscribe();
    for (let n = 1; n <= 40; n++) assertEquals(topic.publish(n), start + n);
    for (let n = 1; n <= 40; n++) {
      const { value } = await within(2000, subscription.next(), "the message");
      assertEquals(value, { version: start + n, value: n, missed: 0 });
    }
    Topic.remove(name);
  }));

/** Numbers that all follow from the first one, in lengths from two to some hundred. */
const writeChecked = ({ membridge }: ChildEnv, name: string, start: number) => {
  using value = membridge.SharedValue.open<number[]>(name);
  let n = start;
  for (; value.get()!.length !== 1; n += 2) {
    for (let i = 0; i < 64; i++, n += 2) {
      const content = [n, n % 97];
      for (let j = 0; j < n % 97; j++) content.push(n + j);
      // The end is written by the reader: it must not be overwritten for long.
      value.update((old) => old!.length === 1 ? old! : content);
    }
  }
  return n;
};

Deno.test(
  "value races: a million checked reads while two processes write",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("million");
      using value = SharedValue.open<number[]>(name, { create: true });
      value.set([0, 0]);
      const writers = [new Child(), new Child()];
      const done = Promise.all(writers.map((child, i) => child.run(writeChecked, name, 1 + i)));
      assert(await until(() => value.version > 100, 5000), "the writers began");
      let reads = 0, changes = 0, before = -1;
      while (reads < 1_050_000) {
        for (let i = 0; i < 10_000; i++, reads++) {
          const content = value.get()!;
          const n = content[0];
          let whole = content[1] === n % 97 && content.length === 2 + content[1];
          for (let j = 2; whole && j < content.length; j++) whole = content[j] === n + j - 2;
          if (!whole) throw new Error(`torn after ${reads} reads: ${content}`);
          if (n !== before) changes++;
          before = n;
        }
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      value.set([0]);
      await within(10_000, done, "the writers");
      assert(changes > 1000, `${changes} changes in ${reads} reads`);
      for (const child of writers) await child.finish();
      SharedValue.remove(name);
    }),
);

/** Bytes whose first eight say how many and which. */
const readGrowing = async ({ membridge }: ChildEnv, name: string, lastBytes: number) => {
  using value = membridge.SharedValue.open<Uint8Array>(name);
  let reads = 0, size = 0;
  for await (const bytes of value.watch({ initial: true })) {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    size = view.getUint32(0, true);
    if (size !== bytes.length) throw new Error(`${size} bytes said, ${bytes.length} found`);
    const fill = bytes[4];
    // Every page, and the end.
    for (let at = 8; at < size; at += 4096) {
      if (bytes[at] !== fill) throw new Error(`byte ${at} of ${size} is ${bytes[at]}, not ${fill}`);
    }
    if (bytes[size - 1] !== fill) throw new Error(`the last of ${size} bytes`);
    reads++;
    if (size === lastBytes) break;
  }
  return reads;
};

Deno.test(
  "value races: eight processes read while the value grows from 1 KiB to 256 MiB",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("growing");
      using value = SharedValue.open<Uint8Array>(name, { create: true });
      const content = (sizeBytes: number, fill: number) => {
        const bytes = new Uint8Array(sizeBytes).fill(fill);
        new DataView(bytes.buffer).setUint32(0, sizeBytes, true);
        return bytes;
      };
      value.set(content(1024, 1));
      const readers = Array.from({ length: 8 }, () => new Child());
      const last = 256 << 20;
      const done = Promise.all(readers.map((child) => child.run(readGrowing, name, last)));
      let fill = 2;
      for (let sizeBytes = 1024; sizeBytes <= last; sizeBytes *= 4) {
        // Small ones often, so that the readers are overtaken as well.
        for (let i = 0; i < (sizeBytes < 1 << 20 ? 200 : 1); i++) {
          value.set(content(sizeBytes, fill++ % 256));
        }
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      for (const reads of await within(60_000, done, "the readers")) assert(reads > 0);
      for (const child of readers) await child.finish();
      SharedValue.remove(name);
    }),
);

Deno.test(
  "value races: a name that is made and removed all the time is one value or another, and leaves nothing",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("fleeting");
      const children = Array.from({ length: 4 }, () => new Child());
      const outcomes = await Promise.all(children.map((child, i) =>
        child.run(
          ({ membridge }, name, removes) => {
            const counts: Record<string, number> = {};
            const count = (what: string) => counts[what] = (counts[what] ?? 0) + 1;
            for (let n = 0; n < 300; n++) {
              try {
                if (removes && n % 3 === 0) count(`removed ${membridge.SharedValue.remove(name)}`);
                using value = membridge.SharedValue.open<number>(name, { create: true });
                const before = value.update((old) => (old ?? 0) + 1);
                if (!(value.get()! >= before)) count("went back");
                count("updated");
              } catch (error) {
                const { name, code } = error as { name: string; code?: string };
                count(`${name} ${code}`);
              }
            }
            return counts;
          },
          name,
          i < 2,
        )
      ));
      const total: Record<string, number> = {};
      for (const outcome of outcomes) {
        for (const [what, count] of Object.entries(outcome)) {
          total[what] = (total[what] ?? 0) + count;
        }
      }
      // An update between another's removal and the next opening says that the value was removed: that, and nothing else, can happen.
      const { updated, "removed true": removed, ...rest } = total;
      assert(updated > 600 && removed > 50, JSON.stringify(total));
      delete rest["removed false"];
      delete rest["SegmentError removed"];
      assertEquals(rest, {});
      for (const child of children) await child.finish();
      SharedValue.remove(name);
    }),
);

Deno.test(
  "value races: a name unlinked from outside leaves its handles among themselves",
  FFI,
  () =>
    leavesNothing(() => {
      const name = freshName("unlinked");
      using one = SharedValue.open<string>(name, { create: true });
      using other = SharedValue.open<string>(name);
      one.set("before");
      clear(shmPath(name));
      assertEquals(one.set("after"), 2);
      assertEquals(other.get(), "after");
      assertEquals(assertThrows(() => SharedValue.open(name), SegmentError).code, "not_found");
      assertEquals(SharedValue.remove(name), false);
      using fresh = SharedValue.open<string>(name, { create: true });
      assertEquals(fresh.get(), undefined);
      fresh.set("fresh");
      // Memory grows without a name as well.
      other.set("x".repeat(100_000));
      assertEquals([one.version, one.get()!.length, fresh.get()], [3, 100_000, "fresh"]);
      assertEquals(SharedValue.remove(name), true);
      assertEquals(one.set("still"), 4);
    }),
);

Deno.test("value races: a watch of an unlinked value goes on", FFI, async () => {
  const name = freshName("unlinked");
  using _left = forgetting(name);
  using value = SharedValue.open<number>(name, { create: true });
  await using watch = value.watch();
  const segment = Segment.open(pathOfName(name), { kind: "value", name, minimumBytes: 64 })!;
  try {
    clear(shmPath(name));
    const next = watch.next();
    value.set(1);
    assertEquals((await within(2000, next, "the watch")).value, 1);
  } finally {
    // Nobody finds the table by the name any more.
    WatchTable.remove(segment.id);
    segment.close();
  }
});
