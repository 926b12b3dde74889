/** One call as its service carries it out: a function that runs, or a stream whose items are taken one by one. */
import type { FrameHead } from "../sync/ring.ts";
import type { Admitted } from "./admission.ts";
import { abortContext, type CallContext, closeContext } from "./context.ts";
import type { AnyHandler } from "./handlers.ts";
import { ONE_WAY, STREAM } from "./layout.ts";

/** What a call asks of the lane that it came through. */
export interface CallLane {
  /** Whether there is room for an item now; if not, {@linkcode ServedCall.resume} is called when there is. */
  readonly hasRoom: boolean;
  /** Has {@linkcode ServedCall.resume} called at the next look. */
  pause(): void;
  /** Told that the function is about to run; the call during which it runs is returned, if the thread is blocked in one. */
  enter(call: ServedCall): ServedCall | undefined;
  /** Told that the function returned. */
  exit(outer: ServedCall | undefined): void;
  /** Remembers a call that does not end at once. */
  keep(call: ServedCall): void;
  /** Sends the next item of a stream. Throws what the codec throws. */
  sendItem(call: ServedCall, item: unknown): void;
  /** Sends the end of a call, and forgets it. Never throws. */
  sendEnd(call: ServedCall, outcome: unknown, failed: boolean): void;
  /** Takes a call out that waits for its turn, and says that it was cancelled. Returns `false` if it does not wait. */
  withdraw(call: ServedCall): boolean;
  /** Told of an error that is nobody's: the lane is of no use. */
  onDamage(error: unknown): void;
}

/** Items that are sent before others have their turn. */
const ITEMS_PER_TURN = 256;

/** What a stream's function returned. */
type Items = Iterator<unknown> | AsyncIterator<unknown>;

/** A call that came in. */
export class ServedCall implements Admitted {
  /** Its number on the lane. */
  readonly id: number;
  /** Index of its function. */
  readonly index: number;
  /** Whether nobody waits for its end. */
  readonly oneWay: boolean;
  /** When it began, in the milliseconds of `performance.now()`. */
  startMs: number;
  /** The call during which this one runs, if the thread is blocked in one. */
  outer: ServedCall | undefined;
  readonly #lane: CallLane;
  readonly #name: string;
  readonly #handler: AnyHandler;
  readonly #args: unknown[];
  readonly #context: CallContext;
  readonly #stream: boolean;
  #credit: number;
  #items: Items | undefined;
  // Made for streams only: most calls end at once.
  #onStep: ((step: IteratorResult<unknown>) => void) | undefined;
  #onError: ((error: unknown) => void) | undefined;
  #begun = false;
  #busy = false;
  #stepping = false;
  #cancelled = false;
  #ended = false;

  /** Takes what the caller's frame says. */
  constructor(
    lane: CallLane,
    { id, index, flags, credit }: FrameHead,
    { name, handler, args, context, startMs }: {
      name: string;
      handler: AnyHandler;
      args: unknown[];
      context: CallContext;
      startMs: number;
    },
  ) {
    this.#lane = lane;
    this.id = id;
    this.index = index;
    this.oneWay = (flags & ONE_WAY) !== 0;
    this.startMs = startMs;
    this.#name = name;
    this.#handler = handler;
    this.#args = args;
    this.#context = context;
    this.#stream = (flags & STREAM) !== 0;
    this.#credit = credit;
  }

  /** Whether it ended. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Runs the function. */
  begin(): void {
    this.#begun = true;
    const outer = this.outer = this.#lane.enter(this);
    try {
      const result: unknown = this.#handler.apply(this.#context, this.#args);
      if (this.#stream) this.#open(result);
      else if (!isThenable(result)) this.#deliver(result);
      else {
        this.#lane.keep(this);
        // Through a promise of our own: a thenable of the user's may throw, or settle twice.
        Promise.resolve(result).then(
          (value) => this.#onResult(value),
          (error) => this.#end(error, true),
        ).catch(this.#lane.onDamage);
      }
    } catch (error) {
      this.#end(error, true);
    } finally {
      this.#lane.exit(outer);
    }
  }

  #deliver(result: unknown): void {
    if (!isStream(result)) return this.#end(result, false);
    throw new TypeError(
      `${this.#name} returns a stream: read it with stream(), not with call()`,
    );
  }

  #onResult(value: unknown): void {
    try {
      this.#deliver(value);
    } catch (error) {
      this.#end(error, true);
    }
  }

