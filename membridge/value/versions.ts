/** One handle's hold on a segment of versions: what a shared value and a topic have in common. */
import { type Codec, type NamedCodec, PYBYTES, resolveCodec } from "../codec.ts";
import { ClosedError, MembridgeError, SegmentError } from "../errors.ts";
import { resolveBoolean, resolveMode, resolveTimeout } from "../options.ts";
import { withLock } from "../segment/lock.ts";
import { STATE } from "../segment/header.ts";
import type { Segment } from "../segment/segment.ts";
import { type Copy, copyBriefly, copyForGood } from "./copy_buffer.ts";
import { encodeBriefly } from "./encode_briefly.ts";
import { openVersions } from "./open_versions.ts";
import { resolveHistory } from "./value_layout.ts";
import { ValueSegment } from "./value_segment.ts";
import { ValueWriter } from "./value_writer.ts";
import { Watch } from "./watch.ts";
import { WatchTable } from "./watch_table.ts";

/** How a segment of versions is opened: the options of its handle, and what it is. */
export interface VersionsOptions<T> {
  /** What it is. */
  readonly kind: "value" | "topic";
  /** How many versions it keeps when it is made here. */
  readonly history: number;
  /** As in the handle's options. */
  readonly create?: boolean;
  /** As in the handle's options. */
  readonly mode?: number;
  /** As in the handle's options. */
  readonly codec?: Codec<T>;
  /** As in the handle's options. */
  readonly timeoutMs?: number;
}

/** After so many versions that were overtaken by writers while they were read, something is wrong with the words. */
const MAX_RETRIES = 100_000;

/** An unclosed handle that was dropped gives its mapping back all the same. */
const dropped = new FinalizationRegistry<Segment>((segment) => segment.close());

/** The open segment with its codec, its watches, and whom to wake. */
export class Versions<T> {
  /** The name that it was opened by. */
  readonly name: string;
  /** The memory. */
  readonly segment: ValueSegment;
  readonly #writer: ValueWriter;
  readonly #codec: NamedCodec;
  readonly #timeoutMs: number;
  readonly #copy: Copy;
  readonly #watches = new Set<Watch>();
  #watchers: WatchTable | undefined;
  #open = true;
  #keepsRunning = true;

  private constructor(name: string, segment: Segment, codec: NamedCodec, timeoutMs: number) {
    this.name = name;
    this.#codec = codec;
    this.#timeoutMs = timeoutMs;
    this.segment = new ValueSegment(segment, name);
    this.#writer = new ValueWriter(this.segment);
    // pybytes keeps nothing of its input, and runs nobody's code that could read meanwhile.
    this.#copy = codec === PYBYTES ? copyBriefly : copyForGood;
    dropped.register(this, segment, this);
  }

  /** Opens or makes the segment with that name. Throws as the handles' `open` does. */
  static open<T>(name: string, options: VersionsOptions<T>): Versions<T> {
    const codec = resolveCodec(options.codec);
    const timeoutMs = resolveTimeout(options.timeoutMs);
    const segment = openVersions(name, {
      kind: options.kind,
      create: resolveBoolean("create", options.create, false),
      mode: resolveMode(options.mode),
      codec: codec.name,
      history: resolveHistory(options.history),
    });
    try {
      return new Versions<T>(name, segment, codec, timeoutMs);
    } catch (error) {
      segment.close();
      throw error;
    }
  }

