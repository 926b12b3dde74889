/** Waiting for a shared value to change, without polling. */
import { Hold } from "../peer/hold.ts";
import { reactor, type Source } from "../peer/reactor.ts";

/** What a watch looks at. */
export interface Watched {
  /** The current version. */
  readonly version: number;
  /** Whether the value was removed: it will not change any more. */
  readonly removed: boolean;
}

/** Where those who watch are found by those who change something. */
export interface Watchers {
  /** Takes a slot for this thread. */
  enter(): number;
  /** Frees it. */
  leave(slot: number): void;
}

/** One watch: a slot in the table, and a promise for the next change. */
export class Watch implements Source {
  readonly #watched: Watched;
  readonly #table: Watchers;
  readonly #slot: number;
  readonly #hold: Hold;
  #seen: number;
  #wake: ((changed: boolean) => void) | undefined;
  #ended = false;

  /** Starts watching for versions after `seen`. */
  constructor(watched: Watched, table: Watchers, seen: number, keepsRunning: boolean) {
    this.#watched = watched;
    this.#table = table;
    this.#seen = seen;
    reactor.add(this);
    reactor.attach();
    try {
      this.#slot = table.enter();
    } catch (error) {
      reactor.remove(this);
      throw error;
    }
    this.#hold = new Hold(keepsRunning);
    this.#hold.add();
  }

  /** Says whether this watch keeps the program running. */
  setRef(keepsRunning: boolean): void {
    this.#hold.setRef(keepsRunning);
  }

  /** Resolves to `true` when there is a version that was not seen, to `false` when there will be none. */
  changed(): Promise<boolean> {
    if (this.#ended) return Promise.resolve(false);
    if (this.#watched.version > this.#seen) return Promise.resolve(true);
    return new Promise((resolve) => {
      this.#wake = resolve;
      // A change between the look above and here is found by the loop's next look.
      reactor.schedule(false);
    });
  }

  /** Notes up to which version the user has seen. */
  see(version: number): void {
    this.#seen = version;
  }

  /** @inheritdoc */
  poll(): boolean {
    const wake = this.#wake;
    if (wake === undefined) return false;
    const changed = this.#watched.version > this.#seen;
    if (!changed && !this.#watched.removed) return false;
    this.#wake = undefined;
    wake(changed);
    return true;
  }

  /** A writer that is killed between publishing and waking rings no bell. */
  checkAlive(): void {
    this.poll();
  }

  /** @inheritdoc */
  abandon(): void {
    this.end();
  }

  /** Ends the watch; what waits for a change is told that there will be none. Twice is fine. */
  end(): void {
    if (this.#ended) return;
    this.#hold.remove();
    this.#ended = true;
    this.#table.leave(this.#slot);
    reactor.remove(this);
    this.#wake?.(false);
    this.#wake = undefined;
  }
}
