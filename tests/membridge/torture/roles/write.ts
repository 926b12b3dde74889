/** Writers of values. */
import { SharedValue } from "../../../../membridge/mod.ts";
import { makePayload, type Payload } from "../payload.ts";
import type { Stage } from "../stage.ts";

/** Values that are set, each with how many versions it keeps. */
export const VALUES: readonly { readonly what: string; readonly history: number }[] = [
  { what: "value.0", history: 1 },
  { what: "value.1", history: 8 },
];
/** The value that is only ever raised by one. */
export const COUNTER = { what: "counter", history: 16 } as const;

/** What {@linkcode COUNTER} holds: its count is its version. */
export interface Counted {
  readonly count: number;
  /** As many times `count`, modulo 256: torn ones do not go together. */
  readonly filling: Uint8Array;
}

/** How writing may end: another writer may have been stopped while it held the lock. */
export const MAY_WRITE = ["TimeoutError"];
/** How long a writer waits for others. */
export const WRITE_MS = 3000;

/** Sets and raises values. */
export async function write(stage: Stage): Promise<void> {
  let number = 0;
  while (await stage.begins()) {
    const counts = stage.once(3);
    const { what, history } = counts ? COUNTER : stage.pick(VALUES);
    const value = await stage.attempt(
      { what: "SharedValue.open", boundMs: WRITE_MS, may: MAY_WRITE },
      () =>
        SharedValue.open<Payload | Counted>(stage.name(what), {
          create: true,
          history,
          timeoutMs: WRITE_MS,
        }),
    );
    if (value === undefined) {
      await stage.sleep(20);
      continue;
    }
    let last = 0;
    for (let i = stage.times(300); i > 0 && stage.goesOn; i--) {
      if (counts) {
        raise(stage, value as SharedValue<Counted>);
      } else {
        const { random, number: by } = stage;
        const payload = makePayload(random, { by, number: ++number, maxBytes: 40_000 });
        const version = stage.attemptSync(
          { what: "set", boundMs: WRITE_MS, may: MAY_WRITE },
          () => value.set(payload),
        );
        if (version !== undefined && version <= last) {
          stage.fault("backwards", `${what} was set to version ${version} after ${last}`);
        }
        last = version ?? last;
      }
      await stage.pause();
    }
    value.close();
  }
}

function raise(stage: Stage, value: SharedValue<Counted>): void {
  const length = stage.random.below(2000);
  const raised = stage.attemptSync(
    { what: "update", boundMs: WRITE_MS, may: MAY_WRITE },
    () =>
      value.update((old) => {
        const count = (old?.count ?? 0) + 1;
        return { count, filling: new Uint8Array(length).fill(count) };
      }),
  );
  if (raised !== undefined) stage.report({ kind: "raised", counter: "value" });
}
