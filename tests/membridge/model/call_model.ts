/**
 * Callers of a service (`membridge/call/connection.ts`, `owner.ts`, `service_lookup.ts`): slots are taken, opened and given back, calls
 * end, whoever dies. A ring is one word, the number of the last message; waking is a bell that stays rung until it is heard, which is
 * what `park_model.ts` and `ring_model.ts` show of the real ones.
 */
import { type Actor, Model, type Protocol, type State, type Turn } from "./model.ts";

const MUTATIONS = [
  "the slot's state is stored before laneHigh",
  "registrations is counted before the slot is registered",
  "who finds no free slot does not have the owner look",
  "the client takes no lock",
  "an owner that ends wakes only the lanes that it has opened",
  "an owner that ends wakes before the state is set",
  "the owner does not wake whose lane it cannot open",
  "the owner notes registrations after it looked at the slots",
  "the owner does not free the slot of a dead client",
  "the client does not look at its slot",
  "the client does not look at the state",
  "the client does not wake the owner after it sent",
  "the client does not wake the owner after it closed",
] as const;

const FREE = 0, REGISTERED = 1;
const LIVE = 0, REMOVED = 1;
/** How a client's call ended. */
const RESULT = 1, REFUSED = 2;

export const callProtocol: Protocol = {
  name: "calls and their lanes",
  mutations: MUTATIONS,
  minimumStates: 100_000,
  build(mutation, large = false) {
    const is = (name: typeof MUTATIONS[number]) => mutation === name;
    const CLIENTS = 2, CAPACITY = 1, CONNECTIONS = 2;
    const m = new Model("calls and their lanes", 1);
    const state = m.word("state"), name = m.word("the service has its name", 1);
    const registrations = m.word("registrations"), laneHigh = m.word("laneHigh");
    const slotClient = m.words("slot's client", CAPACITY),
      slotLane = m.words("slot's lane", CAPACITY);
    const slotState = m.words("slot's state", CAPACITY);
    const slots = Array.from({ length: CAPACITY }, (_, i) => i);
    const lock = m.lock("lock");
    // One lane for each connection that a client makes: 1 and 2, 3 and 4.
    const LANES = CLIENTS * CONNECTIONS + 1;
    const request = m.words("request", LANES), reply = m.words("reply", LANES);
    const closed = m.words("closed", LANES), file = m.words("lane has a name", LANES);
    const owner = m.actor("owner"), ownerBell = m.word("owner's bell");
    const clients = ["first client", "second client"].map((each) => m.actor(each));
    const bells = m.words("client's bell", CLIENTS + 1);
    const ring = (bell: number) => (t: Turn) => t.system((s) => s[bell] = 1);
    /** Notes: calls run, by lane. */
    const ran = m.words("call was run", LANES);

    const my = (actor: Actor, name: string) => m.variable(actor, name);
    const seen = my(owner, "registrations"), slot = my(owner, "slot"), high = my(owner, "laneHigh");
    const lanes = slots.map((each) => my(owner, `lane in slot ${each}`));
    const opening = my(owner, "lane being opened"),
      closing = my(owner, "closing"),
      closes = my(owner, "will close");
    const clientOf = (lane: number) => Math.ceil(lane / CONNECTIONS);
    const nextSlot = (t: Turn, step: string, then: string) =>
      ++t.s[slot] < CAPACITY ? step : (t.s[slot] = 0, then);
    const ended = () => is("an owner that ends wakes before the state is set");
    m.program(owner, {
      // Whether its user closes it at some time: not to be relied on.
      decide: (t) => {
        t.s[closes] = t.choose(2);
        return "sleep";
      },
      // poll
      "load registrations": (t) => {
        const now = t.load(registrations);
        if (now === t.s[seen]) return "lane: look";
        if (!is("the owner notes registrations after it looked at the slots")) t.s[seen] = now;
        return "load laneHigh";
      },
      // #attachLanes
      "load laneHigh": (t) => {
        t.s[high] = t.load(laneHigh);
        return "load slot's state";
      },
      "load slot's state": (t) => {
        if (t.s[slot] >= t.s[high]) {
          t.s[slot] = t.s[high] = 0;
          return is("the owner notes registrations after it looked at the slots")
            ? "note"
            : "lane: look";
        }
        const registered = t.load(slotState + t.s[slot]) === REGISTERED;
        if (!registered || t.s[lanes[t.s[slot]]] !== 0) {
          t.s[slot]++;
          return "load slot's state";
        }
        return "open lane";
      },
      note: (t) => {
        t.s[seen] = t.load(registrations);
        return "lane: look";
      },
      // #openLane; what a registered slot says nobody else changes. It may fail for want of descriptors.
      "open lane": (t) => {
        const lane = t.protected(slotLane + t.s[slot]);
        t.claim(clientOf(lane) === t.protected(slotClient + t.s[slot]), "a slot mixes two clients");
        t.s[opening] = lane;
        const failing = (large || lane === 1) && t.choose(2) === 1;
        const found = t.system((s) =>
          s[file + lane] === 1 && m.lives(s, clients[clientOf(lane) - 1])
        );
        if (found && !failing) t.s[lanes[t.s[slot]]] = lane;
        return "unlink lane";
      },
      "unlink lane": (t) => {
        t.system((s) => s[file + s[opening]] = 0);
        return decideOpened(t);
      },
      "free unusable slot": (t) => {
        t.store(slotState + t.s[slot], FREE);
        return is("the owner does not wake whose lane it cannot open") ? "opened" : "wake client";
      },
      "wake client": (t) => {
        ring(bells + clientOf(t.s[opening]))(t);
        return "opened";
      },
      opened: (t) => {
        t.s[opening] = 0;
        t.s[slot]++;
        return "load slot's state";
      },
      // ServedLane.poll, and what the event loop tells of a client's death
      "lane: look": (t) => {
        const lane = t.s[lanes[t.s[slot]]];
        if (lane === 0) return nextSlot(t, "lane: look", "sleep");
        return t.load(request + lane) > t.s[reply + lane] ? "lane: run" : "lane: load closed";
      },
      "lane: run": (t) => {
        const lane = t.s[lanes[t.s[slot]]];
        t.claim(t.s[ran + lane] === 0, "a call is carried out twice");
        t.s[ran + lane] = 1;
        t.store(reply + lane, t.s[closing] === 1 ? REFUSED : RESULT);
        return "lane: wake client";
      },
      "lane: wake client": (t) => {
        ring(bells + clientOf(t.s[lanes[t.s[slot]]]))(t);
        return "lane: load closed";
      },
      "lane: load closed": (t) =>
        t.load(closed + t.s[lanes[t.s[slot]]]) === 1 ? "lane: free slot" : "lane: ask for life",
      "lane: ask for life": (t) => {
        const lane = t.s[lanes[t.s[slot]]];
        const lives = t.system((s) => m.lives(s, clients[clientOf(lane) - 1]));
        if (lives || is("the owner does not free the slot of a dead client")) {
          return nextSlot(t, "lane: look", "sleep");
        }
        return "lane: free slot";
      },
      // #drop
      "lane: free slot": (t) => {
        t.store(slotState + t.s[slot], FREE);
        return "lane: wake dropped";
      },
      "lane: wake dropped": (t) => {
        ring(bells + clientOf(t.s[lanes[t.s[slot]]]))(t);
        t.s[lanes[t.s[slot]]] = 0;
        return nextSlot(t, "lane: look", "sleep");
      },
      // Its bell, or the end of a client's life, has it look; or the user closes the service, or its time is over.
      sleep: (t) => {
        if (t.choose(2) === 1) {
          return t.s[closing] === 1 ? "end" : t.s[closes] === 1 ? "close" : undefined;
        }
        const dead = (s: State) =>
          lanes.some((each) => s[each] > 0 && !m.lives(s, clients[clientOf(s[each]) - 1])) &&
          !is("the owner does not free the slot of a dead client");
        return t.system((s) => s[ownerBell] === 1 || dead(s) ? (s[ownerBell] = 0, true) : false)
          ? "load registrations"
          : undefined;
      },
      // close, #unpublish: the name goes under the lock
      close: (t) => t.tryLock(lock) ? "unlink name" : undefined,
      "unlink name": (t) => {
        t.system((s) => s[name] = 0);
        return "unlock after name";
      },
      "unlock after name": (t) => {
        t.unlock(lock);
        t.s[closing] = 1;
        return t.choose(2) === 0 ? "load registrations" : "end";
      },
      // #end
      end: (t) => {
        if (ended()) return "wake everybody";
        return t.tryLock(lock) ? "store state" : undefined;
      },
      "store state": (t) => {
        t.store(state, REMOVED);
        return "unlock at the end";
      },
      "unlock at the end": (t) => {
        t.unlock(lock);
        return ended() ? "closed" : "wake everybody";
      },
      "wake everybody": (t) => {
        const lane = t.s[lanes[t.s[slot]]];
        const registered = t.load(slotState + t.s[slot]) === REGISTERED;
        const only = is("an owner that ends wakes only the lanes that it has opened");
        if (only ? lane === 0 : !registered) return nextSlot(t, "wake everybody", last());
        return "wake one";
      },
      "wake one": (t) => {
        ring(bells + t.protected(slotClient + t.s[slot]))(t);
        return nextSlot(t, "wake everybody", last());
      },
      "lock late": (t) => t.tryLock(lock) ? "store state" : undefined,
      // Its thread lives on, with other handles: no end of life tells anybody.
      closed: undefined,
    });
    const last = () => ended() ? "lock late" : "closed";
    const decideOpened = (t: Turn) =>
      t.s[lanes[t.s[slot]]] === t.s[opening] ? "opened" : "free unusable slot";
    m.mayRest(owner, "sleep");

    for (const [index, client] of clients.entries()) {
      const me = index + 1, bell = bells + me;
      const connection = my(client, "connection"),
        slot = my(client, "slot"),
        dead = my(client, "owner died");
      const full = my(client, "found it full");
      const lane = (s: State) => index * CONNECTIONS + 1 + s[connection];
      const ownerLives = (t: Turn) => t.system((s) => m.lives(s, owner));
      const noLock = is("the client takes no lock");
      m.program(client, {
        // openService
        open: (t) => t.system((s) => s[name]) === 1 ? "load state" : "nobody",
        "load state": (t) => t.load(state) === LIVE ? "acquire owner" : "nobody",
        "acquire owner": (t) => ownerLives(t) ? "name lane" : "nobody",
        "name lane": (t) => {
          t.system((s) => s[file + lane(s)] = 1);
          return "lock";
        },
        // register
        lock: (t) => noLock || t.tryLock(lock) ? "check state" : undefined,
        "check state": (t) => t.load(state) === LIVE ? "find slot" : "unlock in vain",
        "find slot": (t) => {
          if (t.load(slotState + t.s[slot]) === FREE) return "put client";
          if (++t.s[slot] < CAPACITY) return "find slot";
          t.s[full] = 1;
          return is("who finds no free slot does not have the owner look")
            ? "unlock in vain"
            : "count";
        },
        "put client": (t) => {
          t.store(slotClient + t.s[slot], me);
          return "put lane";
        },
        "put lane": (t) => {
          t.store(slotLane + t.s[slot], lane(t.s));
          if (is("registrations is counted before the slot is registered")) return "count";
          return is("the slot's state is stored before laneHigh")
            ? "store slot's state"
            : "store laneHigh";
        },
        "store laneHigh": (t) => {
          t.store(laneHigh, Math.max(t.s[laneHigh], t.s[slot] + 1));
          return is("the slot's state is stored before laneHigh") ? "count" : "store slot's state";
        },
        "store slot's state": (t) => {
          t.store(slotState + t.s[slot], REGISTERED);
          if (is("registrations is counted before the slot is registered")) return "unlock";
          return is("the slot's state is stored before laneHigh") ? "store laneHigh" : "count";
        },
        count: (t) => {
          t.store(registrations, t.s[registrations] + 1);
          if (is("registrations is counted before the slot is registered") && !t.s[full]) {
            return "store laneHigh";
          }
          return "unlock";
        },
        unlock: (t) => {
          if (!noLock) t.unlock(lock);
          return "wake owner";
        },
        "wake owner": (t) => {
          ring(ownerBell)(t);
          return t.s[full] === 1 ? "unlink lane in vain" : "send";
        },
        "unlock in vain": (t) => {
          if (!noLock) t.unlock(lock);
          return "unlink lane in vain";
        },
        "unlink lane in vain": (t) => {
          t.system((s) => s[file + lane(s)] = 0);
          t.s[slot] = 0;
          if (t.s[full] === 0) return "nobody";
          t.s[full] = 0;
          return "busy";
        },
        // The user tries again when it pays; that it never does would be found.
        busy: ({ s }) => {
          const free = slots.some((each) => s[slotState + each] === FREE);
          return free || s[name] === 0 || !m.lives(s, owner) ? "open" : undefined;
        },
        // call
        send: (t) => {
          t.store(request + lane(t.s), 1);
          return is("the client does not wake the owner after it sent") ? "look" : "wake for call";
        },
        "wake for call": (t) => {
          ring(ownerBell)(t);
          return "look";
        },
        // poll
        look: (t) => {
          const there = t.load(reply + lane(t.s));
          if (there !== 0) return "store closed";
          return t.s[dead] === 1 ? "unlink lane" : "look at the state";
        },
        "look at the state": (t) => {
          if (is("the client does not look at the state")) return "look at the slot";
          return t.load(state) === LIVE ? "look at the slot" : "unlink lane";
        },
        // holdsSlot
        "look at the slot": (t) => {
          if (is("the client does not look at its slot")) return "sleep";
          return t.load(slotState + t.s[slot]) === REGISTERED
            ? "look at its client"
            : "store closed";
        },
        "look at its client": (t) =>
          t.load(slotClient + t.s[slot]) === me ? "look at its lane" : "store closed",
        "look at its lane": (t) =>
          t.load(slotLane + t.s[slot]) === lane(t.s) ? "sleep" : "store closed",
        sleep: (t) => {
          const heard = t.system((s) => {
            if (s[bell] === 1) return s[bell] = 0, true;
            if (m.lives(s, owner)) return false;
            s[dead] = 1;
            return true;
          });
          return heard ? "look" : undefined;
        },
        // close, #end
        "store closed": (t) => {
          t.store(closed + lane(t.s), 1);
          return is("the client does not wake the owner after it closed")
            ? "unlink lane"
            : "wake to close";
        },
        "wake to close": (t) => {
          ring(ownerBell)(t);
          return "unlink lane";
        },
        "unlink lane": (t) => {
          t.system((s) => s[file + lane(s)] = 0);
          t.s[slot] = t.s[dead] = 0;
          return ++t.s[connection] < (index === 0 && large ? CONNECTIONS : 1) ? "open" : "done";
        },
        nobody: undefined,
        done: undefined,
      });
    }

    const all = [owner, ...clients];
    m.dying((actor) => large || actor !== clients[1]);
    m.finally("a slot is not free though its client closed it or died", (s) => {
      if (!m.isAt(s, owner, "sleep")) return true;
      for (let i = 0; i < CAPACITY; i++) {
        if (s[slotState + i] === FREE) continue;
        // The last one to die on its way in is found by the next one who comes.
        const client = clients[s[slotClient + i] - 1];
        if (client !== undefined && m.lives(s, client)) return false;
        if (s[lanes[i]] !== 0) return false;
      }
      return true;
    });
    m.finally("a lane's file stays though nobody died", (s) => {
      if (all.some((actor) => !m.lives(s, actor))) return true;
      for (let lane = 1; lane < LANES; lane++) if (s[file + lane] !== 0) return false;
      return true;
    });
    return m;
  },
};
