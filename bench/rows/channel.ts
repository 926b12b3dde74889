/** Rows: messages of 64 bytes from one process to another. */
import { Channel } from "../../membridge/mod.ts";
import { LineChild } from "../line_child.ts";
import { median } from "../measure.ts";
import type { Aim } from "../report/aims.ts";
import { freshName } from "./service.ts";

const MAIN = new URL("./channel_main.ts", import.meta.url);
const COUNT = 100_000;
/** Turns until both sides run what the optimising compiler made. */
const WARM_UP_ROUNDS = 3;
const ROUNDS = 5;

/** A message: a text, of 64 bytes with its header, or as many bytes that begin with its number. */
type Payload = string | Uint8Array;

function numberOf(message: Payload): number {
  if (typeof message === "string") return parseInt(message, 10);
  return message[0] * 2 ** 24 + (message[1] << 16) + (message[2] << 8) + message[3];
}

/** Takes all messages of a turn, which `receive` gives it. */
class Tally {
  #next = 0;
  #start = 0;

  /** Takes a message, which must be the next one, and returns whether it was the last. */
  take(message: Payload): boolean {
    // Reading the number of each text would take as long as receiving it.
    if (this.#next % 64 === 0 && numberOf(message) !== this.#next) {
      throw new Error(`Message ${this.#next} expected, ${numberOf(message)} came`);
    }
    if (this.#next++ === 0) this.#start = performance.now();
    return this.#next === COUNT;
  }

  /** Messages a second since the first. */
  get rate(): number {
    return (COUNT - 1) * 1000 / (performance.now() - this.#start);
  }
}

/** How the two processes send and receive, by what the producer calls it. */
const WAYS: Readonly<
  Record<string, (channel: Channel<Payload>, tally: Tally) => Promise<void> | void>
> = {
  sendSync: (channel, tally) => {
    while (!tally.take(channel.receiveSync()));
  },
  sendAll: async (channel, tally) => {
    for await (const message of channel) if (tally.take(message)) break;
  },
};

const TITLES: Readonly<Record<string, string>> = {
  sendSync: "sendSync to receiveSync",
  sendAll: "sendAll of 64 to for await",
};

/** What is sent: the goals are about texts; to make an array takes V8 half a microsecond, whoever fills it. */
const PAYLOADS = ["text", "bytes"] as const;

/** Times both ways in turns. */
export async function measureChannel(): Promise<Aim[]> {
  await using stack = new AsyncDisposableStack();
  const name = freshName("channel");
  stack.defer(() => void Channel.remove(name));
  const channel = stack.use(Channel.open<Payload>(name, { create: true }));
  const producer = stack.use(LineChild.deno(MAIN, [name, `${COUNT}`]));
  await producer.readLine();
  const rates = new Map<string, number[]>();
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    for (const payload of PAYLOADS) {
      for (const [way, receive] of Object.entries(WAYS)) {
        const tally = new Tally();
        await producer.send(`${way} ${payload} ${COUNT}`);
        await receive(channel, tally);
        const key = `${way} ${payload}`;
        if (round >= WARM_UP_ROUNDS) rates.set(key, [...rates.get(key) ?? [], tally.rate]);
      }
    }
  }
  return Object.entries(TITLES).map(([way, title]): Aim => ({
    what: `channel, 64-byte messages, ${title}`,
    sense: "at least",
    goal: 1e6,
    unit: "/s",
    measured: median(rates.get(`${way} text`)!),
    note: `Uint8Arrays ${
      Math.round(median(rates.get(`${way} bytes`)!)).toLocaleString("en")
    }/s: to make one takes V8 as long as all the rest`,
  }));
}
