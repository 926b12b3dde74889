/** A process dies while it makes, takes, waits for, gives up or removes a mutex. */
import { assert, assertEquals } from "../../helpers/assert.ts";
import { Mutex, type SegmentError } from "../../../membridge/mod.ts";
import { statPath } from "../../../membridge/libc/files.ts";
import { shmPath, within } from "../fixtures/attack.ts";
import type { Scenario } from "./scenario.ts";

/** Longest time after which who waits must have the mutex: some looks, one a second. */
const NOTICED_MS = 4000;

/** Checks that the mutex works for all, and tells of no death a second time. */
async function assertWorks(mutex: Mutex, name: string): Promise<void> {
  (await within(NOTICED_MS, mutex.lock(), "the mutex")).release();
  using other = Mutex.open(name);
  {
    using guard = other.lockSync({ timeoutMs: NOTICED_MS });
    assertEquals(guard.previousOwnerDied, false);
    assertEquals(mutex.tryLock(), undefined);
  }
  assertEquals(mutex.lockSync().previousOwnerDied, false);
}

const make: Scenario = {
  name: "mutex: make, take and give up",
  victim: ({ name }) => () => {
    using mutex = Mutex.open(name, { create: true });
    mutex.lockSync().release();
  },
  others: (name) => ({
    async afterwards() {
      using mutex = Mutex.open(name, { create: true });
      await assertWorks(mutex, name);
      mutex.close();
      assert(Mutex.remove(name));
    },
  }),
};

/** The victim owns the mutex when the others begin to wait for it, in one way or the other. */
function givingUp(waiting: string, wait: (mutex: Mutex) => Promise<boolean>): Scenario {
  return {
    name: `mutex: give up what another waits for, ${waiting}`,
    alone: true,
    async victim({ name, told, say }) {
      const mutex = Mutex.open(name);
      const guard = mutex.lockSync();
      say("owns");
      await told;
      return async () => {
        guard.release();
        for (let i = 0; i < 2; i++) {
          using _again = await mutex.lock({ timeoutMs: 2000 });
        }
      };
    },
    others(name) {
      const mutex = Mutex.open(name, { create: true });
      let owned: Promise<boolean> | undefined;
      return {
        async meanwhile(victim) {
          assert(await victim.says("owns"));
          victim.tell();
          owned = wait(mutex);
        },
        async afterwards() {
          // Whether it is told depends on the point; that it gets the mutex does not.
          await within(NOTICED_MS, owned!, "who waited");
          await assertWorks(mutex, name);
          mutex.close();
          assert(Mutex.remove(name));
        },
      };
    },
  };
}

const waits: Scenario = {
  name: "mutex: wait, get it, and give it up",
  alone: true,
  victim({ name, say }) {
    const mutex = Mutex.open(name);
    return async () => {
      const waiting = mutex.lock();
      say("waits");
      (await waiting).release();
    };
  },
  others(name) {
    const mutex = Mutex.open(name, { create: true });
    const guard = mutex.lockSync();
    return {
      async meanwhile(victim) {
        await victim.says("waits");
        await new Promise((resolve) => setTimeout(resolve, 30));
        guard.release();
      },
      async afterwards() {
        guard.release();
        await assertWorks(mutex, name);
        mutex.close();
        assert(Mutex.remove(name));
      },
    };
  },
};

const remove: Scenario = {
  name: "mutex: remove what is owned and waited for",
  alone: true,
  victim: ({ name }) => () => Mutex.remove(name),
  others(name) {
    const owner = Mutex.open(name, { create: true });
    const waiter = Mutex.open(name);
    const guard = owner.lockSync();
    const waiting = waiter.lock().then(() => "owned", (error: SegmentError) => error.code);
    return {
      async afterwards() {
        // Removed by now, or the next opener finishes the removal, or nothing has happened yet.
        using fresh = Mutex.open(name, { create: true });
        const removed = fresh.tryLock();
        if (removed === undefined) {
          guard.release();
          assertEquals(await within(NOTICED_MS, waiting, "who waits"), "owned");
        } else {
          removed.release();
          assertEquals(await within(NOTICED_MS, waiting, "who waits"), "removed");
          guard.release();
        }
        waiter.close();
        owner.close();
        await assertWorks(fresh, name);
        fresh.close();
        assert(Mutex.remove(name));
        assertEquals(statPath(shmPath(name)), undefined);
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
        await assertWorks(mutex, name);
        mutex.close();
        assert(Mutex.remove(name));
        using other = Mutex.open(`${name}.other`, { create: true });
        await assertWorks(other, other.name);
        assert(Mutex.remove(other.name));
      },
    };
  },
};

/** Every scenario of a mutex. */
export const MUTEX_SCENARIOS: readonly Scenario[] = [
  make,
  givingUp("in its event loop", async (mutex) => {
    using guard = await mutex.lock();
    return guard.previousOwnerDied;
  }),
  // Not before the next turn: the victim is told to go on first.
  givingUp("blocked", async (mutex) => {
    await new Promise((resolve) => setTimeout(resolve, 0));
    using guard = mutex.lockSync();
    return guard.previousOwnerDied;
  }),
  owned,
  waits,
  remove,
];
