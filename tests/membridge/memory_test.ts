/** Raw shared memory: views, their checks, their end, and what other processes see. */
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertThrows,
} from "../helpers/assert.ts";
import { Child } from "../helpers/child.ts";
import { freshName, leavesNothing } from "../helpers/shm.ts";
import {
  ClosedError,
  Mutex,
  SegmentError,
  type SharedArrayClass,
  SharedMemory,
  SharedValue,
  SystemError,
} from "../../membridge/mod.ts";
import { forge, forgetting, lengthOf, patch, shmPath } from "./fixtures/attack.ts";

const FFI: Omit<Deno.TestDefinition, "name" | "fn"> = { permissions: { ffi: true } };
const PROCESSES: Omit<Deno.TestDefinition, "name" | "fn"> = {
  permissions: { ffi: true, run: true, read: true },
};

const CLASSES: readonly SharedArrayClass[] = [
  Uint8Array,
  Int8Array,
  Uint8ClampedArray,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
  BigUint64Array,
  BigInt64Array,
];

Deno.test(
  "memory: made zero, shared by its handles, at the length asked for",
  FFI,
  () =>
    leavesNothing(() => {
      const name = freshName("raw");
      for (const sizeBytes of [1, 8, 4095, 4096, 4097, 1 << 20]) {
        using a = SharedMemory.open(name, { create: true, sizeBytes });
        using b = SharedMemory.open(name);
        using c = SharedMemory.open(name, { create: true, sizeBytes });
        assertEquals([a.sizeBytes, b.sizeBytes, c.bytes.length], [sizeBytes, sizeBytes, sizeBytes]);
        assertStrictEquals(a.bytes, a.bytes);
        // The header is none of the user's.
        assertEquals(a.bytes.buffer.byteLength, sizeBytes);
        assert(a.bytes.every((byte) => byte === 0));
        a.bytes[sizeBytes - 1] = 7;
        assertEquals([b.bytes[sizeBytes - 1], c.view(Uint8Array)[sizeBytes - 1]], [7, 7]);
        const other = { sizeBytes: sizeBytes + 1, create: true };
        const error = assertThrows(() => SharedMemory.open(name, other), SegmentError);
        assertEquals(error.code, "incompatible");
        assertEquals(SharedMemory.remove(name), true);
        assertEquals(SharedMemory.remove(name), false);
        // Who has it open keeps it.
        a.bytes[0] = 1;
        assertEquals(b.bytes[0], 1);
      }
    }),
);

Deno.test(
  "memory: every kind of view, its alignment and its bounds",
  FFI,
  () =>
    leavesNothing(() => {
      const name = freshName("views");
      using memory = SharedMemory.open(name, { create: true, sizeBytes: 100 });
      assertEquals(CLASSES.length, 11);
      for (const type of CLASSES) {
        const unit = type.BYTES_PER_ELEMENT;
        const view = memory.view(type, { offsetBytes: 8, length: 2 });
        assertInstanceOf(view, type as unknown as new () => unknown);
        assertEquals([view.length, view.byteOffset], [2, 8]);
        view.fill((unit === 8 && type.name.startsWith("Big") ? 3n : 3) as never);
        assertEquals(memory.bytes[8] + memory.bytes[8 + unit - 1] > 0, true);
        assertEquals(memory.view(type).length, Math.floor(100 / unit));
        assertEquals(memory.view(type, { offsetBytes: 96 }).length, Math.floor(4 / unit));
        const wrong = [
          { offsetBytes: -unit },
          { offsetBytes: 104 },
          { offsetBytes: 0.5 },
          { length: Math.floor(100 / unit) + 1 },
          { length: -1 },
          { length: Number.NaN },
          { offsetBytes: 8, length: Math.floor(92 / unit) + 1 },
        ];
        if (unit > 1) wrong.push({ offsetBytes: unit / 2 });
        for (const options of wrong) {
          assertThrows(() => memory.view(type, options), RangeError, type.name);
        }
      }
      for (const type of [DataView, Array, undefined, class extends Uint8Array {}]) {
        assertThrows(() => memory.view(type as unknown as SharedArrayClass), TypeError);
      }
      SharedMemory.remove(name);
    }),
);

Deno.test(
  "memory: after close every view is empty, and every use an error",
  FFI,
  () =>
    leavesNothing(() => {
      const name = freshName("closed");
      const memory = SharedMemory.open(name, { create: true, sizeBytes: 4096 });
      const views = [memory.bytes, memory.view(Float64Array), new DataView(memory.bytes.buffer)];
      memory.close();
      memory.close();
      assertEquals([views[0].byteLength, (views[1] as Float64Array).length], [0, 0]);
      assertThrows(() => (views[2] as DataView).getUint8(0), TypeError);
      assertThrows(() => memory.bytes, ClosedError, name);
      assertThrows(() => memory.view(Uint8Array), ClosedError);
      SharedMemory.remove(name);
    }),
);

