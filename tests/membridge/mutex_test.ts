/** The mutex within one thread: what each call returns, how waits end, what misuse gives. */
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "../helpers/assert.ts";
import { freshName, leavesNothing } from "../helpers/shm.ts";
import {
  ClosedError,
  DeadlockError,
  Mutex,
  SegmentError,
  SharedValue,
  TimeoutError,
} from "../../membridge/mod.ts";
import { WAITERS } from "../../membridge/mutex/mutex_files.ts";
import { MutexSegment, PATIENCE_MS } from "../../membridge/mutex/mutex_segment.ts";
import { STATE } from "../../membridge/segment/header.ts";
import { Segment } from "../../membridge/segment/segment.ts";
import { forgetting, openDescriptors, shmPath, until, within } from "./fixtures/attack.ts";

const FFI = { permissions: { ffi: true } } as const;

Deno.test(
  "mutex: one owner at a time, through one handle and through two",
  FFI,
  () =>
    leavesNothing(async () => {
      const name = freshName("one");
      using a = Mutex.open(name, { create: true });
      using b = Mutex.open(name);
      for (const other of [a, b]) {
        using guard = a.tryLock();
        assert(guard !== undefined);
        assertEquals(guard.previousOwnerDied, false);
        assertEquals(other.tryLock(), undefined);
        assertThrows(() => other.lockSync(), DeadlockError, name);
        await assertRejects(() => other.lock({ timeoutMs: 0 }), TimeoutError, name);
        await assertRejects(() => other.lock({ timeoutMs: 20 }), TimeoutError, "20 ms");
      }
      using guard = b.lockSync();
      assertEquals(a.tryLock(), undefined);
      guard.release();
      guard.release();
      using _again = a.lockSync();
      // The guard is spent: it does not release what somebody else owns now.
      guard.release();
      assertEquals(b.tryLock(), undefined);
      Mutex.remove(name);
    }),
);

