/** A named value that independent processes share. */
import type { Codec } from "../codec.ts";
import { checkOptions, resolveBoolean, resolveSignal } from "../options.ts";
import { Changes } from "./changes.ts";
import { removeVersions } from "./open_versions.ts";
import { Versions } from "./versions.ts";

/** How {@linkcode SharedValue.open} opens. */
export interface SharedValueOptions<T> {
  /** Make the value if nothing has that name; without it that is an error. */
  readonly create?: boolean;
  /** How many versions stay readable, the current one included: 1 to 65,536; 1 unless given. It is fixed when the value is made. */
  readonly history?: number;
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

/** How much {@linkcode SharedValue.history} returns. */
export interface HistoryOptions {
  /** How many versions at the most; as many as are kept unless given. */
  readonly count?: number;
}

/** One version of a shared value. */
export interface ValueVersion<T> {
  /** Its number: 1 is the first that was set. */
  readonly version: number;
  /** What was set, a decoded copy. */
  readonly value: T;
}

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
 *
 * @example The last values, for whoever comes late
 * ```ts
 * import { SharedValue } from "@sysframe/sysframe/membridge";
 * import { assertEquals } from "@std/assert/equals";
 *
 * using load = SharedValue.open<number>("/doc.load", { create: true, history: 3 });
 * for (const value of [0.1, 0.2, 0.3, 0.4]) load.set(value);
 * assertEquals(load.history().map((each) => each.value), [0.2, 0.3, 0.4]);
 * assertEquals(load.history({ count: 1 }), [{ version: 4, value: 0.4 }]);
 * SharedValue.remove("/doc.load");
 * ```
 */
export class SharedValue<T = unknown> implements Disposable {
  readonly #versions: Versions<T>;

  private constructor(versions: Versions<T>) {
    this.#versions = versions;
  }

  /**
   * Opens the value with that name.
   *
   * @param name A slash and 1 to 200 of `A-Z a-z 0-9 . _ -`.
   * @throws {SegmentError} `not_found` without `create`; `wrong_kind`, `foreign`, `incompatible`, `corrupt` for what has the name.
   * @throws {SystemError} such as `ENOSPC`.
   */
  static open<T = unknown>(name: string, options: SharedValueOptions<T> = {}): SharedValue<T> {
    checkOptions("SharedValue.open", options, ["create", "history", "mode", "codec", "timeoutMs"]);
    const history = options.history ?? 1;
    return new SharedValue<T>(Versions.open<T>(name, { ...options, kind: "value", history }));
  }

  /**
   * Removes the name. Open handles can still read the last value; their writes fail, and their watches end.
   *
   * @returns `false` when nothing had that name
   * @throws {SegmentError} `wrong_kind` or `foreign`: it is not a value of this user.
   */
  static remove(name: string): boolean {
    return removeVersions("value", name);
  }

  /** The name that it was opened by. */
  get name(): string {
    return this.#versions.name;
  }

  /** How often the value was set; 0 before the first time. Cost: one atomic load. */
  get version(): number {
    return this.#versions.version;
  }

  /** How many versions stay readable, the current one included. Who made the value decided it. */
  get historyLimit(): number {
    return this.#versions.historyLimit;
  }

  /**
   * Returns a decoded copy of the current value; `undefined` before the first {@linkcode set}.
   *
   * @throws {SegmentError} `corrupt`
   * @throws {DecodeError} if what is there is not what the codec wrote.
   */
  get(): T | undefined {
    return this.#versions.latest()?.value;
  }

  /**
   * Returns the last versions, the oldest first and the current one last: up to {@linkcode historyLimit} of them.
   *
   * Takes no lock. Each is whole; those that writers overtake while this reads are left out.
   *
   * @throws {RangeError} if `count` is not a whole number, or negative.
   * @throws as {@linkcode get}
   */
  history(options: HistoryOptions = {}): ValueVersion<T>[] {
    checkOptions("history", options, ["count"]);
    return this.#versions.history(options.count);
  }

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
    return this.#versions.publish(value);
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
    return this.#versions.update(change);
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
    checkOptions("watch", options, ["signal", "initial"]);
    const versions = this.#versions;
    return new Changes<T>(versions, {
      seen: resolveBoolean("initial", options.initial, false) ? 0 : versions.version,
      signal: resolveSignal(options.signal),
      take(watch) {
        const latest = versions.latest();
        if (latest !== undefined) watch.see(latest.version);
        return latest;
      },
    });
  }

  /** Lets the program end although a {@linkcode watch} of this handle waits. */
  unref(): this {
    this.#versions.setRef(false);
    return this;
  }

  /** Undoes {@linkcode unref}. */
  ref(): this {
    this.#versions.setRef(true);
    return this;
  }

  /** Closes this handle: its watches end, every later use is a {@linkcode ClosedError}. The value stays. Twice is fine. */
  close(): void {
    this.#versions.close();
  }

  /** Closes this handle. */
  [Symbol.dispose](): void {
    this.close();
  }
}
