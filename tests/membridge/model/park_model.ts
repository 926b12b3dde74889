/**
 * Sleeping and waking (`membridge/peer/reactor.ts`, `own_peer.ts`, `remote_peer.ts`): one thread that waits for two things, in its event
 * loop and, while it is at it, blocking in `waitSync`; and those who store something for it and wake it.
 */
import { type Actor, Model, type Protocol, type Turn } from "./model.ts";

const MUTATIONS = [
  "no look after parking",
  "the last look is only at what is hot",
  "parked is stored after the look",
  "the waker looks at parked before it stores",
  "the same number is stored for each sleep",
  "the end of a blocking wait leaves the word as it is",
  "the end of a blocking wait does not look again",
  "parked is stored late",
  "the waker's store is late",
  "the waker does not ring who is parked",
] as const;

export const parkProtocol: Protocol = {
  name: "sleep and wake",
  mutations: MUTATIONS,
  minimumStates: 20_000,
  build(mutation, large = false) {
    const is = (name: typeof MUTATIONS[number]) => mutation === name;
    const m = new Model("sleep and wake", 1);
    const parked = m.word("parked"), bell = m.word("bytes in the bell");
    const items = m.words("item", 2);
    const sleeper = m.actor("sleeper");
    const my = (name: string) => m.variable(sleeper, name);
    const sequence = my("sequence"), running = my("running"), progress = my("progress");
    const taken = [my("first item taken"), my("second item taken")], waited = my("waited");

    const stores = large ? [2, 2] : [2, 1];
    const park = (t: Turn) => {
      if (t.s[sequence] === 0 || !is("the same number is stored for each sleep")) t.s[sequence]++;
      t.store(parked, t.s[sequence]);
    };
    /** Looks at both items, one load each, and goes on by whether there was anything; or perhaps at the first one only. */
    const look = (name: string, then: (t: Turn, found: boolean) => string, hot = false) => ({
      [name]: (t: Turn) => {
        const value = t.load(items);
        const skips = hot && t.choose(2) === 1;
        t.s[progress] = value === t.s[taken[0]] ? 0 : 1;
        t.s[taken[0]] = value;
        if (!skips) return `${name}: second`;
        const found = t.s[progress] === 1;
        t.s[progress] = 0;
        return then(t, found);
      },
      [`${name}: second`]: (t: Turn) => {
        const value = t.load(items + 1);
        if (value !== t.s[taken[1]]) t.s[progress] = 1;
        t.s[taken[1]] = value;
        const found = t.s[progress] === 1;
        t.s[progress] = 0;
        return then(t, found);
      },
    });
    m.program(sleeper, {
      // attach, schedule, #wakeUp
      unpark: (t) => {
        t.s[running] = 1;
        t.store(parked, 0);
        return "turn";
      },
      // #turn looks at what is hot; it may go on for a while without anything, and other code may run between two turns
      ...look("turn", () => "end of turn", true),
      "end of turn": (t) => {
        const ways = ["turn", "park", ...(t.s[waited] === 0 ? ["wait: look"] : [])];
        return ways[t.choose(ways.length)];
      },
      park: (t) => {
        if (is("parked is stored after the look")) return "last look";
        park(t);
        return is("no look after parking") ? "fall asleep" : "last look";
      },
      ...look("last look", (_t, found) => {
        if (is("parked is stored after the look")) return found ? "turn" : "park late";
        return found ? "unpark again" : "fall asleep";
      }, is("the last look is only at what is hot")),
      "park late": (t) => {
        park(t);
        return "fall asleep";
      },
      "unpark again": (t) => {
        t.store(parked, 0);
        return "turn";
      },
      "fall asleep": (t) => {
        t.s[running] = 0;
        return "asleep";
      },
      // The event loop: the bell's bytes are read (#onBell), or a timer runs code that waits.
      asleep: (t) => {
        if (t.choose(2) === 1) return t.s[waited] === 0 ? "wait: look" : undefined;
        return t.system((s) => s[bell] > 0 ? (s[bell] = 0, true) : false) ? "unpark" : undefined;
      },
      // waitSync, for something in the first item
      ...look("wait: look", () => "wait: begin", true),
      "wait: begin": (t) => {
        t.s[waited] = 1;
        return t.s[taken[0]] > 0 ? "wait: end" : "wait: park";
      },
      "wait: park": (t) => {
        park(t);
        return "wait: last look";
      },
      ...look("wait: last look", (t) => t.s[taken[0]] > 0 ? "wait: end" : "wait: poll"),
      // poll(2) returns when there is a byte; a timeout of a second at the most changes nothing that matters here
      "wait: poll": (t) => t.system((s) => s[bell] > 0) ? "wait: drain" : undefined,
      "wait: drain": (t) => {
        t.system((s) => s[bell] = 0);
        return "wait: look after it";
      },
      ...look("wait: look after it", (t) => t.s[taken[0]] > 0 ? "wait: end" : "wait: park"),
      // #parkAgain
      "wait: end": (t) => {
        if (is("the end of a blocking wait leaves the word as it is")) return back(t);
        if (t.s[running] === 1) {
          t.store(parked, 0);
          return "turn";
        }
        park(t);
        return is("the end of a blocking wait does not look again") ? back(t) : "wait: look again";
      },
      ...look("wait: look again", (t, found) => found ? "wait: end" : back(t)),
    });
    const back = (t: Turn) => t.s[running] === 1 ? "turn" : "asleep";

    const wakers: Actor[] = ["first waker", "second waker"].map((name) => m.actor(name));
    for (const [which, waker] of wakers.entries()) {
      const left = m.variable(waker, "stores", stores[which]), rung = m.variable(waker, "rung");
      const seen = m.variable(waker, "parked number");
      const early = is("the waker looks at parked before it stores");
      m.program(waker, {
        // Whoever stores something for the sleeper, then RemotePeer.wake
        ...(early ? { early: (t: Turn) => load(t, "store") } : {}),
        store: (t) => {
          t.store(items + which, stores[which] - t.s[left] + 1);
          return early ? decide(t) : "load parked";
        },
        "load parked": (t) => load(t, "decide"),
        decide: (t) => decide(t),
        ring: (t) => {
          t.s[rung] = t.s[seen];
          // One byte is as good as many: `EAGAIN` says that there are.
          t.system((s) => s[bell] = Math.min(s[bell] + 1, 2));
          return "next";
        },
        next: (t) => {
          t.s[seen] = 0;
          return --t.s[left] > 0 ? (early ? "early" : "store") : "done";
        },
        done: undefined,
      });
      const load = (t: Turn, then: string) => {
        t.s[seen] = t.load(parked);
        return then;
      };
      const decide = ({ s }: Turn) => {
        if (s[seen] === 0 || is("the waker does not ring who is parked")) return "next";
        return s[seen] === s[rung] ? "next" : "ring";
      };
      if (is("the waker's store is late")) m.delay(waker, items + which);
    }
    if (is("parked is stored late")) m.delay(sleeper, parked);
    m.dying((actor) => actor !== sleeper);

    // It may sleep for ever once it has seen all that is there. Who died after its store and before it rang is not heard of.
    const died = (s: number[]) => wakers.some((waker) => !m.lives(s, waker));
    m.mayRest(
      sleeper,
      "asleep",
      (s) => died(s) || taken.every((each, i) => s[each] === s[items + i]),
    );
    m.mayRest(
      sleeper,
      "wait: poll",
      (s) => died(s) || (s[items] === 0 && s[taken[1]] === s[items + 1]),
    );
    return m;
  },
};
