/**
 * The loop of a thread that uses membridge: it looks at everything that others may have written, spins for some microseconds while
 * an answer is near, and otherwise parks on the doorbell in the event loop.
 *
 * Nothing here polls: a parked thread costs nothing until its bell rings. What others wrote between its last look and its parking is
 * found by one more look after the `parked` word is set; that word's store pairs with their load of it after their own store.
 *
 * @module
 */
import { closeFile, drainFifo } from "../libc/files.ts";
import { afterEvents, FifoReader } from "../libc/fifo_reader.ts";
import { pollInput, yieldCore } from "../libc/process.ts";
import { pause, SPIN_MICROSECONDS, spinUntil } from "../sync/spin.ts";
import { OwnPeer } from "./own_peer.ts";
import { type Source, SourceSet } from "./source_set.ts";

export type { Source } from "./source_set.ts";

/** How long the loop may run on before timers and I/O get their turn. */
const SLICE_MS = 1;
/** How often threads are looked at that could have died without the kernel telling, */
const CHECK_MS = 1000;
/** and how often once the bell has been silent for so many looks. */
const QUIET_CHECK_MS = 3000;
const QUIET_CHECKS = 5;
/** What a large message adds to the time that it pays to spin for an answer: each side copies a MiB in about this time. */
const SPIN_MS_PER_BYTE = 1e-6;
/** Longest time that it pays to spin. */
const MOST_SPIN_MS = 2;
/** Looks in vain within one turn. Between two turns other microtasks run, and the core is offered to others. */
const LOOKS = 16;
/** Turns with progress after which the clock is read: reading it costs as much as a turn. */
const TURNS_PER_CLOCK = 8;
/** Turns in vain after which the core is offered to others. */
const TURNS_PER_YIELD = 4;

/** The loop; a thread has one, in {@linkcode reactor}. */
class Reactor {
  readonly #sources = new SourceSet();
  #peer: OwnPeer | undefined;
  #bell: FifoReader | undefined;
  #holds = 0;
  #held = false;
  #checkTimer: ReturnType<typeof setInterval> | undefined;
  #checkMs = 0;
  #quietChecks = 0;
  #running = false;
  #expecting = false;
  #turns = 0;
  #blocked = 0;
  #idleTurns = 0;
  #lastProgress = 0;
  #sliceStart = 0;
  #spinMs = SPIN_MICROSECONDS / 1000;

  /** What others find this thread by. Makes its files when there are none yet. */
  get id(): bigint {
    return this.#ownPeer().id;
  }

  #ownPeer(): OwnPeer {
    if (this.#peer === undefined) {
      this.#peer = new OwnPeer();
      globalThis.addEventListener("unload", this.#abandonAll);
    }
    return this.#peer;
  }

  /** Tells whether `id` is this very thread. */
  isSelf(id: bigint): boolean {
    return this.#peer?.id === id;
  }

  /** Looks at `source` from now on. */
  add(source: Source): void {
    this.#ownPeer();
    this.#sources.add(source);
  }

