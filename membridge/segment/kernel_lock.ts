/**
 * The exclusive lock of a segment: the kernel's, so that a dying process gives it up whatever it was doing.
 *
 * It is `flock` on the segment's own file, with one exception. A terminated Worker leaves its descriptors open, and so its locks held,
 * in a process that lives on. Therefore a holder writes down which thread it is, and who waits for one that is gone moves the lock to
 * another file: `sysframe@ID.lockN`, where N is the word `epoch`. Who got a lock looks at `epoch` once more: the lock of an older
 * epoch is nobody's.
 *
 * Words, in the segment's header: `epoch:u32  zero:u32  holder:u64`. `holder` is who holds the lock, all of it in one word so that nobody
 * puts two halves of different holders together; 0 before the lock is given up. So who gets a lock and finds it signed knows that the
 * holder died. It may sign itself only if no rescuer is at work for the same reason: who has the lock of the next epoch's file decides.
 * `epoch` is written by the rescuer, after it took that lock and signed.
 *
 * Where the segment has room for that, a handle that nobody else comes between takes the lock without the kernel ({@linkcode Bias}).
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
import { isSignerGone, ownThread } from "../libc/process.ts";
import { storeU32, storeU64 } from "../sync/port.ts";
import type { Bias } from "./bias.ts";
import { pathOfId, SHM_DIRECTORY } from "./names.ts";

const EPOCH = 48 / 4;
const HOLDER_U64 = 56 / 8;
/** The half of it that is 0 only if all of it is. */
const HOLDER_LOW = 56 / 4;

/** What the lock needs of its segment. */
export interface Lockable {
  /** The open file. */
  readonly fd: number;
  /** The id in the header. */
  readonly id: bigint;
  /** The mapped memory. */
  readonly words: Uint32Array;
  readonly words64: BigUint64Array;
}

/** One handle's view of a segment's lock. Another handle of the same thread is another holder. */
export class KernelLock {
  readonly #segment: Lockable;
  readonly #bias: Bias | undefined;
  #epoch = 0;
  #fd: number;

  /**
   * @param segment Stays open as long as this is used.
   * @param bias Its bias, if it has the words for that.
   */
  constructor(segment: Lockable, bias?: Bias) {
    this.#segment = segment;
    this.#bias = bias;
    this.#fd = segment.fd;
  }

  /** Takes the lock if nobody has it. Cost: one system call, none while it is biased towards this handle. */
  tryAcquire(): boolean {
    return this.#bias?.enter() || this.#acquire(false);
  }

  // `evicting`: whether to ask if who is inside by its bias is a thread that is gone.
  #acquire(evicting: boolean): boolean {
    const { words, words64 } = this.#segment;
    let holder: bigint;
    for (;;) {
      const epoch = Atomics.load(words, EPOCH);
      if (epoch !== this.#epoch) this.#follow(epoch);
      if (!tryLockFile(this.#fd, LOCK_EX)) return false;
      // Before the epoch: 0 could be what a holder of the next epoch left.
      holder = Atomics.load(words64, HOLDER_U64);
      if (Atomics.load(words, EPOCH) === this.#epoch) break;
      unlockFile(this.#fd);
    }
    if (evicting) this.#bias?.evict();
    const alone = this.#bias === undefined || this.#bias.revoke();
    if (alone && holder === 0n) this.#sign();
    else if (!alone || !this.#signOver(holder)) {
      unlockFile(this.#fd);
      return false;
    }
    return true;
  }

  /**
   * Whether nobody seems to have the lock. Cost: an atomic load or two, so that who waits need not ask the kernel, and hold up the holder
   * there. It says nothing of a holder that died.
   */
  get looksFree(): boolean {
    return Atomics.load(this.#segment.words, HOLDER_LOW) === 0 && !this.#bias?.looksBusy;
  }

  /** Gives the lock up. */
  release(): void {
    if (this.#bias !== undefined) {
      if (this.#bias.leave()) return;
      this.#bias.offer();
    }
    storeU64(this.#segment.words64, HOLDER_U64, 0n);
    unlockFile(this.#fd);
  }

  /**
   * Takes the lock from a thread that is gone, though its process lives. For who has waited for a while.
   *
   * @returns whether the lock is taken now
   */
  rescue(): boolean {
    const { words, words64 } = this.#segment;
    const epoch = Atomics.load(words, EPOCH);
    const holder = Atomics.load(words64, HOLDER_U64);
    // Perhaps one that is inside by its bias.
    if (holder === 0n) return this.#acquire(true);
    if (!isSignerGone(holder)) return false;
    const next = (epoch + 1) >>> 0;
    const fd = this.#lockNext(epoch, holder);
    if (fd < 0) return false;
    this.#sign();
    // What an earlier rescuer left that died before it tidied up: so there never are more than the files of three epochs.
    this.#unlink(epoch - 1);
    storeU32(words, EPOCH, next);
    this.#adopt(next, fd);
    this.#unlink(epoch);
    // The one that is gone may have been about to bias the lock towards itself.
    if (this.#bias === undefined || this.#bias.revoke()) return true;
    this.release();
    return false;
  }

  // The first epoch has no file of its own.
  #unlink(epoch: number): void {
    if (epoch > 0) unlinkFile(pathOfId(this.#segment.id, `lock${epoch}`));
  }

  // The lock is this thread's, but for a rescuer: the next epoch's file is needed for a moment.
  #signOver(holder: bigint): boolean {
    const fd = this.#lockNext(this.#epoch, holder);
    if (fd < 0) return false;
    this.#sign();
    // Whoever opened it before judged by a signature that is gone for ever.
    this.#unlink(this.#epoch + 1);
    closeFile(fd);
    return true;
  }

  // Returns the next epoch's file, locked, if epoch and holder are still what was judged by; else -1. Only who has it may sign over
  // another's signature, so they stay what they are.
  #lockNext(epoch: number, holder: bigint): number {
    const { words, words64 } = this.#segment;
    const next = (epoch + 1) >>> 0;
    const fd = this.#openFile(next);
    if (
      tryLockFile(fd, LOCK_EX) && Atomics.load(words, EPOCH) === epoch &&
      Atomics.load(words64, HOLDER_U64) === holder
    ) return fd;
    closeFile(fd);
    const now = Atomics.load(words, EPOCH);
    // Made for an epoch that is over: nobody else would remove it.
    if (now !== epoch && now !== next) this.#unlink(next);
    return -1;
  }

  #sign(): void {
    storeU64(this.#segment.words64, HOLDER_U64, ownThread().signature);
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
    const epoch = Atomics.load(this.#segment.words, EPOCH);
    // Rescuers that died halfway, or were too late, leave the file of the epoch before, or that of the next one.
    for (const each of [epoch - 1, epoch, epoch + 1]) this.#unlink(each);
  }
}
