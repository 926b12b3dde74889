/** Owners of services: one that stays, and those that come, take over from each other, close, and are killed. */
import { serve, type Service, SupersededError } from "../../../../membridge/mod.ts";
import { faultOf, type Payload } from "../payload.ts";
import type { Stage } from "../stage.ts";

/** The service that is never killed. */
export const STEADY = "steady";
/** Those whose owners change. */
export const SERVICES = ["service.0", "service.1"] as const;

/** The error of a function that fails as it should. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}

/** What `echo` returns for a payload: the same bytes backwards, with the numbers of whose it was. */
export interface Echo {
  readonly by: number;
  readonly number: number;
  readonly bytes: Uint8Array;
  readonly sum: number;
}

/** The functions of every service. */
export interface TortureApi {
  echo(payload: Payload): Echo;
  later(by: number, number: number, delayMs: number): Promise<string>;
  refuse(by: number, number: number): never;
  items(by: number, number: number, count: number): AsyncIterable<string>;
  note(by: number, number: number): void;
}

/** What `later` returns. */
export function laterText(by: number, number: number): string {
  return `later ${by} ${number}`;
}

/** What `items` yields. */
export function itemText(number: number, index: number): string {
  return `item ${index} of ${number}`;
}

/** Arguments may be anything when the memory is hostile. */
function atMost(limit: number, argument: unknown): number {
  return typeof argument === "number" ? Math.min(argument, limit) : 0;
}

function handlersOf(stage: Stage): TortureApi {
  const notes = new Map<number, number>();
  // Reported before anything else is done, and so before the caller can know.
  const began = (by: number, number: number) => {
    if (!stage.hostile) stage.report({ kind: "ran", by, number });
  };
  return {
    echo(payload) {
      if (!(payload?.bytes instanceof Uint8Array)) throw new Refusal("no payload");
      const { by, number, bytes, sum } = payload;
      began(by, number);
      const fault = faultOf(payload);
      if (fault !== undefined) stage.fault("torn", `arguments of ${by}.${number}: ${fault}`);
      return { by, number, bytes: bytes.toReversed(), sum };
    },
    async later(by, number, delayMs) {
      began(by, number);
      await new Promise((resolve) => setTimeout(resolve, atMost(500, delayMs)));
      return laterText(by, number);
    },
    refuse(by, number) {
      began(by, number);
      throw new Refusal(`refused ${by} ${number}`);
    },
    async *items(by, number, count) {
      began(by, number);
      for (let i = 0; i < atMost(1000, count); i++) {
        if (i % 50 === 49) await new Promise((resolve) => setTimeout(resolve, 1));
        yield itemText(number, i);
      }
    },
    note(by, number) {
      began(by, number);
      if (stage.hostile) return;
      const last = notes.get(by) ?? 0;
      if (number <= last) stage.fault("wrong", `note ${by}.${number} began after ${by}.${last}`);
      notes.set(by, Math.max(last, number));
    },
  };
}

/** Serves one name for as long as the actor lives. */
export async function serveSteadily(stage: Stage): Promise<void> {
  const service = await stage.attempt(
    { what: "serve" },
    () => serve(stage.name(STEADY), { ...handlersOf(stage) }),
  );
  if (service === undefined) return;
  await stage.sleep(2 ** 31 - 1);
  await stage.attempt({ what: "service.close", boundMs: 5000 }, () => service.close());
}

/** Serves a name for a while, again and again, taking it over if somebody has it. */
export async function serveWhileItLasts(stage: Stage): Promise<void> {
  while (await stage.begins()) {
    const name = stage.name(stage.pick(SERVICES));
    const service = await stage.attempt({
      what: "serve",
      boundMs: 30_000,
      may: ["AlreadyServedError", "TimeoutError"],
    }, () =>
      serve(name, { ...handlersOf(stage) }, {
        takeover: stage.once(3),
        maxConcurrent: stage.once(3) ? 4 : Infinity,
        maxQueued: stage.once(2) ? 8 : 1024,
      }));
    if (service === undefined) await stage.sleep(stage.random.below(200));
    else await keep(stage, service);
  }
}

async function keep(stage: Stage, service: Service): Promise<void> {
  const over = service.closed.then(() => "closed", (error) => {
    if (!(error instanceof SupersededError)) stage.fault("wrong", `closed: ${error}`);
    return "superseded";
  });
  const end = await Promise.race([over, stage.sleep(300 + stage.random.below(3000))]);
  if (end !== undefined) stage.count(`service ${end}`);
  stage.attemptSync({ what: "service.describe", may: ["ClosedError"] }, () => service.describe());
  const timeoutMs = stage.random.below(1000);
  await stage.attempt(
    { what: "service.close", boundMs: timeoutMs + 1000, may: ["TimeoutError"] },
    () => service.close({ timeoutMs }),
  );
}