  /** Whether it was not closed. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** Throws a {@linkcode ClosedError} after {@linkcode close}. */
  check(): void {
    if (!this.#open) throw new ClosedError(`The handle of ${this.name} is closed`);
  }

  /** The current version; 0 before the first. */
  get version(): number {
    this.check();
    return this.segment.version;
  }

  /** The current version, from which one can count on. */
  get countableVersion(): number {
    this.check();
    return this.segment.countableVersion;
  }

  /** The oldest version that may be whole. */
  get oldest(): number {
    this.check();
    return this.segment.oldest;
  }

  /** How many versions stay readable. */
  get historyLimit(): number {
    this.check();
    return this.segment.history;
  }

  /** Returns the current version's value, decoded, with its number; `undefined` before the first. */
  latest(): { version: number; value: T } | undefined {
    this.check();
    for (let retry = 0; retry < MAX_RETRIES; retry++) {
      const { version } = this.segment;
      if (version === 0) return undefined;
      const bytes = this.segment.copy(version, this.#copy);
      if (bytes !== undefined) return { version, value: this.#codec.decode(bytes) as T };
    }
    throw this.segment.corrupt("no version stays whole while it is copied");
  }

  /** Returns the value of one of the versions from 1 to the current one; `undefined` if it is not whole any more. */
  at(version: number): { value: T; sizeBytes: number } | undefined {
    this.check();
    const bytes = this.segment.copy(version, this.#copy);
    if (bytes === undefined) return undefined;
    const sizeBytes = bytes.length;
    return { value: this.#codec.decode(bytes) as T, sizeBytes };
  }

  /** Returns the last `count` versions that are whole, the oldest first. */
  history(count: number = this.segment.history): { version: number; value: T }[] {
    this.check();
    if (!Number.isSafeInteger(count) || count < 0) {
      throw new RangeError(
        `Cannot use ${String(count)} as count: expected a whole number, at least 0`,
      );
    }
    const kept = Math.min(count, this.segment.history);
    const last = this.segment.countableVersion;
    const entries: { version: number; value: T }[] = [];
    for (let version = Math.max(1, last - kept + 1); version <= last; version++) {
      const entry = this.at(version);
      if (entry !== undefined) entries.push({ version, value: entry.value });
    }
    // There is always one that is current, however fast the writers are.
    if (entries.length === 0 && kept > 0 && last > 0) entries.push(this.latest()!);
    return entries;
  }

  /** Publishes a value. Returns its version. */
  publish(value: T): number {
    this.check();
    // Encoded before the lock is taken: the value's own code (getters, the codec) may run for long, or use this handle.
    const bytes = encodeBriefly(this.#codec, value);
    this.check(); // They may even close it.
    const version = this.#locked(() => this.#writer.publish(bytes));
    this.#notify();
    return version;
  }

  /** Publishes what `change` makes of the current value, under one lock. Returns the new value. */
  update(change: (old: T | undefined) => T): T {
    this.check();
    const value = this.#locked(() => {
      const next = change(this.latest()?.value);
      const bytes = encodeBriefly(this.#codec, next);
      this.check();
      this.#writer.publish(bytes);
      return next;
    });
    this.#notify();
    return value;
  }

  #locked<R>(critical: () => R): R {
    const { segment } = this.segment;
    return withLock(segment, this.name, this.#timeoutMs, () => {
      if (segment.state !== STATE.live) {
        throw new SegmentError("removed", this.name, "was removed; open it again");
      }
      return critical();
    });
  }

  // The version is published: what is wrong with the table of watchers is not the writer's to hear.
  #notify(): void {
    if (!this.segment.watched) return;
    try {
      this.#watchers ??= WatchTable.open(this.segment.segment.id, this.name);
      this.#watchers?.wakeAll();
    } catch (error) {
      if (!(error instanceof MembridgeError)) throw error;
    }
  }

  /**
   * Watches for versions after `seen`. To be given back with {@linkcode unwatch}.
   *
   * @throws {BusyError} when too many watch already.
   */
  watch(seen: number): Watch {
    this.check();
    const { segment } = this.segment;
    // Under the lock, so that no table is made for a segment that is being removed: nobody would take it away.
    const table = this.#watchers ??= this.#locked(() => {
      const table = WatchTable.openOrCreate(segment.id, this.name);
      this.segment.setWatched();
      return table;
    });
    const watch = new Watch(this.segment, table, seen, this.#keepsRunning);
    this.#watches.add(watch);
    return watch;
  }

  /** Ends a watch. */
  unwatch(watch: Watch): void {
    watch.end();
    this.#watches.delete(watch);
  }

  /** Says whether the watches of this handle keep the program running. */
  setRef(keepsRunning: boolean): void {
    this.#keepsRunning = keepsRunning;
    for (const watch of this.#watches) watch.setRef(keepsRunning);
  }

  /** Ends the watches and closes the segment. Twice is fine. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    dropped.unregister(this);
    for (const watch of [...this.#watches]) this.unwatch(watch);
    this.#watchers?.close();
    this.segment.segment.close();
  }
}
