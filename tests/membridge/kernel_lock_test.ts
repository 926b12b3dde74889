/** The lock of a segment whose last holder died with it: the words are patched, so that it is certain who comes when. */
import { assert, assertEquals } from "../helpers/assert.ts";
import { freshName, leavesNothing, sharedFiles } from "../helpers/shm.ts";
import { LOCK_EX } from "../../membridge/libc/constants.ts";
import {
  closeFile,
  linkFile,
  openUnnamed,
  tryLockFile,
  unlinkFile,
} from "../../membridge/libc/files.ts";
import { isSignerGone, ownThread } from "../../membridge/libc/process.ts";
import { pathOfId, pathOfName, SHM_DIRECTORY } from "../../membridge/segment/names.ts";
import { Segment } from "../../membridge/segment/segment.ts";

const FFI = { permissions: { ffi: true } } as const;

const EPOCH = 48 / 4;
const HOLDER = 56 / 8;
/** No thread has that number: the kernel's are lower. */
const gone = () => ownThread().signature | 0x3fffffn;

/** Two handles of one segment, each as good as another process: `flock` belongs to the open file. */
function withTwo(test: (left: Segment, right: Segment, path: string) => void): () => Promise<void> {
  return () =>
    leavesNothing(() => {
      const path = pathOfName(freshName("lock"));
      const left = Segment.create({ kind: "value", sizeBytes: 4096 });
      assert(left.publish(path));
      const right = Segment.open(path, { kind: "value", name: path, minimumBytes: 64 })!;
      try {
        test(left, right, path);
        assert(left.lock.tryAcquire());
        left.lock.unlinkFile();
      } finally {
        left.close();
        right.close();
        unlinkFile(path);
      }
      return Promise.resolve();
    });
}

function lockFiles({ id }: Segment): string[] {
  const prefix = pathOfId(id, "lock0").slice(SHM_DIRECTORY.length + 1, -1);
  return sharedFiles().filter((file) => file.startsWith(prefix));
}

Deno.test(
  "kernel lock: a signature is the thread's, and tells when that is gone",
  FFI,
  withTwo((left, right) => {
    assert(left.lock.tryAcquire());
    assertEquals(right.words64[HOLDER], ownThread().signature);
    assertEquals(Number(ownThread().signature & 0x3fffffn), ownThread().tid);
    assert(!isSignerGone(ownThread().signature));
    assert(isSignerGone(gone()));
    // Another start time: the number was given to another thread. Another namespace: nobody knows.
    assert(isSignerGone(ownThread().signature ^ (1n << 40n)));
    assert(!isSignerGone(gone() ^ (1n << 22n)));
    assert(!right.lock.tryAcquire());
    assert(!right.lock.rescue());
    left.lock.release();
    assertEquals(right.words64[HOLDER], 0n);
  }),
);

Deno.test(
  "kernel lock: who gets the lock of a holder that died signs over it, and leaves no file",
  FFI,
  withTwo((left, right) => {
    left.words64[HOLDER] = gone();
    assert(right.lock.tryAcquire());
    assertEquals(left.words64[HOLDER], ownThread().signature);
    assertEquals(left.words[EPOCH], 0);
    assertEquals(lockFiles(left), []);
    assert(!left.lock.tryAcquire());
    right.lock.release();
    assert(left.lock.tryAcquire());
    left.lock.release();
  }),
);

Deno.test(
  "kernel lock: a dead holder's lock goes to the rescuer that is at work, or to who found it free, not to both",
  FFI,
  withTwo((left, right) => {
    left.words64[HOLDER] = gone();
    // A rescuer has the next file, and is about to sign and to store the epoch.
    const path = pathOfId(left.id, "lock1");
    const rescuer = openUnnamed(SHM_DIRECTORY, 0o600);
    assert(linkFile(rescuer, path) && tryLockFile(rescuer, LOCK_EX));
    assert(!left.lock.tryAcquire(), "the rescuer goes first");
    assert(!left.lock.rescue(), "so it does among rescuers");
    assertEquals(left.words64[HOLDER], gone());
    left.words64[HOLDER] = ownThread().signature;
    left.words[EPOCH] = 1;
    assert(!left.lock.tryAcquire() && !right.lock.tryAcquire(), "the rescuer has it");
    left.words64[HOLDER] = 0n;
    closeFile(rescuer);
    assert(right.lock.tryAcquire());
    assert(!left.lock.tryAcquire());
    right.lock.release();
  }),
);

Deno.test(
  "kernel lock: rescued once, the lock stays excluded in its new place, and its file goes with the next rescue",
  FFI,
  withTwo((left, right, path) => {
    // Held by an open file whose thread is gone, as a terminated Worker leaves it.
    const zombie = Segment.open(path, { kind: "value", name: path, minimumBytes: 64 })!;
    assert(zombie.lock.tryAcquire());
    left.words64[HOLDER] = gone();
    assert(!left.lock.tryAcquire());
    assert(right.lock.rescue());
    assertEquals([left.words[EPOCH], lockFiles(left).length], [1, 1]);
    assert(!left.lock.tryAcquire() && !left.lock.rescue());
    right.lock.release();
    assert(left.lock.tryAcquire());
    // It dies as well: once with the lock given back by the kernel, once without.
    left.words64[HOLDER] = gone();
    assert(!right.lock.tryAcquire());
    assert(right.lock.rescue());
    assertEquals([left.words[EPOCH], lockFiles(left).length], [2, 1]);
    right.lock.release();
    left.words64[HOLDER] = gone();
    assert(left.lock.tryAcquire());
    assertEquals([left.words[EPOCH], lockFiles(left).length], [2, 1]);
    left.lock.release();
    zombie.close();
  }),
);
