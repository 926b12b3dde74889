/** A named value that independent processes share. */
import { type Codec, type NamedCodec, resolveCodec } from "../codec.ts";
import { ClosedError, MembridgeError, SegmentError } from "../errors.ts";
import { unlinkFile } from "../libc/files.ts";
import { checkOptions, resolveMode, resolveTimeout } from "../options.ts";
import { withLock } from "../segment/lock.ts";
import { pathOfName } from "../segment/names.ts";
import { Segment, STATE } from "../segment/segment.ts";
import { INITIAL_BYTES, initialiseValue, MINIMUM_BYTES, ValueSegment } from "./value_segment.ts";
import { Changes, type ChangeSource } from "./changes.ts";
import { Watch } from "./watch.ts";
import { WatchTable } from "./watch_table.ts";

/** How {@linkcode SharedValue.open} opens. */
export interface SharedValueOptions<T> {
  /** Make the value if nothing has that name; without it that is an error. */
  readonly create?: boolean;
  /** Permission bits of the file, made or found; 0o600 (this user alone) unless given. */
  readonly mode?: number;
  /** Another serializer than pybytes; every process must use the same. */
  readonly codec?: Codec<T>;
  /** Longest wait for other writers in milliseconds; 30,000 unless given, `Infinity` never gives up. */
  readonly timeoutMs?: number;
}

/** How {@linkcode SharedValue.watch} watches. */
export interface WatchOptions {
  /** Ends the iteration with its reason as the error. */
  readonly signal?: AbortSignal;
  /** Yield the current value first, if there is one. */
  readonly initial?: boolean;
}

/** Values up to this length are read through a buffer that the handle keeps. */
const LARGEST_SCRATCH_BYTES = 1 << 20;

/** An unclosed handle that was dropped gives its mapping back all the same. */
const dropped = new FinalizationRegistry<Segment>((segment) => segment.close());

/**
 * A named value: the last complete write wins, and readers never see a torn one.
 *
 * `get` takes no lock, writes nothing and blocks nobody: whatever the writers do, and wherever one dies, it returns the previous or the next
 * complete value. `set` and `update` exclude each other across processes by the kernel's lock, which a dying process gives up.
 * The memory grows by itself. The value outlives its processes until {@linkcode SharedValue.remove} (or a reboot).
 *
 * @typeParam T What the value is; nothing checks that other processes agree.
 *
 * @example A status that other processes can read
 * ```ts
 * import { SharedValue } from "@sysframe/sysframe/membridge";
 * import { assertEquals } from "@std/assert/equals";
 *
 * using status = SharedValue.open<{ target: number }>("/doc.status", { create: true });
 * status.set({ target: 21 });
 * status.update((old) => ({ target: old!.target + 1 }));
 * assertEquals(status.get(), { target: 22 });
 * assertEquals(status.version, 2);
 * SharedValue.remove("/doc.status");
 * ```
 */
export class SharedValue<T = unknown> implements Disposable {
  /** The name that it was opened by. */
  readonly name: string;
  readonly #codec: NamedCodec;
  readonly #timeoutMs: number;
  readonly #watches = new Set<Watch>();
  readonly #value: ValueSegment;
  #watchers: WatchTable | undefined;
  #scratch = new Uint8Array(256);
  #open = true;
  #keepsRunning = true;
  readonly #changeSource: ChangeSource<T>;

