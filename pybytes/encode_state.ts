/** What one call of the encoder works with. */
import { refuse } from "./encode_failure.ts";
import { Writer } from "./wire/writer.ts";

/** Entries for open containers that the state keeps from one call to the next. */
const KEPT_ANCESTORS = 200;

/** The output of one call, and the containers that are open. */
export class EncodeState extends Writer {
  /** The open containers, outermost first; entries beyond the depth at hand are stale. */
  readonly ancestors: (object | undefined)[] = [];
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
  const { ancestors } = e;
  // Holds on to none of the caller's objects, and keeps the array of a few hundred entries.
  if (ancestors.length > KEPT_ANCESTORS) ancestors.length = 0;
  for (let i = 0; i < ancestors.length && ancestors[i] !== undefined; i++) ancestors[i] = undefined;
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
