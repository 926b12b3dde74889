/** Owners of a mutex: they raise two words of a memory that have to agree whenever nobody owns it. */
import { Mutex, type MutexGuard, SharedMemory } from "../../../../membridge/mod.ts";
import type { Stage } from "../stage.ts";

/** The mutex, and the memory that it protects. */
export const MUTEX = "mutex";
export const TABLE = { what: "table", sizeBytes: 4096 } as const;

/** Words of the table: the two counts, and who is inside. */
export const FIRST = 0;
export const SECOND = 512;
const INSIDE = 100;

const LOCK_MS = 2000;

/** Locks and counts. */
export async function lockAndCount(stage: Stage): Promise<void> {
  while (await stage.begins()) {
    const mutex = await stage.attempt(
      { what: "Mutex.open", boundMs: LOCK_MS, may: ["TimeoutError"] },
      () => Mutex.open(stage.name(MUTEX), { create: true, timeoutMs: LOCK_MS }),
    );
    const memory = await stage.attempt(
      { what: "SharedMemory.open" },
      () => SharedMemory.open(stage.name(TABLE.what), { create: true, sizeBytes: TABLE.sizeBytes }),
    );
    if (mutex !== undefined && memory !== undefined) await useMutex(stage, mutex, memory);
    else await stage.sleep(20);
    mutex?.close();
    memory?.close();
  }
}

async function useMutex(stage: Stage, mutex: Mutex, memory: SharedMemory): Promise<void> {
  const words = memory.view(Int32Array);
  const how = { boundMs: LOCK_MS, may: ["TimeoutError"] };
  for (let i = stage.times(200); i > 0 && stage.goesOn; i--) {
    const chance = stage.random.below(4);
    const guard = chance === 0
      ? stage.attemptSync({ ...how, what: "tryLock" }, () => mutex.tryLock())
      : chance === 1
      ? stage.attemptSync({ ...how, what: "lockSync" }, () => mutex.lockSync())
      : await stage.attempt({ ...how, what: "lock" }, () => mutex.lock());
    if (guard !== undefined) await countInside(stage, guard, words);
    await stage.pause();
  }
}

async function countInside(stage: Stage, guard: MutexGuard, words: Int32Array): Promise<void> {
  const inside = Atomics.load(words, INSIDE);
  const first = Atomics.load(words, FIRST);
  if (guard.previousOwnerDied) {
    stage.count("owner died");
    // It may have died between the two words.
    Atomics.store(words, SECOND, first);
  } else {
    if (inside !== 0) stage.fault("exclusion", `actor ${inside} is inside as well`);
    const second = Atomics.load(words, SECOND);
    if (first !== second) stage.fault("exclusion", `the words are ${first} and ${second}`);
  }
  Atomics.store(words, INSIDE, stage.number);
  Atomics.store(words, FIRST, first + 1);
  if (stage.once(2)) await stage.pause();
  if (Atomics.load(words, FIRST) !== first + 1) {
    stage.fault("exclusion", `another one counted as well, after ${first}`);
  }
  Atomics.store(words, SECOND, first + 1);
  const still = Atomics.exchange(words, INSIDE, 0);
  if (still !== stage.number) stage.fault("exclusion", `actor ${still} came in as well`);
  stage.report({ kind: "raised", counter: "mutex" });
  stage.attemptSync({ what: "release" }, () => guard.release());
}
