/** Row: messages of 64 bytes from one process to another. */
import { Channel } from "../../membridge/mod.ts";
import { LineChild } from "../line_child.ts";
import { median } from "../measure.ts";
import type { Aim } from "../report/aims.ts";
import { freshName } from "./service.ts";

const MAIN = new URL("./channel_main.ts", import.meta.url);
const COUNT = 100_000;
const ROUNDS = 5;

/** Takes all messages of a turn, which `receive` gives it. */
class Tally {
  #next = 0;
  #start = 0;

  /** Takes a message, which must be the next one, and returns whether it was the last. */
  take(message: Uint8Array): boolean {
    const number = message[0] * 2 ** 24 + (message[1] << 16) + (message[2] << 8) + message[3];
    if (number !== this.#next) throw new Error(`Message ${this.#next} expected, ${number} came`);
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
  Record<string, (channel: Channel<Uint8Array>, tally: Tally) => Promise<void> | void>
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

/** Times both ways in turns. */
export async function measureChannel(): Promise<Aim[]> {
  await using stack = new AsyncDisposableStack();
  const name = freshName("channel");
  stack.defer(() => void Channel.remove(name));
  const channel = stack.use(Channel.open<Uint8Array>(name, { create: true }));
  const producer = stack.use(LineChild.deno(MAIN, [name, `${COUNT}`]));
  await producer.readLine();
  const rates = new Map(Object.keys(WAYS).map((way): [string, number[]] => [way, []]));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [way, receive] of Object.entries(WAYS)) {
      const tally = new Tally();
      await producer.send(`${way} ${COUNT}`);
      await receive(channel, tally);
      // The first round warms up.
      if (round > 0) rates.get(way)!.push(tally.rate);
    }
  }
  return [...rates].map(([way, samples]): Aim => ({
    what: `channel, 64-byte messages, ${TITLES[way]}`,
    sense: "at least",
    goal: 1e6,
    unit: "/s",
    measured: median(samples),
  }));
}
