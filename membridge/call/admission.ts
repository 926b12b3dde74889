/** How many calls of a service run at a time, and how many wait for their turn. */

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
    for (const call of this.#queue) {
      if (this.#running >= this.#maxConcurrent) return;
      this.#queue.delete(call);
      this.#running++;
      call.begin();
    }
  }
}
