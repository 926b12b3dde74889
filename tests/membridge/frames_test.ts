/** Frames within one process: loans, borrows, their ends, and what misuse gives. */
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "../helpers/assert.ts";
import { listDirectory } from "../../membridge/libc/directory.ts";
import { freshName, leavesNothing } from "../helpers/shm.ts";
import {
  BusyError,
  ClosedError,
  type Frame,
  SegmentError,
  type SharedArrayClass,
  SharedFrames,
  SharedMemory,
  SystemError,
} from "../../membridge/mod.ts";
import { MAX_FRAME_WATCHES, MAX_READERS, MAX_SLOTS } from "../../membridge/memory/frames_layout.ts";
import { openDescriptors, within } from "./fixtures/attack.ts";

const FFI: Omit<Deno.TestDefinition, "name" | "fn"> = { permissions: { ffi: true } };

/** How many files this process has mapped, or parts of them. Deno's own file API does not read it without `--allow-all`. */
function mappedFiles(): number {
  return listDirectory("/proc/self/map_files").length;
}

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
  "frames: what is published is read in place, with its type and length",
  FFI,
  () =>
    leavesNothing(() => {
      const name = freshName("types");
      using writer = SharedFrames.open(name, { create: true, slotBytes: 100 });
      using reader = SharedFrames.open(name);
      assertEquals([reader.slots, reader.slotBytes, reader.version], [3, 100, 0]);
      assertEquals(reader.borrow(), undefined);
      assert(CLASSES.length > 10);
      let version = 0;
      for (const type of CLASSES) {
        const most = Math.floor(100 / type.BYTES_PER_ELEMENT);
        for (const length of [0, 1, most, undefined]) {
          using loan = writer.loan(type, length);
          assertEquals(loan.view.length, length ?? most);
          loan.view.fill((type.name.startsWith("Big") ? BigInt(version) : version) as never);
          assertEquals(reader.version, version, "nobody sees a loan");
          assertEquals(loan.publish(), ++version);
          for (const handle of [reader, writer]) {
            using frame = handle.borrow(type)!;
            const other: SharedArrayClass = type === Uint8Array ? Int8Array : Uint8Array;
            assertThrows(() => handle.borrow(other), TypeError, `a ${type.name}`);
            assertEquals(frame.version, version);
            assertInstanceOf(frame.view, type as unknown as new () => unknown);
            assertEquals(frame.view.length, length ?? most);
            for (const element of frame.view) assertEquals(Number(element), version - 1);
          }
        }
        assertThrows(() => writer.loan(type, most + 1), RangeError, type.name);
      }
      assertEquals(reader.version, version);
      SharedFrames.remove(name);
    }),
);

Deno.test(
  "frames: a view ends when it is published, discarded or released",
  FFI,
  () =>
    leavesNothing(() => {
      const name = freshName("ends");
      using frames = SharedFrames.open(name, { create: true, slotBytes: 4096 });
      const loan = frames.loan(Float64Array);
      const { view } = loan;
      view[3] = 5;
      loan.publish();
      assertEquals([view.length, view.buffer.byteLength, view[3]], [0, 0, undefined]);
      assertThrows(() => loan.publish(), TypeError);
      loan.discard();
      const discarded = frames.loan(Uint8Array);
      discarded.discard();
      discarded.discard();
      assertEquals(discarded.view.length, 0);
      assertThrows(() => discarded.publish(), TypeError);
      {
        using _disposed = frames.loan(Uint8Array);
      }
      assertEquals(frames.version, 1);
      const [a, b] = [frames.borrow()!, frames.borrow()!];
      assertEquals([a.view[3], b.view[3]], [5, 5]);
      a.release();
      a.release();
      // Each has an end of its own, and the slot is kept until the last one.
      assertEquals([a.view.length, b.view.length], [0, 512]);
      for (let i = 0; i < 10; i++) {
        using next = frames.loan(Float64Array);
        next.view.fill(i);
        next.publish();
        assertEquals(b.view[3], 5);
      }
      b.release();
      assertEquals(b.view.length, 0);
      SharedFrames.remove(name);
    }),
);

