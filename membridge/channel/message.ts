/** Messages as a consumer sees them that acknowledges each by itself, and the iterations over a channel. */
import { ClosedError, EndedError, SegmentError } from "../errors.ts";
import type { Waiter } from "./waiter.ts";

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

/** What an iteration asks of the handle that it belongs to. */
export interface MessageSource<T> {
  /** Returns the next message if there is one now. */
  take(): { readonly value: T } | undefined;
  /** Resolves to what was taken, in time. */
  paced<R>(result: R): Promise<R>;
  /** Waits for the next message. */
  wait(): Waiter<T>;
  /** Ends a wait. */
  giveUp(waiter: Waiter<T>): void;
}

const OVER: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** Yields messages until the channel is ended and drained, removed, or the handle is closed. */
export class Messages<T> implements AsyncIterableIterator<T>, AsyncDisposable {
  readonly #source: MessageSource<T>;
  readonly #signal: AbortSignal | undefined;
  readonly #waiting = new Set<Waiter<T>>();
  #over = false;

  /** @param signal Ends the iteration with its reason as the error. */
  constructor(source: MessageSource<T>, signal: AbortSignal | undefined) {
    this.#source = source;
    this.#signal = signal;
  }

  /**
   * Waits for the next one.
   *
   * @throws the signal's reason when it is aborted
   */
  next(): Promise<IteratorResult<T>> {
    if (this.#over) return Promise.resolve(OVER);
    try {
      this.#signal?.throwIfAborted();
      const taken = this.#source.take();
      if (taken !== undefined) return this.#source.paced({ done: false, value: taken.value });
      return this.#wait();
    } catch (error) {
      return this.#fail(error);
    }
  }

  async #wait(): Promise<IteratorResult<T>> {
    const waiter = this.#source.wait();
    this.#waiting.add(waiter);
    try {
      return { done: false, value: await waiter.promise };
    } catch (error) {
      return this.#fail(error);
    } finally {
      this.#waiting.delete(waiter);
    }
  }

  #fail(error: unknown): Promise<IteratorResult<T>> {
    const ended = this.#over || error instanceof EndedError || error instanceof ClosedError ||
      (error instanceof SegmentError && error.code === "removed");
    this.#over = true;
    return ended ? Promise.resolve(OVER) : Promise.reject(error);
  }

  /** Ends the iteration, also for who waits in {@linkcode next}. What was received last is acknowledged by the next receive, or the close. */
  return(): Promise<IteratorResult<T>> {
    this.#over = true;
    for (const waiter of this.#waiting) this.#source.giveUp(waiter);
    return Promise.resolve(OVER);
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
