/**
 * A mutex and those who wait for it (`membridge/mutex/mutex_segment.ts`, `lock_queue.ts`), without heirs: who takes it learns whether the
 * last owner died, and nobody sleeps while it is free. What is done once a second, whatever the words say, is left out.
 */
import { Model, type Protocol } from "./model.ts";

const MUTATIONS = [
  "the waiter takes its slot after its last look",
  "the owner wakes before it gives the mutex up",
  "the owner wakes nobody",
  "the owner does not clear holder",
  "the owner clears holder after it gave the mutex up",
  "the waiter does not listen for the owner's end",
  "the waiter takes any holder for a living one",
] as const;

export const mutexProtocol: Protocol = {
  name: "mutex",
  mutations: MUTATIONS,
  minimumStates: 100_000,
  build(mutation, large = false) {
    const is = (name: typeof MUTATIONS[number]) => mutation === name;
    const COUNT = 3;
    const m = new Model("mutex", 2);
    const hold = m.lock("lock of .hold"), holder = m.word("holder");
    const slots = m.words("slot", COUNT), bells = m.words("bell", COUNT);
    // Notes: an owner died; who died after it gave the mutex up, and before it had woken everybody.
    const died = m.word("the last owner died"), unheard = m.word("not all were woken");
    const actors = ["first", "second", "third"].map((name) => m.actor(name));
    const lives = (s: number[], id: number) => id > 0 && m.lives(s, actors[id - 1]);
    const owning = ["inside", "clear", "find who waits first"];

    for (const [me, actor] of actors.entries()) {
      const my = (name: string, initial = 0) => m.variable(actor, name, initial);
      const watched = my("watches"), at = my("slot looked at"), waits = my("waits");
      const rounds = my("rounds", large || me === 0 ? 2 : 1);
      const lateSlot = is("the waiter takes its slot after its last look");
      const earlyWake = is("the owner wakes before it gives the mutex up");
      const lateClear = is("the owner clears holder after it gave the mutex up");
      m.program(actor, {
        // tryTake
        try: (t) =>
          t.tryLock(hold) ? "load holder" : lateSlot ? "look" : t.s[waits] ? "look" : "enter",
        "load holder": (t) => {
          t.claim(
            (t.load(holder) !== 0) === (t.s[died] === 1),
            "who takes it is told something wrong of the last owner",
          );
          return "store holder";
        },
        "store holder": (t) => {
          t.store(holder, me + 1);
          t.s[died] = 0;
          return t.s[waits] ? "leave" : "inside";
        },
        leave: (t) => {
          t.store(slots + me, 0);
          t.s[waits] = 0;
          return "inside";
        },
        // release
        inside: () => earlyWake ? "find who waits first" : lateClear ? "unlock" : "clear",
        "find who waits first": (t) => {
          t.system((s) =>
            s.forEach((_, i) => i < COUNT && s[slots + i] === 1 && (s[bells + i] = 1))
          );
          return "clear";
        },
        clear: (t) => {
          if (!is("the owner does not clear holder")) t.store(holder, 0);
          return "unlock";
        },
        unlock: (t) => {
          t.unlock(hold);
          return lateClear
            ? "clear late"
            : earlyWake || is("the owner wakes nobody")
            ? "next"
            : "find who waits";
        },
        "clear late": (t) => {
          t.store(holder, 0);
          return "find who waits";
        },
        "find who waits": (t) => {
          if (t.s[at] === COUNT) return "next";
          if (t.load(slots + t.s[at]) === 1) return "wake";
          t.s[at]++;
          return "find who waits";
        },
        wake: (t) => {
          t.system((s) => s[bells + s[at]] = 1);
          t.s[at]++;
          return "find who waits";
        },
        next: (t) => {
          t.s[at] = 0;
          return --t.s[rounds] > 0 ? "try" : "done";
        },
        // Waiting
        enter: (t) => {
          t.store(slots + me, 1);
          t.s[waits] = 1;
          return lateSlot ? "sleep" : "look";
        },
        look: (t) => {
          const now = t.load(holder);
          if (!is("the waiter takes any holder for a living one") && now === 0) return "try";
          t.s[watched] = now;
          return "ask for the holder's life";
        },
        "ask for the holder's life": (t) => {
          const sleeps = t.system((s) => lives(s, s[watched])) ||
            is("the waiter takes any holder for a living one");
          return sleeps ? (lateSlot && !t.s[waits] ? "enter" : "sleep") : "try";
        },
        sleep: (t) => {
          const woken = t.system((s) => {
            const ended = s[watched] > 0 && !lives(s, s[watched]) &&
              !is("the waiter does not listen for the owner's end") &&
              !is("the waiter takes any holder for a living one");
            return s[bells + me] === 1 || ended ? (s[bells + me] = 0, true) : false;
          });
          if (!woken) return undefined;
          t.s[watched] = 0;
          return "try";
        },
        done: undefined,
      });
      m.mayRest(actor, "sleep", (s) => s[unheard] === 1);
    }
    m.dying(() => true, (s, actor) => {
      if (m.isAt(s, actor, "leave", ...owning)) s[died] = s[holder] === 0 ? 0 : 1;
      if (m.isAt(s, actor, "unlock", "find who waits", "wake") && s[holder] !== actor.index + 1) {
        s[unheard] = 1;
      }
    });
    m.always("two own it", (s) => actors.filter((each) => m.isAt(s, each, ...owning)).length < 2);
    return m;
  },
};
