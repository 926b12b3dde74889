/**
 * A ring between a producer and a consumer that both sleep (`membridge/sync/ring.ts`, `membridge/call/outbox.ts`, `served_lane.ts`,
 * `membridge/peer/reactor.ts`): frames come whole and in order, also when the producer goes on in other memory, who waits
 * for room is told of it, and nobody sleeps for ever.
 */
import { type Actor, Model, type Protocol, type Step, type Turn } from "./model.ts";

const MUTATIONS = [
  "tail is stored before the frame's bytes",
  "head is stored before the frame was copied",
  "the producer asks for room after its last look",
  "the consumer looks whether room is wanted before it makes some",
  "the consumer does not wake who wants room",
  "the producer does not wake the consumer",
  "head is stored late",
  "tail is stored late",
  "parked is stored late",
  "no look after parking",
  "the producer moves while frames are left",
  "the producer says that it moved after its first frame there",
  "the consumer looks whether the producer moved before it looks at tail",
] as const;

/** The most frames that fit in the ring; each is a cell for its size and one for its payload. */
const CAPACITY = 2;

export const ringProtocol: Protocol = {
  name: "ring",
  mutations: MUTATIONS,
  minimumStates: 50_000,
  build(mutation, large = false) {
    const is = (name: typeof MUTATIONS[number]) => mutation === name;
    const FRAMES = large ? 5 : 4;
    const m = new Model("ring", 1);
    const tail = m.word("tail"), head = m.word("head"), wanted = m.word("wanted");
    // The larger memory lies behind the smaller one.
    const data = m.words("data", 4 * CAPACITY), capacity = m.word("capacity");
    const beyond = data + 2 * CAPACITY, moved = m.word("moved");
    const producer = m.actor("producer"), consumer = m.actor("consumer");
    const parked = m.words("parked", 2), bells = m.words("byte in the bell", 2);

    /** The reactor around a side's `poll`, and `wake` for the other side. */
    const loop = (me: Actor, other: Actor) => {
      const sequence = m.variable(me, "sequence"), rung = m.variable(me, "rung");
      const parking = m.variable(me, "is parked"), seen = m.variable(me, "other's parked");
      const back = m.variable(me, "found something");
      const steps: Record<string, Step> = {
        // RemotePeer.wake
        wake: (t) => {
          t.s[seen] = t.load(parked + other.index);
          return t.s[seen] === 0 || t.s[seen] === t.s[rung] ? polled(t) : "ring";
        },
        ring: (t) => {
          t.system((s) => s[bells + other.index] = 1);
          t.s[rung] = t.s[seen];
          return polled(t);
        },
        park: (t) => {
          t.s[parking] = 1;
          t.store(parked + me.index, ++t.s[sequence]);
          return is("no look after parking") ? "sleep" : "poll";
        },
        // Its bell, or the end of the other's life.
        sleep: (t) => {
          const why = t.system((s) =>
            s[bells + me.index] === 1 ? (s[bells + me.index] = 0, 1) : m.lives(s, other) ? 0 : 2
          );
          if (why === 2) t.s[parking] = 0;
          return why === 0 ? undefined : why === 1 ? "unpark" : "last poll";
        },
        unpark: (t) => {
          t.s[parking] = 0;
          t.store(parked + me.index, 0);
          return "poll";
        },
      };
      const polled = (t: Turn) => {
        t.s[seen] = 0;
        const found = t.s[back] === 1;
        t.s[back] = 0;
        if (found) return t.s[parking] === 1 ? "unpark" : "poll";
        return t.s[parking] === 1 ? "sleep" : "park";
      };
      return { steps, polled, back, parking };
    };

    {
      const { steps, polled, back, parking } = loop(producer, consumer);
      const sent = m.variable(producer, "sent"), asked = m.variable(producer, "asked");
      const flag = m.variable(producer, "wanted");
      const hasMoved = m.variable(producer, "has moved"), empty = m.variable(producer, "empty");
      const frame = ({ s }: Turn) =>
        s[hasMoved] === 1 ? beyond + 2 * (s[sent] % CAPACITY) : data + 2 * (s[sent] % s[capacity]);
      const room = ({ s }: Turn) => s[hasMoved] === 1 ? CAPACITY : s[capacity];
      const late = is("the producer asks for room after its last look");
      m.program(producer, {
        begin: (t) => {
          t.s[capacity] = 1 + t.choose(CAPACITY);
          return "poll";
        },
        // Outbox.flush, RingProducer.reserve
        poll: (t) => {
          if (t.s[sent] === FRAMES) return "withdraw";
          const left = t.s[sent] - t.load(head);
          t.s[empty] = left === 0 || is("the producer moves while frames are left") ? 1 : 0;
          if (t.s[hasMoved] === 0 && t.s[empty] === 1 && t.choose(2) === 1) {
            t.s[hasMoved] = 1;
            t.s[empty] = 0;
            return movedLast ? "write size" : "move";
          }
          t.s[empty] = 0;
          if (left < room(t)) return tailFirst ? "store tail" : "write size";
          if (t.s[asked] === 0 && (!late || t.s[parking] === 1)) return "ask";
          t.s[asked] = 0;
          return t.s[back] === 1 ? "wake" : polled(t);
        },
        // setWanted: a word that says so already is not stored again; and one more look
        ask: (t) => {
          if (t.s[flag] === 0) t.store(wanted, 1);
          t.s[flag] = 1;
          if (late) return t.s[back] === 1 ? "wake" : polled(t);
          t.s[asked] = 1;
          return "poll";
        },
        // RingProducer.enlarge
        move: (t) => {
          t.store(moved, 1);
          return movedLast ? written(t) : tailFirst ? "store tail" : "write size";
        },
        "write size": (t) => {
          t.store(frame(t), t.s[sent] + 1);
          return "write payload";
        },
        "write payload": (t) => {
          t.store(frame(t) + 1, t.s[sent] + 1);
          return tailFirst ? written(t) : "store tail";
        },
        // publish
        "store tail": (t) => {
          t.store(tail, t.s[sent] + 1);
          if (movedLast && t.s[hasMoved] === 1) return "move";
          return tailFirst ? "write size" : written(t);
        },
        withdraw: (t) => {
          if (t.s[flag] === 1) t.store(wanted, 0);
          return is("the producer does not wake the consumer") ? "sent all" : "wake at last";
        },
        "wake at last": (t) => steps.wake(t) === "ring" ? "ring at last" : "sent all",
        "ring at last": (t) => {
          steps.ring(t);
          return "sent all";
        },
        "sent all": undefined,
        "last poll": () => "sent all",
        ...steps,
      });
      const tailFirst = is("tail is stored before the frame's bytes");
      const movedLast = is("the producer says that it moved after its first frame there");
      const written = (t: Turn) => {
        t.s[sent]++;
        t.s[asked] = 0;
        t.s[back] = is("the producer does not wake the consumer") ? 0 : 1;
        return "poll";
      };
      if (is("the producer does not wake the consumer")) steps.wake = (t) => polled(t);
      if (is("tail is stored late")) m.delay(producer, tail);
      m.mayRest(producer, "sleep", (s) => !m.lives(s, consumer));
    }
    {
      const { steps, polled, back } = loop(consumer, producer);
      const taken = m.variable(consumer, "taken"), size = m.variable(consumer, "size");
      const wants = m.variable(consumer, "room is wanted"),
        dead = m.variable(consumer, "other died");
      const follows = m.variable(consumer, "follows");
      const frame = ({ s }: Turn) =>
        s[follows] === 1 ? beyond + 2 * (s[taken] % CAPACITY) : data + 2 * (s[taken] % s[capacity]);
      const looksFirst = is(
        "the consumer looks whether the producer moved before it looks at tail",
      );
      const early = is("the consumer looks whether room is wanted before it makes some");
      const headFirst = is("head is stored before the frame was copied");
      m.program(consumer, {
        // Inbox.drain, RingConsumer.take
        poll: (t) => {
          if (!looksFirst || t.s[follows] === 1) return look(t);
          t.s[follows] = t.load(moved);
          return "look at tail";
        },
        "look at tail": (t) => look(t),
        // RingConsumer.follow
        follow: (t) => {
          t.s[follows] = t.load(moved);
          return take();
        },
        "read size": (t) => {
          t.s[size] = t.load(frame(t));
          t.claim(t.s[size] === t.s[taken] + 1, "a frame's size is another one's");
          return "read payload";
        },
        "read payload": (t) => {
          t.claim(t.load(frame(t) + 1) === t.s[size], "a frame is torn");
          t.s[size] = 0;
          return headFirst ? took(t) : "store head";
        },
        "store head": (t) => {
          t.store(head, t.s[taken] + 1);
          return headFirst ? "read size" : took(t);
        },
        "look at wanted": (t) => {
          t.s[wants] = t.load(wanted);
          if (early) return "read size";
          if (t.s[wants] === 0 || is("the consumer does not wake who wants room")) {
            t.s[wants] = 0;
            return polled(t);
          }
          return wake(t);
        },
        // What the dead one had sent counts.
        "last poll": (t) => {
          t.s[dead] = 1;
          return "poll";
        },
        done: undefined,
        ...steps,
      });
      const take = () => early ? "look at wanted" : headFirst ? "store head" : "read size";
      const look = (t: Turn) => {
        const frames = t.load(tail) - t.s[taken];
        t.claim(frames >= 0 && frames <= CAPACITY, "the ring holds more than it can");
        if (frames > 0) return t.s[follows] === 0 && !looksFirst ? "follow" : take();
        if (t.s[dead] === 1) return "done";
        if (t.s[back] === 1 && !early) return "look at wanted";
        return t.s[wants] === 1 ? wake(t) : polled(t);
      };
      const took = (t: Turn) => {
        t.s[taken]++;
        t.s[back] = 1;
        return "poll";
      };
      const wake = (t: Turn) => {
        t.s[wants] = 0;
        return "wake";
      };
      if (is("head is stored late")) m.delay(consumer, head);
      m.mayRest(
        consumer,
        "sleep",
        (s) => m.isAt(s, producer, "sent all") && s[taken] === FRAMES,
      );
    }
    if (is("parked is stored late")) {
      m.delay(producer, parked);
      m.delay(consumer, parked + 1);
    }
    m.always(
      "the ring holds more than it can",
      (s) => s[tail] - s[head] <= (s[moved] === 1 ? CAPACITY : Math.max(1, s[capacity])),
    );
    return m;
  },
};
