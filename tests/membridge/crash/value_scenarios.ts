/** A process dies while it makes, writes, grows, removes or watches a value. */
import { assert, assertEquals } from "../../helpers/assert.ts";
import { SharedValue } from "../../../membridge/mod.ts";
import { statPath } from "../../../membridge/libc/files.ts";
import { pathOfId } from "../../../membridge/segment/names.ts";
import { peek, shmPath, within } from "../fixtures/attack.ts";
import { type Scenario, type Stamped, stamped } from "./scenario.ts";

/** Longest time after which a watcher must have heard of a change whose writer died: some looks, one a second. */
const NOTICED_MS = 4000;

/** What is written in a scenario: version `n` of the value always is `make(n)`, whoever writes it. */
interface Writing {
  /** Returns version `n`. */
  readonly make: (n: number) => Stamped;
  /** How many versions there are before the victim comes. */
  readonly before: number;
  /** How many the victim writes; 1 unless given. */
  readonly sets?: number;
  /** How many versions stay readable; 1 unless given. */
  readonly history?: number;
  /** How the victim writes one; with `set` unless given. */
  readonly write?: (value: SharedValue<Stamped>, next: Stamped) => unknown;
}

/** The victim writes a value. Readers see the one that its version says, and the next writer goes on from there. */
function writing(name: string, { make, before, sets = 1, history = 1, write }: Writing): Scenario {
  return {
    name: `value: ${name}`,
    victim({ name }) {
      const value = SharedValue.open<Stamped>(name);
      return () => {
        for (let i = 0; i < sets; i++) {
          const next = make(value.version + 1);
          if (write === undefined) value.set(next);
          else write(value, next);
        }
      };
    },
    others(name) {
      const value = SharedValue.open<Stamped>(name, { create: true, history });
      for (let n = 1; n <= before; n++) value.set(make(n));
      const check = (handle: SharedValue<Stamped>) => {
        const { version } = value;
        assertEquals(handle.get(), make(version));
        const readable = handle.history();
        assertEquals(readable.map((each) => each.version).at(-1), version);
        assert(readable.length >= Math.min(version, history), `${readable.length} of ${history}`);
        for (const each of readable) assertEquals(each.value, make(each.version));
      };
      return {
        afterwards() {
          using fresh = SharedValue.open<Stamped>(name);
          const { version } = value;
          assert(version >= before && version <= before + 2 * sets, `version ${version}`);
          for (const handle of [value, fresh]) check(handle);
          // The next writers, in the place where the victim stopped and beyond.
          for (let next = version + 1; next <= version + 10; next++) {
            const later = stamped(next, 37 * (next % 10));
            assertEquals((next % 2 === 0 ? value : fresh).set(later), next);
            for (const handle of [value, fresh]) assertEquals(handle.get(), later);
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

/** Some 1,000 bytes: three of them in the first region of 3,840, so that the fourth begins anew over the first. */
const quarter = (n: number) => stamped(n, 126);

/** Three times as long as the one before, from 2,400 bytes: each needs more memory than there is. */
const growing = (n: number) => stamped(n, 100 * 3 ** n);

/** Every scenario of a value. */
export const VALUE_SCENARIOS: readonly Scenario[] = [
  create,
  writing("set", { make: (n) => stamped(n, 10 + n), before: 1 }),
  writing("set so often that the lock is biased", {
    make: (n) => stamped(n, 3),
    before: 1,
    sets: 21,
  }),
  writing("set beyond the end of the region, and over old versions", {
    make: quarter,
    before: 3,
    sets: 2,
  }),
  writing("update", {
    make: (n) => stamped(n, 5),
    before: 1,
    write: (value, next) => value.update((old) => old!.n + 1 === next.n ? next : old!),
  }),
  writing("grow twice", { make: growing, before: 1, sets: 2 }),
  writing("set with a history", { make: quarter, before: 4, sets: 2, history: 3 }),
  writing("grow with a history", { make: growing, before: 2, history: 3 }),
  remove,
  setWatched,
  watch,
];
