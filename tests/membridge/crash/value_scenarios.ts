/** A process dies while it makes, writes, grows, removes or watches a value. */
import { assert, assertEquals } from "../../helpers/assert.ts";
import { SharedValue } from "../../../membridge/mod.ts";
import { statPath } from "../../../membridge/libc/files.ts";
import { pathOfId } from "../../../membridge/segment/names.ts";
import { peek, shmPath, within } from "../fixtures/attack.ts";
import { type Scenario, type Stamped, stamped } from "./scenario.ts";

/** Longest time after which a watcher must have heard of a change whose writer died: some looks, one a second. */
const NOTICED_MS = 4000;

/**
 * The values of one scenario, one after the other: those that the test sets first, those that the victim sets, and one more.
 *
 * Readers must see the value that their version says, and the next writer goes on from there.
 */
function writing(
  name: string,
  { before, sets, act }: {
    before: readonly Stamped[];
    sets: readonly Stamped[];
    act: (value: SharedValue<Stamped>) => unknown;
  },
): Scenario {
  return {
    name: `value: ${name}`,
    victim({ name }) {
      const value = SharedValue.open<Stamped>(name);
      return () => act(value);
    },
    others(name) {
      const value = SharedValue.open<Stamped>(name, { create: true });
      for (const each of before) value.set(each);
      return {
        afterwards() {
          const history = [undefined, ...before, ...sets];
          using fresh = SharedValue.open<Stamped>(name);
          const { version } = value;
          assert(version >= before.length && version < history.length, `version ${version}`);
          for (const handle of [value, fresh]) assertEquals(handle.get(), history[version]);
          // The next writers, in the place where the victim stopped and beyond.
          for (let next = 1; next <= 10; next++) {
            const after = stamped(100 + next, 37 * next);
            assertEquals((next % 2 === 0 ? value : fresh).set(after), version + next);
            for (const handle of [value, fresh]) assertEquals(handle.get(), after);
          }
          value.close();
          fresh.close();
          assert(SharedValue.remove(name));
        },
      };
    },
  };
}

const create: Scenario = {
  name: "value: create and set",
  victim: ({ name }) => () => {
    using value = SharedValue.open<Stamped>(name, { create: true });
    value.set(stamped(1, 10));
  },
  others: (name) => ({
    afterwards() {
      // Nothing, an empty value, or one that was set: always a whole one.
      if (statPath(shmPath(name)) !== undefined) {
        using there = SharedValue.open<Stamped>(name);
        assertEquals(there.get(), there.version === 0 ? undefined : stamped(1, 10));
      }
      using value = SharedValue.open<Stamped>(name, { create: true });
      value.set(stamped(2, 20));
      assertEquals(value.get(), stamped(2, 20));
      SharedValue.remove(name);
    },
  }),
};

const remove: Scenario = {
  name: "value: remove what is watched",
  victim: ({ name }) => () => SharedValue.remove(name),
  others(name) {
    const value = SharedValue.open<Stamped>(name, { create: true });
    value.set(stamped(1, 10));
    const watch = value.watch();
    const next = watch.next();
    return {
      async afterwards() {
        assertEquals(value.get(), stamped(1, 10));
        // Whoever opens it next finds it alive, or finishes the removal.
        using other = SharedValue.open<Stamped>(name, { create: true });
        other.set(stamped(2, 10));
        assertEquals(other.get(), stamped(2, 10));
        const { done, value: seen } = await within(NOTICED_MS, next, "the watch");
        if (!done) assertEquals(seen, stamped(2, 10));
        SharedValue.remove(name);
        const end = await within(NOTICED_MS, watch.next(), "the end of the watch");
        assertEquals(end.done, true);
        value.close();
      },
    };
  },
};

const setWatched: Scenario = {
  name: "value: set what is watched",
  alone: true,
  victim({ name }) {
    const value = SharedValue.open<Stamped>(name);
    return () => value.set(stamped(2, 10));
  },
  others(name) {
    const value = SharedValue.open<Stamped>(name, { create: true });
    value.set(stamped(1, 10));
    const watch = value.watch();
    const next = watch.next();
    return {
      async afterwards() {
        // If the writer died before it woke anybody, the watcher finds out by itself.
        if (value.version === 1) value.set(stamped(2, 10));
        const { value: seen } = await within(NOTICED_MS, next, "the watch");
        assertEquals(seen, stamped(2, 10));
        await watch.return!();
        value.close();
        SharedValue.remove(name);
      },
    };
  },
};

/** The ids in the table of a value's watchers; `undefined` when there is no table. */
function watchers(name: string): bigint[] | undefined {
  const id = new BigUint64Array(peek(shmPath(name), 24).buffer)[2];
  const path = pathOfId(id, "watch");
  if (statPath(path) === undefined) return undefined;
  const words = new BigUint64Array(peek(path, 8192).buffer);
  return [...words.subarray(128 / 8)].filter((id) => id !== 0n);
}

const watch: Scenario = {
  name: "value: watch, be woken, and stop",
  victim({ name, told, say }) {
    const value = SharedValue.open<Stamped>(name);
    return async () => {
      const watch = value.watch();
      const next = watch.next();
      say("watches");
      await next;
      say("woken");
      await watch.return!();
      value.close();
      await told;
    };
  },
  others(name) {
    const value = SharedValue.open<Stamped>(name, { create: true });
    value.set(stamped(1, 10));
    return {
      async meanwhile(victim) {
        if (!await victim.says("watches")) return;
        value.set(stamped(2, 10));
        await victim.says("woken");
      },
      afterwards() {
        // A writer that meets everybody in the table for the first time finds out who is dead.
        {
          using fresh = SharedValue.open<Stamped>(name);
          fresh.set(stamped(3, 10));
        }
        assertEquals(watchers(name) ?? [], []);
        const own = value.watch();
        assertEquals(watchers(name)?.length, 1);
        own.return!();
        assertEquals(watchers(name), []);
        value.close();
        SharedValue.remove(name);
      },
    };
  },
};

const small = stamped(1, 10);

/** Some 1,000 bytes: three of them in the first region of 3,840, so that the fourth begins anew over the first. */
const quarter = (n: number) => stamped(n, 126);

/** Every scenario of a value. */
export const VALUE_SCENARIOS: readonly Scenario[] = [
  create,
  writing("set", {
    before: [small],
    sets: [stamped(2, 12)],
    act: (value) => value.set(stamped(2, 12)),
  }),
  writing("set beyond the end of the region, and over old versions", {
    before: [quarter(1), quarter(2), quarter(3)],
    sets: [quarter(4), quarter(5)],
    act(value) {
      value.set(quarter(4));
      value.set(quarter(5));
    },
  }),
  writing("update", {
    before: [small],
    sets: [stamped(2, 5)],
    act: (value) => value.update((old) => stamped(old!.n + 1, 5)),
  }),
  writing("grow twice", {
    before: [small],
    sets: [stamped(2, 3000), stamped(3, 9000)],
    act(value) {
      value.set(stamped(2, 3000));
      value.set(stamped(3, 9000));
    },
  }),
  remove,
  setWatched,
  watch,
];
