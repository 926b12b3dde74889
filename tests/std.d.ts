// Types of the Deno standard library modules that deno.json maps to their JavaScript sources.
// Where the bare names resolve to the typed registry packages, this file has nothing to add.

declare module "@std/assert/assert" {
  export function assert(condition: unknown, msg?: string): asserts condition;
}
declare module "@std/assert/equals" {
  export function assertEquals<T>(actual: T, expected: T, msg?: string): void;
}
declare module "@std/assert/almost-equals" {
  export function assertAlmostEquals(
    actual: number,
    expected: number,
    tolerance?: number,
    msg?: string,
  ): void;
}
declare module "@std/assert/fail" {
  export function fail(msg?: string): never;
}
declare module "@std/assert/instance-of" {
  export function assertInstanceOf<T extends abstract new (...args: never[]) => unknown>(
    actual: unknown,
    expectedType: T,
    msg?: string,
  ): asserts actual is InstanceType<T>;
}
declare module "@std/assert/match" {
  export function assertMatch(actual: string, expected: RegExp, msg?: string): void;
}
declare module "@std/assert/not-equals" {
  export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void;
}
declare module "@std/assert/rejects" {
  export function assertRejects<E extends Error = Error>(
    fn: () => PromiseLike<unknown>,
    // The class of the expected error: any parameters, as for `instanceof`.
    ErrorClass: abstract new (...args: never[]) => E,
    msgIncludes?: string,
    msg?: string,
  ): Promise<E>;
  export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
}
declare module "@std/assert/strict-equals" {
  export function assertStrictEquals<T>(actual: unknown, expected: T, msg?: string): void;
}
declare module "@std/assert/string-includes" {
  export function assertStringIncludes(actual: string, expected: string, msg?: string): void;
}
declare module "@std/assert/throws" {
  export function assertThrows<E extends Error = Error>(
    fn: () => unknown,
    ErrorClass: abstract new (...args: never[]) => E,
    msgIncludes?: string,
    msg?: string,
  ): E;
  export function assertThrows(fn: () => unknown, msg?: string): unknown;
}
declare module "@std/uuid/common" {
  export function isNil(id: string): boolean;
  export function validate(uuid: string): boolean;
  export function version(uuid: string): number;
}
declare module "@std/uuid/v4" {
  export function validate(id: string): boolean;
}
declare module "@std/uuid/v7" {
  export function generate(timestamp?: number): string;
  export function validate(id: string): boolean;
  export function extractTimestamp(uuid: string): number;
}
