/** One wait that ends by what was waited for, a timeout, or a signal. */
import { MAX_TIMER_MS } from "../options.ts";
import { TimeoutError } from "../errors.ts";

/** How long to wait, and who keeps waiting. */
export interface WaitInit {
  /** Longest wait in milliseconds. */
  readonly timeoutMs: number;
  /** Ends the wait with its reason. */
  readonly signal: AbortSignal | undefined;
  /** What the error says that was waited for. */
  readonly what: string;
  /** The handle that the user holds: it lives as long as something waits. */
  readonly owner: object;
}

/** A promise for what somebody waits for. */
export class Waiter<T> {
  /** What the user awaits. */
  readonly promise: Promise<T>;
  /** See {@linkcode WaitInit.owner}. */
  readonly owner: object;
  readonly #resolve: (value: T) => void;
  readonly #reject: (error: unknown) => void;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort: (() => void) | undefined;
  readonly #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param onGiveUp Told when the wait ended by the timeout or the signal. */
  constructor({ timeoutMs, signal, what, owner }: WaitInit, onGiveUp: (waiter: Waiter<T>) => void) {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.promise = promise;
    this.owner = owner;
    this.#resolve = resolve;
    this.#reject = reject;
    if (signal !== undefined) {
      this.#signal = signal;
      this.#onAbort = () => {
        onGiveUp(this);
        this.reject(signal.reason);
      };
      signal.addEventListener("abort", this.#onAbort, { once: true });
    }
    if (timeoutMs <= MAX_TIMER_MS) {
      this.#timer = setTimeout(() => {
        onGiveUp(this);
        this.reject(new TimeoutError(`${what} for ${timeoutMs} ms`));
      }, timeoutMs);
      // Whether waiting keeps the program running is the handle's to say.
      Deno.unrefTimer(this.#timer);
    }
  }

  #settle(): void {
    clearTimeout(this.#timer);
    if (this.#onAbort !== undefined) this.#signal!.removeEventListener("abort", this.#onAbort);
  }

  /** Ends the wait with what was waited for. */
  resolve(value: T): void {
    this.#settle();
    this.#resolve(value);
  }

  /** Ends the wait with an error. */
  reject(error: unknown): void {
    this.#settle();
    this.#reject(error);
  }
}
