/** What a handler can know of its call. */
import { AbortError } from "../errors.ts";

/** Aborts a context's signal. Not a method: handlers have no business with it. */
export let abortContext: (context: CallContext, why: string) => void;

/**
 * The `this` of a handler that is a method or a `function`: who calls, how long they wait, and whether they still do.
 *
 * Arrow functions do not have it; they just get their arguments.
 */
export class CallContext {
  /** The caller's process. It says so itself. */
  readonly pid: number;
  /** The caller's user, as the kernel says. */
  readonly uid: number;
  /** When the caller gives up, in the milliseconds of `performance.now()`; `Infinity` if never. */
  readonly deadline: number;
  #controller: AbortController | undefined;
  #reason: unknown;
  #aborted = false;

  /** Creates the context of one call. */
  constructor(init: { pid: number; uid: number; deadline: number }) {
    this.pid = init.pid;
    this.uid = init.uid;
    this.deadline = init.deadline;
  }

  /** Aborted when the caller gave up, was closed or died: nobody waits for the result any more. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  static {
    abortContext = (context, why) => {
      if (context.#aborted) return;
      context.#aborted = true;
      context.#reason = new AbortError(why);
      context.#controller?.abort(context.#reason);
    };
  }
}
