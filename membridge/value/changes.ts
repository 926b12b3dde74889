/** The iteration over what comes: a shared value's changes, a topic's messages. */
import type { Watch } from "./watch.ts";

/**
 * Returns what comes next, after telling the watch up to which version that has seen; `undefined` if there is nothing after all.
 */
export type Take<R> = (watch: Watch) => { value: R } | undefined;

/** A handle whose versions can be watched. */
export interface Watchable {
  /** Whether it was not closed. */
  readonly isOpen: boolean;
  /** Watches for versions after `seen`. */
  watch(seen: number): Watch;
  /** Ends a watch. */
  unwatch(watch: Watch): void;
}

/** Yields what `take` returns whenever there is something new, until the watch ends or the signal is aborted. */
export class Changes<R> implements AsyncIterableIterator<R>, AsyncDisposable {
  readonly #watched: Watchable;
  readonly #watch: Watch;
  readonly #take: Take<R>;
  readonly #signal: AbortSignal | undefined;
  #aborted = false;
  #turn: Promise<unknown> = Promise.resolve();

  /** Watches for versions after `seen`. */
  constructor(
    watched: Watchable,
    options: { seen: number; take: Take<R>; signal: AbortSignal | undefined },
  ) {
    options.signal?.throwIfAborted();
    this.#watched = watched;
    this.#watch = watched.watch(options.seen);
    this.#take = options.take;
    this.#signal = options.signal;
    this.#signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  readonly #onAbort = (): void => {
    this.#aborted = true;
    this.#watch.end();
  };

  /**
   * Waits for the next one. Calls that overlap are served one after the other, as generators do it: each gets one of its own.
   *
   * @throws the signal's reason, once, when it is aborted
   */
  next(): Promise<IteratorResult<R>> {
    const result = this.#turn.then(this.#next);
    this.#turn = result.catch(() => {});
    return result;
  }

  readonly #next = async (): Promise<IteratorResult<R>> => {
    for (;;) {
      const changed = await this.#watch.changed();
      if (this.#aborted) {
        this.#aborted = false; // Said once; after that the iteration is over.
        await this.return();
        throw this.#signal!.reason;
      }
      if (!changed || !this.#watched.isOpen) return this.return();
      try {
        const taken = this.#take(this.#watch);
        if (taken !== undefined) return { done: false, value: taken.value };
      } catch (error) {
        // A loop does not call `return` after an error of `next`: the watch would stay, and keep the program running.
        await this.return();
        throw error;
      }
    }
  };

  /** Ends the watch. */
  return(): Promise<IteratorResult<R>> {
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#watched.unwatch(this.#watch);
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Returns itself, for `for await`. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Ends the watch. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}
