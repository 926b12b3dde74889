/** Lets timers and I/O have their turn in a loop that awaits only what is there already. */
import { afterEvents } from "../libc/fifo_reader.ts";

/** How long a loop may go on without a turn of the event loop. */
const SLICE_MS = 2;

/** The pace of one such loop. */
export class Pace {
  #since = 0;
  #going = false;

  /** Tells whether the loop went on for long enough. To be asked now and then: it reads the clock. */
  isOver(now: number): boolean {
    if (this.#going && now - this.#since > SLICE_MS) return true;
    if (!this.#going) this.#since = now;
    this.#going = true;
    return false;
  }

  /** Notes that the loop waits by itself. */
  rest(): void {
    this.#going = false;
  }

  /** Resolves to `value` after the events that wait now. */
  after<T>(value: T): Promise<T> {
    this.#going = false;
    return new Promise((resolve) => afterEvents(() => resolve(value)));
  }
}
