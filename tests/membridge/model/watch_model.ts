/**
 * Watching a value and removing it (`membridge/value/watch.ts`, `watch_table.ts`, `removeSegment` in `shared_value.ts`,
 * `membridge/peer/wake_list.ts`): watchers come and go, a writer wakes them, the value is removed under them, whoever dies. The table
 * has one slot. Waking is a bell that stays rung until it is heard, which is what `park_model.ts` shows of the real one.
 */
import { type Actor, Model, type Protocol, type State, type Step } from "./model.ts";

const MUTATIONS = [
  "the watcher sleeps without a look after it entered",
  "the watcher does not look whether the value was removed",
  "the watcher makes its table without looking whether the value was removed",
  "the watcher makes its table without the value's lock",
  "the watcher does not store watched",
  "the watcher does not store high",
  "the watcher enters without the table's lock",
  "who clears a dead one's slot does not look whose it is",
  "who removes wakes before the state is set",
  "who removes wakes nobody",
  "who removes takes the name away before the table",
] as const;

const LIVE = 0, REMOVED = 1;

export const watchProtocol: Protocol = {
  name: "watching and removal",
  mutations: MUTATIONS,
  minimumStates: 100_000,
  build(mutation, large = false) {
    const is = (name: typeof MUTATIONS[number]) => mutation === name;
    const m = new Model("watching and removal", 1);
    const name = m.word("value has its name", 1),
      state = m.word("state"),
      version = m.word("version");
    const watched = m.word("watched"), lock = m.lock("value's lock");
    const table = m.word("table has a name"), tableLock = m.lock("table's lock");
    const high = m.word("high"), slot = m.word("slot");
    const watchers = ["first watcher", "second watcher"].map((each) => m.actor(each));
    const writer = m.actor("writer");
    const removers = ["first remover", "second remover"].map((each) => m.actor(each));
    const bells = m.words("bell", 3);
    // A note: somebody died between its store and the last bell that it would have rung.
    const unheard = m.word("not all were woken");

    for (const [index, watcher] of watchers.entries()) {
      const me = index + 1;
      const seen = m.variable(watcher, "version"), leaves = m.variable(watcher, "will leave");
      const blind = is("the watcher makes its table without looking whether the value was removed");
      const noLock = is("the watcher makes its table without the value's lock");
      const unsafe = is("the watcher enters without the table's lock");
      m.program(watcher, {
        decide: (t) => {
          t.s[leaves] = index === 0 ? 1 : 0;
          return "lock value";
        },
        // SharedValue.watch
        "lock value": (t) => noLock || t.tryLock(lock) ? "look at the state first" : undefined,
        "look at the state first": (t) =>
          t.load(state) === LIVE || blind ? "make table" : "unlock in vain",
        "unlock in vain": (t) => {
          if (!noLock) t.unlock(lock);
          return "ended";
        },
        "make table": (t) => {
          t.system((s) => s[table] = 1);
          return is("the watcher does not store watched") ? "unlock value" : "store watched";
        },
        "store watched": (t) => {
          t.store(watched, 1);
          return "unlock value";
        },
        "unlock value": (t) => {
          if (!noLock) t.unlock(lock);
          return "load version";
        },
        "load version": (t) => {
          t.s[seen] = t.load(version);
          return "enter: lock";
        },
        // WakeList.enter
        "enter: lock": (t) => unsafe || t.tryLock(tableLock) ? "enter: look" : undefined,
        "enter: look": (t) => {
          const there = t.load(slot);
          return there === 0 ? "enter: store slot" : "enter: ask for life";
        },
        "enter: ask for life": (t) => {
          const other = t.s[slot];
          const lives = t.system((s) => other !== 0 && m.lives(s, watchers[other - 1]));
          return lives ? "enter: unlock in vain" : "enter: clear";
        },
        "enter: clear": (t) => {
          t.store(slot, 0);
          return "enter: store slot";
        },
        "enter: unlock in vain": (t) => {
          if (!unsafe) t.unlock(tableLock);
          return "ended";
        },
        "enter: store slot": (t) => {
          t.store(slot, me);
          return is("the watcher does not store high") ? "enter: unlock" : "enter: store high";
        },
        "enter: store high": (t) => {
          t.store(high, 1);
          return "enter: unlock";
        },
        "enter: unlock": (t) => {
          if (!unsafe) t.unlock(tableLock);
          return is("the watcher sleeps without a look after it entered") ? "sleep" : "look";
        },
        // Watch.poll
        look: (t) => {
          const now = t.load(version);
          t.claim(now >= t.s[seen], "a version that was seen is seen again");
          if (now === t.s[seen]) return "look at the state";
          t.s[seen] = now;
          return "look";
        },
        "look at the state": (t) => {
          if (is("the watcher does not look whether the value was removed")) return "sleep";
          return t.load(state) === LIVE ? "sleep" : "leave: lock";
        },
        sleep: (t) => {
          if (t.choose(2) === 1) return t.s[leaves] === 1 ? "leave: lock" : undefined;
          return t.system((s) => s[bells + me] === 1 ? (s[bells + me] = 0, true) : false)
            ? "look"
            : undefined;
        },
        // WakeList.leave
        "leave: lock": (t) => t.tryLock(tableLock) ? "leave: store slot" : undefined,
        "leave: store slot": (t) => {
          if (t.protected(slot) === me) t.store(slot, 0);
          return "leave: unlock";
        },
        "leave: unlock": (t) => {
          t.unlock(tableLock);
          return "ended";
        },
        ended: undefined,
      });
      m.mayRest(
        watcher,
        "sleep",
        (s) => s[unheard] === 1 || (s[seen] === s[version] && s[state] === LIVE),
      );
    }

    /** WakeList.wakeAll, as part of another actor's program. */
    const wakeAll = (me: Actor, then: string): Record<string, Step> => {
      const id = m.variable(me, "who is to be woken");
      return {
        "wake: open table": (t) => t.system((s) => s[table]) === 1 ? "wake: load high" : then,
        "wake: load high": (t) => t.load(high) === 0 ? then : "wake: load slot",
        "wake: load slot": (t) => {
          t.s[id] = t.load(slot);
          return t.s[id] === 0 ? then : "wake: ring";
        },
        "wake: ring": (t) => {
          const lives = t.system((s) => {
            if (!m.lives(s, watchers[s[id] - 1])) return false;
            s[bells + s[id]] = 1;
            return true;
          });
          if (lives) t.s[id] = 0;
          return lives ? then : "clear: lock";
        },
        "clear: lock": (t) => t.tryLock(tableLock) ? "clear: store slot" : undefined,
        "clear: store slot": (t) => {
          const looks = !is("who clears a dead one's slot does not look whose it is");
          if (t.protected(slot) === t.s[id] || !looks) t.store(slot, 0);
          t.s[id] = 0;
          return "clear: unlock";
        },
        "clear: unlock": (t) => {
          t.unlock(tableLock);
          return then;
        },
      };
    };

    const sets = m.variable(writer, "sets", large ? 2 : 1);
    m.program(writer, {
      // SharedValue.set
      lock: (t) => t.tryLock(lock) ? "look at the state" : undefined,
      "look at the state": (t) => t.load(state) === LIVE ? "store version" : "unlock in vain",
      "store version": (t) => {
        t.store(version, t.s[version] + 1);
        return "unlock";
      },
      unlock: (t) => {
        t.unlock(lock);
        return "look at watched";
      },
      // #notify
      "look at watched": (t) => t.load(watched) === 1 ? "wake: open table" : "next",
      "unlock in vain": (t) => {
        t.unlock(lock);
        return "done";
      },
      ...wakeAll(writer, "next"),
      next: (t) => --t.s[sets] > 0 ? "lock" : "done",
      done: undefined,
    });

    for (const [index, remover] of removers.entries()) {
      const wants = m.variable(remover, "removes");
      const earlyWake = is("who removes wakes before the state is set");
      const silent = is("who removes wakes nobody");
      const nameFirst = is("who removes takes the name away before the table");
      m.program(remover, {
        // The first one removes or does not; the second one opens, and goes on where a dead one stopped.
        decide: (t) => {
          t.s[wants] = index === 0 ? t.choose(2) : 0;
          return index === 0 && t.s[wants] === 0 ? "done" : "open";
        },
        open: (t) => {
          // Two at a time are for the large run.
          const [first] = removers;
          const alone = !m.lives(t.s, first) || m.isAt(t.s, first, "done");
          if (index === 1 && !large && !alone) return undefined;
          return t.system((s) => s[name]) === 1 ? "load state" : "done";
        },
        "load state": (t) => t.load(state) === REMOVED || t.s[wants] === 1 ? "lock" : "done",
        // removeSegment
        lock: (t) => t.tryLock(lock) ? "look at the name" : undefined,
        "look at the name": (t) => {
          if (t.system((s) => s[name]) === 0) return "unlock";
          return earlyWake ? "wake: open table" : "store state";
        },
        "store state": (t) => {
          t.store(state, REMOVED);
          return earlyWake || silent ? "unlink table" : "wake: open table";
        },
        ...wakeAll(remover, earlyWake ? "store state" : nameFirst ? "unlink name" : "unlink table"),
        "unlink table": (t) => {
          t.system((s) => s[table] = 0);
          return nameFirst ? "unlock" : "unlink name";
        },
        "unlink name": (t) => {
          t.system((s) => s[name] = 0);
          return nameFirst ? "unlink table" : "unlock";
        },
        unlock: (t) => {
          t.unlock(lock);
          return "done";
        },
        done: undefined,
      });
    }

    m.dying(
      (actor) => large || (actor !== watchers[1] && actor !== removers[1]),
      (s: State, actor) => {
        const waking = ["unlock", "look at watched", "wake: open table", "wake: load high"];
        waking.push("wake: load slot", "wake: ring");
        if (!watchers.includes(actor) && m.isAt(s, actor, ...waking)) s[unheard] = 1;
      },
    );
    m.finally("a removed value's table stays", (s) => s[name] === 1 || s[table] === 0);
    m.finally(
      "who left has a slot",
      (s) => s[slot] === 0 || !m.isAt(s, watchers[s[slot] - 1], "ended"),
    );
    return m;
  },
};
