/** The functions that a service hands out, and how callers see their types. */
import type { CallContext } from "./context.ts";

/** What {@linkcode serve} asks of its handlers: each property is a function, sync or async, with any arguments and results that the codec carries. */
export type HandlersOf<H> = {
  [K in keyof H]: (this: CallContext, ...args: never[]) => unknown;
};

/** The handlers of a service whose type the caller does not know. */
export type UnknownHandlers = Record<string, (...args: unknown[]) => unknown>;

/** The arguments of a handler. */
export type Arguments<F> = F extends (...args: infer A) => unknown ? A : never;

/** What a handler's caller gets: its result, awaited. */
export type Result<F> = F extends (...args: never[]) => infer R ? Awaited<R> : never;

/** What a handler's caller gets from {@linkcode Client.stream}: the items of what it returns. */
export type Item<F> = F extends (...args: never[]) => infer R
  ? Awaited<R> extends AsyncIterable<infer T> | Iterable<infer T> ? T : never
  : never;

/** The handlers as functions that return promises. */
export type Api<H> = {
  readonly [K in keyof H]: (...args: Arguments<H[K]>) => Promise<Result<H[K]>>;
};

/** A handler, whatever its parameters. */
export type AnyHandler = (this: CallContext, ...args: unknown[]) => unknown;

/** The functions of one service, each with its name at the same index. */
export interface Functions {
  readonly names: readonly string[];
  readonly functions: readonly AnyHandler[];
}

/**
 * Returns the functions to serve: the own enumerable properties of `handlers`, in their order.
 *
 * @throws {TypeError} if there are none, too many, or one is no function.
 */
export function collectHandlers(handlers: object): Functions {
  if (typeof handlers !== "object" || handlers === null) {
    throw new TypeError(`Cannot serve ${String(handlers)}: expected an object of functions`);
  }
  const names = Object.keys(handlers);
  const functions = Object.values(handlers);
  for (let i = 0; i < names.length; i++) {
    if (typeof functions[i] !== "function") {
      throw new TypeError(
        `Cannot serve ${
          JSON.stringify(names[i])
        }: expected a function, found ${typeof functions[i]}`,
      );
    }
  }
  if (names.length === 0) {
    throw new TypeError(
      "Cannot serve an object without functions of its own (the methods of a class instance are inherited, not its own)",
    );
  }
  if (names.length > 0xffff) {
    throw new TypeError(`Cannot serve ${names.length} functions: at most 65535`);
  }
  return { names, functions };
}
