/**
 * Shared values and function calls between independent processes on one machine, through shared memory.
 *
 * | what | how |
 * |---|---|
 * | a value that many read and write | {@linkcode SharedValue} |
 * | messages that every subscriber sees | {@linkcode Topic} |
 * | messages that each go to one of many receivers | {@linkcode Channel} |
 * | functions that live in another process | {@linkcode serve}, {@linkcode connect} |
 * | one owner at a time | {@linkcode Mutex} |
 * | raw bytes | {@linkcode SharedMemory} |
 * | large arrays, handed over without a copy | {@linkcode SharedFrames} |
 * | what is there, and taking it away | {@linkcode list}, {@linkcode remove}, {@linkcode cleanup} |
 *
 * **Permissions**: `--allow-ffi` and nothing else. It must be the whole permission: Deno refuses views of foreign memory under a
 * partial one. It lets the program call any C function, so grant it to code that you trust.
 *
 * **Platforms**: Deno on 64-bit Linux. Elsewhere importing works and the first use throws {@linkcode UnsupportedPlatformError}.
 *
 * **Limitations**: one user on one machine; 1,024 callers at a time for a service, 1,008 watches for a value or subscriptions to a topic, 252 consumers for a channel; arguments and results up to
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
export {
  type HistoryOptions,
  SharedValue,
  type SharedValueOptions,
  type ValueVersion,
  type WatchOptions,
} from "./value/shared_value.ts";
export {
  type SubscribeOptions,
  Topic,
  type TopicDelivery,
  type TopicMessage,
  type TopicOptions,
} from "./topic/topic.ts";
export { Channel } from "./channel/channel.ts";
export type { ChannelOptions, ReceiveOptions, SendOptions } from "./channel/channel_options.ts";
export type { WhenFull } from "./channel/layout.ts";
export type { Message } from "./channel/message.ts";
export { serve, type ServeOptions, type Service } from "./call/service.ts";
export { type CallOptions, type Client, connect, type ConnectOptions } from "./call/client.ts";
export type { CallContext } from "./call/context.ts";
export {
  type LockOptions,
  type LockSyncOptions,
  Mutex,
  type MutexGuard,
  type MutexOptions,
} from "./mutex/mutex.ts";
export {
  SharedMemory,
  type SharedMemoryOptions,
  type ViewOptions,
} from "./memory/shared_memory.ts";
export {
  type FrameWatchOptions,
  SharedFrames,
  type SharedFramesOptions,
} from "./memory/shared_frames.ts";
export type { Frame, FrameOwner, Loan, LoanOwner } from "./memory/frame.ts";
export type { SharedArray, SharedArrayClass } from "./memory/element_types.ts";
export type { Api, Arguments, HandlersOf, Item, Result, UnknownHandlers } from "./call/handlers.ts";
export type { ServiceDescription } from "./call/service_description.ts";
export type { FunctionDescription, LatencySummary } from "./call/stats.ts";
export { type Entry, list } from "./catalog/list.ts";
export { remove } from "./catalog/remove.ts";
export { type Cleaned, cleanup } from "./catalog/cleanup.ts";
export type { Kind } from "./segment/header.ts";
export type { Codec } from "./codec.ts";
export * from "./errors.ts";
