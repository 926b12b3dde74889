/**
 * What a service counts of each of its functions, in its segment: whoever can read that needs no answer from the service.
 *
 * Layout of one function's block, 512 bytes, written by the owner alone: `started:f64  ended:f64  failed:f64  refused:f64`, then 120 u32
 * that count the calls by how long they took. Time is in units of 125 ns: bucket 0 to 3 are 0 to 3 units, then each power of two has
 * four buckets, so a bucket's bounds are within 25 % of each other; the last one holds what took longer.
 *
 * The counts are doubles: exact to 2^53, written whole, and plain numbers in every language. A reader may see one ahead of another.
 *
 * @module
 */
import { putF64, putU32 } from "../sync/port.ts";

/** Length of one function's block. */
export const STATS_BYTES = 512;
/** How many buckets a histogram has. */
export const BUCKETS = 120;
const COUNTS_BYTES = 32;
/** Units of 125 ns in a millisecond. */
const UNITS_PER_MS = 8000;

/** Index of a count in its block, in doubles. */
const COUNT = { started: 0, ended: 1, failed: 2, refused: 3 } as const;

/** Returns the bucket of a duration. */
export function bucketOf(durationMs: number): number {
  const units = Math.min(durationMs * UNITS_PER_MS, 0xffffffff) >>> 0;
  if (units < 4) return units;
  const octave = 31 - Math.clz32(units);
  return Math.min(((octave - 1) << 2) + ((units >>> (octave - 2)) & 3), BUCKETS - 1);
}

/** Returns the longest duration of a bucket, in milliseconds. */
export function bucketEndMs(bucket: number): number {
  if (bucket < 4) return (bucket + 1) / UNITS_PER_MS;
  const octave = (bucket >>> 2) + 1;
  return (5 + (bucket & 3)) * 2 ** (octave - 2) / UNITS_PER_MS;
}

/** Counts what a service does. */
export class StatsWriter {
  readonly #floats: Float64Array;
  readonly #words: Uint32Array;

  /** @param offset Where the blocks begin in the mapping, a multiple of 8. */
  constructor(buffer: ArrayBuffer, offset: number, functionCount: number) {
    this.#floats = new Float64Array(buffer, offset, functionCount * STATS_BYTES / 8);
    this.#words = new Uint32Array(buffer, offset, functionCount * STATS_BYTES / 4);
  }

  #add(index: number, count: number): void {
    const at = index * (STATS_BYTES / 8) + count;
    putF64(this.#floats, at, this.#floats[at] + 1);
  }

  /** A call begins. */
  started(index: number): void {
    this.#add(index, COUNT.started);
  }

  /** A call ended. */
  ended(index: number, durationMs: number, failed: boolean): void {
    this.#add(index, COUNT.ended);
    if (failed) this.#add(index, COUNT.failed);
    const at = index * (STATS_BYTES / 4) + COUNTS_BYTES / 4 + bucketOf(durationMs);
    // Once full it stays so: a difference between two looks is never negative.
    if (this.#words[at] !== 0xffffffff) putU32(this.#words, at, this.#words[at] + 1);
  }

  /** A call was refused. */
  refused(index: number): void {
    this.#add(index, COUNT.refused);
  }
}

/** Calls of one burst that are timed together: reading the clock costs as much as a small call. */
const LAP_CALLS = 8;

/**
 * Times the calls that begin and end while a burst of messages is taken in, one after the other: a call that came alone by itself, those of
 * a burst up to eight at a time, of which each counts as long as they took on the average.
 */
export class Laps {
  readonly #stats: StatsWriter;
  /** When the present lap began, in the milliseconds of `performance.now()`. */
  startMs = 0;
  readonly #indexes: number[] = [];
  readonly #failed: boolean[] = [];

  /** @param stats Where the calls are counted. */
  constructor(stats: StatsWriter) {
    this.#stats = stats;
  }

  /** A burst begins. */
  begin(): void {
    this.startMs = performance.now();
  }

  /** A call ended. */
  add(index: number, failed: boolean): void {
    this.#indexes.push(index);
    this.#failed.push(failed);
    if (this.#indexes.length === LAP_CALLS) this.end();
  }

  /** Counts what ended since the last time; the burst ends, or goes on. */
  end(): void {
    const indexes = this.#indexes, failed = this.#failed;
    if (indexes.length === 0) return;
    const now = performance.now();
    const durationMs = (now - this.startMs) / indexes.length;
    for (let i = 0; i < indexes.length; i++) this.#stats.ended(indexes[i], durationMs, failed[i]);
    indexes.length = 0;
    failed.length = 0;
    this.startMs = now;
  }
}

/** How long the calls of a function took. */
export interface LatencySummary {
  /** Half of the calls took at most this, in milliseconds. 0 before the first. */
  readonly p50Ms: number;
  /** 90 % of the calls. */
  readonly p90Ms: number;
  /** 99 % of the calls. */
  readonly p99Ms: number;
  /** The longest. */
  readonly maxMs: number;
  /** The filled buckets, shortest first: calls that took up to `upToMs`, and more than the one before. */
  readonly histogram: readonly { readonly upToMs: number; readonly count: number }[];
}

/** What a service says of one of its functions. */
export interface FunctionDescription {
  /** Its name. */
  readonly name: string;
  /** How many parameters it declares (`Function.length`). */
  readonly arity: number;
  /** Calls that began. */
  readonly calls: number;
  /** Calls that have not ended. */
  readonly inFlight: number;
  /** Calls that ended with an error. */
  readonly failed: number;
  /** Calls that were refused because the service was busy. */
  readonly refused: number;
  /** How long its calls took in the service, waiting for their turn not included. Short calls of a burst count with the average of up to eight. */
  readonly latency: LatencySummary;
}

/** Reads one function's block. */
export function readStats(
  buffer: ArrayBuffer,
  offset: number,
  { name, arity }: { readonly name: string; readonly arity: number },
): FunctionDescription {
  const floats = new Float64Array(buffer, offset, COUNTS_BYTES / 8);
  const words = new Uint32Array(buffer, offset + COUNTS_BYTES, BUCKETS);
  // The end first: a call that ends between the two looks has not been one too many in flight.
  const ended = floats[COUNT.ended];
  const calls = floats[COUNT.started];
  return {
    name,
    arity,
    calls,
    inFlight: Math.max(0, calls - ended),
    failed: floats[COUNT.failed],
    refused: floats[COUNT.refused],
    latency: summarise(words.slice()),
  };
}

function summarise(counts: Uint32Array): LatencySummary {
  const histogram: { upToMs: number; count: number }[] = [];
  let total = 0;
  for (let bucket = 0; bucket < counts.length; bucket++) {
    if (counts[bucket] === 0) continue;
    total += counts[bucket];
    histogram.push({ upToMs: bucketEndMs(bucket), count: counts[bucket] });
  }
  const quantile = (part: number) => {
    let sum = 0;
    for (const { upToMs, count } of histogram) {
      sum += count;
      if (sum >= part * total) return upToMs;
    }
    return 0;
  };
  return {
    p50Ms: quantile(0.5),
    p90Ms: quantile(0.9),
    p99Ms: quantile(0.99),
    maxMs: histogram.at(-1)?.upToMs ?? 0,
    histogram,
  };
}
