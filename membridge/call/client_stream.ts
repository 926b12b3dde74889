/** A stream as its reader sees it: items that come one by one, as fast as they are taken. */
import { SegmentError } from "../errors.ts";
import type { ResolvedOptions } from "./client_call.ts";
import type { Connection } from "./connection.ts";
import { STREAM } from "./layout.ts";
import type { Link } from "./link.ts";
import type { PendingCall } from "./pending.ts";

/** Items that may be on their way, or wait here to be taken. */
const WINDOW = 64;

type Step = IteratorResult<unknown, unknown>;

/** Iterates over what a function of another process yields. The call starts with the first `next`. */
export class ClientStream
  implements PendingCall, AsyncIterableIterator<unknown, unknown, undefined>, AsyncDisposable {
  readonly functionName: string;
  readonly idempotent = false;
  deadline = Infinity;
  position: number | undefined;
  readonly #link: Link;
  readonly #args: readonly unknown[];
  readonly #options: ResolvedOptions;
  readonly #waiting: PromiseWithResolvers<Step>[] = [];
  #items: unknown[] = [];
  #taken = 0;
  /** Items that the function may still send. */
  #credit = WINDOW;
  #connection: Connection | undefined;
  #id = 0;
  #started = false;
  #held = false;
  #ended = false;
  #end: { readonly value: unknown } | { readonly error: unknown } | undefined;

  /** Nothing is sent yet. */
  constructor(
    link: Link,
    functionName: string,
    args: readonly unknown[],
    options: ResolvedOptions,
  ) {
    this.#link = link;
    this.functionName = functionName;
    this.#args = args;
    this.#options = options;
  }

  /** The longest wait for an item; there is none while nobody waits. */
  get timeoutMs(): number {
    return this.#held ? this.#options.timeoutMs : Infinity;
  }

  /**
   * Takes the next item. Calls that overlap get an item each, in their order.
   *
   * @throws what the function threw, or how else the call ended, once.
   */
  next(): Promise<Step> {
    if (this.#taken < this.#items.length) {
      const value = this.#items[this.#taken++];
      this.#grant();
      return Promise.resolve({ done: false, value });
    }
    if (this.#ended) return this.#last();
    const waiting = Promise.withResolvers<Step>();
    this.#waiting.push(waiting);
    if (!this.#started) this.#start();
    else if (this.#connection !== undefined) this.#wait(this.#connection);
    return waiting.promise;
  }

  #last(): Promise<Step> {
    const end = this.#end;
    this.#end = undefined;
    if (end === undefined) return Promise.resolve({ done: true, value: undefined });
    if ("error" in end) return Promise.reject(end.error);
    return Promise.resolve({ done: true, value: end.value });
  }

  // Half of the window at a time: a message for each item would double the messages.
  #grant(): void {
    if (this.#taken === this.#items.length) {
      this.#items = [];
      this.#taken = 0;
    }
    const room = WINDOW - this.#credit - (this.#items.length - this.#taken);
    if (room < WINDOW / 2 || this.#ended) return;
    this.#credit += room;
    this.#connection?.more(this.#id, room);
  }

  #start(): void {
    this.#started = true;
    const { signal, timeoutMs } = this.#options;
    const waitMs = Math.min(this.#options.waitMs, timeoutMs);
    signal?.addEventListener("abort", this.#onAbort, { once: true });
    const begin = (connection: Connection) => {
      if (this.#ended) return;
      signal?.throwIfAborted();
      this.#id = connection.start(this.#args, this, STREAM, WINDOW);
      this.#connection = connection;
      if (this.#waiting.length > 0) this.#wait(connection);
    };
    const begun = waitMs === 0
      ? Promise.try(() => begin(this.#link.connection()))
      : this.#link.appearance(waitMs, { signal, wanted: () => !this.#ended }, begin);
    begun.catch((error) => this.reject(error));
  }

  // While somebody waits, the program goes on and the time runs.
  #wait(connection: Connection): void {
    if (this.#held) return;
    this.#held = true;
    connection.hold();
    connection.watch(this);
  }

  #rest(): void {
    this.deadline = Infinity;
    if (!this.#held) return;
    this.#held = false;
    this.#connection?.release();
  }

  readonly #onAbort = (): void => {
    const { signal } = this.#options;
    this.#connection?.giveUp(this.#id);
    this.reject(signal!.reason);
  };

  /** @inheritdoc */
  item(value: unknown): void {
    if (this.#credit === 0) {
      this.#connection?.giveUp(this.#id);
      return this.reject(
        new SegmentError("corrupt", this.#link.name, "sent more items than were asked for"),
      );
    }
    this.#credit--;
    const waiting = this.#waiting.shift();
    if (waiting === undefined) {
      this.#items.push(value);
      return;
    }
    waiting.resolve({ done: false, value });
    this.#rest();
    if (this.#waiting.length > 0) this.#wait(this.#connection!);
    this.#grant();
  }

  /** @inheritdoc */
  resolve(value: unknown): void {
    this.#finish({ value });
  }

  /** @inheritdoc */
  reject(error: unknown): void {
    this.#finish({ error });
  }

  /** @inheritdoc */
  resend(reason: Error): void {
    this.reject(reason);
  }

  #finish(end: { readonly value: unknown } | { readonly error: unknown }): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#end = end;
    this.#rest();
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    for (const waiting of this.#waiting) this.#last().then(waiting.resolve, waiting.reject);
    this.#waiting.length = 0;
  }

  /** Ends the stream early: the function is told, and its generator returned from. */
  return(): Promise<Step> {
    this.#started = true;
    if (!this.#ended) {
      this.#connection?.giveUp(this.#id);
      this.#finish({ value: undefined });
    }
    this.#items = [];
    this.#taken = 0;
    this.#end = undefined;
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Returns itself, for `for await`. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Ends the stream. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}
