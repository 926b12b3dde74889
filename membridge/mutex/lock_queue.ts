/** What a handle waits with until it gets the mutex: its requests in their order, one slot in the table, an eye on the holder. */
import { MAX_TIMER_MS } from "../options.ts";
import { ClosedError, DeadlockError, TimeoutError } from "../errors.ts";
import { Hold } from "../peer/hold.ts";
import { reactor, type Source } from "../peer/reactor.ts";
import { Holders } from "./holders.ts";
import type { MutexSegment } from "./mutex_segment.ts";

/** When nobody can tell of the holder's end, it is looked for after this time, then after twice that, up to {@linkcode LAST_LOOK_MS}. */
const FIRST_LOOK_MS = 1;
const LAST_LOOK_MS = 1000;

/** A `lock()` that waits. */
interface Request {
  resolve(lastOwnerDied: boolean): void;
  reject(error: unknown): void;
  timer: ReturnType<typeof setTimeout> | undefined;
  signal: AbortSignal | undefined;
  onAbort: (() => void) | undefined;
}

/** How a request waits. */
export interface Patience {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** Mutexes that this thread blocks for: what it could give to another task now would never be given back. */
const blockedFor = new Map<bigint, number>();

/** One handle's way to its mutex. */
export class LockQueue implements Source {
  readonly #mutex: MutexSegment;
  readonly #name: string;
  readonly #requests: Request[] = [];
  readonly #holders = new Holders(() => reactor.schedule(false));
  #slot: number | undefined;
  #slotUsers = 0;
  #joined = false;
  #open = true;
  #holding = false;
  readonly #hold = new Hold();
  #lookTimer: ReturnType<typeof setTimeout> | undefined;
  #nextLookMs = FIRST_LOOK_MS;

  constructor(mutex: MutexSegment, name: string) {
    this.#mutex = mutex;
    this.#name = name;
  }

  /**
   * Takes the mutex if it is free.
   *
   * @param options `rescue`: also if who has it is a thread that is gone from a living process.
   * @returns whether the last owner died, or `undefined` if somebody has it
   */
  tryTake({ rescue }: { rescue: boolean }): boolean | undefined {
    if (!this.#joined) {
      // From now on until the handle is closed this thread has the same id, by which others watch it.
      reactor.add(this);
      this.#joined = true;
    }
    const lastDied = this.#mutex.tryTake(reactor.id, { rescue, slot: this.#slot });
    if (lastDied !== undefined) this.#holding = true;
    return lastDied;
  }

  /** Takes the mutex, waiting for it behind the requests that wait already. */
  take({ timeoutMs, signal }: Patience): Promise<boolean> {
    if (this.#requests.length === 0 && !blockedFor.has(this.#mutex.key)) {
      const lastDied = this.tryTake({ rescue: false });
      if (lastDied !== undefined) return Promise.resolve(lastDied);
    }
    if (timeoutMs === 0) return Promise.reject(this.#timedOut(0));
    return new Promise((resolve, reject) => {
      this.#enter();
      reactor.attach();
      const request: Request = {
        resolve,
        reject,
        timer: undefined,
        signal,
        onAbort: undefined,
      };
      // Timers end at 24 days; who waits for longer waits for ever.
      if (timeoutMs <= MAX_TIMER_MS) {
        request.timer = setTimeout(
          () => this.#fail(request, this.#timedOut(timeoutMs)),
          timeoutMs,
        );
        Deno.unrefTimer(request.timer);
      }
      if (signal !== undefined) {
        request.onAbort = () => this.#fail(request, signal.reason);
        signal.addEventListener("abort", request.onAbort, { once: true });
      }
      this.#requests.push(request);
      this.#hold.add();
      // What was given up between the try above and the slot is found by the loop's next look.
      reactor.schedule(false);
    });
  }

  #timedOut(timeoutMs: number): TimeoutError {
    return new TimeoutError(`${this.#name} stayed locked for ${timeoutMs} ms`);
  }

