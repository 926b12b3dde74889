/** The last versions of a value stay readable: in order, whole, while the memory grows, and wherever a writer dies. */
import { assert, assertEquals, assertThrows } from "../helpers/assert.ts";
import { Child, type ChildEnv } from "../helpers/child.ts";
import { Random } from "../helpers/random.ts";
import { freshName, leavesNothing } from "../helpers/shm.ts";
import { SegmentError, SharedValue } from "../../membridge/mod.ts";
import { forgetting, lengthOf, patch, shmPath, until } from "./fixtures/attack.ts";

const FFI = { permissions: { ffi: true } } as const;
const PROCESSES = { permissions: { ffi: true, run: true, read: true } } as const;

/** Bytes that cross as they are, so that a test chooses the length in memory to the byte. */
const RAW = {
  name: "raw",
  encode: (value: Uint8Array) => value,
  decode: (bytes: Uint8Array) => bytes,
};

/** Bytes that say which version they are, in each of them. */
function stamped(version: number, sizeBytes: number): Uint8Array {
  return new Uint8Array(sizeBytes).fill(version % 251);
}

Deno.test(
  "history: the last ones, the oldest first, for whoever comes late",
  FFI,
  () =>
    leavesNothing(() => {
      const name = freshName("history");
      using value = SharedValue.open<string>(name, { create: true, history: 3 });
      assertEquals(value.historyLimit, 3);
      assertEquals(value.history(), []);
      value.set("a");
      assertEquals(value.history(), [{ version: 1, value: "a" }]);
      for (const each of "bcde") value.set(each);
      using late = SharedValue.open<string>(name, { create: true, history: 50 });
      assertEquals(late.historyLimit, 3, "who made it decided");
      const last = [{ version: 3, value: "c" }, { version: 4, value: "d" }, {
        version: 5,
        value: "e",
      }];
      assertEquals(late.history(), last);
      assertEquals(late.history({ count: 9 }), last);
      assertEquals(late.history({ count: 2 }), last.slice(1));
      assertEquals(late.history({ count: 0 }), []);
      assertEquals(late.update((old) => old + "!"), "e!");
      assertEquals(value.history().map((each) => each.value), ["d", "e", "e!"]);
      SharedValue.remove(name);
      assertEquals(value.history().length, 3, "also of a removed value");
    }),
);

Deno.test("history: without it there is the current version", FFI, () =>
  leavesNothing(() => {
    const name = freshName("history");
    using value = SharedValue.open<number>(name, { create: true });
    assertEquals(value.historyLimit, 1);
    value.set(1);
    value.set(2);
    assertEquals(value.history(), [{ version: 2, value: 2 }]);
    SharedValue.remove(name);
  }));

Deno.test("history: a length that is none is a RangeError", FFI, () => {
  const name = freshName("history");
  using _left = forgetting(name);
  for (const history of [0, -1, 1.5, NaN, 65_537, "3" as unknown as number]) {
    assertThrows(
      () => SharedValue.open(name, { create: true, history }),
      RangeError,
      String(history),
    );
  }
  using value = SharedValue.open(name, { create: true, history: 65_536 });
  assertEquals(value.historyLimit, 65_536);
  for (const count of [-1, 0.5, NaN, "3" as unknown as number]) {
    assertThrows(() => value.history({ count }), RangeError, String(count));
  }
  assertThrows(() => value.history({ cuont: 1 } as unknown as { count: number }), TypeError);
});

