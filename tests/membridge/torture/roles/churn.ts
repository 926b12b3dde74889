/** Names that come and go: opened, used, and removed by everybody at the same time, whatever they are of. */
import {
  Channel,
  cleanup,
  list,
  Mutex,
  remove,
  SharedFrames,
  SharedMemory,
  SharedValue,
  Topic,
} from "../../../../membridge/mod.ts";
import type { Stage } from "../stage.ts";

/** How using a name may end that others remove, and make anew as something else. */
const MAY = [
  "SegmentError:not_found",
  "SegmentError:wrong_kind",
  "SegmentError:removed",
  "BusyError",
  "TimeoutError",
];

const BOUND_MS = 1000;

const KINDS: Readonly<Record<string, (name: string, create: boolean) => void>> = {
  value(name, create) {
    using value = SharedValue.open<number>(name, { create, timeoutMs: BOUND_MS });
    value.set(value.version);
  },
  topic(name, create) {
    using topic = Topic.open<number>(name, { create, timeoutMs: BOUND_MS });
    topic.publish(topic.version);
  },
  channel(name, create) {
    using channel = Channel.open<string>(name, { create, timeoutMs: BOUND_MS });
    channel.trySend("something");
    channel.tryReceive();
  },
  mutex(name, create) {
    using mutex = Mutex.open(name, { create, timeoutMs: BOUND_MS });
    mutex.tryLock()?.release();
  },
  memory(name, create) {
    using memory = SharedMemory.open(name, { create, sizeBytes: 4096 });
    memory.bytes[0]++;
  },
  frames(name, create) {
    using frames = SharedFrames.open(name, { create, slotBytes: 4096 });
    frames.loan(Uint8Array).publish();
    frames.borrow()?.release();
  },
};

/** Opens, uses and removes names; lists all, and cleans up. */
export async function churn(stage: Stage): Promise<void> {
  while (await stage.begins()) {
    const name = stage.name(`churn.${stage.random.below(3)}`);
    const kind = stage.pick(Object.keys(KINDS));
    const chance = stage.random.below(100);
    if (chance < 70) {
      const create = !stage.once(4);
      await stage.attempt(
        { what: `churn ${kind}`, boundMs: 30_000, may: MAY },
        () => KINDS[kind](name, create),
      );
    } else if (chance < 90) {
      await stage.attempt(
        { what: "remove", boundMs: 30_000, may: MAY },
        () => remove(name),
      );
    } else if (chance < 97) stage.attemptSync({ what: "list" }, () => list());
    else stage.attemptSync({ what: "cleanup" }, () => cleanup());
    await stage.pause();
  }
}
