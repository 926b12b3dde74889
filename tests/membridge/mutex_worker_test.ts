/** A Worker that owns a mutex is terminated: its process lives on, and with it the kernel's lock. */
import { assert, assertEquals } from "../helpers/assert.ts";
import { Child } from "../helpers/child.ts";
import { freshName, sharedFiles } from "../helpers/shm.ts";
import { Mutex } from "../../membridge/mod.ts";
import { forgetting, within } from "./fixtures/attack.ts";

const WORKERS: Omit<Deno.TestDefinition, "name" | "fn"> = {
  permissions: { ffi: true, read: true, run: true },
};

/** Starts a worker that owns the mutex; tells whether it was told of a death. */
async function owner(name: string): Promise<{ worker: Worker; told: boolean }> {
  const worker = new Worker(new URL("./fixtures/mutex_worker.ts", import.meta.url), {
    type: "module",
  });
  const told = await new Promise<boolean>((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(name);
  });
  return { worker, told };
}

/** The files of locks that were moved. */
function lockFiles(): string[] {
  return sharedFiles().filter((file) => /^sysframe@[0-9a-f]+\.lock/.test(file));
}

Deno.test(
  "mutex worker: terminated while it owns the mutex, who waits gets it and is told",
  WORKERS,
  async () => {
    const name = freshName("terminated");
    using _left = forgetting(name);
    using mutex = Mutex.open(name, { create: true });
    const before = new Set(lockFiles());
    for (const how of ["async", "sync", "later", "try"] as const) {
      const { worker, told } = await owner(name);
      assertEquals(told, false);
      assertEquals(mutex.tryLock(), undefined);
      const waiting = how === "async" ? mutex.lock() : undefined;
      await new Promise((resolve) => setTimeout(resolve, 20));
      worker.terminate();
      // The thread ends in its own time.
      if (how !== "async") await new Promise((resolve) => setTimeout(resolve, 100));
      const start = performance.now();
      const guard = how === "sync"
        ? mutex.lockSync({ timeoutMs: 5000 })
        : how === "try"
        ? mutex.tryLock()
        : await within(5000, waiting ?? mutex.lock(), "the next owner");
      assert(guard !== undefined, how);
      assertEquals(guard.previousOwnerDied, true, how);
      assert(performance.now() - start < 3000, how);
      guard.release();
      // The lock is in another place now, for everybody.
      using other = Mutex.open(name);
      using again = other.lockSync();
      assertEquals(again.previousOwnerDied, false, how);
      assertEquals(mutex.tryLock(), undefined);
    }
    const ours = () => lockFiles().filter((file) => !before.has(file));
    assert(ours().length >= 1);
    Mutex.remove(name);
    mutex.close();
    assertEquals(ours().filter((file) => lockFiles().includes(file)).length, 0);
  },
);

Deno.test(
  "mutex worker: another process that waits for a terminated worker gets it",
  WORKERS,
  async () => {
    const name = freshName("elsewhere");
    using _left = forgetting(name);
    using mutex = Mutex.open(name, { create: true });
    const children = [new Child(), new Child()];
    const { worker } = await owner(name);
    const waits = children.map((child, i) =>
      child.run(
        async ({ membridge }, name, sync) => {
          using mutex = membridge.Mutex.open(name);
          using guard = sync ? mutex.lockSync() : await mutex.lock();
          return guard.previousOwnerDied;
        },
        name,
        i === 1,
      )
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    worker.terminate();
    const told = await within(6000, Promise.all(waits), "two processes");
    assertEquals(told.toSorted(), [false, true]);
    assertEquals(mutex.lockSync().previousOwnerDied, false);
    for (const child of children) await child.finish();
  },
);
