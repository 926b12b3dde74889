/** A named mutex that tells its next owner when the last one died. */
import { ClosedError } from "../errors.ts";
import {
  checkOptions,
  resolveBoolean,
  resolveMode,
  resolveSignal,
  resolveTimeout,
} from "../options.ts";
import { LockQueue } from "./lock_queue.ts";
import { removeMutexFiles } from "./mutex_files.ts";
import { MutexSegment } from "./mutex_segment.ts";

/** How {@linkcode Mutex.open} opens. */
export interface MutexOptions {
  /** Make the mutex if nothing has that name; without it that is an error. */
  readonly create?: boolean;
  /** Permission bits of the files, made or found; 0o600 (this user alone) unless given. */
  readonly mode?: number;
  /** Longest wait in milliseconds unless `lock` says otherwise; 30,000 unless given, `Infinity` never gives up. */
  readonly timeoutMs?: number;
}

/** How {@linkcode Mutex.lockSync} waits. */
export interface LockSyncOptions {
  /** Longest wait in milliseconds; `0` tries once, `Infinity` never gives up. */
  readonly timeoutMs?: number;
}

/** How {@linkcode Mutex.lock} waits. */
export interface LockOptions extends LockSyncOptions {
  /** Ends the wait with its reason as the error. */
  readonly signal?: AbortSignal;
}

/**
 * What keeps the mutex locked, until it is released: `using guard = await mutex.lock()`.
 *
 * @example Owning a mutex for a block
 * ```ts
 * import { Mutex } from "@sysframe/sysframe/membridge";
 * import { assertEquals } from "@std/assert/equals";
 *
 * using mutex = Mutex.open("/doc.guard", { create: true });
 * {
 *   using guard = mutex.lockSync();
 *   assertEquals(guard.previousOwnerDied, false);
 * }
 * mutex.tryLock()!.release(); // It was free again.
 * assertEquals(Mutex.remove("/doc.guard"), true);
 * ```
 */
export class MutexGuard implements Disposable {
  /**
   * Whether the last owner died without releasing the mutex: what it protects may be half done, and this owner is the one that is told.
   *
   * If this one dies as well, the next one is told again; once it releases, the next one is not.
   */
  readonly previousOwnerDied: boolean;
  #mutex: Mutex | undefined;
  readonly #release: () => void;

  /** Made by {@linkcode Mutex}. */
  constructor(mutex: Mutex, previousOwnerDied: boolean, release: () => void) {
    // A handle that nobody refers to would be closed.
    this.#mutex = mutex;
    this.previousOwnerDied = previousOwnerDied;
    this.#release = release;
  }

  /** Unlocks the mutex and wakes who waits for it. Twice is fine. */
  release(): void {
    if (this.#mutex === undefined) return;
    this.#mutex = undefined;
    this.#release();
  }

  /** Unlocks the mutex. */
  [Symbol.dispose](): void {
    this.release();
  }
}

/** An unclosed handle that was dropped gives its memory back all the same. It gives up no mutex properly: nobody said that it may. */
const dropped = new FinalizationRegistry<LockQueue>((queue) => queue.close(false));

/**
 * A named mutex: one owner at a time, among all threads and processes that open it.
 *
 * An owner is a {@linkcode MutexGuard}, which may be held across awaits. The lock is the kernel's: a dying process gives it up whatever it was
 * doing, a terminated Worker's is taken from it, and the next owner is told by `previousOwnerDied`. Waiting costs nothing until the mutex is
 * released. Two handles, also of one thread, exclude each other.
 *
 * Cost: one microsecond for `lock` or `lockSync` and the release, while nobody waits.
 *
 * @example What only one process does at a time
 * ```ts
 * import { Mutex } from "@sysframe/sysframe/membridge";
 * import { assertEquals } from "@std/assert/equals";
 *
 * using mutex = Mutex.open("/doc.mutex", { create: true });
 * {
 *   using guard = await mutex.lock({ timeoutMs: 1000 });
 *   if (guard.previousOwnerDied) console.log("checking what it left behind");
 *   assertEquals(mutex.tryLock(), undefined);
 * }
 * assertEquals(mutex.lockSync().previousOwnerDied, false);
 * Mutex.remove("/doc.mutex");
 * ```
 */
export class Mutex implements Disposable {
  /** The name that it was opened by. */
  readonly name: string;
  readonly #queue: LockQueue;
  readonly #timeoutMs: number;
  #open = true;

