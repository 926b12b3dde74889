/** The functions that every kind of call runs on its other side, so that only the way there differs. */

/** The functions by name, as a service hands them out. */
export const handlers = {
  /** Adds two numbers: next to no work and next to no data. */
  add: (a: number, b: number): number => a + b,
  /** Returns what it gets. */
  echo: (value: unknown): unknown => value,
};

/** Calls that are in flight at once where that is measured. */
export const IN_FLIGHT = 64;

/** The handlers' names. */
export type FunctionName = keyof typeof handlers;

/** A call as it crosses a socket or a port. */
export interface Request {
  /** Tells the calls in flight apart. */
  readonly id: number;
  /** The function to run. */
  readonly name: FunctionName;
  /** Its arguments. */
  readonly args: readonly unknown[];
}

/** Its result. */
export interface Reply {
  /** The request's. */
  readonly id: number;
  /** What the function returned. */
  readonly value: unknown;
}

/** Runs a request's function. */
export function perform({ id, name, args }: Request): Reply {
  const run = handlers[name] as (...args: readonly unknown[]) => unknown;
  return { id, value: run(...args) };
}
