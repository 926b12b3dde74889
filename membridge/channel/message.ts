/** Messages as a consumer sees them that acknowledges each by itself, and the iterations over a channel. */
import { ClosedError, EndedError, SegmentError } from "../errors.ts";

/** A message in the hands of this consumer. If the consumer dies before {@linkcode ack}, another one gets it. */
export interface Message<T> {
  /** What was sent. */
  readonly value: T;
  /** Whether another consumer had it and may have worked on it: it died, or closed its handle. */
  readonly redelivered: boolean;
  /**
   * Says that the work is done: nobody gets the message again. Twice is fine.
   *
   * @returns whether it still was this consumer's; not after its handle was closed, or when it was dropped by then.
   */
  ack(): boolean;
}

/** Yields what `receive` resolves to, until the channel is ended and drained, removed, or the handle is closed. */
export class Messages<T> implements AsyncIterableIterator<T>, AsyncDisposable {
  readonly #receive: (signal: AbortSignal) => Promise<T>;
  readonly #end = new AbortController();
  readonly #signal: AbortSignal;
  #over = false;

  /** @param signal The user's, which ends the iteration with its reason as the error. */
  constructor(
    receive: (signal: AbortSignal) => Promise<T>,
    signal: AbortSignal | undefined,
  ) {
    this.#receive = receive;
    this.#signal = signal === undefined
      ? this.#end.signal
      : AbortSignal.any([signal, this.#end.signal]);
  }

  /**
   * Waits for the next one.
   *
   * @throws the signal's reason when it is aborted
   */
  async next(): Promise<IteratorResult<T>> {
    if (this.#over) return { done: true, value: undefined };
    try {
      return { done: false, value: await this.#receive(this.#signal) };
    } catch (error) {
      const ended = this.#over || error instanceof EndedError || error instanceof ClosedError ||
        (error instanceof SegmentError && error.code === "removed");
      this.#over = true;
      if (ended) return { done: true, value: undefined };
      throw error;
    }
  }

  /** Ends the iteration, also for who waits in {@linkcode next}. What was received last is acknowledged by the next receive, or the close. */
  return(): Promise<IteratorResult<T>> {
    this.#over = true;
    this.#end.abort();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Returns itself, for `for await`. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Ends the iteration. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}
