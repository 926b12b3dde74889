/**
 * The bias of a segment's lock (`membridge/segment/bias.ts`): a handle that nobody else comes between enters by a store and a load, and
 * whoever comes takes the bias away with the kernel's lock held. The first actor is a Worker: when it is terminated, its places stay taken.
 */
import { type Actor, DEAD, Model, type Protocol, type State, type Turn } from "./model.ts";

const MUTATIONS = [
  "who enters looks at bias before it says that it is inside",
  "who revokes looks whether somebody is inside before it says so",
  "who revokes does not look whether somebody is inside",
  "who revokes takes anybody inside for dead",
  "who died inside stays there",
  "a terminated Worker stays inside",
  "inside is stored late",
  "bias is stored late",
  "the place is given up before inside is 0",
  "who was there before stays inside of a place",
  "the bias is stored after the kernel's lock was given up",
  "somebody else's bias is not taken away",
] as const;

const PLACES = 2;
/** `bias` is 0, a place + 1, that with this, */
const REVOKED = 10;
/** or this and who was the last holder. */
const CANDIDATE = 20;

/** Where somebody has the kernel's lock. A Worker that is terminated there is the kernel lock's model's. */
const LOCKED = [
  "load bias",
  "store revoked",
  "load inside",
  "try its byte",
  "clear inside",
  "free its byte",
  "ask whether it is gone",
  "evict",
  "store candidate",
  "inside",
  "take a place",
  "take the other place",
  "look into the place",
  "reset inside",
  "store bias",
  "unlock",
  "unlock and wait",
];

