/** The side that runs the functions. */
import { type Codec, resolveCodec } from "../codec.ts";
import { checkOptions, resolveBoolean, resolveCount, resolveTimeout } from "../options.ts";
import type { CallContext } from "./context.ts";
import { collectHandlers, type Functions, type HandlersOf } from "./handlers.ts";
import { Owner } from "./owner.ts";
import type { ServiceDescription } from "./service_description.ts";

/** How {@linkcode serve} serves. */
export interface ServeOptions {
  /** Take the name from a living owner, which gets a {@linkcode SupersededError} through {@linkcode Service.closed}. */
  readonly takeover?: boolean;
  /** Another serializer than pybytes for arguments and results; callers must use the same. */
  readonly codec?: Codec;
  /** How many calls run at a time; no limit unless given. An async function's call runs until its promise is settled, a stream until its end. */
  readonly maxConcurrent?: number;
  /** How many more calls wait for their turn, 1,024 unless given; those beyond get a {@linkcode BusyError}. */
  readonly maxQueued?: number;
}

/** How many calls wait unless told. */
const MAX_QUEUED = 1024;

/** How long {@linkcode Service.close} waits for calls that still run, unless told. */
const CLOSE_TIMEOUT_MS = 5000;

/**
 * Serves functions under a name, until the service is closed or the process ends.
 *
 * Other processes call them with {@linkcode connect}. They run here, one after the other as this thread's event loop gets to them; async
 * ones overlap. The own enumerable functions of `handlers` are served. A handler that is a method or a `function` has the call's
 * {@linkcode CallContext} as `this`.
 *
 * The service keeps the program running until it is closed (or {@linkcode Service.unref}). While nobody calls it costs nothing.
 *
 * @param name A slash and 1 to 200 of `A-Z a-z 0-9 . _ -`.
 * @throws {TypeError} if the name cannot be one, or `handlers` has no functions of its own or something else of its own.
 * @throws {AlreadyServedError} if a living process serves the name, unless `takeover`.
 * @throws {SegmentError} `wrong_kind` or `foreign`: the name is taken by something else.
 *
 * @example A service and its caller, here in one program
 * ```ts
 * import { connect, serve } from "@sysframe/sysframe/membridge";
 * import { assertEquals } from "@std/assert/equals";
 *
 * const handlers = { add: (a: number, b: number) => a + b };
 * await using service = serve("/doc.adder", handlers);
 * using client = connect<typeof handlers>("/doc.adder");
 * assertEquals(await client.call("add", 1, 2), 3);
 * assertEquals(await client.api.add(3, 4), 7);
 * ```
 */
export function serve<H extends HandlersOf<H>>(
  name: string,
  handlers: H & ThisType<CallContext>,
  options: ServeOptions = {},
): Service {
  checkOptions("serve", options, ["takeover", "codec", "maxConcurrent", "maxQueued"]);
  return makeService(name, collectHandlers(handlers), options);
}

/** The constructor of {@linkcode Service}, which only this file uses. */
let makeService: (name: string, handlers: Functions, options: ServeOptions) => Service;

/**
 * A name that this thread serves. Returned by {@linkcode serve}.
 *
 * @example What a service did, and its end
 * ```ts
 * import { connect, serve } from "@sysframe/sysframe/membridge";
 * import { assertEquals } from "@std/assert/equals";
 *
 * const service = serve("/doc.service", { now: () => Temporal.Now.instant() });
 * using client = connect("/doc.service");
 * await client.call("now");
 * const [now] = service.describe().functions;
 * assertEquals([now.name, now.arity, now.calls], ["now", 0, 1]);
 * await service.close();
 * assertEquals(await service.closed, undefined);
 * ```
 */
export class Service implements AsyncDisposable {
  /** The name that is served. */
  readonly name: string;
  /**
   * Settles when the service ends: resolves after {@linkcode close}, rejects with a {@linkcode SupersededError} when another process
   * took the name over. Nobody needs to handle it.
   */
  readonly closed: Promise<void>;
  readonly #owner: Owner;

  private constructor(name: string, handlers: Functions, options: ServeOptions) {
    this.name = name;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => {});
    this.closed = promise;
    this.#owner = new Owner({
      name,
      handlers,
      codec: resolveCodec(options.codec),
      takeover: resolveBoolean("takeover", options.takeover, false),
      maxConcurrent: resolveCount("maxConcurrent", options.maxConcurrent, Infinity, 1),
      maxQueued: resolveCount("maxQueued", options.maxQueued, MAX_QUEUED, 0),
      onEnd: (error) => error === undefined ? resolve() : reject(error),
    });
  }

  static {
    makeService = (name, handlers, options) => new Service(name, handlers, options);
  }

  /**
   * Returns what the service has done so far and does now, function by function.
   *
   * @throws {ClosedError} after the service ended: was closed, or superseded.
   */
  describe(): ServiceDescription {
    return this.#owner.describe();
  }

  /** Lets the program end although this service is open. */
  unref(): this {
    this.#owner.setRef(false);
    return this;
  }

  /** Undoes {@linkcode unref}. */
  ref(): this {
    this.#owner.setRef(true);
    return this;
  }

  /**
   * Gives the name up and ends the service: new calls are refused at once, those that run are waited for. Twice is fine, and can be
   * sooner.
   *
   * @param options.timeoutMs Longest wait for running calls, 5,000 unless given; then they are told to stop and their callers get a `ClosedError`.
   */
  async close(options: { timeoutMs?: number } = {}): Promise<void> {
    checkOptions("close", options, ["timeoutMs"]);
    await this.#owner.close(resolveTimeout(options.timeoutMs, CLOSE_TIMEOUT_MS));
  }

  /** Closes the service. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
