/** A process dies while it waits for a mutex, owns it, or gives it up. */
import { assert, assertEquals } from "../../helpers/assert.ts";
import { Mutex, type MutexGuard } from "../../../membridge/mod.ts";
import { within } from "../fixtures/attack.ts";
import type { Scenario } from "./scenario.ts";

/** Longest time after which who waits must own the mutex of a dead one. */
const NOTICED_MS = 5000;

/** Checks that the mutex can be owned, by one at a time, and that nobody is told of a death any more. */
async function assertWorks(name: string): Promise<void> {
  using one = Mutex.open(name, { create: true });
  using two = Mutex.open(name);
  for (let round = 0; round < 3; round++) {
    const guard = await within(NOTICED_MS, one.lock(), "the mutex");
    assertEquals(two.tryLock(), undefined);
    const next = two.lock();
    guard.release();
    const second = await within(NOTICED_MS, next, "the next one");
    // The first of all may hear of the victim.
    assert(!second.previousOwnerDied && (round === 0 || !guard.previousOwnerDied));
    second.release();
  }
}

const owning: Scenario = {
  name: "mutex: own it and give it up, while another one waits",
  alone: true,
  victim({ name, say }) {
    const mutex = Mutex.open(name);
    return async () => {
      for (const lock of [() => mutex.lockSync(), () => mutex.lock()]) {
        const guard: MutexGuard = await lock();
        say("owns");
        guard.release();
      }
    };
  },
  others(name) {
    const mutex = Mutex.open(name, { create: true });
    return {
      async meanwhile(victim) {
        if (!await victim.says("owns")) return;
        const guard = await within(NOTICED_MS, mutex.lock(), "who waits");
        guard.release();
      },
      async afterwards() {
        mutex.close();
        await assertWorks(name);
        assert(Mutex.remove(name));
      },
    };
  },
};

const told: Scenario = {
  name: "mutex: die as its owner, and the next one is told",
  victim({ name, say }) {
    const mutex = Mutex.open(name);
    const guard = mutex.lockSync();
    return () => {
      guard.release();
      say("gave it up");
      mutex.close();
    };
  },
  others(name) {
    const mutex = Mutex.open(name, { create: true });
    return {
      async meanwhile(victim) {
        const { died } = await victim.ended();
        const gaveUp = await victim.says("gave it up");
        const guard = await within(NOTICED_MS, mutex.lock(), "the mutex");
        // Who died before it could say so may have given it up or not.
        if (gaveUp) assertEquals(guard.previousOwnerDied, false, died);
        guard.release();
      },
      async afterwards() {
        mutex.close();
        await assertWorks(name);
        assert(Mutex.remove(name));
      },
    };
  },
};

const owned: Scenario = {
  name: "mutex: open another one while it owns this one",
  victim({ name }) {
    const guard = Mutex.open(name).lockSync();
    return () => {
      Mutex.open(`${name}.other`, { create: true }).lockSync().release();
      Mutex.remove(`${name}.other`);
      // Never given up: whichever step it dies after, it is the owner.
      return guard;
    };
  },
  others(name) {
    const mutex = Mutex.open(name, { create: true });
    return {
      async meanwhile(victim) {
        await victim.ended();
        const guard = await within(NOTICED_MS, mutex.lock(), "the mutex");
        assertEquals(guard.previousOwnerDied, true);
        guard.release();
      },
      async afterwards() {
        mutex.close();
        await assertWorks(name);
        assert(Mutex.remove(name));
        await assertWorks(`${name}.other`);
        assert(Mutex.remove(`${name}.other`));
      },
    };
  },
};

const waiting: Scenario = {
  name: "mutex: wait for it, get it and give it up",
  victim({ name, say }) {
    const mutex = Mutex.open(name);
    return async () => {
      const next = mutex.lock();
      say("waits");
      (await next).release();
      say("gave it up");
      mutex.close();
    };
  },
  others(name) {
    const mutex = Mutex.open(name, { create: true });
    return {
      async meanwhile(victim) {
        const guard = await within(NOTICED_MS, mutex.lock(), "the mutex");
        await victim.says("waits");
        guard.release();
        await victim.says("gave it up");
      },
      async afterwards() {
        mutex.close();
        await assertWorks(name);
        assert(Mutex.remove(name));
      },
    };
  },
};

const making: Scenario = {
  name: "mutex: make it and remove it",
  victim: ({ name }) => () => {
    Mutex.open(name, { create: true }).close();
    Mutex.remove(name);
  },
  others: (name) => ({
    async afterwards() {
      await assertWorks(name);
      assert(Mutex.remove(name));
    },
  }),
};

/** Every scenario of a mutex. */
export const MUTEX_SCENARIOS: readonly Scenario[] = [owning, told, owned, waiting, making];
