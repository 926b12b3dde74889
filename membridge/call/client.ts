/** The side that calls. */
import { type Codec, type NamedCodec, resolveCodec } from "../codec.ts";
import { ClosedError, NoSuchServiceError, TimeoutError } from "../errors.ts";
import { sleep } from "../libc/process.ts";
import { checkOptions, resolveTimeout } from "../options.ts";
import { pathOfName } from "../segment/names.ts";
import { Connection } from "./connection.ts";
import type { Api, Arguments, Result, UnknownHandlers } from "./handlers.ts";

/** How a call waits. */
export interface CallOptions {
  /** Longest wait for a result in milliseconds; 30,000 unless given, `Infinity` never gives up. */
  readonly timeoutMs?: number;
  /** Gives the call up when aborted: it rejects with the signal's reason, and the function's own signal is aborted. */
  readonly signal?: AbortSignal;
  /** How long a call waits for somebody to serve the name, within its timeout; 0 unless given: it fails at once. */
  readonly waitMs?: number;
}

/** How {@linkcode connect} connects. */
export interface ConnectOptions extends CallOptions {
  /** Another serializer than pybytes for arguments and results; the service must use the same. */
  readonly codec?: Codec;
}

const CALL_OPTIONS = ["timeoutMs", "signal", "waitMs"];

/** How often a call with `waitMs` looks for the service, at first and at the least. */
const FIRST_LOOK_MS = 1;
const LAST_LOOK_MS = 50;

/**
 * Returns a client for the functions that a process serves under a name.
 *
 * It connects with the first call, and again after the service came back or was taken over: only calls in flight fail. It does not keep the program
 * running; calls in flight do (unless {@linkcode Client.unref}).
 *
 * @typeParam H The handlers' type, as in `connect<typeof handlers>(...)`; nothing checks that the service agrees.
 * @param name A slash and 1 to 200 of `A-Z a-z 0-9 . _ -`. The service need not exist yet.
 * @throws {TypeError} if the name cannot be one.
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

interface ResolvedOptions {
  readonly timeoutMs: number;
  readonly waitMs: number;
  readonly signal: AbortSignal | undefined;
}

const DEFAULTS: ResolvedOptions = {
  timeoutMs: resolveTimeout(undefined),
  waitMs: 0,
  signal: undefined,
};

function resolveOptions(options: CallOptions, base: ResolvedOptions): ResolvedOptions {
  return {
    timeoutMs: resolveTimeout(options.timeoutMs, base.timeoutMs),
    waitMs: resolveTimeout(options.waitMs, base.waitMs),
    signal: options.signal ?? base.signal,
  };
}

/** What all views of one client share: the connection, made anew when it ended. */
class Link {
  readonly name: string;
  readonly #codec: NamedCodec;
  #connection: Connection | undefined;
  #keepsRunning = true;
  #closed = false;

  constructor(name: string, codec: NamedCodec) {
    this.name = name;
    this.#codec = codec;
  }

  /** Returns a connection that can carry calls, or throws why there is none. */
  connection(): Connection {
    if (this.#closed) throw new ClosedError(`The client of ${this.name} is closed`);
    if (this.#connection?.usable) return this.#connection;
    return this.#connection = new Connection(this.name, this.#codec, this.#keepsRunning);
  }

  setRef(keepsRunning: boolean): void {
    this.#keepsRunning = keepsRunning;
    this.#connection?.setRef(keepsRunning);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#connection?.close(
      new ClosedError(`The client of ${this.name} was closed during the call`),
    );
  }
}

/** Calls the functions of a service. Returned by {@linkcode connect}. */
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

  async #call(functionName: string, args: readonly unknown[]): Promise<unknown> {
    const { timeoutMs, waitMs, signal } = this.#options;
    signal?.throwIfAborted();
    let connection: Connection;
    try {
      connection = this.#link.connection();
    } catch (error) {
      if (!(error instanceof NoSuchServiceError) || waitMs === 0) throw error;
      const start = performance.now();
      connection = await this.#appearance(Math.min(waitMs, timeoutMs), error);
      return await connection.call(
        functionName,
        args,
        Math.max(0, timeoutMs - (performance.now() - start)),
        signal,
      );
    }
    return await connection.call(functionName, args, timeoutMs, signal);
  }

  // Only while a call waits for a service that is not there; nothing else here looks repeatedly.
  async #appearance(waitMs: number, first: NoSuchServiceError): Promise<Connection> {
    const { signal } = this.#options;
    const end = performance.now() + waitMs;
    for (let pause = FIRST_LOOK_MS;; pause = Math.min(2 * pause, LAST_LOOK_MS)) {
      const left = end - performance.now();
      if (left <= 0) {
        throw new NoSuchServiceError(`${first.message}, and nobody came within ${waitMs} ms`);
      }
      await new Promise((resolve) => setTimeout(resolve, Math.min(pause, left)));
      signal?.throwIfAborted();
      const connection = this.#tryConnection();
      if (connection !== undefined) return connection;
    }
  }

  #tryConnection(): Connection | undefined {
    try {
      return this.#link.connection();
    } catch (error) {
      if (error instanceof NoSuchServiceError) return undefined;
      throw error;
    }
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
    const { timeoutMs, waitMs, signal } = this.#options;
    signal?.throwIfAborted();
    if (waitMs === 0) {
      return this.#link.connection().callSync(functionName, args, timeoutMs) as Result<H[K]>;
    }
    const start = performance.now();
    for (let pause = FIRST_LOOK_MS;; pause = Math.min(2 * pause, LAST_LOOK_MS)) {
      const connection = this.#tryConnection();
      const waited = performance.now() - start;
      if (connection !== undefined) {
        return connection.callSync(functionName, args, Math.max(0, timeoutMs - waited)) as Result<
          H[K]
        >;
      }
      if (waited >= Math.min(waitMs, timeoutMs)) {
        throw waited >= timeoutMs
          ? new TimeoutError(`Nobody served ${this.name} within ${timeoutMs} ms`)
          : new NoSuchServiceError(
            `Nobody serves ${this.name}, and nobody came within ${waitMs} ms`,
          );
      }
      sleep(pause);
    }
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
