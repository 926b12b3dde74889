/** Seeded random numbers, so that a failure can be run again. */

/** A small generator (mulberry32). */
export class Random {
  readonly seed: number;
  #state: number;

  /** @param seed Random unless given; the environment is not read, so that tests need no permission for it. */
  constructor(seed: number = crypto.getRandomValues(new Uint32Array(1))[0]) {
    this.seed = seed;
    this.#state = seed;
  }

  /** Returns a number from 0 to below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** Returns an integer from 0 to below `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }
}
