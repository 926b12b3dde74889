/** How many calls of a service run at a time, and how many wait for their turn. */

import { reactor } from "../peer/reactor.ts";

/** A call that is to be admitted. */
export interface Admitted {
  /** Runs it. Whoever runs it calls {@linkcode Admission.leave} at its end. */
  begin(): void;
}

/** The gate of a service. */
export class Admission {
  readonly #maxConcurrent: number;
  readonly #maxQueued: number;
  readonly #queue = new Set<Admitted>();
  #running = 0;
  /** How many blocking waits there were where {@linkcode leave} loops now; -1 where it does not. */
  #loopBlocked = -1;

  /** @param maxConcurrent `Infinity` for no limit. */
  constructor(maxConcurrent: number, maxQueued: number) {
    this.#maxConcurrent = maxConcurrent;
    this.#maxQueued = maxQueued;
  }

  /** How many calls run or wait. */
  get size(): number {
    return this.#running + this.#queue.size;
  }

  /**
   * Runs the call now, or when its turn comes.
   *
   * @returns `"refused"` if as many wait already as may.
   */
  enter(call: Admitted): "begun" | "queued" | "refused" {
    if (this.#running < this.#maxConcurrent) {
      this.#running++;
      call.begin();
      return "begun";
    }
    if (this.#queue.size >= this.#maxQueued) return "refused";
    this.#queue.add(call);
    return "queued";
  }

  /** Takes a call out that waits. Returns `false` if it does not wait. */
  withdraw(call: Admitted): boolean {
    return this.#queue.delete(call);
  }

  /** A call ended: the one that waited longest begins. */
  leave(): void {
    this.#running--;
    // A call that ends at once leaves while the loop below is at it: that goes on, instead of one within the other for each call. What a
    // blocked function waits for has to begin all the same.
    if (this.#loopBlocked === reactor.blocked) return;
    const outer = this.#loopBlocked;
    this.#loopBlocked = reactor.blocked;
    try {
      for (const call of this.#queue) {
        if (this.#running >= this.#maxConcurrent) return;
        this.#queue.delete(call);
        this.#running++;
        call.begin();
      }
    } finally {
      this.#loopBlocked = outer;
    }
  }
}
