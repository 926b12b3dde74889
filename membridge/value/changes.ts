/** The iteration over a shared value's changes. */
import type { Watch } from "./watch.ts";

/** What the iteration asks of the handle that it belongs to. */
export interface ChangeSource<T> {
  /** Whether the handle is open. */
  readonly isOpen: boolean;
  /** The current version. */
  readonly version: number;
  /** Returns the current value. */
  read(): T;
  /** Told when the watch ended. */
  onEnd(watch: Watch): void;
}

/** Yields the current value after each change of it, until the watch ends or the signal is aborted. */
export class Changes<T> implements AsyncIterableIterator<T>, AsyncDisposable {
  readonly #source: ChangeSource<T>;
  readonly #watch: Watch;
  readonly #signal: AbortSignal | undefined;
  #aborted = false;
  #turn: Promise<unknown> = Promise.resolve();

  /** Takes a watch over. */
  constructor(source: ChangeSource<T>, watch: Watch, signal: AbortSignal | undefined) {
    this.#source = source;
    this.#watch = watch;
    this.#signal = signal;
    signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  readonly #onAbort = (): void => {
    this.#aborted = true;
    this.#watch.end();
  };

  /**
   * Waits for the next change. Calls that overlap are served one after the other, as generators do it: each gets a change of its own.
   *
   * @throws the signal's reason, once, when it is aborted
   */
  next(): Promise<IteratorResult<T>> {
    const result = this.#turn.then(this.#next);
    this.#turn = result.catch(() => {});
    return result;
  }

  readonly #next = async (): Promise<IteratorResult<T>> => {
    const changed = await this.#watch.changed();
    if (this.#aborted) {
      this.#aborted = false; // Said once; after that the iteration is over.
      await this.return();
      throw this.#signal!.reason;
    }
    if (!changed || !this.#source.isOpen) return this.return();
    // The version first: a write between the two is reported once more rather than never.
    this.#watch.see(this.#source.version);
    try {
      return { done: false, value: this.#source.read() };
    } catch (error) {
      // A loop does not call `return` after an error of `next`: the watch would stay, and keep the program running.
      await this.return();
      throw error;
    }
  };

  /** Ends the watch. */
  return(): Promise<IteratorResult<T>> {
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#watch.end();
    this.#source.onEnd(this.#watch);
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
