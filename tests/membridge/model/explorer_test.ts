/** The explorer itself: it finds what is known to be wrong, and nothing in what is known to be right. */
import { assert, assertEquals, assertThrows } from "../../helpers/assert.ts";
import { explore } from "./explorer.ts";
import { Model } from "./model.ts";

const NONE = { permissions: "none" } as const;

/** Peterson's mutual exclusion: right as long as stores are seen before later loads. */
function peterson(delayed: boolean): Model {
  const m = new Model("Peterson", 0);
  const flags = m.words("flag", 2), turn = m.word("turn");
  const actors = [m.actor("left"), m.actor("right")];
  for (const [me, actor] of actors.entries()) {
    m.program(actor, {
      raise: (t) => {
        t.store(flags + me, 1);
        return "yield";
      },
      yield: (t) => {
        t.store(turn, 1 - me);
        return "look at the flag";
      },
      "look at the flag": (t) => t.load(flags + 1 - me) === 0 ? "inside" : "look at the turn",
      "look at the turn": (t) => t.load(turn) === me ? "inside" : "look at the flag",
      inside: (t) => {
        t.store(flags + me, 0);
        return "raise";
      },
    });
    if (delayed) m.delay(actor, turn);
  }
  m.always("one is inside", (s) => !actors.every((actor) => m.isAt(s, actor, "inside")));
  return m;
}

Deno.test("explorer: Peterson's lock excludes, and does not when a store is late", NONE, () => {
  // It runs for ever: that is found as well, after all states were.
  const right = explore(peterson(false));
  assertEquals(right.violation?.what, "from here on it never ends");
  assert(right.states > 20 && right.ends === 0, JSON.stringify(right));
  const late = explore(peterson(true));
  assertEquals(late.violation?.what, "one is inside");
  assert(late.violation!.trace.includes("left: look at the flag"), late.violation!.trace);
});

Deno.test(
  "explorer: who holds a lock and dies gives it up; who waits for ever is found",
  NONE,
  () => {
    const build = (forgets: boolean) => {
      const m = new Model("two locks", 1);
      const lock = m.lock("lock"), seen = m.word("seen");
      for (const name of ["first", "second"]) {
        m.program(m.actor(name), {
          take: (t) => t.tryLock(lock) ? "write" : undefined,
          write: (t) => {
            t.store(seen, 1);
            return forgets ? "end" : "give";
          },
          give: (t) => {
            t.unlock(lock);
            return "end";
          },
          end: undefined,
        });
      }
      return m;
    };
    assertEquals(explore(build(false)).violation, undefined);
    const { violation } = explore(build(true));
    assert(/^(first|second) waits for ever at "take"$/.test(violation!.what), violation!.what);
  },
);

Deno.test("explorer: choices are all made, and two accesses in one step are refused", NONE, () => {
  const m = new Model("choices", 0);
  const word = m.word("word"), actor = m.actor("it");
  m.program(actor, {
    choose: (t) => {
      t.store(word, t.choose(5));
      return "end";
    },
    end: undefined,
  });
  assertEquals(explore(m), { states: 6, transitions: 6, ends: 5 });
  m.finally("not 3", (s) => s[word] !== 3);
  assertEquals(explore(m).violation?.trace, "it: choose   [word = 3]");

  const greedy = new Model("greedy", 0);
  greedy.word("word");
  greedy.program(greedy.actor("it"), {
    both: (t) => {
      t.store(1, t.load(1) + 1);
      return "both";
    },
  });
  assertThrows(() => explore(greedy), Error, "two accesses in one step");
});
