/** What of a handle keeps the program running. */
import { reactor } from "./reactor.ts";

/** Keeps the program running while something of a handle waits, unless its user said `unref`. */
export class Hold {
  #waiting = 0;
  #ref: boolean;
  #held = false;

  /** @param ref Whether what waits keeps the program running. */
  constructor(ref = true) {
    this.#ref = ref;
  }

  /** One more waits. */
  add(): void {
    this.setWaiting(this.#waiting + 1);
  }

  /** One less waits. */
  remove(): void {
    this.setWaiting(this.#waiting - 1);
  }

  /** Says how many wait. */
  setWaiting(count: number): void {
    this.#waiting = count;
    this.#apply();
  }

  /** Says whether what waits keeps the program running. */
  setRef(ref: boolean): void {
    this.#ref = ref;
    this.#apply();
  }

  #apply(): void {
    const held = this.#ref && this.#waiting > 0;
    if (held === this.#held) return;
    this.#held = held;
    if (held) reactor.hold();
    else reactor.release();
  }
}
