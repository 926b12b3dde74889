/**
 * The name of a service (`publishService` in `membridge/call/service_segment.ts`, `service_lookup.ts`, `#unpublish` and
 * `#end` in `owner.ts`): owners take it, from each other as well, and give it up; a client finds the living one, and removes what a dead
 * one left. Each owner has one segment, of its own number; its thread lives on after its service ended.
 */
import { Model, type Protocol, type State, type Turn } from "./model.ts";

const MUTATIONS = [
  "who takes over does not look whether the old one has the name",
  "who takes over holds no lock",
  "who takes over has the name before the old one is superseded",
  "who takes over wakes nobody",
  "who takes over wakes before the old one is superseded",
  "the client removes a name without looking whose it is",
  "the client removes a name without the lock",
  "the client registers without looking at the state",
  "an owner that closes removes the name without looking whose it is",
  "an owner that closes removes the name without the lock",
] as const;

const LIVE = 0, REMOVED = 1, SUPERSEDED = 2;

export const nameProtocol: Protocol = {
  name: "name of a service",
  mutations: MUTATIONS,
  minimumStates: 100_000,
  build(mutation, large = false) {
    const is = (name: typeof MUTATIONS[number]) => mutation === name;
    const m = new Model("name of a service", large ? 2 : 1);
    const OWNERS = 3;
    // The number of the segment that has the name, or 0.
    const name = m.word("name"), state = m.words("state", OWNERS + 1);
    const locks = Array.from({ length: OWNERS + 1 }, (_, i) => m.lock(`lock of segment ${i}`));
    const bells = m.words("bell of owner", OWNERS + 1), clientBell = m.word("client's bell");
    const registered = m.words("client is in segment", OWNERS + 1);
    // Notes: somebody who took over died before it woke the others; somebody closed.
    const unheard = m.word("nobody was woken"), closed = m.word("an owner closed");
    const owners = ["first owner", "second owner", "third owner"].map((each) => m.actor(each));
    const client = m.actor("client");
    const lives = (s: State, segment: number) => m.lives(s, owners[segment - 1]);

    for (const [index, owner] of owners.entries()) {
      const me = index + 1;
      const my = (name: string) => m.variable(owner, name);
      const takeover = my("takeover"), closes = my("will close"), old = my("old segment");
      const unlocked = is("who takes over holds no lock");
      const again = ({ s }: Turn) => (s[old] = 0, "link");
      const swapped = is("who takes over has the name before the old one is superseded");
      const early = is("who takes over wakes before the old one is superseded");
      const noLock = is("an owner that closes removes the name without the lock");
      m.program(owner, {
        decide: (t) => {
          // The first one never takes over; the second one does, the third one does not, unless the run is a large one.
          if (index === 0) t.s[closes] = t.choose(2);
          else {
            const choice = t.choose(large ? 4 : 1);
            t.s[takeover] = (choice & 1) ^ (index === 1 ? 1 : 0);
            t.s[closes] = choice >> 1;
          }
          return "link";
        },
        // publishService
        link: (t) => {
          const done = t.system((s) => s[name] === 0 ? (s[name] = me, true) : false);
          return done ? "asleep" : "open";
        },
        open: (t) => {
          t.s[old] = t.system((s) => s[name]);
          return t.s[old] === 0 ? "link" : "lock old";
        },
        "lock old": (t) => unlocked || t.tryLock(locks[t.s[old]]) ? "look at the name" : undefined,
        "look at the name": (t) => {
          if (is("who takes over does not look whether the old one has the name")) {
            return "load old state";
          }
          return t.system((s) => s[name] === s[old]) ? "load old state" : "unlock in vain";
        },
        "unlock in vain": (t) => {
          if (!unlocked) t.unlock(locks[t.s[old]]);
          return again(t);
        },
        "load old state": (t) => {
          const live = t.load(state + t.s[old]) === LIVE;
          if (live && t.s[takeover] === 0) return "ask for its owner";
          return swapped ? "rename" : early ? "wake old owner" : "supersede";
        },
        "ask for its owner": (t) => {
          if (t.system((s) => lives(s, s[old]))) return "unlock: it is served";
          return swapped ? "rename" : early ? "wake old owner" : "supersede";
        },
        "unlock: it is served": (t) => {
          if (!unlocked) t.unlock(locks[t.s[old]]);
          t.s[old] = 0;
          return "already served";
        },
        supersede: (t) => {
          t.store(state + t.s[old], SUPERSEDED);
          return swapped ? "unlock old" : "rename";
        },
        rename: (t) => {
          t.system((s) => s[name] = me);
          return swapped ? "supersede" : "unlock old";
        },
        "unlock old": (t) => {
          if (!unlocked) t.unlock(locks[t.s[old]]);
          if (is("who takes over wakes nobody") || early) {
            t.s[old] = 0;
            return "asleep";
          }
          return "wake old owner";
        },
        // wakeEverybody
        "wake old owner": (t) => {
          t.system((s) => s[bells + s[old]] = 1);
          return "wake old client";
        },
        "wake old client": (t) => {
          t.system((s) => s[registered + s[old]] === 1 && (s[clientBell] = 1));
          if (early) return "supersede";
          t.s[old] = 0;
          return "asleep";
        },
        // Owner: asleep in its event loop, poll
        asleep: (t) => {
          if (t.choose(2) === 1) return t.s[closes] === 1 ? "close: lock" : undefined;
          return t.system((s) => s[bells + me] === 1 ? (s[bells + me] = 0, true) : false)
            ? "look"
            : undefined;
        },
        look: (t) => t.load(state + me) === SUPERSEDED ? "wake own client" : "asleep",
        // #unpublish
        "close: lock": (t) => {
          t.s[closed] = 1;
          return noLock || t.tryLock(locks[me]) ? "close: look at the name" : undefined;
        },
        "close: look at the name": (t) => {
          const looks = !is("an owner that closes removes the name without looking whose it is");
          return t.system((s) => s[name]) === me || !looks ? "close: unlink" : "close: unlock";
        },
        "close: unlink": (t) => {
          t.system((s) => s[name] = 0);
          return "close: unlock";
        },
        "close: unlock": (t) => {
          if (!noLock) t.unlock(locks[me]);
          return "end: lock";
        },
        // #end
        "end: lock": (t) => t.tryLock(locks[me]) ? "end: store state" : undefined,
        "end: store state": (t) => {
          t.store(state + me, REMOVED);
          return "end: unlock";
        },
        "end: unlock": (t) => {
          t.unlock(locks[me]);
          return "wake own client";
        },
        "wake own client": (t) => {
          t.system((s) => s[registered + me] === 1 && (s[clientBell] = 1));
          return "ended";
        },
        ended: undefined,
        "already served": undefined,
      });
      m.mayRest(owner, "asleep", (s) => s[state + me] !== SUPERSEDED || s[unheard] === 1);
    }

    const my = (name: string) => m.variable(client, name);
    const segment = my("segment"), served = my("it was served"), reaped = my("removed a name");
    const unsafe = is("the client removes a name without the lock");
    const reopen = ({ s }: Turn) => (s[registered + s[segment]] = 0, s[segment] = 0, "open");
    m.program(client, {
      begin: (t) => {
        t.s[served] = t.s[name] !== 0 ? 1 : 0;
        return "open";
      },
      // openService
      open: (t) => {
        t.s[segment] = t.system((s) => s[name]);
        return t.s[segment] === 0 ? "nobody is there" : "load state";
      },
      "load state": (t) =>
        t.load(state + t.s[segment]) === LIVE ? "ask for its owner" : "reap: lock",
      "ask for its owner": (t) =>
        t.system((s) => lives(s, s[segment])) ? "register: lock" : "reap: lock",
      // reap
      "reap: lock": (t) =>
        unsafe || t.tryLock(locks[t.s[segment]]) ? "reap: look at the name" : undefined,
      "reap: look at the name": (t) => {
        const looks = !is("the client removes a name without looking whose it is");
        const named = t.system((s) => s[name] === s[segment]);
        return named || !looks ? "reap: unlink" : "reap: unlock";
      },
      "reap: unlink": (t) => {
        t.system((s) => s[name] = 0);
        t.s[reaped] = 1;
        return "reap: unlock";
      },
      "reap: unlock": (t) => {
        if (!unsafe) t.unlock(locks[t.s[segment]]);
        return t.s[reaped] === 1 ? "nobody is there" : reopen(t);
      },
      // register
      "register: lock": (t) =>
        t.tryLock(locks[t.s[segment]]) ? "register: look at the state" : undefined,
      "register: look at the state": (t) => {
        const live = t.load(state + t.s[segment]) === LIVE;
        if (!live && !is("the client registers without looking at the state")) {
          return "register: leave";
        }
        return "register: enter";
      },
      "register: leave": (t) => {
        t.unlock(locks[t.s[segment]]);
        return reopen(t);
      },
      "register: enter": (t) => {
        t.store(registered + t.s[segment], 1);
        return "register: unlock";
      },
      "register: unlock": (t) => {
        t.unlock(locks[t.s[segment]]);
        return "wake owner";
      },
      "wake owner": (t) => {
        t.system((s) => s[bells + s[segment]] = 1);
        // A client that registers without looking has nothing that it would look for before it sleeps.
        return is("the client registers without looking at the state") ? "sleep" : "look";
      },
      // Connection
      look: (t) => t.load(state + t.s[segment]) === LIVE ? "sleep" : reopen(t),
      sleep: (t) => {
        const woken = t.system((s) => {
          if (s[clientBell] === 1) return s[clientBell] = 0, 1;
          return lives(s, s[segment]) ? 0 : 2;
        });
        return woken === 0 ? undefined : woken === 1 ? "look" : reopen(t);
      },
      "nobody is there": (t) => {
        const known = t.s[0] < m.maxDeaths || t.s[closed] === 1 || t.s[served] === 0;
        t.claim(known, "a client finds nobody though the name was served all the time");
        for (const each of client.variables) t.s[each] = 0;
        return "nobody";
      },
      nobody: undefined,
    });
    m.mayRest(
      client,
      "sleep",
      (s) => s[unheard] === 1 || (s[state + s[segment]] === LIVE && lives(s, s[segment])),
    );
    m.dying((actor) => actor !== client || large, (s, actor) => {
      const between = [
        "rename",
        "unlock old",
        "wake old owner",
        "wake old client",
        "wake own client",
      ];
      if (m.isAt(s, actor, ...between)) s[unheard] = 1;
    });

    const serves = (s: State, segment: number) =>
      s[state + segment] === LIVE &&
      m.isAt(s, owners[segment - 1], "asleep", "look", "wake old owner");
    m.always("two serve", (s) => [1, 2, 3].filter((each) => serves(s, each)).length < 2);
    m.always(
      "who serves has the name",
      (s) => [1, 2, 3].every((each) => !serves(s, each) || s[name] === each),
    );
    m.finally("the name leads to nothing that lives, and nobody died", (s) => {
      if (s[name] === 0 || s[0] < m.maxDeaths) return true;
      return s[state + s[name]] === LIVE && lives(s, s[name]);
    });
    return m;
  },
};