  private constructor(name: string, queue: LockQueue, timeoutMs: number) {
    this.name = name;
    this.#queue = queue;
    this.#timeoutMs = timeoutMs;
    dropped.register(this, queue, this);
  }

  /**
   * Opens the mutex with that name.
   *
   * @param name A slash and 1 to 200 of `A-Z a-z 0-9 . _ -`.
   * @throws {SegmentError} `not_found` without `create`; `wrong_kind`, `foreign`, `incompatible`, `corrupt` for what has the name.
   * @throws {SystemError} such as `ENOSPC`.
   */
  static open(name: string, options: MutexOptions = {}): Mutex {
    checkOptions("Mutex.open", options, ["create", "mode", "timeoutMs"]);
    const mode = resolveMode(options.mode);
    const timeoutMs = resolveTimeout(options.timeoutMs);
    const mutex = MutexSegment.open(name, {
      create: resolveBoolean("create", options.create, false),
      mode,
    });
    return new Mutex(name, new LockQueue(mutex, name), timeoutMs);
  }

  /**
   * Removes the name, at once, also while somebody owns the mutex: that owner may finish, who waits gets a `SegmentError` with code `removed`.
   *
   * A mutex that is made with this name afterwards is another one: it does not exclude owners of the old one.
   *
   * @returns `false` when nothing had that name
   * @throws {SegmentError} `wrong_kind` or `foreign`: it is not a mutex of this user.
   */
  static remove(name: string): boolean {
    return removeMutexFiles(name);
  }

  /**
   * Waits until this handle owns the mutex. Waiting keeps the program running, unless {@linkcode unref} was called.
   *
   * Tasks that wait through one handle get it in the order in which they asked; a task that asks again while it owns the mutex waits for itself.
   *
   * @throws {TimeoutError} after `timeoutMs`; the signal's reason when that is aborted.
   * @throws {ClosedError} if the handle is closed meanwhile.
   * @throws {SegmentError} `removed`
   * @throws {BusyError} when 1,008 handles wait already.
   */
  async lock(options: LockOptions = {}): Promise<MutexGuard> {
    this.#check();
    checkOptions("lock", options, ["timeoutMs", "signal"]);
    const timeoutMs = resolveTimeout(options.timeoutMs, this.#timeoutMs);
    const signal = resolveSignal(options.signal);
    signal?.throwIfAborted();
    const lastDied = await this.#queue.take({ timeoutMs, signal });
    this.#check(); // Closing gave it up again.
    return this.#guard(lastDied);
  }

  /**
   * Waits until this handle owns the mutex, blocking the thread. Meanwhile this thread's own services answer, but no other event is handled.
   *
   * Goes before the tasks of this thread that wait with {@linkcode lock}: they could not go on.
   *
   * @throws {DeadlockError} if this very thread owns it, through whichever handle: it could not release it.
   * @throws as {@linkcode lock}
   */
  lockSync(options: LockSyncOptions = {}): MutexGuard {
    this.#check();
    checkOptions("lockSync", options, ["timeoutMs"]);
    return this.#guard(this.#queue.takeSync(resolveTimeout(options.timeoutMs, this.#timeoutMs)));
  }

  /**
   * Owns the mutex if nobody does at this moment.
   *
   * @returns `undefined` if somebody does
   * @throws {SegmentError} `removed`
   */
  tryLock(): MutexGuard | undefined {
    this.#check();
    const lastDied = this.#queue.tryTake({ rescue: true });
    return lastDied === undefined ? undefined : this.#guard(lastDied);
  }

  #guard(previousOwnerDied: boolean): MutexGuard {
    const queue = this.#queue;
    return new MutexGuard(this, previousOwnerDied, () => queue.release());
  }

  /** Lets the program end although {@linkcode lock} waits. */
  unref(): this {
    this.#queue.setRef(false);
    return this;
  }

  /** Undoes {@linkcode unref}. */
  ref(): this {
    this.#queue.setRef(true);
    return this;
  }

  /** Closes this handle: what it owns is released, what waits fails, every later use is a {@linkcode ClosedError}. Twice is fine. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    dropped.unregister(this);
    this.#queue.close();
  }

  /** Closes this handle. */
  [Symbol.dispose](): void {
    this.close();
  }

  #check(): void {
    if (!this.#open) throw new ClosedError(`The handle of ${this.name} is closed`);
  }
}
