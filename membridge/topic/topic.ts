/** A named stream of messages that every subscriber sees. */
import type { Codec } from "../codec.ts";
import { checkOptions, resolveSignal } from "../options.ts";
import { Changes } from "../value/changes.ts";
import { removeVersions } from "../value/open_versions.ts";
import { Versions } from "../value/versions.ts";
import { Backlog } from "./backlog.ts";

/** How {@linkcode Topic.open} opens. */
export interface TopicOptions<T> {
  /** Make the topic if nothing has that name; without it that is an error. */
  readonly create?: boolean;
  /** How many messages stay readable: 1 to 65,536; 64 unless given. It is fixed when the topic is made. */
  readonly history?: number;
  /** Permission bits of the file, made or found; 0o600 (this user alone) unless given. */
  readonly mode?: number;
  /** Another serializer than pybytes; every process must use the same. */
  readonly codec?: Codec<T>;
  /** Longest wait for other publishers in milliseconds; 30,000 unless given, `Infinity` never gives up. */
  readonly timeoutMs?: number;
}

/** How {@linkcode Topic.subscribe} subscribes. */
export interface SubscribeOptions {
  /** Ends the iteration with its reason as the error. */
  readonly signal?: AbortSignal;
  /** The first message: what is published after `"now"`, the `"oldest"` that is kept, or that of a version. `"now"` unless given. */
  readonly from?: "now" | "oldest" | number;
}

/** A message of a topic. */
export interface TopicMessage<T> {
  /** Its number in the topic: 1 is the first that was published. */
  readonly version: number;
  /** What was published, a decoded copy. */
  readonly value: T;
}

/** A message as a subscriber gets it. */
export interface TopicDelivery<T> extends TopicMessage<T> {
  /** How many messages before this one the subscriber did not get, because it was too slow or asked for older ones than there are. */
  readonly missed: number;
}

/** How many messages a topic keeps unless told otherwise. */
const DEFAULT_HISTORY = 64;

/**
 * A named topic: many publish, and every subscriber sees every message, in the same order.
 *
 * A publisher waits for no subscriber. The last messages are kept, `history` of them at least; a subscriber that falls further behind
 * is told how many it missed, and goes on with the oldest that is there. Messages lie in shared memory once, however many subscribe.
 * The topic outlives its processes until {@linkcode Topic.remove} (or a reboot).
 *
 * @typeParam T What the messages are; nothing checks that other processes agree.
 *
 * @example Progress for everybody
 * ```ts
 * import { Topic } from "@sysframe/sysframe/membridge";
 * import { assertEquals } from "@std/assert/equals";
 *
 * using progress = Topic.open<string>("/doc.progress", { create: true });
 * progress.publish("begun");
 * progress.publish("half");
 * const seen: string[] = [];
 * for await (const { version, value, missed } of progress.subscribe({ from: "oldest" })) {
 *   seen.push(`${version}: ${value}, ${missed} missed`);
 *   if (version === 2) break;
 * }
 * assertEquals(seen, ["1: begun, 0 missed", "2: half, 0 missed"]);
 * assertEquals(progress.latest()?.value, "half");
 * Topic.remove("/doc.progress");
 * ```
 */
export class Topic<T = unknown> implements Disposable {
  readonly #versions: Versions<T>;

  private constructor(versions: Versions<T>) {
    this.#versions = versions;
  }

  /**
   * Opens the topic with that name.
   *
   * @param name A slash and 1 to 200 of `A-Z a-z 0-9 . _ -`.
   * @throws {SegmentError} `not_found` without `create`; `wrong_kind`, `foreign`, `incompatible`, `corrupt` for what has the name.
   * @throws {SystemError} such as `ENOSPC`.
   */
  static open<T = unknown>(name: string, options: TopicOptions<T> = {}): Topic<T> {
    checkOptions("Topic.open", options, ["create", "history", "mode", "codec", "timeoutMs"]);
    const history = options.history ?? DEFAULT_HISTORY;
    return new Topic<T>(Versions.open<T>(name, { ...options, kind: "topic", history }));
  }

  /**
   * Removes the name. Subscribers get what was published so far, then their iterations end; publishing fails.
   *
   * @returns `false` when nothing had that name
   * @throws {SegmentError} `wrong_kind` or `foreign`: it is not a topic of this user.
   */
  static remove(name: string): boolean {
    return removeVersions("topic", name);
  }

  /** The name that it was opened by. */
  get name(): string {
    return this.#versions.name;
  }

  /** How many messages were published; the last one has this number. Cost: one atomic load. */
  get version(): number {
    return this.#versions.version;
  }

  /** How many messages stay readable. Who made the topic decided it. */
  get historyLimit(): number {
    return this.#versions.historyLimit;
  }

  /**
   * Publishes a message. Waits for no subscriber, only for other publishers in the moment of theirs.
   *
   * @returns the message's version
   * @throws {EncodeError} if the codec cannot carry it; nothing was published.
   * @throws {TimeoutError} if other publishers held the lock for `timeoutMs`.
   * @throws {SegmentError} `removed`
   * @throws {SystemError} `ENOSPC`: shared memory is full; nothing was published.
   */
  publish(value: T): number {
    return this.#versions.publish(value);
  }

  /**
   * Returns the last message; `undefined` before the first.
   *
   * @throws {SegmentError} `corrupt`
   * @throws {DecodeError} if what is there is not what the codec wrote.
   */
  latest(): TopicMessage<T> | undefined {
    return this.#versions.latest();
  }

  /**
   * Iterates over the messages, each once and in order: from `from` on, without end.
   *
   * Each subscription has its own place in the topic, in this process alone: it is not remembered anywhere. The iteration ends when the
   * topic is removed or this handle is closed. Breaking out of the loop ends the subscription.
   *
   * @throws the signal's reason when it is aborted
   * @throws {BusyError} when too many subscribe to this topic already.
   * @throws {RangeError} if `from` is none of what it can be.
   */
  subscribe(
    options: SubscribeOptions = {},
  ): AsyncIterableIterator<TopicDelivery<T>> & AsyncDisposable {
    checkOptions("subscribe", options, ["signal", "from"]);
    const versions = this.#versions;
    const backlog = new Backlog<T>(versions, firstVersion(versions, options.from ?? "now"));
    return new Changes<TopicDelivery<T>>(versions, {
      seen: backlog.seen,
      signal: resolveSignal(options.signal),
      take(watch) {
        const delivery = backlog.take();
        watch.see(backlog.seen);
        return delivery && { value: delivery };
      },
    });
  }

  /** Lets the program end although a {@linkcode subscribe} of this handle waits. */
  unref(): this {
    this.#versions.setRef(false);
    return this;
  }

  /** Undoes {@linkcode unref}. */
  ref(): this {
    this.#versions.setRef(true);
    return this;
  }

  /** Closes this handle: its subscriptions end, every later use is a {@linkcode ClosedError}. The topic stays. Twice is fine. */
  close(): void {
    this.#versions.close();
  }

  /** Closes this handle. */
  [Symbol.dispose](): void {
    this.close();
  }
}

function firstVersion(versions: Versions<unknown>, from: "now" | "oldest" | number): number {
  const { version } = versions;
  if (from === "now") return version + 1;
  if (from === "oldest") return Math.max(1, versions.oldest, version + 1 - versions.historyLimit);
  if (Number.isSafeInteger(from) && from >= 1) return from;
  throw new RangeError(
    `Cannot subscribe from ${String(from)}: expected "now", "oldest", or a version from 1`,
  );
}
