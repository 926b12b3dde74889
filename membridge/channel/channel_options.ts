/** Options of a channel, and their checks. */
import type { Codec } from "../codec.ts";
import { checkOptions, resolveSignal, resolveTimeout } from "../options.ts";
import { MAX_CAPACITY_BYTES, MIN_CAPACITY_BYTES, POLICY, type WhenFull } from "./layout.ts";

/** How `Channel.open` opens. */
export interface ChannelOptions<T> {
  /** Make the channel if nothing has that name; without it that is an error. */
  readonly create?: boolean;
  /** Length of the ring that a new channel has, rounded up to a power of two; 1 MiB unless given. A message takes 16 to 23 bytes more than its own. */
  readonly capacityBytes?: number;
  /**
   * What a new channel does with a message that finds no room: `"wait"` (unless given), `"fail"` with a `BusyError`, or
   * `"drop_oldest"`. It is the channel's: asking one that is there for another is a `SegmentError`.
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

/** What a ring is long unless told otherwise. */
const DEFAULT_CAPACITY_BYTES = 1 << 20;

/**
 * Checks the options of one send or receive.
 *
 * @returns how long to wait
 * @throws the signal's reason if it is aborted already
 */
export function checkWait(what: string, options: ReceiveOptions, fallbackMs: number): number {
  checkOptions(what, options, ["timeoutMs", "signal"]);
  resolveSignal(options.signal)?.throwIfAborted();
  return resolveTimeout(options.timeoutMs, fallbackMs);
}

/** Checks `whenFull`. */
export function resolvePolicy(whenFull: WhenFull | undefined): WhenFull | undefined {
  if (whenFull === undefined || Object.hasOwn(POLICY, whenFull)) return whenFull;
  throw new TypeError(
    `Cannot use ${JSON.stringify(whenFull)} as whenFull: expected ${
      Object.keys(POLICY).join(", ")
    }`,
  );
}

/** Returns the length of the ring for what the user gave: a power of two. */
export function resolveCapacity(capacityBytes = DEFAULT_CAPACITY_BYTES): number {
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
