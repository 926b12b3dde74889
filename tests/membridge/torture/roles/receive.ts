/** Consumers of channels. */
import type { Channel, Message } from "../../../../membridge/mod.ts";
import { faultOf, type Payload } from "../payload.ts";
import type { Stage } from "../stage.ts";
import { CHANNELS, openChannel } from "./send.ts";

/** The longest wait for a message. */
const RECEIVE_MS = 300;

/** Receives in every way there is; what was received is reported before it is acknowledged. */
export async function receive(stage: Stage): Promise<void> {
  while (await stage.begins()) {
    const { what, whenFull } = stage.pick(CHANNELS);
    const channel = await openChannel(stage, { what, whenFull });
    if (channel === undefined) continue;
    const consumer = new Consumer(stage, { what, forgets: whenFull === "drop_oldest" });
    // Whose messages are acknowledged by the next receive is not told whether they are delivered for the second time.
    if (stage.once(4) || stage.hostile) await consumer.receivePlainly(channel);
    else await consumer.receiveMessages(channel);
    channel.close();
  }
}

/** One handle's consumer. */
class Consumer {
  readonly #stage: Stage;
  readonly #what: string;
  readonly #forgets: boolean;
  readonly #last = new Map<number, number>();
  readonly #kept: Message<Payload>[] = [];

  constructor(stage: Stage, init: { what: string; forgets: boolean }) {
    this.#stage = stage;
    this.#what = init.what;
    this.#forgets = init.forgets;
  }

  async receivePlainly(channel: Channel<Payload>): Promise<void> {
    const stage = this.#stage;
    const how = { boundMs: RECEIVE_MS, may: ["TimeoutError"] };
    for (let i = stage.times(200); i > 0 && stage.goesOn; i--) {
      const timeoutMs = stage.random.below(RECEIVE_MS);
      const chance = stage.random.below(3);
      const received = chance === 0
        ? stage.attemptSync({ what: "tryReceive", ...how }, () => channel.tryReceive())
        : await stage.attempt({ what: "receive", ...how }, async () => {
          return { value: await channel.receive({ timeoutMs }) };
        });
      if (received !== undefined) this.#see(received.value, undefined);
      await stage.pause();
    }
  }

  async receiveMessages(channel: Channel<Payload>): Promise<void> {
    const stage = this.#stage;
    const how = { what: "receiveMessage", boundMs: RECEIVE_MS, may: ["TimeoutError"] };
    for (let i = stage.times(200); i > 0 && stage.goesOn; i--) {
      const timeoutMs = stage.random.below(RECEIVE_MS);
      const message = await stage.attempt(how, () => channel.receiveMessage({ timeoutMs }));
      if (message === undefined) continue;
      this.#see(message.value, message.redelivered);
      this.#kept.push(message);
      while (this.#kept.length > 0 && (!stage.once(4) || this.#kept.length > 5)) {
        this.#acknowledge(this.#kept.splice(stage.random.below(this.#kept.length), 1)[0]);
      }
      if (!stage.once(10)) await stage.pause();
    }
    // Those that are kept still go to others when the handle is closed.
    while (this.#kept.length > 0 && !stage.once(4)) this.#acknowledge(this.#kept.pop()!);
  }

  #acknowledge(message: Message<Payload>): void {
    const stage = this.#stage;
    const was = stage.attemptSync({ what: "ack", may: ["TimeoutError"] }, () => message.ack());
    if (stage.hostile || this.#forgets || was === undefined) return;
    const { by, number } = message.value;
    if (was) stage.report({ kind: "acked", channel: this.#what, by, number, atMs: Date.now() });
    else stage.fault("wrong", `${this.#what}: ${by}.${number} was not its consumer's any more`);
  }

  #see(payload: Payload, redelivered: boolean | undefined): void {
    const stage = this.#stage;
    if (stage.hostile) return;
    const atMs = Date.now();
    const fault = faultOf(payload);
    if (fault !== undefined) stage.fault("torn", `${this.#what}: ${fault}`);
    const { by, number } = payload;
    if (!this.#forgets) {
      const again = redelivered ?? true;
      stage.report({ kind: "got", channel: this.#what, by, number, redelivered: again, atMs });
    }
    if (redelivered === undefined || redelivered) return;
    const last = this.#last.get(by) ?? 0;
    if (number <= last) {
      stage.fault("backwards", `${this.#what}: ${by}.${number} came after ${by}.${last}`);
    }
    this.#last.set(by, number);
  }
}
