/** Readers of values: what they get is whole, and never older than what they had. */
import { SharedValue } from "../../../../membridge/mod.ts";
import { faultOf, type Payload } from "../payload.ts";
import type { Stage } from "../stage.ts";
import { type Counted, COUNTER, MAY_WRITE, VALUES, WRITE_MS } from "./write.ts";

/** Reads and watches values. */
export async function read(stage: Stage): Promise<void> {
  while (await stage.begins()) {
    const counts = stage.once(3);
    const { what, history } = counts ? COUNTER : stage.pick(VALUES);
    const value = await stage.attempt(
      { what: "SharedValue.open", boundMs: WRITE_MS, may: MAY_WRITE },
      () => SharedValue.open(stage.name(what), { create: true, history, timeoutMs: WRITE_MS }),
    );
    if (value === undefined) {
      await stage.sleep(20);
      continue;
    }
    const reader = new Reader(stage, what);
    for (let i = stage.times(300); i > 0 && stage.goesOn; i--) {
      if (stage.once(50)) await watch(stage, value, reader);
      else if (stage.once(10)) lookBack(stage, value, reader);
      else {
        stage.attemptSync({ what: "version" }, () => reader.seeVersion(value.version));
        reader.see(stage.attemptSync({ what: "get" }, () => value.get()));
      }
      await stage.pause();
    }
    value.close();
  }
}

async function watch(stage: Stage, value: SharedValue, reader: Reader): Promise<void> {
  const durationMs = stage.random.below(1000);
  const signal = AbortSignal.any([stage.ending, AbortSignal.timeout(durationMs)]);
  await stage.attempt(
    { what: "watch", boundMs: durationMs, may: ["TimeoutError", "AbortError"] },
    async () => {
      let count = 0;
      for await (const now of value.watch({ signal, initial: stage.once(2) })) {
        reader.see(now);
        stage.count("watched change");
        if (++count === 100) break;
      }
    },
  );
}

function lookBack(stage: Stage, value: SharedValue, reader: Reader): void {
  const versions = stage.attemptSync({ what: "history" }, () => value.history()) ?? [];
  let last = 0;
  for (const { version, value } of versions) {
    if (version <= last) stage.fault("backwards", `${reader.what}: ${version} after ${last}`);
    last = version;
    reader.seeWhole(value, version);
  }
  reader.seeVersion(last);
}

/** What one reader has seen of one value. */
class Reader {
  readonly what: string;
  readonly #stage: Stage;
  readonly #newest = new Map<number, number>();
  #version = 0;

  constructor(stage: Stage, what: string) {
    this.#stage = stage;
    this.what = what;
  }

  /** Whatever is read later is at least this version. */
  seeVersion(version: number): void {
    if (version < this.#version) {
      this.#stage.fault("backwards", `${this.what}: version ${version} after ${this.#version}`);
    }
    this.#version = Math.max(this.#version, version);
  }

  /** The current value: whole, and nothing that one writer had replaced itself when an earlier look found its newer one. */
  see(value: unknown): void {
    if (value === undefined || !this.seeWhole(value)) return;
    if (this.what === COUNTER.what) {
      // Its count is its version.
      this.seeVersion((value as Counted).count);
      return;
    }
    const { by, number } = value as Payload;
    const newest = this.#newest.get(by) ?? 0;
    if (number < newest) {
      this.#stage.fault("backwards", `${this.what}: ${by}.${number} after ${by}.${newest}`);
    }
    this.#newest.set(by, number);
  }

  /** @returns whether it is what somebody wrote */
  seeWhole(value: unknown, version?: number): boolean {
    if (this.#stage.hostile) return false;
    let fault: string | undefined;
    if (this.what === COUNTER.what) {
      const { count, filling } = value as Counted;
      if (filling.some((byte) => byte !== (count & 255))) fault = `count ${count} is mixed`;
      if (version !== undefined && count !== version) fault = `version ${version} counts ${count}`;
    } else {
      fault = faultOf(value as Payload);
    }
    if (fault !== undefined) this.#stage.fault("torn", `${this.what}: ${fault}`);
    return fault === undefined;
  }
}
