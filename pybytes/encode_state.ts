/** What one call of the encoder works with. */
import { refuse } from "./encode_failure.ts";
import { checkEncodeOptions, type EncodeOptions } from "./options.ts";
import { typesByPrototype, type UserType } from "./user_types.ts";
import { TextWriter } from "./wire/text_writer.ts";

/** Entries for open containers that the state keeps from one call to the next. */
const KEPT_ANCESTORS = 200;

/** Counts calls, so that what a shape knows of one document is not taken for another's. */
let documents = 0;

/** The output of one call, the containers that are open, and the dict keys that were written. */
export class EncodeState extends TextWriter {
  /** The open containers, outermost first; entries beyond the depth at hand are stale. */
  readonly ancestors: (object | undefined)[] = [];
  /** See `EncodeOptions`. */
  canonical = false;
  /** The user types by the prototype of their instances, if there are any. */
  types: ReadonlyMap<object, UserType> | undefined = undefined;
  /** The number of this call. */
  document = 0;
  /** How many dicts so far have keys that later ones may refer to. */
  shapeCount = 0;
  #isClean: boolean | undefined = undefined;

  /** Whether keys may be found with `for in`: nothing is enumerable in `Object.prototype`. */
  get isPrototypeClean(): boolean {
    return this.#isClean ??= isClean();
  }

  /** Takes the options and forgets the last document. */
  configure(options: EncodeOptions | undefined): void {
    this.document = ++documents;
    this.shapeCount = 0;
    this.#isClean = undefined;
    if (options === undefined) return;
    checkEncodeOptions(options);
    this.canonical = options.canonical === true;
    this.dedup = !this.canonical && options.dedup !== false;
    this.mayBundle = !this.canonical;
    if (options.types !== undefined) this.types = typesByPrototype(options.types);
  }

  /** Lets go of all that was the caller's; after success and after failure alike. */
  override release(): void {
    super.release();
    this.canonical = false;
    this.dedup = this.mayBundle = true;
    this.types = undefined;
    const { ancestors } = this;
    // Holds on to none of the caller's objects, and keeps the array of a few hundred entries.
    if (ancestors.length > KEPT_ANCESTORS) ancestors.length = 0;
    for (let i = 0; i < ancestors.length && ancestors[i] !== undefined; i++) {
      ancestors[i] = undefined;
    }
  }
}

function isClean(): boolean {
  for (const _ in Object.prototype) return false;
  return true;
}

/** The state that the next call uses; taken while a call runs, so that a getter may call `encode` again. */
let idle: EncodeState | undefined;

/** Takes the state for one call. */
export function acquire(): EncodeState {
  const e = idle ?? new EncodeState();
  idle = undefined;
  return e;
}

/** Gives it back, after success and after failure alike. */
export function release(e: EncodeState): void {
  e.release();
  idle = e;
}

/**
 * Notes that a container is open at `depth`, and refuses one that is open already.
 *
 * Brent's way of finding a cycle: a container is compared with one ancestor only, the one at the largest power of two
 * below its depth. An endless descent repeats itself with some period from some depth on, so it meets that ancestor again
 * before four times the larger of the two; and everything that ends costs one comparison per container.
 */
export function enter(e: EncodeState, value: object, depth: number): void {
  const { ancestors } = e;
  if (depth > 0 && ancestors[depth === 1 ? 0 : 1 << 31 - Math.clz32(depth - 1)] === value) {
    refuse("cycle", "a container that contains itself");
  }
  ancestors[depth] = value;
}