  /** Stops looking at `source`; with the last one this thread's files go. */
  remove(source: Source): void {
    if (!this.#sources.delete(source) || this.#sources.size > 0) return;
    const peer = this.#peer;
    this.#peer = undefined;
    globalThis.removeEventListener("unload", this.#abandonAll);
    if (this.#bell !== undefined) this.#bell.close();
    else if (peer !== undefined) closeFile(peer.bellFd);
    this.#bell = undefined;
    this.#applyHolds();
    peer?.close();
  }

  /** Has the event loop listen to the doorbell. Without it only {@linkcode waitSync} does. */
  attach(): void {
    if (this.#bell !== undefined) return;
    const peer = this.#ownPeer();
    this.#bell = new FifoReader(peer.bellFd, this.#onBell, () => {});
    this.#applyHolds();
    this.schedule(false);
  }

  // Looks at once: the microtask of `schedule` would come after all that the stream has to do for a byte that nobody wants.
  readonly #onBell = (): void => {
    if (this.#running || this.#bell === undefined) return;
    this.#wakeUp();
    this.#lastProgress = this.#sliceStart;
    if (!this.#sources.poll()) this.#sources.pollResting();
    this.#turn();
  };

  #wakeUp(): void {
    this.#running = true;
    this.#quietChecks = 0;
    if (this.#checkMs === QUIET_CHECK_MS) this.#setCheck(CHECK_MS);
    this.#turns = 0;
    this.#sliceStart = performance.now();
    this.#peer!.unpark();
  }

  /** Keeps the program running until {@linkcode release}. */
  hold(): void {
    this.#holds++;
    if (!this.#running) this.#applyHolds();
  }

  /** Undoes one {@linkcode hold}. */
  release(): void {
    this.#holds--;
    if (!this.#running) this.#applyHolds();
  }

  // While the loop runs the program does too, so a call that is answered at once costs no change of the event loop's.
  #applyHolds(): void {
    const held = this.#holds > 0 && this.#bell !== undefined;
    if (held === this.#held) return;
    this.#held = held;
    this.#bell?.setRef(held);
    this.#quietChecks = 0;
    this.#setCheck(held ? CHECK_MS : 0);
  }

  // Each look wakes the program up, which costs more than the look. 0 for none.
  #setCheck(everyMs: number): void {
    clearInterval(this.#checkTimer);
    this.#checkMs = everyMs;
    if (everyMs === 0) return;
    this.#checkTimer = setInterval(this.#onCheck, everyMs);
    Deno.unrefTimer(this.#checkTimer);
  }

  readonly #onCheck = (): void => {
    for (const source of this.#sources.all()) source.checkAlive?.();
    if (++this.#quietChecks >= QUIET_CHECKS && this.#checkMs === CHECK_MS) {
      this.#setCheck(QUIET_CHECK_MS);
    }
  };

  /**
   * Has the loop run after the code that runs now.
   *
   * @param expecting Whether something is about to come, so that spinning for it pays.
   */
  schedule(expecting: boolean): void {
    if (expecting) this.#expecting = true;
    if (this.#running || this.#bell === undefined) return;
    this.#wakeUp();
    queueMicrotask(this.#turn);
  }

  /** Like {@linkcode schedule}, where it is `source` that something is about to come for: it is looked at more often than others. */
  expect(source: Source, spin = true): void {
    this.#sources.heat(source);
    this.schedule(spin);
  }

  /** Says through which of this thread's lanes something was sent, to a thread that has several of them. */
  hint(lane: number): void {
    this.#peer?.hint(lane);
  }

  /** Says how large the message is that the other side got last: it has to take that in before it answers. */
  allowFor(sizeBytes: number): void {
    this.#spinMs = Math.min(SPIN_MICROSECONDS / 1000 + sizeBytes * SPIN_MS_PER_BYTE, MOST_SPIN_MS);
  }

  /** Says that something is about to come for `source`, to a thread that is about to block. */
  heat(source: Source): void {
    this.#sources.heat(source);
  }

  // Some looks. Between two turns other microtasks run: the code that awaited what the last one brought.
  readonly #turn = (): void => {
    let progress = this.#sources.pollHot();
    for (let look = 0; look < LOOKS && !progress; look++) {
      pause();
      progress = this.#sources.pollHot();
    }
    // What was received may have closed the last handle, or opened the first one anew.
    if (this.#peer === undefined || this.#bell === undefined) {
      this.#running = false;
      return;
    }
    if (progress) this.#expecting = true;
    if (progress && ++this.#turns % TURNS_PER_CLOCK !== 0) queueMicrotask(this.#turn);
    else this.#endTurn(progress);
  };

  #endTurn(progress: boolean): void {
    const now = performance.now();
    if (this.#expecting) {
      this.#expecting = false;
      this.#lastProgress = now;
    } else if (now - this.#lastProgress > this.#spinMs) {
      this.#peer!.park();
      if (!this.#sources.poll()) {
        this.#running = false;
        this.#applyHolds();
        return;
      }
      // What came may have closed the last handle.
      if (this.#peer === undefined) {
        this.#running = false;
        return;
      }
      this.#peer.unpark();
      this.#lastProgress = now;
    }
    // Who was just woken may be waiting for this very core.
    if (!progress && ++this.#idleTurns % TURNS_PER_YIELD === 0) yieldCore();
    if (now - this.#sliceStart > SLICE_MS) afterEvents(this.#nextSlice);
    else queueMicrotask(this.#turn);
  }

  readonly #nextSlice = (): void => {
    this.#sliceStart = performance.now();
    this.#turn();
  };

  /**
   * Blocks the thread until `ready`, looking at everything meanwhile, so that this thread's own services answer.
   *
   * @param spin Whether the other side is awake, so that spinning pays.
   * @param timeoutMs When to give up. The clock is read only after a spin in vain.
   * @param fds Descriptors besides the doorbell that end a sleep.
   * @param check Called after each sleep, which lasts a second at the most; it may throw to end the wait.
   * @returns whether it became ready
   */
  waitSync(
    ready: () => boolean,
    spin: boolean,
    timeoutMs: number,
    fds: number[],
    check: () => void,
  ): boolean {
    this.#blocked++;
    try {
      return this.#waitBlocked(ready, { spin, timeoutMs, fds, check });
    } finally {
      this.#blocked--;
    }
  }

  /** How many blocking waits of this thread there are, each within what another one looked at. */
  get blocked(): number {
    return this.#blocked;
  }

  #waitBlocked(
    ready: () => boolean,
    { spin, timeoutMs, fds, check }: {
      readonly spin: boolean;
      readonly timeoutMs: number;
      readonly fds: readonly number[];
      readonly check: () => void;
    },
  ): boolean {
    const look = () => {
      if (ready()) return true;
      this.#sources.pollHot();
      return ready();
    };
    if (look() || (spin && spinUntil(look, 1000 * this.#spinMs))) return true;
    let woken = false, progress = false;
    const lookAtAll = () => {
      if (ready()) return true;
      progress = this.#sources.poll();
      if (!progress && woken) progress = this.#sources.pollResting();
      return ready();
    };
    const endMs = performance.now() + timeoutMs;
    const peer = this.#ownPeer();
    const waitFds = [peer.bellFd, ...fds];
    try {
      for (;;) {
        peer.park();
        if (lookAtAll()) return true;
        const left = endMs - performance.now();
        if (left <= 0) return false;
        // There may be more where something was; and what was called may have blocked the thread itself, and unparked it.
        pollInput(waitFds, progress ? 0 : Math.min(left, CHECK_MS));
        drainFifo(peer.bellFd);
        woken = true;
        if (lookAtAll()) return true;
        woken = false;
        check();
        if (ready()) return true;
      }
    } finally {
      // The end of the wait may have been the end of the last handle.
      if (this.#peer === peer) this.#parkAgain(peer);
    }
  }

  // After a blocking wait the doorbell is silent and the word says whatever it said last.
  #parkAgain(peer: OwnPeer): void {
    if (this.#bell === undefined || this.#running) {
      peer.unpark();
      return;
    }
    do peer.park(); while (this.#sources.poll() && this.#peer === peer);
  }

  readonly #abandonAll = (): void => {
    for (const source of this.#sources.all()) source.abandon?.();
    this.#peer?.close();
    this.#peer = undefined;
  };
}

/** This thread's loop. */
export const reactor: Reactor = new Reactor();
