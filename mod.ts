/**
 * Sysframe: values and function calls that cross from one process to another, for people who write system services.
 *
 * - **pybytes** turns values into few bytes and back without loss, for all the data types of Python: {@linkcode encode},
 *   {@linkcode decode}, {@linkcode inspect}. It runs in any JavaScript runtime.
 * - **membridge** lets independent processes share values and call functions that live in another process, through shared memory:
 *   {@linkcode SharedValue}, {@linkcode serve}, {@linkcode connect}. It needs Deno on Linux with `--allow-ffi`.
 *
 * Importing this does nothing by itself, needs no permission, and works on every platform.
 *
 * @example A service and its caller
 * ```ts
 * import { connect, serve } from "@sysframe/sysframe";
 * import { assertEquals } from "@std/assert/equals";
 *
 * const handlers = { greet: (name: string) => `Hello, ${name}` };
 * await using service = serve("/doc.greeter", handlers);
 *
 * using client = connect<typeof handlers>("/doc.greeter");
 * assertEquals(await client.api.greet("Ada"), "Hello, Ada");
 * ```
 *
 * @module
 */
export * from "./pybytes/mod.ts";
export * from "./membridge/mod.ts";
