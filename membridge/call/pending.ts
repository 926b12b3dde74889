/** Calls that wait for their end, by the number that tells them apart on a lane. */

/** One call in flight. */
export interface PendingCall {
  /** The function, for messages. */
  readonly functionName: string;
  /** How long the caller waits from now on, in milliseconds. */
  readonly timeoutMs: number;
  /** When the caller gives up, in the milliseconds of `performance.now()`; set by who watches over it. */
  deadline: number;
  /** Ends the call with its result. */
  resolve(value: unknown): void;
  /** Ends the call with an error. */
  reject(error: unknown): void;
  /** Takes an item of a stream. A call that is none has no such function. */
  item?(value: unknown): void;
  /** Where the ring stood after the call went into it; `undefined` while it waits for room. */
  position: number | undefined;
  /** Ends the call in favour of another attempt: this one did not reach the function, or it does not matter that it did. */
  resend(reason: Error): void;
  /** Whether it does not matter that the function runs twice. */
  readonly idempotent: boolean;
}

/** A call that a blocked thread waits for. */
export class BlockingCall implements PendingCall {
  readonly functionName: string;
  readonly timeoutMs: number;
  readonly idempotent: boolean;
  deadline = Infinity;
  position: number | undefined;
  /** Whether it ended. */
  ended = false;
  /** Whether it is to be tried again. */
  again = false;
  #value: unknown;
  #error: unknown;
  #failed = false;

  /** A call that has not ended. */
  constructor(functionName: string, timeoutMs: number, idempotent: boolean) {
    this.functionName = functionName;
    this.timeoutMs = timeoutMs;
    this.idempotent = idempotent;
  }

  /** @inheritdoc */
  resolve(value: unknown): void {
    this.#value = value;
    this.ended = true;
  }

  /** @inheritdoc */
  reject(error: unknown): void {
    this.#error = error;
    this.#failed = true;
    this.ended = true;
  }

  /** @inheritdoc */
  resend(reason: Error): void {
    this.again = true;
    this.reject(reason);
  }

  /** Returns the result of a call that ended, or throws its error. */
  outcome(): unknown {
    if (this.#failed) throw this.#error;
    return this.#value;
  }
}

/** In the place of a call that was given up: the owner still answers it, and only then the number can be used again. */
const GIVEN_UP = null;

/** The calls in flight of one lane. Numbers are small, and used again. */
export class PendingCalls {
  readonly #calls: (PendingCall | undefined | typeof GIVEN_UP)[] = [];
  readonly #free: number[] = [];
  #size = 0;

  /** How many calls are in flight. */
  get size(): number {
    return this.#size;
  }

  /** Whether no answer is to come any more, not even of calls that were given up. */
  get isEmpty(): boolean {
    return this.#free.length === this.#calls.length;
  }

  /** Adds a call and returns its number. */
  add(call: PendingCall): number {
    const id = this.#free.pop() ?? this.#calls.length;
    this.#calls[id] = call;
    this.#size++;
    return id;
  }

  /** Returns a call that is in flight. */
  get(id: number): PendingCall | undefined {
    return this.#calls[id] ?? undefined;
  }

  /** Takes a call out whose answer came, or that was never sent; `undefined` if there is none of that number, or it was given up. */
  take(id: number): PendingCall | undefined {
    const call = this.#calls[id];
    if (call === undefined) return undefined;
    this.#calls[id] = undefined;
    this.#free.push(id);
    if (call === GIVEN_UP) return undefined;
    this.#size--;
    return call;
  }

  /** Takes a call out whose answer is still to come. */
  giveUp(id: number): PendingCall | undefined {
    const call = this.#calls[id];
    if (call === undefined || call === GIVEN_UP) return undefined;
    this.#calls[id] = GIVEN_UP;
    this.#size--;
    return call;
  }

  /** Takes all calls out. */
  takeAll(): PendingCall[] {
    const calls = this.#calls.filter((call) => call !== undefined && call !== GIVEN_UP);
    this.#calls.length = 0;
    this.#free.length = 0;
    this.#size = 0;
    return calls as PendingCall[];
  }

  /** Calls `visit` with each call in flight, which may give it up. */
  forEach(visit: (id: number, call: PendingCall) => void): void {
    for (let id = 0; id < this.#calls.length; id++) {
      const call = this.#calls[id];
      if (call !== undefined && call !== GIVEN_UP) visit(id, call);
    }
  }
}