Deno.test(
  "frames: every slot current, lent or read is a BusyError, until one comes back",
  FFI,
  () =>
    leavesNothing(() => {
      const name = freshName("busy");
      for (const slots of [2, 3, MAX_SLOTS]) {
        using frames = SharedFrames.open(name, { create: true, slots, slotBytes: 8 });
        using reader = SharedFrames.open(name);
        const kept: Frame[] = [];
        // All but one are kept by a reader, each with another version.
        for (let i = 1; i < slots; i++) {
          const loan = frames.loan(Uint32Array);
          loan.view[0] = i;
          loan.publish();
          kept.push(reader.borrow()!);
        }
        const last = frames.loan(Uint32Array, 1);
        assertThrows(() => frames.loan(Uint8Array), BusyError, name);
        last.view[0] = slots;
        last.publish();
        assertThrows(() => frames.loan(Uint8Array), BusyError);
        assertEquals(kept.map((frame) => frame.view[0]), kept.map((_, i) => i + 1));
        kept.pop()!.release();
        const loans = [frames.loan(Uint8Array)];
        assertThrows(() => frames.loan(Uint8Array), BusyError);
        loans.pop()!.discard();
        frames.loan(Uint8Array).publish();
        reader.close();
        assertEquals(kept.map((frame) => frame.view.length), kept.map(() => 0));
        // What the closed handle had came back.
        for (let i = 1; i < slots; i++) loans.push(frames.loan(Uint8Array));
        assertThrows(() => frames.loan(Uint8Array), BusyError);
        frames.close();
        using again = SharedFrames.open(name);
        for (let i = 1; i < slots; i++) again.loan(Uint8Array);
        SharedFrames.remove(name);
      }
    }),
);

Deno.test("frames: closing ends everything, and is final", FFI, () =>
  leavesNothing(() => {
    const name = freshName("closed");
    const frames = SharedFrames.open(name, { create: true, slotBytes: 64 });
    frames.loan(Uint8Array).publish();
    const [loan, frame] = [frames.loan(Uint8Array), frames.borrow()!];
    frames.close();
    frames.close();
    assertEquals([loan.view.length, frame.view.length], [0, 0]);
    loan.discard();
    frame.release();
    assertThrows(() => frames.loan(Uint8Array), ClosedError, name);
    assertThrows(() => frames.borrow(), ClosedError);
    assertThrows(() => frames.version, ClosedError);
    assertThrows(() => frames.watch(), ClosedError);
    using other = SharedFrames.open(name);
    const late = other.loan(Uint8Array);
    other.close();
    assertThrows(() => late.publish(), ClosedError);
    assertEquals(SharedFrames.remove(name), true);
    assertEquals(SharedFrames.remove(name), false);
  }));

Deno.test(
  "frames: a buffer that the user moved away becomes private",
  FFI,
  () =>
    leavesNothing(() => {
      const name = freshName("moved");
      using writer = SharedFrames.open(name, { create: true, slotBytes: 8192, slots: 2 });
      using reader = SharedFrames.open(name);
      const move = (view: { buffer: ArrayBuffer }) =>
        new Uint8Array(structuredClone(view.buffer, { transfer: [view.buffer] }));
      const loan = writer.loan(Uint8Array);
      const written = move(loan.view);
      written.fill(1);
      loan.publish();
      const frame = reader.borrow()!;
      assertEquals([frame.view.length, frame.view[8191]], [8192, 1]);
      // What was moved away is no way into a published frame.
      written.fill(9);
      assertEquals(frame.view[8191], 1);
      const read = move(frame.view);
      frame.release();
      for (let i = 2; i < 5; i++) {
        using next = writer.loan(Uint8Array);
        next.view.fill(i);
        next.publish();
        using now = reader.borrow()!;
        assertEquals(now.view[0], i);
      }
      assertEquals(read.length, 8192);
      read.fill(7);
      SharedFrames.remove(name);
    }),
);

Deno.test("frames: removed, the last one can still be read", FFI, () =>
  leavesNothing(() => {
    const name = freshName("removed");
    using frames = SharedFrames.open(name, { create: true, slotBytes: 8 });
    frames.loan(Uint8Array, 3).publish();
    const loan = frames.loan(Uint8Array);
    SharedFrames.remove(name);
    assertEquals(assertThrows(() => loan.publish(), SegmentError).code, "removed");
    assertEquals(assertThrows(() => frames.loan(Uint8Array), SegmentError).code, "removed");
    using frame = frames.borrow();
    assertEquals([frame?.version, frame?.view.length], [1, 3]);
  }));