  // An async function may return what is iterated, too.
  #open(result: unknown): void {
    this.#lane.keep(this);
    if (isThenable(result) && !isStream(result)) {
      this.#busy = true;
      Promise.resolve(result).then((value) => {
        this.#busy = false;
        this.#open(value);
      }).catch((error) => this.#end(error, true)).catch(this.#lane.onDamage);
      return;
    }
    const items = itemsOf(result);
    if (items === undefined) {
      throw new TypeError(
        `${this.#name} does not return a stream: call it with call(), not with stream()`,
      );
    }
    this.#items = items;
    if (this.#cancelled) this.#endEarly();
    else this.#pump();
  }

  /** The caller takes `count` more items. */
  more(count: number): void {
    this.#credit = Math.min(this.#credit + count, 0xffffffff);
    this.#pump();
  }

  /** There is room on the lane again. */
  resume(): void {
    this.#pump();
  }

  // As many items as the caller takes and the lane has room for; the next one is only asked for after the one before came.
  #pump(): void {
    for (let count = 0; this.#items !== undefined && !this.#busy && this.#credit > 0; count++) {
      if (!this.#lane.hasRoom) return;
      // Others have their turn, whatever the caller asked for.
      if (count === ITEMS_PER_TURN) return this.#lane.pause();
      try {
        const step = this.#next(this.#items);
        if (this.#cancelled) return this.#abandon(step);
        if (!isThenable(step)) {
          this.#take(step as IteratorResult<unknown>);
          continue;
        }
        this.#busy = true;
        this.#onStep ??= (step) => this.#step(step);
        this.#onError ??= (error) => this.#end(error, true);
        Promise.resolve(step as PromiseLike<IteratorResult<unknown>>)
          .then(this.#onStep, this.#onError).catch(this.#lane.onDamage);
      } catch (error) {
        this.#end(error, true);
      }
    }
  }

  // The caller gave up while this step was being made.
  #abandon(step: unknown): void {
    if (isThenable(step)) Promise.resolve(step).catch(() => {});
    this.#endEarly();
  }

  // A generator that blocks the thread in a call of its own must not be asked again, or returned from, by what comes in meanwhile.
  #next(items: Items): unknown {
    this.#busy = this.#stepping = true;
    try {
      return items.next();
    } finally {
      this.#busy = this.#stepping = false;
    }
  }

  #step(step: IteratorResult<unknown>): void {
    this.#busy = false;
    try {
      this.#take(step);
    } catch (error) {
      return this.#end(error, true);
    }
    this.#pump();
  }

  #take(step: IteratorResult<unknown>): void {
    if (this.#ended) return;
    if (step.done) return this.#end(step.value, false);
    this.#credit--;
    try {
      this.#lane.sendItem(this, step.value);
    } catch (error) {
      // An item that cannot be carried ends the stream; the generator is told.
      this.#return();
      throw error;
    }
  }

  /** The caller no longer waits: the function's signal is aborted, a stream is returned from. */
  cancel(why: string): void {
    if (this.#cancelled || this.#ended) return;
    this.#cancelled = true;
    abortContext(this.#context, why);
    if (!this.#begun) this.#ended = this.#lane.withdraw(this);
    else if (this.#items !== undefined && !this.#stepping) this.#endEarly();
  }

  #endEarly(): void {
    const returned = this.#return();
    if (isThenable(returned)) {
      const end = () => this.#end(undefined, false);
      Promise.resolve(returned).then(end, end).catch(this.#lane.onDamage);
    } else this.#end(undefined, false);
  }

  #return(): unknown {
    const items = this.#items;
    this.#items = undefined;
    try {
      return items?.return?.();
    } catch {
      return undefined; // Nobody is there to hear of it.
    }
  }

  // Once.
  #end(outcome: unknown, failed: boolean): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#items = undefined;
    closeContext(this.#context);
    this.#lane.sendEnd(this, outcome, failed);
  }
}

/** Whether a value is to be awaited. A `then` that throws when it is looked at counts: awaiting it gives that error. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (typeof value !== "object" || value === null) return false;
  try {
    return typeof (value as { then?: unknown }).then === "function";
  } catch {
    return true;
  }
}

/** Whether a value is an iterator that can be iterated, as generators are: nothing that a call could carry. */
function isStream(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const { next } = value as { next?: unknown };
  return typeof next === "function" && (Symbol.iterator in value || Symbol.asyncIterator in value);
}

function itemsOf(value: unknown): Items | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const items = Symbol.asyncIterator in value
    ? (value as AsyncIterable<unknown>)[Symbol.asyncIterator]()
    : Symbol.iterator in value
    ? (value as Iterable<unknown>)[Symbol.iterator]()
    : undefined;
  return typeof items?.next === "function" ? items : undefined;
}