  private constructor(name: string, segment: Segment, codec: NamedCodec, timeoutMs: number) {
    this.name = name;
    this.#codec = codec;
    this.#timeoutMs = timeoutMs;
    const value = this.#value = new ValueSegment(segment, name);
    dropped.register(this, segment, this);
    const isOpen = () => this.#open;
    this.#changeSource = {
      get isOpen() {
        return isOpen();
      },
      get version() {
        return value.version;
      },
      read: () => this.get() as T,
      onEnd: (watch) => this.#watches.delete(watch),
    };
  }

  /**
   * Opens the value with that name.
   *
   * @param name A slash and 1 to 200 of `A-Z a-z 0-9 . _ -`.
   * @throws {SegmentError} `not_found` without `create`; `wrong_kind`, `foreign`, `incompatible`, `corrupt` for what has the name.
   * @throws {SystemError} such as `ENOSPC`.
   */
  static open<T = unknown>(name: string, options: SharedValueOptions<T> = {}): SharedValue<T> {
    const path = pathOfName(name);
    checkOptions("SharedValue.open", options, ["create", "mode", "codec", "timeoutMs"]);
    const codec = resolveCodec(options.codec);
    const timeoutMs = resolveTimeout(options.timeoutMs);
    const mode = resolveMode(options.mode);
    for (;;) {
      const there = Segment.open(path, {
        kind: "value",
        name,
        minimumBytes: MINIMUM_BYTES,
        mode,
        codec: codec.name,
      });
      if (there !== undefined) {
        if (there.state === STATE.live) return SharedValue.#over(name, there, codec, timeoutMs);
        // Whoever was removing it died halfway.
        try {
          removeSegment(there, name, path, timeoutMs);
        } finally {
          there.close();
        }
        continue;
      }
      if (!options.create) {
        throw new SegmentError("not_found", name, "does not exist; `create: true` makes it");
      }
      const made = Segment.create({
        kind: "value",
        sizeBytes: INITIAL_BYTES,
        mode,
        codec: codec.name,
      });
      initialiseValue(made);
      if (made.publish(path)) return SharedValue.#over(name, made, codec, timeoutMs);
      // Another process was faster: open what it made.
      made.close();
    }
  }

  static #over<T>(name: string, segment: Segment, codec: NamedCodec, timeoutMs: number) {
    try {
      return new SharedValue<T>(name, segment, codec, timeoutMs);
    } catch (error) {
      segment.close();
      throw error;
    }
  }

  /**
   * Removes the name. Open handles can still read the last value; their writes fail, and their watches end.
   *
   * @returns `false` when nothing had that name
   * @throws {SegmentError} `wrong_kind` or `foreign`: it is not a value of this user.
   */
  static remove(name: string): boolean {
    const path = pathOfName(name);
    const segment = Segment.open(path, {
      kind: "value",
      name,
      minimumBytes: MINIMUM_BYTES,
      mode: 0o666,
    });
    if (segment === undefined) return false;
    try {
      return removeSegment(segment, name, path, resolveTimeout(undefined));
    } finally {
      segment.close();
    }
  }

  /** How often the value was set; 0 before the first time. Cost: one atomic load. */
  get version(): number {
    this.#check();
    return this.#value.version;
  }

  /**
   * Returns a decoded copy of the current value; `undefined` before the first {@linkcode set}.
   *
   * @throws {SegmentError} `corrupt`
   * @throws {DecodeError} if what is there is not what the codec wrote.
   */
  get(): T | undefined {
    this.#check();
    const pybytes = this.#codec.name === "pybytes";
    const bytes = this.#value.read(pybytes ? this.#allocate : (size) => new Uint8Array(size));
    return bytes === undefined ? undefined : this.#codec.decode(bytes) as T;
  }

  // pybytes keeps nothing of its input, so one buffer serves every read.
  readonly #allocate = (sizeBytes: number): Uint8Array => {
    if (sizeBytes > this.#scratch.length) {
      if (sizeBytes > LARGEST_SCRATCH_BYTES) return new Uint8Array(sizeBytes);
      this.#scratch = new Uint8Array(2 * sizeBytes);
    }
    return this.#scratch.subarray(0, sizeBytes);
  };

  /**
   * Replaces the value.
   *
   * @returns the version that this made
   * @throws {EncodeError} if the codec cannot carry it; nothing changed.
   * @throws {TimeoutError} if other writers held the lock for `timeoutMs`.
   * @throws {SegmentError} `removed`
   * @throws {SystemError} `ENOSPC`: shared memory is full; the value is as it was.
   */
  set(value: T): number {
    this.#check();
    // Encoded before the lock is taken: the value's own code (getters, the codec) may run for long, or use this handle.
    const bytes = this.#codec.encode(value);
    this.#check(); // They may even close it.
    const version = this.#locked(() => this.#value.publish(bytes));
    this.#notify();
    return version;
  }

  /**
   * Replaces the value by what `change` makes of it, in one step: no other process writes in between.
   *
   * `change` runs once, while this process holds the lock. It must not write to the same value, and should be quick. If it throws, nothing changes.
   *
   * @returns the new value
   * @throws {DeadlockError} from a write to this value within `change`.
   * @throws as {@linkcode get} and {@linkcode set}
   */
  update(change: (old: T | undefined) => T): T {
    this.#check();
    const value = this.#locked(() => {
      const next = change(this.get());
      const bytes = this.#codec.encode(next);
      this.#check();
      this.#value.publish(bytes);
      return next;
    });
    this.#notify();
    return value;
  }

  #locked<R>(critical: () => R): R {
    return withLock(this.#value.segment, this.name, this.#timeoutMs, () => {
      if (this.#value.segment.state !== STATE.live) {
        throw new SegmentError("removed", this.name, "was removed; open it again");
      }
      return critical();
    });
  }

  // The value is set: what is wrong with the table of watchers is not the writer's to hear.
  #notify(): void {
    if (!this.#value.watched) return;
    try {
      this.#watchers ??= WatchTable.open(this.#value.segment.id, this.name);
      this.#watchers?.wakeAll();
    } catch (error) {
      if (!(error instanceof MembridgeError)) throw error;
    }
  }

  /**
   * Iterates over the changes from now on: whenever the value was set, the then current value. Changes that come faster than the loop takes them are
   * passed over, the last one never is.
   *
   * The iteration ends when the value is removed or this handle is closed. Breaking out of the loop ends the watch.
   *
   * @throws the signal's reason when it is aborted
   * @throws {BusyError} when too many watch this value already.
   */
  watch(options: WatchOptions = {}): AsyncIterableIterator<T> & AsyncDisposable {
    this.#check();
    checkOptions("watch", options, ["signal", "initial"]);
    options.signal?.throwIfAborted();
    const { segment } = this.#value;
    // Under the lock, so that no table is made for a value that is being removed: nobody would take it away.
    const table = this.#watchers ??= this.#locked(() => {
      const table = WatchTable.openOrCreate(segment.id, this.name);
      this.#value.setWatched();
      return table;
    });
    const value = this.#value;
    const seen = options.initial ? 0 : value.version;
    const watch = new Watch(value, table, seen, this.#keepsRunning);
    this.#watches.add(watch);
    return new Changes<T>(this.#changeSource, watch, options.signal);
  }

  /** Lets the program end although a {@linkcode watch} of this handle waits. */
  unref(): this {
    return this.#setRef(false);
  }

  /** Undoes {@linkcode unref}. */
  ref(): this {
    return this.#setRef(true);
  }

  #setRef(keepsRunning: boolean): this {
    this.#keepsRunning = keepsRunning;
    for (const watch of this.#watches) watch.setRef(keepsRunning);
    return this;
  }

  /** Closes this handle: its watches end, every later use is a {@linkcode ClosedError}. The value stays. Twice is fine. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    dropped.unregister(this);
    for (const watch of [...this.#watches]) watch.end();
    this.#watches.clear();
    this.#watchers?.close();
    this.#value.segment.close();
  }

  /** Closes this handle. */
  [Symbol.dispose](): void {
    this.close();
  }

  #check(): void {
    if (!this.#open) throw new ClosedError(`The handle of ${this.name} is closed`);
  }
}

/**
 * Takes the name away from a value and tells who uses it. Whoever dies on the way leaves a segment that says that it is removed; the next opener
 * goes on from there.
 *
 * @returns `false` when the name was another segment's already
 */
function removeSegment(segment: Segment, name: string, path: string, timeoutMs: number): boolean {
  return withLock(segment, name, timeoutMs, () => {
    if (!segment.isNamed(path)) return false;
    segment.setState(STATE.removed);
    try {
      const watchers = WatchTable.open(segment.id, name);
      watchers?.wakeAll();
      watchers?.close();
    } catch (error) {
      if (!(error instanceof MembridgeError)) throw error;
    }
    WatchTable.remove(segment.id);
    segment.lock.unlinkFile();
    return unlinkFile(path);
  });
}