  /** Takes the mutex, blocking the thread until it has it. */
  takeSync(timeoutMs: number): boolean {
    const end = performance.now() + timeoutMs;
    let lastDied = this.#tryTakeBlocking(false);
    if (lastDied !== undefined) return lastDied;
    if (timeoutMs === 0) throw this.#timedOut(0);
    this.#enter();
    const { key } = this.#mutex;
    blockedFor.set(key, (blockedFor.get(key) ?? 0) + 1);
    try {
      let spin = true;
      for (let lookMs = FIRST_LOOK_MS; lastDied === undefined;) {
        const id = this.#mutex.holder;
        const holder = this.#holders.living(id);
        const left = end - performance.now();
        const waitMs = holder === undefined ? Math.min(left, lookMs) : left;
        const taken = () => (lastDied ??= this.#tryTakeBlocking(true)) !== undefined;
        const ended = reactor.waitSync(
          () => {
            this.#checkOpen();
            const now = this.#mutex.holder;
            // While a living one has it, a look costs one load.
            if (holder !== undefined && now === id && !holder.dead) return lastDied !== undefined;
            return taken() || (now !== id && now !== 0n) || holder?.dead === true;
          },
          spin,
          waitMs,
          holder === undefined ? [] : [holder.lifeFd],
          () => {
            if (holder?.lifeEnded === false) holder.checkAlive(true);
            taken();
          },
        );
        spin = false;
        if (lastDied === undefined && performance.now() >= end) throw this.#timedOut(timeoutMs);
        lookMs = ended ? FIRST_LOOK_MS : Math.min(2 * lookMs, LAST_LOOK_MS);
      }
      return lastDied;
    } finally {
      const blocked = blockedFor.get(key)! - 1;
      if (blocked === 0) blockedFor.delete(key);
      else blockedFor.set(key, blocked);
      this.#leave();
      // Tasks of this thread were passed over meanwhile.
      reactor.schedule(false);
    }
  }

  // Who holds it on this very thread cannot give it up while the thread is blocked.
  #tryTakeBlocking(rescue: boolean): boolean | undefined {
    if (this.#mutex.heldHere) {
      throw new DeadlockError(
        `Cannot wait for ${this.#name}: this very thread holds it; use lock()`,
      );
    }
    return this.tryTake({ rescue });
  }

  #checkOpen(): void {
    if (!this.#open) throw this.#closed();
  }

  #closed(): ClosedError {
    return new ClosedError(`The handle of ${this.#name} is closed`);
  }

  /** Gives the mutex up. */
  release(): void {
    if (!this.#holding) return;
    this.#holding = false;
    this.#mutex.release();
  }

  // One slot for the handle, however many wait through it.
  #enter(): void {
    if (this.#slotUsers === 0) this.#slot = this.#mutex.enter();
    this.#slotUsers++;
  }

  #leave(): void {
    if (--this.#slotUsers === 0) this.#vacate(); // Closing did, perhaps.
  }

  #vacate(): void {
    if (this.#slot === undefined) return;
    this.#mutex.waiters.leave(this.#slot);
    this.#slot = undefined;
    this.#holders.forgetAll();
    clearTimeout(this.#lookTimer);
    this.#lookTimer = undefined;
    this.#nextLookMs = FIRST_LOOK_MS;
  }

  /** @inheritdoc */
  poll(): boolean {
    const [request] = this.#requests;
    if (request === undefined || blockedFor.has(this.#mutex.key)) return false;
    try {
      if (!this.#mutex.removed) {
        if (this.#mutex.heldHere) return false; // Its release wakes everybody, this thread too.
        if (this.#holders.listen(this.#mutex.holder)) return false;
      }
      if (this.#serve(request)) return true;
      this.#lookLater();
      return false;
    } catch (error) {
      this.#fail(request, error);
      return true;
    }
  }

  #serve(request: Request): boolean {
    const lastDied = this.tryTake({ rescue: true });
    if (lastDied === undefined) return false;
    this.#nextLookMs = FIRST_LOOK_MS;
    this.#end(request);
    request.resolve(lastDied);
    return true;
  }

  // Nobody will tell when it is free: the holder has not signed yet, is dying, or died before it could wake anybody.
  #lookLater(): void {
    if (this.#lookTimer !== undefined) return;
    this.#lookTimer = setTimeout(() => {
      this.#lookTimer = undefined;
      this.#nextLookMs = Math.min(2 * this.#nextLookMs, LAST_LOOK_MS);
      reactor.schedule(false);
    }, this.#nextLookMs);
    Deno.unrefTimer(this.#lookTimer);
  }

  /** @inheritdoc */
  checkAlive(): void {
    const [request] = this.#requests;
    if (request === undefined || blockedFor.has(this.#mutex.key)) return;
    this.#holders.checkAlive();
    try {
      // Whatever the words say.
      this.#serve(request);
    } catch (error) {
      this.#fail(request, error);
    }
  }

  #fail(request: Request, error: unknown): void {
    if (!this.#requests.includes(request)) return;
    this.#end(request);
    request.reject(error);
  }

  #end(request: Request): void {
    this.#requests.splice(this.#requests.indexOf(request), 1);
    clearTimeout(request.timer);
    if (request.onAbort !== undefined) {
      request.signal!.removeEventListener("abort", request.onAbort);
    }
    this.#hold.remove();
    if (this.#open) this.#leave();
  }

  /** Says whether waiting keeps the program running. */
  setRef(keepsRunning: boolean): void {
    this.#hold.setRef(keepsRunning);
  }

  /** The program ends: an owner that has not given the mutex up by now is a dead one, and only its slot is given back. */
  abandon(): void {
    this.close(false);
  }

  /** @param properly Whether a mutex that is held is given up, not left behind. */
  close(properly = true): void {
    if (!this.#open) return;
    if (properly) this.release();
    this.#open = false;
    for (const request of [...this.#requests]) this.#fail(request, this.#closed());
    this.#vacate();
    this.#mutex.close();
    if (this.#joined) reactor.remove(this);
  }
}
