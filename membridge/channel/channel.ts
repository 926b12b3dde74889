/** A bounded queue of messages between processes. */
import { type NamedCodec, resolveCodec } from "../codec.ts";
import { ClosedError } from "../errors.ts";
import {
  checkOptions,
  resolveBoolean,
  resolveMode,
  resolveSignal,
  resolveTimeout,
} from "../options.ts";
import { pathOfName } from "../segment/names.ts";
import { removeChannel } from "./channel_files.ts";
import { ChannelMemory } from "./channel_memory.ts";
import type { Delivery } from "./claims.ts";
import {
  type ChannelOptions,
  checkWait,
  type ReceiveOptions,
  resolveCapacity,
  resolvePolicy,
  type SendOptions,
} from "./channel_options.ts";
import { POLICY, type WhenFull } from "./layout.ts";
import { type Message, Messages } from "./message.ts";
import { Receiver } from "./receiver.ts";
import { Sender } from "./sender.ts";
import type { Waiter } from "./waiter.ts";

/** What an unclosed handle leaves. */
interface Parts {
  readonly memory: ChannelMemory;
  readonly sender: Sender;
  readonly receiver: Receiver;
}

/** An unclosed handle that was dropped gives back all the same what it held. */
const dropped = new FinalizationRegistry<Parts>(closeParts);

function closeParts({ memory, sender, receiver }: Parts): void {
  sender.close();
  receiver.close();
  memory.close();
}

/**
 * A named, bounded queue of messages: any number of processes and Workers send, any number receive, and each message goes to one of them.
 *
 * **Sent** is what a send returned or resolved for: it stays until it is acknowledged, also when every process ends. A sender that is killed
 * on the way has sent the message whole or not at all.
 *
 * **Received** messages are acknowledged by the next receive of the same handle, or its `close`. A consumer that dies before that has its
 * message delivered again, to another consumer, before newer ones: at least once, and exactly once while nobody dies. For a message
 * of one's own to acknowledge, with a mark of what was delivered before, there are {@linkcode receiveMessage} and {@linkcode messages}.
 *
 * **Order**: the messages of one sender stay in order among those that one consumer gets, except those that are delivered again.
 *
 * A message keeps its room, and that of all messages behind it, until it is acknowledged: the ring should hold what is sent during
 * the longest piece of work. `"drop_oldest"` makes room all the same: also a message that a consumer works on is forgotten then, and
 * not delivered again if that one dies.
 *
 * @typeParam T What the messages are; nothing checks that other processes agree.
 *
 * @example A queue of jobs
 * ```ts
 * import { Channel } from "@sysframe/sysframe/membridge";
 * import { assertEquals } from "@std/assert/equals";
 *
 * using jobs = Channel.open<{ page: number }>("/doc.jobs", { create: true });
 * await jobs.send({ page: 1 });
 * await jobs.send({ page: 2 });
 * jobs.end();
 * const pages: number[] = [];
 * for await (const { page } of jobs) pages.push(page);
 * assertEquals(pages, [1, 2]);
 * Channel.remove("/doc.jobs");
 * ```
 */
export class Channel<T = unknown> implements Disposable {
  /** The name that it was opened by. */
  readonly name: string;
  readonly #codec: NamedCodec;
  readonly #timeoutMs: number;
  readonly #memory: ChannelMemory;
  readonly #sender: Sender;
  readonly #receiver: Receiver;
  #current: Delivery | undefined;
  #open = true;