Deno.test(
  "history: every length in every order keeps the last ones, and they follow",
  FFI,
  () =>
    leavesNothing(() => {
      const random = new Random();
      console.log(`seed ${random.seed}`);
      for (const history of [1, 2, 3, 8, 64, 300]) {
        const name = freshName("sizes");
        using value = SharedValue.open<Uint8Array>(name, { create: true, history, codec: RAW });
        using reader = SharedValue.open<Uint8Array>(name, { codec: RAW });
        const all: { version: number; value: Uint8Array }[] = [];
        let top = 40, most = 0;
        for (let version = 1; version <= 1200; version++) {
          if (version % 200 === 0) top *= 4;
          const bytes = stamped(
            version,
            random.below(4) === 0 ? random.below(8) : random.below(top),
          );
          value.set(bytes);
          all.push({ version, value: bytes });
          if (all.length > history) all.shift();
          most = Math.max(most, all.reduce((sum, each) => sum + each.value.length, 0));
          assertEquals(reader.get(), bytes);
          if (version % 7 === 0 || version < 20) assertEquals(reader.history(), all);
        }
        assertEquals(reader.history(), all);
        assert(
          lengthOf(shmPath(name)) < 20 * most + 65_536,
          `${lengthOf(shmPath(name))} for ${most}`,
        );
        SharedValue.remove(name);
      }
    }),
);

/** Runs `body`, which ends with an error in place of its store or copy number `n`, if there are so many; returns whether there were. */
function dyingAt(n: number, body: () => void): boolean {
  const { store } = Atomics;
  const arrays = Object.getPrototypeOf(Uint8Array.prototype);
  const { set } = arrays;
  let left = n;
  const count = () => {
    if (left-- === 0) throw new Error("dies here");
  };
  Atomics.store = ((words: Uint32Array, index: number, value: number) => {
    count();
    return store(words, index, value);
  }) as typeof store;
  arrays.set = function (this: Uint8Array, source: Uint8Array, offset: number) {
    count();
    return set.call(this, source, offset);
  };
  try {
    body();
    return left < 0;
  } catch (error) {
    assertEquals((error as Error).message, "dies here");
    return true;
  } finally {
    Atomics.store = store;
    arrays.set = set;
  }
}

/** Has a writer end at each of its stores while it sets `dyingBytes` after some of `usualBytes`; returns how many stores there were. */
function dieEverywhere(history: number, usualBytes: number, dyingBytes: number): number {
  for (let n = 0;; n++) {
    const name = freshName("dies");
    const writer = SharedValue.open<Uint8Array>(name, { create: true, history, codec: RAW });
    using other = SharedValue.open<Uint8Array>(name, { codec: RAW });
    const all = new Map<number, Uint8Array>();
    const set = (handle: SharedValue<Uint8Array>, sizeBytes: number) => {
      const bytes = stamped(handle.version + 1, sizeBytes);
      all.set(handle.version + 1, bytes);
      handle.set(bytes);
    };
    const expected = () => {
      const { version } = other;
      return Array.from({ length: history }, (_, i) => {
        const each = version - history + 1 + i;
        return { version: each, value: all.get(each)! };
      });
    };
    for (let i = 0; i < history + 5; i++) set(writer, usualBytes);
    const before = writer.version;
    const lengthBefore = lengthOf(shmPath(name));
    const reached = dyingAt(n, () => set(writer, dyingBytes));
    assert(other.version === before || other.version === before + 1);
    assertEquals(other.history(), expected(), `dead at store ${n}`);
    if (!reached) {
      assertEquals(lengthOf(shmPath(name)) > lengthBefore, dyingBytes > usualBytes, "it grew");
      writer.close();
      SharedValue.remove(name);
      return n;
    }
    // Like a death, this gives the lock up whatever else is left undone.
    writer.close();
    using heir = SharedValue.open<Uint8Array>(name, { codec: RAW });
    // Round the region that the dead one may have made, in few steps and in many, and then further ones.
    const sizes = new Array(Math.ceil(80_000 / usualBytes)).fill(usualBytes);
    for (
      const sizeBytes of [
        2 * dyingBytes,
        dyingBytes - 100,
        10,
        ...sizes,
        5000,
        100_000,
        0,
        1,
        400_000,
        7,
      ]
    ) {
      set(other, sizeBytes);
      assertEquals(heir.history(), expected(), `dead at store ${n}, then ${sizeBytes} bytes`);
    }
    SharedValue.remove(name);
  }
}