Deno.test(
  "frames: a watch tells of new versions, the last one always",
  FFI,
  () =>
    leavesNothing(async () => {
      const name = freshName("watch");
      using frames = SharedFrames.open(name, { create: true, slotBytes: 8 });
      using other = SharedFrames.open(name);
      frames.loan(Uint8Array).publish();
      const seen: number[] = [];
      const watching = (async () => {
        for await (const version of other.watch({ initial: true })) seen.push(version);
        return "ended";
      })();
      for (let i = 0; i < 3; i++) {
        const last = frames.loan(Uint8Array).publish();
        frames.loan(Uint8Array).publish();
        while (seen.at(-1) !== last + 1) await new Promise((resolve) => setTimeout(resolve, 1));
      }
      assertEquals([seen.at(-1), seen.toSorted((a, b) => a - b)], [7, seen]);
      const controller = new AbortController();
      const aborted = frames.watch({ signal: controller.signal }).next();
      controller.abort(new Error("enough"));
      await assertRejects(() => aborted, Error, "enough");
      const closing = SharedFrames.open(name);
      const closed = closing.watch().next();
      closing.close();
      assertEquals((await closed).done, true);
      SharedFrames.remove(name);
      assertEquals(await within(2000, watching, "the watch of a removed name"), "ended");
      assertStrictEquals(frames.unref().ref(), frames);
    }),
);

Deno.test(
  "frames: what is misused or something else is a typed error",
  FFI,
  () =>
    leavesNothing(() => {
      const name = freshName("wrong");
      const code = (open: () => unknown) => assertThrows(open, SegmentError).code;
      assertEquals(code(() => SharedFrames.open(name)), "not_found");
      assertThrows(() => SharedFrames.open(name, { create: true }), TypeError, "slotBytes");
      // @ts-expect-error -- unknown
      assertThrows(() => SharedFrames.open(name, { size: 1 }), TypeError, "size");
      for (const slotBytes of [0, -1, 0.5, Number.NaN, 2 ** 60]) {
        assertThrows(() => SharedFrames.open(name, { create: true, slotBytes }), RangeError);
      }
      for (const slots of [0, 1, MAX_SLOTS + 1, 2.5]) {
        assertThrows(
          () => SharedFrames.open(name, { create: true, slotBytes: 8, slots }),
          RangeError,
        );
      }
      const full = { create: true, slotBytes: 2 ** 45 };
      assert(["ENOSPC", "EFBIG"].includes(
        assertThrows(() => SharedFrames.open(name, full), SystemError).code,
      ));
      SharedMemory.open(name, { create: true, sizeBytes: 8 }).close();
      assertEquals(code(() => SharedFrames.open(name)), "wrong_kind");
      assertEquals(code(() => SharedFrames.remove(name)), "wrong_kind");
      SharedMemory.remove(name);
      using frames = SharedFrames.open(name, { create: true, slotBytes: 8 });
      assertEquals(code(() => SharedFrames.open(name, { slotBytes: 16 })), "incompatible");
      assertEquals(code(() => SharedFrames.open(name, { slots: 2 })), "incompatible");
      assertEquals(code(() => SharedMemory.open(name)), "wrong_kind");
      for (const type of [DataView, Array, undefined, class extends Uint8Array {}]) {
        assertThrows(() => frames.loan(type as unknown as SharedArrayClass), TypeError);
        if (type === undefined) continue;
        assertThrows(() => frames.borrow(type as unknown as SharedArrayClass), TypeError);
      }
      for (const length of [-1, 0.5, Number.NaN]) {
        assertThrows(() => frames.loan(Uint8Array, length), RangeError);
      }
      assertEquals([MAX_READERS, MAX_FRAME_WATCHES], [1024, 512]);
      // No attempt took a slot.
      frames.loan(Uint8Array);
      frames.loan(Uint8Array);
      SharedFrames.remove(name);
    }),
);

Deno.test("frames: lending and borrowing again and again maps nothing anew", {
  permissions: { ffi: true, read: true },
}, () =>
  leavesNothing(() => {
    const name = freshName("many");
    using frames = SharedFrames.open(name, { create: true, slotBytes: 1 << 16 });
    const use = () => {
      const loan = frames.loan(Uint8Array);
      loan.view[0] = 1;
      loan.publish();
      using _frame = frames.borrow();
    };
    for (let i = 0; i < 100; i++) use();
    const before = [openDescriptors(), mappedFiles()];
    assert(before[1] > 5, `${before[1]} mappings`);
    for (let i = 0; i < 20_000; i++) use();
    assertEquals([openDescriptors(), mappedFiles()], before);
    SharedFrames.remove(name);
  }));
