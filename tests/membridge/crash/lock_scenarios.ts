/** A process dies while it takes a lock from a terminated Worker, whose process, the test's, lives on. */
import { assert, assertEquals } from "../../helpers/assert.ts";
import { sharedFiles } from "../../helpers/shm.ts";
import { SharedValue } from "../../../membridge/mod.ts";
import { pathOfId, pathOfName } from "../../../membridge/segment/names.ts";
import { Segment } from "../../../membridge/segment/segment.ts";
import { isSignerGone } from "../../../membridge/libc/process.ts";
import { plant, until } from "../fixtures/attack.ts";
import { WorkerHandle } from "../fixtures/worker_handle.ts";
import type { Scenario } from "./scenario.ts";

/** Has a Worker take the value's lock, and ends it: the lock stays held until somebody rescues it. */
async function lockForEver(name: string, segment: Segment): Promise<void> {
  const worker = new WorkerHandle();
  assertEquals(await worker.order({ what: "lock", name }), true);
  worker.terminate();
  const holder = segment.words64[56 / 8];
  assert(await until(() => isSignerGone(holder), 5000), "the Worker goes on");
}

/** The victim writes a value whose lock has to be rescued, after it was rescued so often before. */
function rescuing(rescuesBefore: number): Scenario {
  return {
    name: `lock: rescue number ${rescuesBefore + 1}`,
    victim({ name }) {
      const value = SharedValue.open<number>(name);
      return () => value.update((old) => old! + 1);
    },
    async others(name) {
      const value = SharedValue.open<number>(name, { create: true });
      const segment = Segment.open(pathOfName(name), { kind: "value", name, minimumBytes: 64 })!;
      value.set(0);
      for (let i = 0; i < rescuesBefore; i++) {
        await lockForEver(name, segment);
        value.update((old) => old! + 1);
      }
      await lockForEver(name, segment);
      // What two earlier rescuers left: one died before it tidied up, the other before it said that the lock is elsewhere.
      for (const epoch of [rescuesBefore - 1, rescuesBefore + 1]) {
        if (epoch > 0) plant(pathOfId(segment.id, `lock${epoch}`), new Uint8Array(0));
      }
      return {
        afterwards() {
          // Done by the victim or not: the next one gets the lock, whoever has to rescue it.
          const { version } = value;
          assertEquals(value.get(), version - 1);
          assertEquals(value.update((old) => old! + 1), version);
          // Two handles exclude each other by the same lock.
          using other = SharedValue.open<number>(name);
          assertEquals(other.update((old) => old! + 1), version + 1);
          assertEquals(value.get(), version + 1);
          value.close();
          assert(SharedValue.remove(name));
          const own = pathOfId(segment.id, "lock0").slice("/dev/shm/".length, -1);
          assertEquals(sharedFiles().filter((file) => file.startsWith(own)), []);
          segment.close();
        },
      };
    },
  };
}

/** Every scenario of a lock's rescue: the first makes a file for the lock, the later ones replace it. */
export const LOCK_SCENARIOS: readonly Scenario[] = [rescuing(0), rescuing(1), rescuing(2)];
