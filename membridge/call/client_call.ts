/** One call of an asynchronous client, from its start to its end, over as many owners as that takes. */
import type { Connection } from "./connection.ts";
import type { Link } from "./link.ts";
import type { PendingCall } from "./pending.ts";

/** How a client's calls wait, all options given. */
export interface ResolvedOptions {
  readonly timeoutMs: number;
  readonly waitMs: number;
  readonly signal: AbortSignal | undefined;
  readonly idempotent: boolean;
}

/** A call that a promise stands for. */
export class ClientCall implements PendingCall {
  readonly functionName: string;
  timeoutMs: number;
  deadline = Infinity;
  position: number | undefined;
  readonly #link: Link;
  readonly #args: readonly unknown[];
  readonly #options: ResolvedOptions;
  readonly #resolve: (value: unknown) => void;
  readonly #reject: (error: unknown) => void;
  #connection: Connection | undefined;
  #id = 0;
  #onAbort: (() => void) | undefined;

  /** Takes the functions that settle the promise. */
  constructor(
    link: Link,
    functionName: string,
    args: readonly unknown[],
    options: ResolvedOptions,
    resolve: (value: unknown) => void,
    reject: (error: unknown) => void,
  ) {
    this.#link = link;
    this.functionName = functionName;
    this.#args = args;
    this.#options = options;
    this.timeoutMs = options.timeoutMs;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** @inheritdoc */
  get idempotent(): boolean {
    return this.#options.idempotent;
  }

  /** Starts the call. Throws what keeps it from being started. */
  begin(): void {
    const { signal, waitMs } = this.#options;
    signal?.throwIfAborted();
    if (waitMs === 0) return this.#start(this.#link.connection());
    const connection = this.#link.tryConnection();
    if (connection !== undefined) this.#start(connection);
    else this.#wait(waitMs, this.timeoutMs);
  }

  #start(connection: Connection): void {
    this.position = undefined;
    // First: the owner may be found dead, or an argument's getter close the client, while the call is being sent.
    this.#connection = connection;
    connection.hold();
    try {
      this.#id = connection.start(this.#args, this);
    } catch (error) {
      this.#leave();
      throw error;
    }
    const { signal } = this.#options;
    if (signal === undefined || this.#connection !== connection) return;
    this.#onAbort = () => connection.giveUp(this.#id)?.reject(signal.reason);
    signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  #wait(waitMs: number, leftMs: number): void {
    const start = performance.now();
    const { signal } = this.#options;
    const wanted = () => true;
    this.#link.appearance(Math.min(waitMs, leftMs), { signal, wanted }, (connection) => {
      this.timeoutMs = Math.max(0, leftMs - (performance.now() - start));
      this.#start(connection);
    }).catch(this.#reject);
  }

  #leave(): void {
    this.#connection?.release();
    this.#connection = undefined;
    if (this.#onAbort !== undefined) {
      this.#options.signal!.removeEventListener("abort", this.#onAbort);
      this.#onAbort = undefined;
    }
  }

  /** @inheritdoc */
  resolve(value: unknown): void {
    this.#leave();
    this.#resolve(value);
  }

  /** @inheritdoc */
  reject(error: unknown): void {
    this.#leave();
    this.#reject(error);
  }

  /** @inheritdoc */
  resend(_reason: Error): void {
    this.#leave();
    const leftMs = this.deadline === Infinity
      ? this.timeoutMs
      : Math.max(0, this.deadline - performance.now());
    const waitMs = this.idempotent ? leftMs : this.#options.waitMs;
    this.deadline = Infinity;
    this.#wait(waitMs, leftMs);
  }
}
