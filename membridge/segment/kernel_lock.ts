/**
 * The exclusive lock of a segment: the kernel's, so that a dying process gives it up whatever it was doing.
 *
 * It is `flock` on the segment's own file, with one exception. A terminated Worker leaves its descriptors open, and so its locks held,
 * in a process that lives on. Therefore a holder writes down which thread it is, and who waits for one that is gone moves the lock to
 * another file: `sysframe@ID.lockN`, where N is the word `epoch`. Who got a lock looks at `epoch` once more: the lock of an older
 * epoch is nobody's.
 *
 * Words, in the segment's header: `epoch:u32  tid:u32  start:u32  namespace:u32`. All of them are written by who holds the lock: `epoch`
 * once, by the rescuer, after it took the lock of the next epoch; the others by each holder, `tid` last, and 0 again before it lets go.
 *
 * @module
 */
import { LOCK_EX } from "../libc/constants.ts";
import {
  closeFile,
  linkFile,
  openIfPresent,
  openUnnamed,
  statFile,
  tryLockFile,
  unlinkFile,
  unlockFile,
} from "../libc/files.ts";
import { isThreadIdGone, ownThread } from "../libc/process.ts";
import { putU32, storeU32 } from "../sync/port.ts";
import { pathOfId, SHM_DIRECTORY } from "./names.ts";

const EPOCH = 48 / 4;
const HOLDER_TID = 52 / 4;
const HOLDER_START = 56 / 4;
const HOLDER_NAMESPACE = 60 / 4;

/** What the lock needs of its segment. */
export interface Lockable {
  /** The open file. */
  readonly fd: number;
  /** The id in the header. */
  readonly id: bigint;
  /** The mapped memory. */
  readonly words: Uint32Array;
}

/** One handle's view of a segment's lock. Another handle of the same thread is another holder. */
export class KernelLock {
  readonly #segment: Lockable;
  #epoch = 0;
  #fd: number;

  /** @param segment Stays open as long as this is used. */
  constructor(segment: Lockable) {
    this.#segment = segment;
    this.#fd = segment.fd;
  }

  /** Takes the lock if nobody has it. Cost: one system call. */
  tryAcquire(): boolean {
    const { words } = this.#segment;
    for (;;) {
      const epoch = Atomics.load(words, EPOCH);
      if (epoch !== this.#epoch) this.#follow(epoch);
      if (!tryLockFile(this.#fd, LOCK_EX)) return false;
      if (Atomics.load(words, EPOCH) === this.#epoch) break;
      unlockFile(this.#fd);
    }
    this.#sign();
    return true;
  }

  /**
   * Whether nobody seems to have the lock. Cost: one atomic load, so that who waits need not ask the kernel, and hold up the holder
   * there. It says nothing of a holder that died.
   */
  get looksFree(): boolean {
    return Atomics.load(this.#segment.words, HOLDER_TID) === 0;
  }

  /** Gives the lock up. */
  release(): void {
    storeU32(this.#segment.words, HOLDER_TID, 0);
    unlockFile(this.#fd);
  }

  /**
   * Takes the lock from a thread that is gone, though its process lives. For who has waited for a while.
   *
   * @returns whether the lock is taken now
   */
  rescue(): boolean {
    const { words } = this.#segment;
    const epoch = Atomics.load(words, EPOCH);
    const tid = Atomics.load(words, HOLDER_TID);
    const start = words[HOLDER_START], namespace = words[HOLDER_NAMESPACE];
    if (tid === 0 || !isThreadIdGone(tid, start, namespace)) return false;
    const next = (epoch + 1) >>> 0;
    const fd = this.#openFile(next);
    // Of several rescuers one gets the next file's lock; the state that it judged by must still be the state now.
    const mine = tryLockFile(fd, LOCK_EX) && Atomics.load(words, EPOCH) === epoch &&
      Atomics.load(words, HOLDER_TID) === tid && words[HOLDER_START] === start;
    if (!mine) {
      closeFile(fd);
      return false;
    }
    this.#adopt(next, fd);
    this.#sign();
    // What an earlier rescuer left that died before it tidied up: so there never are more than the files of three epochs.
    this.#unlink(epoch - 1);
    storeU32(words, EPOCH, next);
    this.#unlink(epoch);
    return true;
  }

  // The first epoch has no file of its own.
  #unlink(epoch: number): void {
    if (epoch > 0) unlinkFile(pathOfId(this.#segment.id, `lock${epoch}`));
  }

  #sign(): void {
    const { words } = this.#segment;
    const self = ownThread();
    putU32(words, HOLDER_START, self.startLow);
    putU32(words, HOLDER_NAMESPACE, self.namespaceLow);
    storeU32(words, HOLDER_TID, self.tid);
  }

  // Somebody moved the lock. Its file has a name before `epoch` says so: if it has none any more, the segment was removed, and the lock
  // protects nothing but must not fail.
  #follow(epoch: number): void {
    const fd = openIfPresent(pathOfId(this.#segment.id, `lock${epoch}`));
    this.#adopt(epoch, fd < 0 ? this.#segment.fd : fd);
  }

  #adopt(epoch: number, fd: number): void {
    this.closeFile();
    this.#epoch = epoch;
    this.#fd = fd;
  }

  // Made by who comes first, with a name only once it is complete.
  #openFile(epoch: number): number {
    const path = pathOfId(this.#segment.id, `lock${epoch}`);
    for (;;) {
      const there = openIfPresent(path);
      if (there >= 0) return there;
      const made = openUnnamed(SHM_DIRECTORY, statFile(this.#segment.fd).mode & 0o666);
      if (linkFile(made, path)) return made;
      closeFile(made);
    }
  }

  /** Closes the lock's own file, if it has one; a lock that is held is given up by that. */
  closeFile(): void {
    if (this.#fd !== this.#segment.fd) closeFile(this.#fd);
    this.#epoch = 0;
    this.#fd = this.#segment.fd;
  }

  /** Removes the lock's own files. For who removes the segment, and holds the lock. */
  unlinkFile(): void {
    // Rescuers that died halfway leave the file of the epoch before, or that of the next one.
    for (const epoch of [this.#epoch - 1, this.#epoch, this.#epoch + 1]) this.#unlink(epoch);
  }
}