Deno.test(
  "mutex: tasks of one handle get it in their order, those of others too",
  FFI,
  () =>
    leavesNothing(async () => {
      const name = freshName("order");
      using a = Mutex.open(name, { create: true });
      using b = Mutex.open(name);
      const order: number[] = [];
      let owners = 0;
      const task = async (mutex: Mutex, number: number) => {
        using _guard = await mutex.lock();
        assertEquals(++owners, 1);
        await new Promise((resolve) => setTimeout(resolve, 1));
        owners--;
        order.push(number);
      };
      const tasks = Array.from({ length: 10 }, (_, i) => task(i < 8 ? a : b, i));
      await within(5000, Promise.all(tasks), "ten tasks");
      assertEquals(order.filter((number) => number < 8), [0, 1, 2, 3, 4, 5, 6, 7]);
      assertEquals(order.toSorted(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      Mutex.remove(name);
    }),
);

Deno.test(
  "mutex: a wait ends by time, signal, closing or removal, and leaves no trace",
  FFI,
  () =>
    leavesNothing(async () => {
      const name = freshName("ends");
      using mutex = Mutex.open(name, { create: true });
      using other = Mutex.open(name, { timeoutMs: 30 });
      const guard = mutex.lockSync();
      await assertRejects(() => other.lock(), TimeoutError, "30 ms");
      const reason = new Error("enough");
      await assertRejects(() => other.lock({ signal: AbortSignal.abort(reason) }), Error, "enough");
      const controller = new AbortController();
      const waits = [
        mutex.lock({ signal: controller.signal, timeoutMs: Infinity }),
        other.lock({ signal: controller.signal, timeoutMs: Infinity }),
      ];
      setTimeout(() => controller.abort(reason), 5);
      for (const outcome of await Promise.allSettled(waits)) {
        assertStrictEquals(outcome.status === "rejected" && outcome.reason, reason);
      }
      const closing = Mutex.open(name);
      const [first, second] = [closing.lock(), closing.lock()];
      closing.close();
      closing.close();
      await assertRejects(() => first, ClosedError, name);
      await assertRejects(() => second, ClosedError);
      // Who gave up is not given the mutex.
      guard.release();
      const again = await within(1000, other.lock(), "the next owner");
      const waiting = mutex.lock();
      assertEquals(Mutex.remove(name), true);
      const error = await assertRejects(() => waiting, SegmentError);
      assertEquals(error.code, "removed");
      again.release();
      assertEquals(assertThrows(() => mutex.tryLock(), SegmentError).code, "removed");
      assertEquals(assertThrows(() => mutex.lockSync(), SegmentError).code, "removed");
      assertEquals(Mutex.remove(name), false);
    }),
);

Deno.test(
  "mutex: closing the handle releases what it owns, and is final",
  FFI,
  () =>
    leavesNothing(async () => {
      const name = freshName("close");
      using mutex = Mutex.open(name, { create: true });
      const owner = Mutex.open(name);
      const guard = owner.lockSync();
      const waiting = mutex.lock();
      owner.close();
      const next = await within(1000, waiting, "the waiter of a closed owner");
      assertEquals(next.previousOwnerDied, false);
      guard.release();
      assertEquals(mutex.tryLock(), undefined);
      await assertRejects(() => owner.lock(), ClosedError, name);
      assertThrows(() => owner.lockSync(), ClosedError);
      assertThrows(() => owner.tryLock(), ClosedError);
      assertStrictEquals(owner.unref().ref(), owner);
      next.release();
      Mutex.remove(name);
    }),
);

Deno.test(
  "mutex: closed in the moment in which it was got, it is given up",
  FFI,
  () =>
    leavesNothing(async () => {
      const name = freshName("moment");
      using mutex = Mutex.open(name, { create: true });
      using other = Mutex.open(name);
      const waiting = mutex.lock();
      mutex.close();
      await assertRejects(() => waiting, ClosedError);
      using guard = other.tryLock();
      assertEquals(guard?.previousOwnerDied, false);
      Mutex.remove(name);
    }),
);

Deno.test(
  "mutex: lockSync goes before the tasks of its thread, which get it afterwards",
  FFI,
  () =>
    leavesNothing(async () => {
      const name = freshName("before");
      using mutex = Mutex.open(name, { create: true });
      using other = Mutex.open(name);
      // While this thread blocks for it, the tasks of this thread do not get it: they could not go on.
      const owner = mutex.lockSync();
      const task = other.lock();
      owner.release();
      mutex.lockSync({ timeoutMs: 1000 }).release();
      (await within(1000, task, "the task that was passed over")).release();
      Mutex.remove(name);
    }),
);

Deno.test(
  "mutex: what is not a mutex, and what is misused, is a typed error",
  FFI,
  () =>
    leavesNothing(async () => {
      const name = freshName("wrong");
      const code = (open: () => unknown) => assertThrows(open, SegmentError).code;
      assertEquals(code(() => Mutex.open(name)), "not_found");
      assertEquals(Mutex.remove(name), false);
      using value = SharedValue.open(name, { create: true });
      assertEquals(code(() => Mutex.open(name, { create: true })), "wrong_kind");
      assertEquals(code(() => Mutex.remove(name)), "wrong_kind");
      value.close();
      SharedValue.remove(name);
      using mutex = Mutex.open(name, { create: true, mode: 0o660 });
      assertEquals(code(() => Mutex.open(name)), "foreign");
      assertEquals(code(() => SharedValue.open(name)), "foreign");
      assertThrows(() => Mutex.open("no slash"), TypeError);
      // @ts-expect-error -- unknown
      assertThrows(() => Mutex.open(name, { size: 1 }), TypeError, "size");
      assertThrows(() => Mutex.open(name, { timeoutMs: -1 }), RangeError);
      assertThrows(() => Mutex.open(name, { mode: 0o777 }), RangeError);
      // @ts-expect-error -- lockSync cannot be aborted
      assertThrows(() => mutex.lockSync({ signal: AbortSignal.abort() }), TypeError, "signal");
      assertInstanceOf(
        await mutex.lock({ timeoutMs: Number.NaN }).catch((error) => error),
        RangeError,
      );
      assertEquals(WAITERS.capacity, 1008);
      Mutex.remove(name);
    }),
);

Deno.test(
  "mutex: a removal that somebody died in is finished by the next opener",
  FFI,
  () =>
    leavesNothing(() => {
      const name = freshName("half");
      using _left = forgetting(name);
      using old = Mutex.open(name, { create: true });
      const segment = Segment.open(shmPath(name), { kind: "mutex", name, minimumBytes: 64 })!;
      segment.setState(STATE.removed);
      segment.close();
      using fresh = Mutex.open(name, { create: true });
      using guard = fresh.lockSync();
      assertEquals(guard.previousOwnerDied, false);
      assertEquals(assertThrows(() => old.lockSync(), SegmentError).code, "removed");
      Mutex.remove(name);
    }),
);

Deno.test("mutex: opening, failing and closing leaves no descriptor", FFI, async () => {
  const name = freshName("descriptors");
  using _left = forgetting(name);
  using keeper = Mutex.open(name, { create: true });
  keeper.lockSync().release();
  const before = openDescriptors();
  for (let i = 0; i < 10; i++) {
    using mutex = Mutex.open(name);
    using guard = mutex.lockSync();
    await assertRejects(() => keeper.lock({ timeoutMs: 1 }), TimeoutError);
    guard.release();
  }
  await new Promise((resolve) => setTimeout(resolve, 10));
  // The event loop's doorbell came with the first wait.
  assert(openDescriptors() <= before + 1, `${openDescriptors()} after ${before}`);
  Mutex.remove(name);
});

Deno.test(
  "mutex: who has waited for long goes next, if it comes when it is its turn",
  FFI,
  () =>
    leavesNothing(async () => {
      const name = freshName("fair");
      // A handle that is open keeps this thread's files, which those below it only use.
      using keeper = Mutex.open(name, { create: true });
      keeper.lockSync().release();
      const [greedy, first, second] = [1, 2, 3].map(() =>
        MutexSegment.open(name, { create: false, mode: 0o600 })
      );
      const take = (mutex: MutexSegment, slot?: number) => {
        const lastDied = mutex.tryTake(1n, { rescue: false, slot });
        if (lastDied === undefined) return false;
        mutex.release();
        return true;
      };
      const realNow = Date.now;
      let now = 1e12;
      Date.now = () => now;
      try {
        const slot = first.enter();
        now += PATIENCE_MS - 1;
        const secondSlot = second.enter();
        for (let i = 0; i < 100; i++) assert(take(greedy), `turn ${i}`);
        now++;
        assert(take(greedy), "its release keeps the mutex for who waits");
        assertEquals(
          [take(greedy), take(second, secondSlot), take(first, slot)],
          [false, false, true],
        );
        first.waiters.leave(slot);
        assert(take(greedy));
        now += PATIENCE_MS;
        assert(take(greedy));
        assertEquals(take(greedy), false);
        // Kept for some milliseconds only: then it waits anew.
        assert(await until(() => take(greedy), 2000), "kept for ever");
        for (let i = 0; i < 100; i++) assert(take(greedy), `turn ${i}`);
        now += PATIENCE_MS;
        assertEquals([take(greedy), take(greedy)], [true, false]);
        // Not for who gave up.
        second.waiters.leave(secondSlot);
        assert(take(greedy));
      } finally {
        Date.now = realNow;
        for (const mutex of [greedy, first, second]) mutex.close();
        Mutex.remove(name);
      }
    }),
);
