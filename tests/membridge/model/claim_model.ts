/**
 * Who gets a message of a channel (`membridge/channel/receiving_end.ts`, `consumer_table.ts`): consumers claim some at a time, take from
 * each other what was not come to yet, and give back what a dead one held. The messages are there from the beginning; a consumer
 * acknowledges each before the next. Who finds nothing sleeps until something waits again or the other one dies.
 */
import { type Actor, Model, type Protocol, type State, type Turn } from "./model.ts";

const MUTATIONS = [
  "who steals loads the cursor before it stores steal",
  "the consumer looks at steal before it stores the cursor",
  "the consumer does not look at steal",
  "the cursor is stored late",
  "steal is stored late",
  "a consumer keeps what lies behind a message that was taken from it",
  "who steals also takes what lies at the cursor",
  "who steals stores the claim before next",
  "what a dead one may have delivered is not marked",
  "the claiming takes no lock",
  "a dead consumer's slot is free before its claims are",
] as const;

/** The parts of a claim: who has it in the low bits, and the marks. */
const OWNER = 3, DELIVERED = 4, AGAIN = 8, DONE = 16;

export const claimProtocol: Protocol = {
  name: "claims of a channel",
  mutations: MUTATIONS,
  minimumStates: 100_000,
  build(mutation, large = false) {
    const is = (name: typeof MUTATIONS[number]) => mutation === name;
    const MESSAGES = large ? 4 : 3, CONSUMERS = 3;
    const m = new Model("claims of a channel", 2);
    const lock = m.lock("receiving end's lock"), next = m.word("next");
    const claims = m.words("claim", MESSAGES);
    const cursors = m.words("cursor", CONSUMERS), steals = m.words("steal", CONSUMERS);
    const ids = m.words("id", CONSUMERS);
    // A note: who delivered each message, one bit for each consumer.
    const delivered = m.words("delivered by", MESSAGES);
    const actors = ["first", "second", "third"].slice(0, CONSUMERS).map((each) => m.actor(each));
    const isDead = (s: State, slot: number) => s[ids + slot] !== 0 && !m.lives(s, actors[slot]);
    const waits = (claim: number) => claim !== DONE && (claim & OWNER) === 0;

    for (const [me, actor] of actors.entries()) {
      const my = (name: string) => m.variable(actor, name);
      const at = my("place"), other = my("other's slot"), cursor = my("other's cursor");
      const knows = my("knows the cursor"), moved = my("moved next"), there = my("claim");
      const first = my("first of its batch"), count = my("batch"), index = my("index");
      const most = my("claims at most");
      const unlocked = is("the claiming takes no lock");
      const reset = ({ s }: Turn, then: string) => {
        s[at] =
          s[other] =
          s[cursor] =
          s[knows] =
          s[moved] =
          s[there] =
            0;
        return then;
      };
      const deliver = (t: Turn) => {
        const { s } = t, place = s[first] + s[index];
        for (const [who, each] of actors.entries()) {
          if ((s[delivered + place] & (1 << who)) === 0) continue;
          t.claim(!m.lives(s, each), "two living consumers got the same message");
          t.claim((s[claims + place] & AGAIN) !== 0, "what a dead one had is not marked");
        }
        s[delivered + place] |= 1 << me;
        return "acknowledge";
      };
      const slotFirst = is("a dead consumer's slot is free before its claims are");
      m.program(actor, {
        // ConsumerTable.#removeAllDead
        "look for dead": (t) => {
          while (t.s[other] < CONSUMERS && (t.s[other] === me || !isDead(t.s, t.s[other]))) {
            t.s[other]++;
          }
          if (t.s[other] < CONSUMERS) return "free: lock";
          return reset(t, t.s[ids + me] === 0 ? "enter: lock" : "claim: lock");
        },
        "free: lock": (t) => {
          if (!t.tryLock(lock)) return undefined;
          return isDead(t.s, t.s[other])
            ? (slotFirst ? "free: store id" : "free: load cursor")
            : "free: unlock";
        },
        // ReceivingEnd.release
        "free: load cursor": (t) => {
          t.s[cursor] = t.load(cursors + t.s[other]);
          return "free: look";
        },
        "free: look": (t) => {
          if (t.s[at] === MESSAGES) return "free: store steal";
          t.s[there] = t.load(claims + t.s[at]);
          if ((t.s[there] & OWNER) === t.s[other] + 1) {
            return t.s[moved] === 0 ? "free: store next" : "free: store claim";
          }
          t.s[at]++;
          return "free: look";
        },
        "free: store next": (t) => {
          t.store(next, 0);
          t.s[moved] = 1;
          return "free: store claim";
        },
        "free: store claim": (t) => {
          const { s } = t;
          const came = (s[there] & DELIVERED) !== 0 || s[at] <= s[cursor];
          const mark = came && !is("what a dead one may have delivered is not marked") ? AGAIN : 0;
          t.store(claims + s[at]++, mark | (s[there] & AGAIN));
          return "free: look";
        },
        "free: store steal": (t) => {
          t.store(steals + t.s[other], 0);
          return slotFirst ? "free: unlock" : "free: store id";
        },
        "free: store id": (t) => {
          t.store(ids + t.s[other], 0);
          return slotFirst ? "free: load cursor" : "free: unlock";
        },
        "free: unlock": (t) => {
          t.unlock(lock);
          return reset(t, "look for dead");
        },
        // ConsumerTable.enter, ReceivingEnd.steal
        "enter: lock": (t) => t.tryLock(lock) ? "steal: look" : undefined,
        "steal: look": (t) => {
          if (t.s[at] === MESSAGES) {
            t.s[at] = t.s[knows] = 0;
            // One after the other: a cursor is known for one owner at a time.
            return ++t.s[other] < CONSUMERS ? "steal: look" : "enter: store id";
          }
          t.s[there] = t.load(claims + t.s[at]);
          if (
            (t.s[there] & OWNER) === t.s[other] + 1 && (t.s[there] & DELIVERED) === 0 &&
            t.s[other] !== me
          ) {
            if (t.s[knows] === 1) return "steal: decide";
            return is("who steals loads the cursor before it stores steal")
              ? "steal: load cursor"
              : "steal: store steal";
          }
          t.s[at]++;
          return "steal: look";
        },
        "steal: store steal": (t) => {
          t.store(steals + t.s[other], 1);
          return is("who steals loads the cursor before it stores steal")
            ? "steal: decide"
            : "steal: load cursor";
        },
        "steal: load cursor": (t) => {
          t.s[cursor] = t.load(cursors + t.s[other]);
          t.s[knows] = 1;
          return is("who steals loads the cursor before it stores steal")
            ? "steal: store steal"
            : "steal: decide";
        },
        "steal: decide": (t) => {
          const own = is("who steals also takes what lies at the cursor") ? 1 : 0;
          if (t.s[at] > t.s[cursor] - own) {
            return t.s[moved] === 1 || is("who steals stores the claim before next")
              ? "steal: store claim"
              : "steal: store next";
          }
          t.s[at]++;
          return "steal: look";
        },
        "steal: store next": (t) => {
          t.store(next, 0);
          t.s[moved] = 1;
          return is("who steals stores the claim before next")
            ? "steal: look"
            : "steal: store claim";
        },
        "steal: store claim": (t) => {
          t.store(claims + t.s[at]++, t.s[there] & AGAIN);
          return is("who steals stores the claim before next") && t.s[moved] === 0
            ? "steal: store next"
            : "steal: look";
        },
        "enter: store id": (t) => {
          t.store(ids + me, 1);
          return "enter: unlock";
        },
        "enter: unlock": (t) => {
          t.unlock(lock);
          return reset(t, "claim: lock");
        },
        // Receiver, ReceivingEnd.claim
        "claim: lock": (t) => unlocked || t.tryLock(lock) ? "claim: count consumers" : undefined,
        "claim: count consumers": (t) => {
          const alone = actors.every((_, each) => each === me || t.protected(ids + each) === 0);
          t.s[most] = alone ? MESSAGES : 1;
          t.s[at] = t.load(next);
          return "claim: look";
        },
        "claim: look": (t) => {
          const { s } = t;
          if (s[at] === MESSAGES || s[count] === s[most]) return "claim: store next";
          s[there] = t.load(claims + s[at]);
          if (waits(s[there])) {
            if (s[count] > 0) return "claim: store claim";
            s[first] = s[at];
            return "claim: store cursor";
          }
          if (s[count] > 0) return "claim: store next";
          s[at]++;
          return "claim: look";
        },
        "claim: store cursor": (t) => {
          t.store(cursors + me, t.s[first]);
          return "claim: store claim";
        },
        "claim: store claim": (t) => {
          const { s } = t;
          const mark = s[count] === 0 ? DELIVERED : 0;
          t.store(claims + s[at]++, (s[there] & AGAIN) | mark | (me + 1));
          s[count]++;
          return "claim: look";
        },
        "claim: store next": (t) => {
          t.store(next, t.s[at]);
          return "claim: unlock";
        },
        "claim: unlock": (t) => {
          if (!unlocked) t.unlock(lock);
          reset(t, "");
          return t.s[count] > 0 ? "deliver" : "nothing";
        },
        deliver,
        acknowledge: (t) => {
          t.store(claims + t.s[first] + t.s[index], DONE);
          if (++t.s[index] < t.s[count]) {
            return is("the consumer looks at steal before it stores the cursor")
              ? "look at steal"
              : "move cursor";
          }
          t.s[index] = t.s[count] = t.s[first] = 0;
          return "look for dead";
        },
        // moveCursor
        "move cursor": (t) => {
          t.store(cursors + me, t.s[first] + t.s[index]);
          const looked = is("the consumer does not look at steal") ||
            is("the consumer looks at steal before it stores the cursor");
          return looked ? "deliver" : "look at steal";
        },
        "look at steal": (t) => {
          if (t.load(steals + me) === 1) return "recheck: lock";
          return is("the consumer looks at steal before it stores the cursor")
            ? "move cursor"
            : "deliver";
        },
        "recheck: lock": (t) => t.tryLock(lock) ? "recheck: store steal" : undefined,
        "recheck: store steal": (t) => {
          t.store(steals + me, 0);
          return "recheck: look";
        },
        "recheck: look": (t) => {
          const { s } = t;
          const own = (i: number) => (t.protected(claims + s[first] + i) & OWNER) === me + 1;
          let kept = s[index];
          while (kept < s[count] && own(kept)) kept++;
          // Where those end that wait again.
          s[at] = is("a consumer keeps what lies behind a message that was taken from it")
            ? kept
            : s[count];
          s[count] = kept;
          return "recheck: give back";
        },
        "recheck: give back": (t) => {
          const { s } = t;
          let place = s[first] + s[count];
          const end = s[first] + s[at];
          while (place < end && (t.protected(claims + place) & OWNER) !== me + 1) place++;
          if (place >= end) return reset(t, "recheck: unlock");
          if (s[moved] === 0) {
            t.store(next, 0);
            s[moved] = 1;
          } else t.store(claims + place, t.protected(claims + place) & AGAIN);
          return "recheck: give back";
        },
        "recheck: unlock": (t) => {
          t.unlock(lock);
          if (t.s[index] < t.s[count]) return "deliver";
          t.s[index] = t.s[count] = t.s[first] = 0;
          return "look for dead";
        },
        nothing: (t) => {
          const { s } = t;
          let done = true, waiting = false;
          for (let i = 0; i < MESSAGES; i++) {
            if (s[claims + i] !== DONE) done = false;
            if (waits(s[claims + i]) && s[next] <= i) waiting = true;
          }
          if (done) return "all is done";
          const died = actors.some((_, each) => each !== me && isDead(s, each));
          return waiting || died ? "look for dead" : undefined;
        },
        "all is done": undefined,
      });
      if (is("the cursor is stored late")) m.delay(actor, cursors + me);
      if (is("steal is stored late")) {
        for (let each = 0; each < CONSUMERS; each++) if (each !== me) m.delay(actor, steals + each);
      }
    }
    m.dying((actor: Actor) => large || actor !== actors[2]);
    m.always(
      "a waiting message is before next, and nobody has the lock",
      (s) =>
        s[lock] !== 0 ||
        Array.from({ length: s[next] }, (_, i) => s[claims + i]).every((each) => !waits(each)),
    );
    m.finally("a message is lost", (s) => {
      if (actors.every((actor) => !m.lives(s, actor))) return true;
      return Array.from({ length: MESSAGES }, (_, i) => s[claims + i]).every((each) =>
        each === DONE
      );
    });
    return m;
  },
};
