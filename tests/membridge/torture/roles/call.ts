/** Callers, in every way there is to call. */
import { type Client, connect, RemoteError } from "../../../../membridge/mod.ts";
import { makePayload } from "../payload.ts";
import type { Attempt, Stage } from "../stage.ts";
import { itemText, laterText, SERVICES, STEADY, type TortureApi } from "./serve.ts";

/** How a call may end whose service comes and goes. */
const MAY = [
  "BusyError",
  "ClosedError",
  "NoSuchServiceError",
  "OwnerDiedError",
  "SupersededError",
  "TimeoutError",
];

const TIMEOUTS = [20, 300, 3000] as const;

/** Calls whichever services there are. */
export async function call(stage: Stage): Promise<void> {
  const caller = new Caller(stage);
  while (await stage.begins()) {
    const name = stage.name(stage.pick([STEADY, ...SERVICES]));
    const client = await stage.attempt({ what: "connect" }, () => connect<TortureApi>(name));
    if (client === undefined) continue;
    for (let i = stage.times(100); i > 0 && stage.goesOn; i--) {
      await caller.callSomehow(client);
      await stage.pause();
    }
    client.close();
  }
}

/** The calls of one actor, which are numbered throughout. */
class Caller {
  readonly #stage: Stage;
  #number = 0;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  async callSomehow(client: Client<TortureApi>): Promise<void> {
    const chance = this.#stage.random.below(100);
    if (chance < 30) await this.#echo(client);
    else if (chance < 50) this.#echoSync(client);
    else if (chance < 60) await Promise.all(Array.from({ length: 16 }, () => this.#echo(client)));
    else if (chance < 70) await this.#later(client);
    else if (chance < 78) await this.#refuse(client);
    else if (chance < 88) await this.#stream(client);
    else if (chance < 98) this.#note(client);
    else this.#describe(client);
  }

  /** A view of the client with chosen options, and the bound that they set. */
  #with(client: Client<TortureApi>): { view: Client<TortureApi>; how: Attempt; repeats: boolean } {
    const stage = this.#stage;
    const timeoutMs = stage.pick(TIMEOUTS);
    const repeats = stage.once(5);
    const view = client.with({
      timeoutMs,
      idempotent: repeats,
      waitMs: stage.once(3) ? timeoutMs : 0,
    });
    return { view, how: { what: "call", boundMs: timeoutMs, may: MAY }, repeats };
  }

  #payload() {
    const stage = this.#stage;
    const maxBytes = stage.once(50) ? 400_000 : 20_000;
    return makePayload(stage.random, { by: stage.number, number: ++this.#number, maxBytes });
  }

  async #echo(client: Client<TortureApi>): Promise<void> {
    const { view, how, repeats } = this.#with(client);
    const payload = this.#payload();
    const echo = await this.#stage.attempt(how, () => view.call("echo", payload));
    if (echo !== undefined) this.#checkEcho(payload, echo, repeats);
  }

  #echoSync(client: Client<TortureApi>): void {
    const { view, how, repeats } = this.#with(client);
    const payload = this.#payload();
    const echo = this.#stage.attemptSync(
      { ...how, what: "callSync", may: [...MAY, "DeadlockError"] },
      () => view.callSync("echo", payload),
    );
    if (echo !== undefined) this.#checkEcho(payload, echo, repeats);
  }

  #checkEcho(
    payload: ReturnType<typeof makePayload>,
    echo: ReturnType<TortureApi["echo"]>,
    repeats: boolean,
  ): void {
    if (this.#stage.hostile) return;
    const { by, number, bytes, sum } = payload;
    const same = echo.by === by && echo.number === number && echo.sum === sum &&
      echo.bytes instanceof Uint8Array && echo.bytes.length === bytes.length &&
      echo.bytes.every((byte, i) => byte === bytes[bytes.length - 1 - i]);
    if (!same) this.#stage.fault("wrong", `call ${by}.${number} got the result of another`);
    this.#stage.report({ kind: "answered", number, repeats });
  }

  async #later(client: Client<TortureApi>): Promise<void> {
    const stage = this.#stage;
    const number = ++this.#number;
    const timeoutMs = stage.pick(TIMEOUTS);
    const stop = new AbortController();
    const reason = new Error("given up");
    reason.name = "GivenUp";
    const timer = setTimeout(() => stop.abort(reason), stage.random.below(200));
    const view = client.with({ timeoutMs, signal: stop.signal });
    const text = await stage.attempt(
      { what: "call, cancelled", boundMs: Math.min(200, timeoutMs), may: [...MAY, "GivenUp"] },
      () => view.call("later", stage.number, number, stage.random.below(200)),
    );
    clearTimeout(timer);
    if (text === undefined) return;
    if (text !== laterText(stage.number, number)) {
      stage.fault("wrong", `call ${stage.number}.${number} returned ${text}`);
    }
    stage.report({ kind: "answered", number, repeats: false });
  }

  async #refuse(client: Client<TortureApi>): Promise<void> {
    const stage = this.#stage;
    const number = ++this.#number;
    const { view, how } = this.#with(client);
    const answer = await stage.attempt({ ...how, what: "call, failing" }, async () => {
      try {
        return await view.call("refuse", stage.number, number);
      } catch (error) {
        if (!(error instanceof RemoteError)) throw error;
        return `${error.name}: ${error.message}`;
      }
    });
    if (answer !== undefined && answer !== `Refusal: refused ${stage.number} ${number}`) {
      stage.fault("wrong", `call ${stage.number}.${number} failed with ${answer}`);
    }
  }

  async #stream(client: Client<TortureApi>): Promise<void> {
    const stage = this.#stage;
    const number = ++this.#number;
    const count = stage.random.below(200);
    const stopAt = stage.once(3) ? stage.random.below(count + 1) : Infinity;
    const timeoutMs = 3000;
    const view = client.with({ timeoutMs });
    await stage.attempt(
      { what: "stream", boundMs: timeoutMs * (count + 2), may: MAY },
      async () => {
        let index = 0;
        for await (const item of view.stream("items", stage.number, number, count)) {
          if (item !== itemText(number, index)) {
            stage.fault("wrong", `stream ${stage.number}.${number} gave ${item} at ${index}`);
          }
          if (++index >= stopAt) break;
        }
        if (index < Math.min(count, stopAt)) {
          stage.fault("lost", `stream ${stage.number}.${number} ended at ${index} of ${count}`);
        }
      },
    );
  }

  #note(client: Client<TortureApi>): void {
    const stage = this.#stage;
    for (let i = 1 + stage.random.below(5); i > 0; i--) {
      const number = ++this.#number;
      stage.attemptSync(
        { what: "notify", may: MAY },
        () => client.notify("note", stage.number, number),
      );
    }
  }

  #describe(client: Client<TortureApi>): void {
    this.#stage.attemptSync({ what: "client.describe", may: MAY }, () => client.describe());
  }
}