Deno.test(
  "history: a writer that ends at any store leaves all that was kept",
  FFI,
  () =>
    leavesNothing(() => {
      for (const history of [1, 2, 5]) {
        // As long as they can be for the first region to hold all that are kept and one more.
        const regionBytes = 4096 - 128 - 16 * (history + 7);
        const usualBytes = 8 * Math.floor(regionBytes / (history + 1) / 8);
        const inPlace = dieEverywhere(history, usualBytes, usualBytes);
        const growing = dieEverywhere(history, usualBytes, 20_000);
        // The lock's two, `oldest`, the bytes, `version`; growing also `oldest` again, and two for each version that moves.
        assertEquals([inPlace, growing], [5, 6 + 2 * (history - 1)]);
      }
    }),
);

/** What the children write: numbers, each entry with the same one throughout. */
interface Stamped {
  n: number;
  body: number[];
}

function assertWhole(entries: readonly { version: number; value: Stamped }[]): void {
  entries.forEach(({ version, value }, i) => {
    assert(value.body.every((each) => each === value.n), `version ${version} is torn`);
    assert(i === 0 || version > entries[i - 1].version, "in order");
  });
}

const write = ({ membridge }: ChildEnv, name: string, top: number) => {
  using value = membridge.SharedValue.open<Stamped>(name);
  for (let n = 1;; n++) {
    value.set({ n, body: new Array((n * 7919) % (top + n)).fill(n) });
  }
};

Deno.test(
  "history processes: whole and in order while two others write and the memory grows",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("grows");
      using value = SharedValue.open<Stamped>(name, { create: true, history: 16 });
      value.set({ n: 0, body: [] });
      await using first = new Child();
      await using second = new Child();
      for (const child of [first, second]) child.run(write, name, 400);
      assert(await until(() => value.version > 20, 5000));
      const seen = new Set<number>();
      const end = performance.now() + 400;
      while (performance.now() < end) {
        for (let i = 0; i < 20; i++) {
          const entries = value.history();
          assert(entries.length > 0);
          assertWhole(entries);
          for (const { version } of entries) seen.add(version);
        }
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      assert(seen.size > 100, `${seen.size} versions seen`);
      assert(lengthOf(shmPath(name)) > 100_000, "it grew");
      for (const child of [first, second]) {
        child.kill();
        await child.ended();
      }
      // Nobody writes any more: all that are kept are there.
      assertEquals(value.history().length, 16);
      assertWhole(value.history());
      SharedValue.remove(name);
    }),
);

Deno.test(
  "history processes: all that is kept survives writers that are killed while it grows",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      for (let round = 0; round < 8; round++) {
        const name = freshName("killed");
        using value = SharedValue.open<Stamped>(name, { create: true, history: 8 });
        for (let n = 0; n < 8; n++) value.set({ n, body: [] });
        await using child = new Child();
        child.run(write, name, 300);
        assert(await until(() => value.version > 8 + 10 * round, 5000));
        child.kill();
        await child.ended();
        const entries = value.history();
        assertEquals(entries.length, 8);
        assertWhole(entries);
        value.set({ n: 1, body: new Array(30_000).fill(1) });
        assertEquals(value.history().slice(0, 7), entries.slice(1));
        SharedValue.remove(name);
      }
    }),
);

Deno.test("history: more kept than there are entries is a corrupt segment", FFI, () => {
  const name = freshName("forged");
  using _left = forgetting(name);
  SharedValue.open(name, { create: true, history: 2 }).close();
  for (const history of [0, 9, 0xffff_ffff]) {
    patch(shmPath(name), 104, new Uint8Array(Uint32Array.of(history).buffer));
    assertEquals(assertThrows(() => SharedValue.open(name), SegmentError).code, "corrupt");
  }
});