Deno.test(
  "memory: a buffer that the user moved away becomes private at close",
  FFI,
  () =>
    leavesNothing(() => {
      const name = freshName("moved");
      using other = SharedMemory.open(name, { create: true, sizeBytes: 8192 });
      const memory = SharedMemory.open(name);
      const moved = new Uint8Array(structuredClone(memory.bytes.buffer, {
        transfer: [memory.bytes.buffer],
      }));
      assertEquals(memory.bytes.length, 0);
      assertThrows(() => memory.view(Uint8Array), TypeError);
      moved[8191] = 5;
      assertEquals(other.bytes[8191], 5);
      memory.close();
      assertEquals(moved.length, 8192);
      moved.fill(9);
      assertEquals(other.bytes[8191], 5);
      SharedMemory.remove(name);
    }),
);

Deno.test(
  "memory: what is misused or something else is a typed error",
  FFI,
  () =>
    leavesNothing(() => {
      const name = freshName("wrong");
      const code = (open: () => unknown) => assertThrows(open, SegmentError).code;
      assertEquals(code(() => SharedMemory.open(name)), "not_found");
      assertThrows(() => SharedMemory.open(name, { create: true }), TypeError, "sizeBytes");
      for (const sizeBytes of [0, -1, 1.5, Number.NaN, 2 ** 60, "8" as never]) {
        assertThrows(() => SharedMemory.open(name, { create: true, sizeBytes }), RangeError);
      }
      // @ts-expect-error -- unknown
      assertThrows(() => SharedMemory.open(name, { bytes: 1 }), TypeError, "bytes");
      const full = { create: true, sizeBytes: 2 ** 50 };
      const error = assertThrows(() => SharedMemory.open(name, full), SystemError);
      assert(["ENOSPC", "EFBIG"].includes(error.code), error.code);
      assertEquals(code(() => SharedMemory.open(name)), "not_found");
      SharedValue.open(name, { create: true }).close();
      assertEquals(code(() => SharedMemory.open(name)), "wrong_kind");
      assertEquals(code(() => SharedMemory.remove(name)), "wrong_kind");
      SharedValue.remove(name);
    }),
);

Deno.test("memory: a length that the file does not have is corrupt", FFI, () => {
  const name = freshName("corrupt");
  using _left = forgetting(name);
  SharedMemory.open(name, { create: true, sizeBytes: 100 }).close();
  const fileBytes = lengthOf(shmPath(name));
  for (const size of [0n, 101n + BigInt(fileBytes), 1n << 52n, 1n << 63n, ~0n]) {
    patch(shmPath(name), 64, new Uint8Array(BigUint64Array.of(size).buffer));
    assertEquals(assertThrows(() => SharedMemory.open(name), SegmentError).code, "corrupt");
  }
  patch(shmPath(name), 64, new Uint8Array(BigUint64Array.of(100n).buffer));
  // The words are read when it is opened, and never again.
  using memory = SharedMemory.open(name);
  patch(shmPath(name), 0, forge({ kind: "memory", sizeBytes: 128 }).fill(0xff, 64));
  memory.bytes.fill(1);
  assertEquals(memory.view(Uint8Array, { offsetBytes: 99 }).length, 1);
});

Deno.test(
  "memory: processes count in it, with Atomics and under a mutex",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const [name, lock] = [freshName("count"), freshName("lock")];
      using memory = SharedMemory.open(name, { create: true, sizeBytes: 64 });
      using _mutex = Mutex.open(lock, { create: true });
      const children = Array.from({ length: 4 }, () => new Child());
      await Promise.all(children.map((child) =>
        child.run(
          async ({ membridge }, name, lock) => {
            using memory = membridge.SharedMemory.open(name);
            using mutex = membridge.Mutex.open(lock);
            const [plain, atomic] = [memory.view(Float64Array), memory.view(BigInt64Array)];
            for (let i = 0; i < 2000; i++) {
              Atomics.add(atomic, 1, 1n);
              using _guard = i % 2 === 0 ? mutex.lockSync() : await mutex.lock();
              plain[0] = plain[0] + 1;
            }
          },
          name,
          lock,
        )
      ));
      assertEquals(memory.view(Float64Array)[0], 8000);
      assertEquals(memory.view(BigInt64Array)[1], 8000n);
      for (const child of children) await child.finish();
      SharedMemory.remove(name);
      Mutex.remove(lock);
    }),
);

Deno.test(
  "memory: use after close is an error in a child too, never a crash",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("after");
      SharedMemory.open(name, { create: true, sizeBytes: 1 << 20 }).close();
      await using child = new Child();
      const ends = await child.run(async ({ membridge }, name) => {
        const ends: unknown[] = [];
        for (let i = 0; i < 50; i++) {
          const memory = membridge.SharedMemory.open(name);
          const view = memory.view(Float64Array);
          const data = new DataView(memory.bytes.buffer);
          const sum = () => {
            let sum = 0;
            for (let i = 0; i < 20_000; i++) sum += view[i];
            return sum;
          };
          sum();
          memory.close();
          let thrown = "";
          try {
            data.setFloat64(8, 1);
          } catch (error) {
            thrown = (error as Error).name;
          }
          view[0] = 1;
          ends[i] = [view.length, view[0] ?? null, Number.isNaN(sum()), thrown];
          if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
        }
        return ends;
      }, name);
      assertEquals(ends, new Array(50).fill([0, null, true, "TypeError"]));
      assertEquals((await child.finish()).code, 0);
      SharedMemory.remove(name);
    }),
);
