/**
 * Shared values and function calls between independent processes on one machine, through shared memory.
 *
 * | what | how |
 * |---|---|
 * | a value that many read and write | {@linkcode SharedValue} |
 * | messages that each go to one of many receivers | {@linkcode Channel} |
 * | functions that live in another process | {@linkcode serve}, {@linkcode connect} |
 *
 * **Permissions**: `--allow-ffi` and nothing else. It must be the whole permission: Deno refuses views of foreign memory under a
 * partial one. It lets the program call any C function, so grant it to code that you trust.
 *
 * **Platforms**: Deno on 64-bit Linux. Elsewhere importing works and the first use throws {@linkcode UnsupportedPlatformError}.
 *
 * **Limitations**: one user on one machine; 1,024 callers at a time for a service, 1,008 watches for a value, 252 consumers for a channel; arguments and results up to
 * 4 GiB. A process of the same user that truncates the files in `/dev/shm` can crash the others (SIGBUS).
 *
 * @example A status value
 * ```ts
 * import { SharedValue } from "@sysframe/sysframe/membridge";
 * import { assertEquals } from "@std/assert/equals";
 *
 * using status = SharedValue.open<{ target: number }>("/doc.thermostat", { create: true });
 * status.set({ target: 21 });
 * assertEquals(status.get(), { target: 21 });
 * SharedValue.remove("/doc.thermostat");
 * ```
 *
 * @module
 */
export { SharedValue, type SharedValueOptions, type WatchOptions } from "./value/shared_value.ts";
export { Channel } from "./channel/channel.ts";
export type { ChannelOptions, ReceiveOptions, SendOptions } from "./channel/channel_options.ts";
export type { WhenFull } from "./channel/layout.ts";
export type { Message } from "./channel/message.ts";
export { serve, type ServeOptions, type Service } from "./call/service.ts";
export { type CallOptions, type Client, connect, type ConnectOptions } from "./call/client.ts";
export type { CallContext } from "./call/context.ts";
export type { Api, Arguments, Handlers, Result, UnknownHandlers } from "./call/handlers.ts";
export type { Codec } from "./codec.ts";
export * from "./errors.ts";