export const biasProtocol: Protocol = {
  name: "bias",
  mutations: MUTATIONS,
  minimumStates: 50_000,
  build(mutation, large = false) {
    const is = (name: typeof MUTATIONS[number]) => mutation === name;
    const rounds = large ? [4, 4, 3] : [4, 3, 2];
    const m = new Model("bias", large ? 2 : 1);
    const bias = m.word("bias"), inside = m.words("inside", PLACES);
    const kernel = m.lock("flock");
    const bytes = Array.from({ length: PLACES }, (_, i) => m.lock(`lock of byte ${i}`));
    const actors = ["worker", "second", "third"].map((name) => m.actor(name));
    // The others may be of another pid namespace, where nobody can be asked for.
    const isGone = (s: State, signer: number) => signer === 1 && s[actors[0].pc] === DEAD;

    for (const [me, actor] of actors.entries()) {
      const my = (name: string, initial = 0) => m.variable(actor, name, initial);
      const left = my("rounds", rounds[me]), streak = my("streak"), place = my("place");
      const seen = my("seen bias"), other = my("other's place");
      const mine = ({ s }: Turn) => inside + s[place] - 1;
      const theirs = ({ s }: Turn) => inside + s[other] - 1;
      const early = is("who enters looks at bias before it says that it is inside");
      const blind = is("who revokes does not look whether somebody is inside");
      const looksFirst = is("who revokes looks whether somebody is inside before it says so");
      const biasLast = is("the bias is stored after the kernel's lock was given up");
      const forget = ({ s }: Turn) => s[seen] = s[other] = 0;
      m.program(actor, {
        start: (t) => t.s[place] === 0 ? "flock" : early ? "enter: look" : "enter: sign",
        // Bias.enter
        "enter: sign": (t) => {
          t.store(mine(t), me + 1);
          return early ? "inside by bias" : "enter: look";
        },
        "enter: look": (t) => {
          if (t.load(bias) === t.s[place]) return early ? "enter: sign" : "inside by bias";
          return is("the place is given up before inside is 0") ? "enter: free" : "enter: undo";
        },
        "enter: undo": (t) => {
          t.store(mine(t), 0);
          if (!is("the place is given up before inside is 0")) return "enter: free";
          t.s[place] = 0;
          return "flock";
        },
        "enter: free": (t) => {
          t.unlock(bytes[t.s[place] - 1]);
          if (is("the place is given up before inside is 0")) return "enter: undo";
          t.s[place] = 0;
          return "flock";
        },
        "inside by bias": () => "leave",
        leave: (t) => {
          t.store(mine(t), 0);
          return again(t);
        },
        // KernelLock.acquire
        flock: (t) => t.s[kernel] === 0 && t.tryLock(kernel) ? "load bias" : undefined,
        // Bias.revoke
        "load bias": (t) => {
          const now = t.load(bias);
          if (now === CANDIDATE + me) {
            t.s[streak]++;
            return "inside";
          }
          t.s[streak] = 0;
          if (now === 0 || now >= CANDIDATE) return "store candidate";
          if (is("somebody else's bias is not taken away")) return "inside";
          t.s[other] = now % REVOKED;
          t.s[seen] = now;
          if (blind) return "store candidate";
          return now > REVOKED || looksFirst ? "load inside" : "store revoked";
        },
        "store revoked": (t) => {
          t.store(bias, t.s[other] + REVOKED);
          return looksFirst ? "store candidate" : "load inside";
        },
        "load inside": (t) => {
          const signer = t.load(theirs(t));
          if (signer === 0) {
            return looksFirst && t.s[seen] < REVOKED ? "store revoked" : "store candidate";
          }
          return is("who revokes takes anybody inside for dead") ? "clear inside" : "try its byte";
        },
        "try its byte": (t) => {
          if (is("who died inside stays there")) return "unlock and wait";
          if (t.tryLock(bytes[t.s[other] - 1])) return "clear inside";
          return t.choose(2) === 0 ? "unlock and wait" : "ask whether it is gone";
        },
        "clear inside": (t) => {
          t.store(theirs(t), 0);
          return is("who revokes takes anybody inside for dead")
            ? "store candidate"
            : "free its byte";
        },
        "free its byte": (t) => {
          t.unlock(bytes[t.s[other] - 1]);
          return "store candidate";
        },
        // KernelLock.rescue, Bias.evict
        "ask whether it is gone": (t) => {
          const gone = t.system((s) => {
            const signer = s[theirs(t)];
            return signer !== 0 && isGone(s, signer);
          });
          return gone && !is("a terminated Worker stays inside") ? "evict" : "unlock and wait";
        },
        evict: (t) => {
          t.store(theirs(t), 0);
          return "store candidate";
        },
        "store candidate": (t) => {
          t.store(bias, CANDIDATE + me);
          forget(t);
          return "inside";
        },
        "unlock and wait": (t) => {
          t.unlock(kernel);
          return "wait";
        },
        // waitForLock
        wait: (t) => {
          const { s } = t;
          const byte = s[bytes[s[other] - 1]];
          const evicted = byte !== 0 && isGone(s, s[theirs(t)]);
          if (s[theirs(t)] !== 0) {
            if (byte === 0 ? is("who died inside stays there") : !evicted) return undefined;
            if (evicted && is("a terminated Worker stays inside")) return undefined;
          }
          forget(t);
          return "flock";
        },
        inside: (t) => t.s[streak] > 0 && t.s[place] === 0 ? "take a place" : "unlock",
        // Bias.offer
        "take a place": (t) => {
          if (!t.tryLock(bytes[0])) return "take the other place";
          t.s[place] = 1;
          return "look into the place";
        },
        "take the other place": (t) => {
          if (!t.tryLock(bytes[1])) return "unlock";
          t.s[place] = 2;
          return "look into the place";
        },
        "look into the place": (t) => {
          const kept = is("who was there before stays inside of a place");
          if (t.load(mine(t)) !== 0 && !kept) return "reset inside";
          return biasLast ? "unlock" : "store bias";
        },
        "reset inside": (t) => {
          t.store(mine(t), 0);
          return biasLast ? "unlock" : "store bias";
        },
        "store bias": (t) => {
          t.store(bias, t.s[place]);
          t.s[streak] = 0;
          return biasLast ? again(t) : "unlock";
        },
        unlock: (t) => {
          t.unlock(kernel);
          return biasLast && t.s[streak] > 0 && t.s[place] > 0 ? "store bias" : again(t);
        },
        // It keeps its place, or closes the handle.
        done: (t) => t.choose(2) === 0 || t.s[place] === 0 ? "idle" : "close",
        close: (t) => {
          t.unlock(bytes[t.s[place] - 1]);
          t.s[place] = 0;
          return "idle";
        },
        idle: undefined,
      });
      const again = (t: Turn) => --t.s[left] > 0 ? "start" : "done";
      if (is("inside is stored late")) {
        for (let i = 0; i < PLACES; i++) m.delay(actor, inside + i);
      }
      if (is("bias is stored late")) m.delay(actor, bias);
    }

    // The locks of a terminated Worker stay.
    m.deaths.push({
      name: "is terminated, its process lives on",
      effect: () => {},
      when: (s: State, actor: Actor) => actor === actors[0] && !m.isAt(s, actor, ...LOCKED),
    });
    m.always(
      "two are inside",
      (s) => actors.filter((actor) => m.isAt(s, actor, "inside", "inside by bias")).length < 2,
    );
    return m;
  },
};
