/** The side that calls. */
import { type Codec, resolveCodec } from "../codec.ts";
import { checkOptions, resolveBoolean, resolveSignal, resolveTimeout } from "../options.ts";
import { pathOfName } from "../segment/names.ts";
import { ClientCall, type ResolvedOptions } from "./client_call.ts";
import { ClientStream } from "./client_stream.ts";
import type { Api, Arguments, Item, Result, UnknownHandlers } from "./handlers.ts";
import { Link } from "./link.ts";
import { BlockingCall } from "./pending.ts";
import type { ServiceDescription } from "./service_description.ts";

/** How a call waits. */
export interface CallOptions {
  /** Longest wait for a result, or for the next item of a stream, in milliseconds; 30,000 unless given, `Infinity` never gives up. */
  readonly timeoutMs?: number;
  /** Gives the call up when aborted: it rejects with the signal's reason, and the function's own signal is aborted. */
  readonly signal?: AbortSignal;
  /** How long a call waits for somebody to serve the name, within its timeout; 0 unless given: it fails at once. */
  readonly waitMs?: number;
  /**
   * Running the function twice does no harm: when its owner dies, closes or is superseded during the call, the call goes to the next owner,
   * for which it waits within its timeout. Streams are not repeated.
   */
  readonly idempotent?: boolean;
}

/** How {@linkcode connect} connects. */
export interface ConnectOptions extends CallOptions {
  /** Another serializer than pybytes for arguments and results; the service must use the same. */
  readonly codec?: Codec;
}

const CALL_OPTIONS = ["timeoutMs", "signal", "waitMs", "idempotent"];

/**
 * Returns a client for the functions that a process serves under a name.
 *
 * It connects with the first call, and again after the service came back or was taken over: only calls in flight fail. It does not keep the program
 * running; calls in flight do (unless {@linkcode Client.unref}).
 *
 * @typeParam H The handlers' type, as in `connect<typeof handlers>(...)`; nothing checks that the service agrees.
 * @param name A slash and 1 to 200 of `A-Z a-z 0-9 . _ -`. The service need not exist yet.
 * @throws {TypeError} if the name cannot be one.
 *
 * @example A caller of what may not be there
 * ```ts
 * import { connect, NoSuchServiceError, serve } from "@sysframe/sysframe/membridge";
 * import { assertEquals } from "@std/assert/equals";
 * import { assertRejects } from "@std/assert/rejects";
 *
 * const handlers = { greet: (name: string) => `Hello ${name}` };
 * using client = connect<typeof handlers>("/doc.greeter");
 * await assertRejects(() => client.call("greet", "Ada"), NoSuchServiceError);
 * await using service = serve("/doc.greeter", handlers);
 * assertEquals(await client.call("greet", "Ada"), "Hello Ada");
 * ```
 */
export function connect<H extends object = UnknownHandlers>(
  name: string,
  options: ConnectOptions = {},
): Client<H> {
  pathOfName(name);
  checkOptions("connect", options, [...CALL_OPTIONS, "codec"]);
  const link = new Link(name, resolveCodec(options.codec));
  return makeClient<H>(link, resolveOptions(options, DEFAULTS));
}

/** The constructor of {@linkcode Client}, which only this file uses. */
let makeClient: <H extends object>(link: Link, options: ResolvedOptions) => Client<H>;

const DEFAULTS: ResolvedOptions = {
  timeoutMs: resolveTimeout(undefined),
  waitMs: 0,
  signal: undefined,
  idempotent: false,
};

function resolveOptions(options: CallOptions, base: ResolvedOptions): ResolvedOptions {
  return {
    timeoutMs: resolveTimeout(options.timeoutMs, base.timeoutMs),
    waitMs: resolveTimeout(options.waitMs, base.waitMs, "waitMs"),
    signal: resolveSignal(options.signal) ?? base.signal,
    idempotent: resolveBoolean("idempotent", options.idempotent, base.idempotent),
  };
}

/**
 * Calls the functions of a service. Returned by {@linkcode connect}.
 *
 * @example Three ways to call, and other options for one call
 * ```ts
 * import { connect, serve } from "@sysframe/sysframe/membridge";
 * import { assertEquals } from "@std/assert/equals";
 *
 * const handlers = { double: (n: number) => 2 * n };
 * await using service = serve("/doc.doubler", handlers);
 * using client = connect<typeof handlers>("/doc.doubler");
 * assertEquals(await client.call("double", 1), 2);
 * assertEquals(await client.api.double(2), 4);
 * assertEquals(await client.with({ timeoutMs: 1000 }).call("double", 3), 6);
 * ```
 */
export class Client<H extends object = UnknownHandlers> implements Disposable {
  readonly #link: Link;
  readonly #options: ResolvedOptions;
  #api: Api<H> | undefined;

  private constructor(link: Link, options: ResolvedOptions) {
    this.#link = link;
    this.#options = options;
  }

  static {
    makeClient = (link, options) => new Client(link, options);
  }

  /** The name of the service. */
  get name(): string {
    return this.#link.name;
  }

