/** A bounded queue of messages between processes. */
import { type Codec, type NamedCodec, resolveCodec } from "../codec.ts";
import { ClosedError } from "../errors.ts";
import { checkOptions, resolveMode, resolveTimeout } from "../options.ts";
import { pathOfName } from "../segment/names.ts";
import { ChannelMemory } from "./channel_memory.ts";
import { MAX_CAPACITY_BYTES, MIN_CAPACITY_BYTES, POLICY, type WhenFull } from "./layout.ts";
import { type Message, Messages } from "./message.ts";
import { type Delivery, Receiver } from "./receiver.ts";
import { Sender } from "./sender.ts";

/** How {@linkcode Channel.open} opens. */
export interface ChannelOptions<T> {
  /** Make the channel if nothing has that name; without it that is an error. */
  readonly create?: boolean;
  /** Length of the ring that a new channel has, rounded up to a power of two; 1 MiB unless given. A message takes 16 to 23 bytes more than its own. */
  readonly capacityBytes?: number;
  /**
   * What a new channel does with a message that finds no room: `"wait"` (unless given), `"fail"` with a {@linkcode BusyError}, or
   * `"drop_oldest"`. It is the channel's: asking one that is there for another is a {@linkcode SegmentError}.
   */
  readonly whenFull?: WhenFull;
  /** Another serializer than pybytes; every process must use the same. */
  readonly codec?: Codec<T>;
  /** Permission bits of the files, made or found; 0o600 (this user alone) unless given. */
  readonly mode?: number;
  /** Longest wait for room, and for others at work, in milliseconds; 30,000 unless given, `Infinity` never gives up. */
  readonly timeoutMs?: number;
}

/** How one send waits. */
export interface SendOptions {
  /** Longest wait for room in milliseconds; that of the handle unless given. */
  readonly timeoutMs?: number;
  /** Gives the wait up with its reason as the error; nothing is sent then. */
  readonly signal?: AbortSignal;
}

/** How one receive waits. */
export interface ReceiveOptions {
  /** Longest wait for a message in milliseconds; without limit unless given. */
  readonly timeoutMs?: number;
  /** Gives the wait up with its reason as the error. */
  readonly signal?: AbortSignal;
}

const DEFAULT_CAPACITY_BYTES = 1 << 20;

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
    this.#receiver = new Receiver(memory, codec.name !== "pybytes");
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
      create: options.create === true,
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
    pathOfName(name);
    return ChannelMemory.remove(name, resolveTimeout(undefined));
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
  send(value: T, options: SendOptions = {}): Promise<void> {
    try {
      return this.#send([this.#encode(value)], options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Sends several messages, in order, each a message of its own: the lock is taken once for many of them.
   *
   * @returns a promise that resolves when all are in shared memory; if it rejects, the first ones may have been sent.
   * @throws as {@linkcode send}
   */
  sendAll(values: Iterable<T>, options: SendOptions = {}): Promise<void> {
    try {
      return this.#send(Array.from(values, (value) => this.#encode(value)), options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #send(payloads: Uint8Array[], options: SendOptions): Promise<void> {
    const timeoutMs = this.#checkWait("send", options, this.#timeoutMs);
    return this.#sender.send(payloads, {
      timeoutMs,
      signal: options.signal,
      what: `${this.name} stayed full`,
      owner: this,
    });
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
    const payload = this.#codec.encode(value);
    this.#check();
    this.#sender.checkSize(payload);
    return payload;
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
  receive(options: ReceiveOptions = {}): Promise<T> {
    return this.#receive(options, this.#takeValue);
  }

  /** Like {@linkcode receive}, for a message that is acknowledged by itself, and before or after others. */
  receiveMessage(options: ReceiveOptions = {}): Promise<Message<T>> {
    return this.#receive(options, this.#takeMessage);
  }

  #receive<R>(options: ReceiveOptions, take: (delivery: Delivery) => R): Promise<R> {
    try {
      const timeoutMs = this.#checkWait("receive", options, Infinity);
      if (take === this.#takeValue as unknown) this.#ackCurrent();
      return this.#receiver.receive(take, {
        timeoutMs,
        signal: options.signal,
        what: `No message came through ${this.name}`,
        owner: this,
      });
    } catch (error) {
      return Promise.reject(error);
    }
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
   * @returns `undefined` when nothing is there
   * @throws {DecodeError} as {@linkcode receive}
   */
  tryReceive(): { readonly value: T } | undefined {
    this.#check();
    this.#ackCurrent();
    const delivery = this.#receiver.next();
    return delivery === undefined ? undefined : { value: this.#takeValue(delivery) };
  }

  #ackCurrent(): void {
    const delivery = this.#current;
    this.#current = undefined;
    if (delivery !== undefined) this.#receiver.ack(delivery);
  }

  readonly #takeValue = (delivery: Delivery): T => {
    // Of receives that overlap, the later one acknowledges the earlier one's message.
    this.#ackCurrent();
    this.#current = delivery;
    return this.#codec.decode(delivery.payload) as T;
  };

  readonly #takeMessage = (delivery: Delivery): Message<T> => {
    // Whoever keeps the message keeps this handle: it is what would give the message back.
    let acknowledged: boolean | undefined;
    return {
      value: this.#codec.decode(delivery.payload) as T,
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
    options.signal?.throwIfAborted();
    return new Messages((signal) => this.receiveMessage({ signal }), options.signal);
  }

  /** Iterates over the messages as {@linkcode receive} gives them; ends like {@linkcode messages}. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T> & AsyncDisposable {
    this.#check();
    return new Messages((signal) => this.receive({ signal }), undefined);
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

  #checkWait(what: string, options: ReceiveOptions, fallbackMs: number): number {
    this.#check();
    checkOptions(what, options, ["timeoutMs", "signal"]);
    options.signal?.throwIfAborted();
    return resolveTimeout(options.timeoutMs, fallbackMs);
  }
}

function resolvePolicy(whenFull: WhenFull | undefined): WhenFull | undefined {
  if (whenFull === undefined || Object.hasOwn(POLICY, whenFull)) return whenFull;
  throw new TypeError(
    `Cannot use ${JSON.stringify(whenFull)} as whenFull: expected ${
      Object.keys(POLICY).join(", ")
    }`,
  );
}

function resolveCapacity(capacityBytes = DEFAULT_CAPACITY_BYTES): number {
  if (
    !Number.isInteger(capacityBytes) || capacityBytes < 1 || capacityBytes > MAX_CAPACITY_BYTES
  ) {
    throw new RangeError(
      `Cannot use ${
        String(capacityBytes)
      } as capacityBytes: expected a whole number of bytes from 1 to ${MAX_CAPACITY_BYTES}`,
    );
  }
  return Math.max(MIN_CAPACITY_BYTES, 2 ** Math.ceil(Math.log2(capacityBytes)));
}
