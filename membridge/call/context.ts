/** What a handler can know of its call. */
import { MAX_TIMER_MS } from "../options.ts";
import { AbortError } from "../errors.ts";

/** Aborts a context's signal. Not a method: handlers have no business with it. */
export let abortContext: (context: CallContext, why: string) => void;

/** Ends a context's watch over its deadline. */
export let closeContext: (context: CallContext) => void;

/**
 * The `this` of a handler that is a method or a `function`: who calls, how long they wait, and whether they still do.
 *
 * Arrow functions do not have it; they just get their arguments.
 *
 * @example A function that gives up with its caller
 * ```ts
 * import { connect, serve } from "@sysframe/sysframe/membridge";
 * import { assertEquals } from "@std/assert/equals";
 *
 * const given = Promise.withResolvers<string>();
 * await using service = serve("/doc.context", {
 *   wait() {
 *     this.signal.addEventListener("abort", () => given.resolve(this.signal.reason.name));
 *     return given.promise;
 *   },
 * });
 * using client = connect("/doc.context", { signal: AbortSignal.timeout(10) });
 * await client.call("wait").catch(() => {});
 * assertEquals(await given.promise, "AbortError");
 * ```
 */
export class CallContext {
  /** The caller's process. It says so itself. */
  readonly pid: number;
  /** The caller's user, as the kernel says. */
  readonly uid: number;
  /** When the caller gives up, in the milliseconds of `performance.now()`; `Infinity` if never. */
  readonly deadline: number;
  #controller: AbortController | undefined;
  #reason: AbortError | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Creates the context of one call. */
  constructor(pid: number, uid: number, deadline: number) {
    this.pid = pid;
    this.uid = uid;
    this.deadline = deadline;
  }

  /** Aborted when the caller gave up, was closed or died, or the deadline is over: nobody waits for the result any more. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
      else if (this.deadline !== Infinity) this.#watchDeadline();
    }
    return this.#controller.signal;
  }

  // A caller that is stopped, or busy, cannot say that its time is over.
  #watchDeadline(): void {
    const leftMs = Math.min(Math.max(0, this.deadline - performance.now()), MAX_TIMER_MS);
    this.#timer = setTimeout(() => this.#abort("The caller's time is over"), Math.ceil(leftMs));
    Deno.unrefTimer(this.#timer);
  }

  #abort(why: string): void {
    if (this.#reason !== undefined) return;
    clearTimeout(this.#timer);
    this.#reason = new AbortError(why);
    this.#controller?.abort(this.#reason);
  }

  static {
    abortContext = (context, why) => context.#abort(why);
    closeContext = (context) => clearTimeout(context.#timer);
  }
}