  /**
   * The service's functions as functions: `client.api.add(1, 2)` is `client.call("add", 1, 2)`.
   *
   * It is no promise, though a service may have a function called `then`: that one only {@linkcode call} reaches.
   */
  get api(): Api<H> {
    return this.#api ??= new Proxy(Object.create(null), {
      get: (_target, key) =>
        typeof key !== "string" || key === "then"
          ? undefined
          : (...args: unknown[]) => this.#call(key, args),
    });
  }

  /**
   * Calls a function and awaits its result.
   *
   * @throws {RemoteError} what the function threw: its name, message, cause, and the stack over there.
   * @throws {NoSuchServiceError} at once, if nobody serves the name; {@linkcode NoSuchFunctionError} if that service lacks the function.
   * @throws {OwnerDiedError} if the serving process dies meanwhile; {@linkcode SupersededError} if another one takes over.
   * @throws {TimeoutError} after `timeoutMs`; the signal's reason when that is aborted.
   * @throws {ClosedError} if this client or the service was closed.
   * @throws {EncodeError} if an argument cannot be carried; nothing was sent then.
   */
  call<K extends keyof H & string>(
    functionName: K,
    ...args: Arguments<H[K]>
  ): Promise<Result<H[K]>> {
    return this.#call(functionName, args) as Promise<Result<H[K]>>;
  }

  #call(functionName: string, args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      new ClientCall(this.#link, functionName, args, this.#options, resolve, reject).begin();
    });
  }

  /**
   * Calls a function and blocks this thread until its result is there: the lowest latency.
   *
   * Meanwhile this thread's own services answer (so A can call B, and B call A), but no other event is handled. An async function of
   * the service works as well. The options' signal cannot be aborted meanwhile, so only an aborted one has an effect.
   *
   * @throws {DeadlockError} if the service runs on this very thread.
   * @throws as {@linkcode call}
   */
  callSync<K extends keyof H & string>(functionName: K, ...args: Arguments<H[K]>): Result<H[K]> {
    const { timeoutMs, waitMs, signal, idempotent } = this.#options;
    signal?.throwIfAborted();
    const patient = waitMs !== 0 || idempotent;
    const start = patient ? performance.now() : 0;
    let left = timeoutMs;
    let wait = Math.min(waitMs, left);
    for (;;) {
      const connection = this.#link.appearanceSync(wait);
      if (patient) left = Math.max(0, timeoutMs - (performance.now() - start));
      const call = new BlockingCall(functionName, left, idempotent);
      connection.callSync(args, call);
      if (!call.again) return call.outcome() as Result<H[K]>;
      // The owner went away, and the next one may be called.
      wait = idempotent ? left : Math.min(waitMs, left);
    }
  }

  /**
   * Calls a function that returns something to iterate, such as a generator, and iterates over it.
   *
   * The call begins with the first item that is asked for. The function goes on as items are taken: some 64 may be on their way. Breaking
   * out of the loop returns from its generator and aborts its signal. `timeoutMs` is the longest wait for an item; the stream as a whole may
   * take any time. What the generator returns is the `value` of the last step.
   *
   * @throws as {@linkcode call}, from the iteration
   *
   * @example Items as they come
   * ```ts
   * import { connect, serve } from "@sysframe/sysframe/membridge";
   * import { assertEquals } from "@std/assert/equals";
   *
   * const handlers = {
   *   *count(to: number) {
   *     for (let i = 1; i <= to; i++) yield i;
   *   },
   * };
   * await using service = serve("/doc.counter", handlers);
   * using client = connect<typeof handlers>("/doc.counter");
   * assertEquals(await Array.fromAsync(client.stream("count", 3)), [1, 2, 3]);
   * ```
   */
  stream<K extends keyof H & string>(
    functionName: K,
    ...args: Arguments<H[K]>
  ): AsyncIterableIterator<Item<H[K]>> & AsyncDisposable {
    return new ClientStream(
      this.#link,
      functionName,
      args,
      this.#options,
    ) as AsyncIterableIterator<Item<H[K]>> & AsyncDisposable;
  }

  /**
   * Calls a function and does not wait for its end: nothing comes back, not even that it failed.
   *
   * Calls of one client begin in their order, one-way ones and others. When this returns, the call is in shared memory, or waits in this
   * process for room there.
   *
   * @throws {NoSuchServiceError}, {@linkcode NoSuchFunctionError}, {@linkcode EncodeError} as {@linkcode call}; nothing was sent then.
   * @throws {BusyError} if 64 MiB wait already because the service does not keep up.
   */
  notify<K extends keyof H & string>(functionName: K, ...args: Arguments<H[K]>): void {
    this.#link.connection().notify(functionName, args);
  }

  /**
   * Returns what the service says of itself: its functions, how often they were called, how long they took, and how many run.
   *
   * It is read from shared memory: a service that is busy, or stopped, need not answer.
   *
   * @throws {NoSuchServiceError} if nobody serves the name.
   */
  describe(): ServiceDescription {
    return this.#link.connection().describe();
  }

  /** Returns a view of the same client with other options: `client.with({ timeoutMs: 50 }).call(...)`. Closing one closes all. */
  with(options: CallOptions): Client<H> {
    checkOptions("with", options, CALL_OPTIONS);
    return new Client<H>(this.#link, resolveOptions(options, this.#options));
  }

  /** Lets the program end although calls are in flight. */
  unref(): this {
    this.#link.setRef(false);
    return this;
  }

  /** Undoes {@linkcode unref}. */
  ref(): this {
    this.#link.setRef(true);
    return this;
  }

  /** Closes the client: calls in flight fail, later ones are a {@linkcode ClosedError}. Twice is fine. */
  close(): void {
    this.#link.close();
  }

  /** Closes the client. */
  [Symbol.dispose](): void {
    this.close();
  }
}
