/** A call that waits for its reply. */

/** How a call ended. */
export type Outcome = { readonly value: unknown } | { readonly error: unknown };

/** One call in flight. */
export class PendingCall {
  /** The function, for messages. */
  readonly functionName: string;
  /** How long the caller waits, in milliseconds. */
  readonly timeoutMs: number;
  /** When the caller gives up, in the milliseconds of `performance.now()`. */
  readonly deadline: number;
  /** How it ended, once it has. */
  outcome: Outcome | undefined;
  readonly #onEnd: ((outcome: Outcome) => void) | undefined;

  /** @param onEnd Told of the end; a blocking caller looks at {@linkcode outcome} instead. */
  constructor(functionName: string, timeoutMs: number, onEnd?: (outcome: Outcome) => void) {
    this.functionName = functionName;
    this.timeoutMs = timeoutMs;
    this.deadline = performance.now() + timeoutMs;
    this.#onEnd = onEnd;
  }

  /** Ends the call. */
  end(outcome: Outcome): void {
    this.outcome = outcome;
    this.#onEnd?.(outcome);
  }
}