  private constructor(memory: ChannelMemory, codec: NamedCodec, timeoutMs: number) {
    this.name = memory.name;
    this.#codec = codec;
    this.#timeoutMs = timeoutMs;
    this.#memory = memory;
    this.#sender = new Sender(memory);
    // pybytes keeps nothing of its input, so one buffer serves every message.
    this.#receiver = new Receiver(memory, codec.keepsBytes);
    dropped.register(this, { memory, sender: this.#sender, receiver: this.#receiver }, this);
  }

  /**
   * Opens the channel with that name.
   *
   * @param name A slash and 1 to 200 of `A-Z a-z 0-9 . _ -`.
   * @throws {SegmentError} `not_found` without `create`; `wrong_kind`, `foreign`, `incompatible`, `corrupt` for what has the name.
   * @throws {SystemError} such as `ENOSPC`.
   */
  static open<T = unknown>(name: string, options: ChannelOptions<T> = {}): Channel<T> {
    pathOfName(name);
    checkOptions("Channel.open", options, [
      "create",
      "capacityBytes",
      "whenFull",
      "codec",
      "mode",
      "timeoutMs",
    ]);
    const codec = resolveCodec(options.codec);
    const timeoutMs = resolveTimeout(options.timeoutMs);
    const memory = ChannelMemory.open({
      name,
      create: resolveBoolean("create", options.create, false),
      capacityBytes: resolveCapacity(options.capacityBytes),
      whenFull: resolvePolicy(options.whenFull),
      mode: resolveMode(options.mode),
      codecName: codec.name,
      timeoutMs,
    });
    return new Channel<T>(memory, codec, timeoutMs);
  }

  /**
   * Removes the name. Open handles can still receive what was sent; sending fails, and iterations end.
   *
   * @returns `false` when nothing had that name
   * @throws {SegmentError} `wrong_kind` or `foreign`: it is not a channel of this user.
   */
  static remove(name: string): boolean {
    return removeChannel(name);
  }

  /** How many messages wait that no consumer claimed: exact while nobody sends or receives. */
  get length(): number {
    this.#check();
    return this.#memory.receiving.waiting;
  }

  /** How many messages were dropped because there was no room, over all processes, modulo 2^32. */
  get dropped(): number {
    this.#check();
    return this.#memory.receiving.dropped;
  }

  /** Whether {@linkcode end} was called, by whomever. */
  get ended(): boolean {
    this.#check();
    return this.#memory.sending.ended;
  }

  /** What this channel does with a message that finds no room. */
  get whenFull(): WhenFull {
    return Object.keys(POLICY)[this.#memory.policy] as WhenFull;
  }

  /**
   * Sends a message; waits for room where the channel does that. What was sent before it from this handle is received before it.
   *
   * Cost, while there is room: encoding, a lock, a copy. It wakes nobody who is awake.
   *
   * @returns a promise that resolves when the message is in shared memory
   * @throws {EncodeError} if the codec cannot carry it, {RangeError} if it is longer than a quarter of the ring; nothing was sent.
   * @throws {EndedError} after {@linkcode end}
   * @throws {BusyError} if there is no room and `whenFull` is `"fail"`
   * @throws {TimeoutError} if there was no room for `timeoutMs`; the signal's reason; {ClosedError}; {SegmentError} `removed`. Nothing was sent.
   */
  send(value: T, options?: SendOptions): Promise<void> {
    try {
      const payload = this.#encode(value);
      const timeoutMs = this.#checkSend(options);
      if (this.#sender.trySend(payload)) return this.#sender.paced(1);
      return this.#send([payload], timeoutMs, options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Sends several messages, in order, each a message of its own: the lock is taken once for many of them.
   *
   * @param values Taken all at once; what is iterated asynchronously is sent one by one.
   * @returns a promise that resolves when all are in shared memory; if it rejects, the first ones may have been sent.
   * @throws as {@linkcode send}
   */
  sendAll(values: Iterable<T>, options?: SendOptions): Promise<void> {
    try {
      if (typeof (values as Partial<Iterable<T>>)?.[Symbol.iterator] !== "function") {
        throw new TypeError(
          "Cannot send all of what is no iterable: expected an array, a Set, a generator",
        );
      }
      const payloads = Array.from(values, (value) => this.#encode(value));
      this.#check();
      return this.#send(payloads, this.#checkSend(options), options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #checkSend(options: SendOptions | undefined): number {
    return options === undefined ? this.#timeoutMs : checkWait("send", options, this.#timeoutMs);
  }

  #send(payloads: Uint8Array[], timeoutMs: number, options?: SendOptions): Promise<void> {
    const what = `${this.name} stayed full`;
    return this.#sender.send(payloads, { timeoutMs, signal: options?.signal, what, owner: this });
  }

  /**
   * Sends a message, blocking the thread while there is no room.
   *
   * @param options.timeoutMs Longest wait for room.
   * @throws as {@linkcode send}
   */
  sendSync(value: T, options: { readonly timeoutMs?: number } = {}): void {
    checkOptions("sendSync", options, ["timeoutMs"]);
    const timeoutMs = resolveTimeout(options.timeoutMs, this.#timeoutMs);
    this.#sender.sendSync(this.#encode(value), timeoutMs);
  }

  /**
   * Sends a message if there is room now, and nothing of this handle waits before it.
   *
   * @returns whether it was sent
   * @throws as {@linkcode send}
   */
  trySend(value: T): boolean {
    return this.#sender.trySend(this.#encode(value));
  }

  // Encoded before any lock is taken: the value's own code (getters, the codec) may run for long, or use this handle, or close it.
  #encode(value: T): Uint8Array {
    this.#check();
    const bytes = this.#codec.encode(value);
    this.#check();
    this.#sender.checkSize(bytes);
    // Another codec may use its memory again for the next value, before this one is in the ring.
    return this.#codec.keepsBytes ? new Uint8Array(bytes) : bytes;
  }

  /**
   * Says that nothing more is sent, by anybody. Consumers get what was sent, then their iterations end, and their receives are {@linkcode EndedError}s.
   * Twice is fine.
   */
  end(): void {
    this.#check();
    const memory = this.#memory;
    memory.lockSending();
    try {
      memory.sending.end();
    } finally {
      memory.unlockSending();
    }
    memory.consumers.wakeAll();
    memory.wakeProducers();
  }

  /**
   * Receives the next message, and acknowledges the one before. Waits until there is one.
   *
   * @throws {EndedError} when the channel was ended and everything is done
   * @throws {TimeoutError} if none came for `timeoutMs`; the signal's reason; {ClosedError}; {SegmentError} `removed`.
   * @throws {DecodeError} if what came is not what the codec wrote; it is acknowledged like any other.
   */
  receive(options?: ReceiveOptions): Promise<T> {
    return this.#receive(options, this.#takeValue);
  }

  /** Like {@linkcode receive}, for a message that is acknowledged by itself, and before or after others. */
  receiveMessage(options?: ReceiveOptions): Promise<Message<T>> {
    return this.#receive(options, this.#takeMessage);
  }

  #receive<R>(
    options: ReceiveOptions | undefined,
    take: (delivery: Delivery) => R,
  ): Promise<R> {
    try {
      this.#check();
      let timeoutMs = Infinity;
      if (options !== undefined) timeoutMs = checkWait("receive", options, timeoutMs);
      if (!this.#keepsCurrent(take)) this.#ackCurrent();
      const delivery = this.#receiver.take();
      if (delivery !== undefined) return this.#receiver.paced(take(delivery));
      return this.#wait(take, timeoutMs, options?.signal).promise;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #wait<R>(
    take: (delivery: Delivery) => R,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Waiter<R> {
    const what = `No message came through ${this.name}`;
    return this.#receiver.wait(take, { timeoutMs, signal, what, owner: this });
  }

  /**
   * Receives the next message, blocking the thread until there is one, and acknowledges the one before.
   *
   * @param options.timeoutMs Longest wait; without limit unless given.
   * @throws as {@linkcode receive}
   */
  receiveSync(options: { readonly timeoutMs?: number } = {}): T {
    this.#check();
    checkOptions("receiveSync", options, ["timeoutMs"]);
    const timeoutMs = resolveTimeout(options.timeoutMs, Infinity);
    this.#ackCurrent();
    return this.#takeValue(this.#receiver.receiveSync(timeoutMs));
  }

  /**
   * Receives the next message if there is one now, and acknowledges the one before.
   *
   * @returns `undefined` when nothing is there, or a {@linkcode receive} of this handle waits for what comes
   * @throws {DecodeError} as {@linkcode receive}
   */
  tryReceive(): { readonly value: T } | undefined {
    this.#check();
    this.#ackCurrent();
    const delivery = this.#receiver.take();
    return delivery === undefined ? undefined : { value: this.#takeValue(delivery) };
  }

  #ackCurrent(): void {
    const delivery = this.#current;
    this.#current = undefined;
    if (delivery !== undefined) this.#receiver.ack(delivery);
  }

  // Messages are acknowledged by themselves; a value is by the next receive.
  #keepsCurrent(take: (delivery: Delivery) => unknown): boolean {
    return take === this.#takeMessage;
  }

  readonly #takeValue = (delivery: Delivery): T => {
    // Of receives that overlap, the later one acknowledges the earlier one's message.
    this.#ackCurrent();
    this.#current = delivery;
    return this.#codec.decode(delivery.payload) as T;
  };

  // What cannot be decoded is done with, as in `receive`: the next consumer could not decode it either.
  #decodeOrDrop(delivery: Delivery): T {
    try {
      return this.#codec.decode(delivery.payload) as T;
    } catch (error) {
      this.#receiver.ackNow(delivery);
      throw error;
    }
  }

  readonly #takeMessage = (delivery: Delivery): Message<T> => {
    // Whoever keeps the message keeps this handle: it is what would give the message back.
    let acknowledged: boolean | undefined;
    return {
      value: this.#decodeOrDrop(delivery),
      redelivered: delivery.redelivered,
      ack: () => acknowledged ??= this.#receiver.ackNow(delivery),
    };
  };

  /**
   * Iterates over the messages as {@linkcode receiveMessage} gives them.
   *
   * The iteration ends when the channel was ended and everything is done, when it was removed, or when this handle is closed.
   *
   * @param options.signal Ends the iteration with its reason as the error.
   */
  messages(
    options: { readonly signal?: AbortSignal } = {},
  ): AsyncIterableIterator<Message<T>> & AsyncDisposable {
    this.#check();
    checkOptions("messages", options, ["signal"]);
    const signal = resolveSignal(options.signal);
    signal?.throwIfAborted();
    return this.#iterate(this.#takeMessage, signal);
  }

  /** Iterates over the messages as {@linkcode receive} gives them; ends like {@linkcode messages}. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T> & AsyncDisposable {
    this.#check();
    return this.#iterate(this.#takeValue, undefined);
  }

  #iterate<R>(take: (delivery: Delivery) => R, signal: AbortSignal | undefined): Messages<R> {
    const receiver = this.#receiver;
    const before = () => {
      this.#check();
      if (!this.#keepsCurrent(take)) this.#ackCurrent();
    };
    return new Messages<R>({
      take: () => {
        before();
        const delivery = receiver.take();
        return delivery === undefined ? undefined : { value: take(delivery) };
      },
      paced: (result) => receiver.paced(result),
      wait: () => this.#wait(take, Infinity, signal),
      giveUp: (waiter) => receiver.giveUp(waiter, undefined),
    }, signal);
  }

  /** Lets the program end although a send or a receive of this handle waits. */
  unref(): this {
    return this.#setRef(false);
  }

  /** Undoes {@linkcode unref}. */
  ref(): this {
    return this.#setRef(true);
  }

  #setRef(keepsRunning: boolean): this {
    this.#sender.setRef(keepsRunning);
    this.#receiver.setRef(keepsRunning);
    return this;
  }

  /**
   * Closes this handle: what it received last is acknowledged, {@linkcode Message}s that were not go to others, what waits ends with a
   * {@linkcode ClosedError}, as does every later use. The channel stays. Twice is fine.
   */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    dropped.unregister(this);
    try {
      this.#ackCurrent();
    } finally {
      closeParts({ memory: this.#memory, sender: this.#sender, receiver: this.#receiver });
    }
  }

  /** Closes this handle. */
  [Symbol.dispose](): void {
    this.close();
  }

  #check(): void {
    if (!this.#open) throw new ClosedError(`The handle of ${this.name} is closed`);
  }
}
