/** When calls are given up: one timer for all calls of a connection. */
import { MAX_TIMER_MS } from "../options.ts";
import type { PendingCall, PendingCalls } from "./pending.ts";

/**
 * Watches over the deadlines of the calls of one connection.
 *
 * Reading the clock costs 100 ns, a tenth of a pipelined call. So a new call gets its deadline at the thread's next look at its lanes, which
 * comes right after the code that called; calls that were started together share one reading.
 */
export class Deadlines {
  readonly #calls: PendingCalls;
  readonly #onExpired: (id: number) => void;
  #unstamped: PendingCall[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerEnd = Infinity;

  /** @param onExpired Called with the number of a call whose time is over. */
  constructor(calls: PendingCalls, onExpired: (id: number) => void) {
    this.#calls = calls;
    this.#onExpired = onExpired;
  }

  /** Watches over a call whose time begins now. */
  add(call: PendingCall): void {
    if (call.timeoutMs !== Infinity) this.#unstamped.push(call);
  }

  /** Sets the deadlines of the calls that are new. */
  stamp(): void {
    if (this.#unstamped.length === 0) return;
    const now = performance.now();
    let earliest = Infinity;
    for (const call of this.#unstamped) {
      call.deadline = now + call.timeoutMs;
      earliest = Math.min(earliest, call.deadline);
    }
    this.#unstamped = [];
    this.#arm(earliest);
  }

  // It does not keep the program running; the calls do.
  #arm(deadline: number): void {
    if (deadline >= this.#timerEnd) return;
    clearTimeout(this.#timer);
    this.#timerEnd = deadline;
    const delay = Math.min(Math.max(0, deadline - performance.now()), MAX_TIMER_MS);
    this.#timer = setTimeout(this.#onTimer, Math.ceil(delay));
    Deno.unrefTimer(this.#timer);
  }

  readonly #onTimer = (): void => {
    this.#timerEnd = Infinity;
    this.stamp();
    const now = performance.now();
    let next = this.#timerEnd;
    this.#calls.forEach((id, call) => {
      if (call.deadline <= now) this.#onExpired(id);
      else next = Math.min(next, call.deadline);
    });
    this.#arm(next);
  };

  /** Watches no longer. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timerEnd = -Infinity;
    this.#unstamped = [];
  }
}
