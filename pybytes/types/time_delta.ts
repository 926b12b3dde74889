import { reprText } from "./repr.ts";
import { requireTemporal } from "./temporal_support.ts";

const DAY_NANOSECONDS = 86_400_000_000_000n;
/** Temporal's limit for a duration: fewer than 2**53 seconds. Python's is 999999999 days. */
const MAX_NANOSECONDS = 2n ** 53n * 1_000_000_000n - 1n;
// Below these limits every step of the sum is a safe integer.
const FAST_DAYS = 1e9;
const FAST_MICROSECONDS = 2 ** 52;

/** The parts of a {@linkcode TimeDelta}, of any sign and size; they are added up. */
export interface TimeDeltaInit {
  /** 24 hours each. */
  readonly days?: number | bigint;
  /** Seconds. */
  readonly seconds?: number | bigint;
  /** Microseconds. */
  readonly microseconds?: number | bigint;
  /** Nanoseconds; Python has none. */
  readonly nanoseconds?: number | bigint;
}

/**
 * Holds a Python `datetime.timedelta` where a runtime has no `Temporal`.
 *
 * Frozen, in Python's normal form: days of any sign, the other fields never negative. Reaches as far
 * as `Temporal.Duration`, about 104 thousand million days either way; Python's own limit is
 * 999999999 days.
 *
 * @example Python's text
 * ```ts
 * import { TimeDelta } from "@sysframe/sysframe/pybytes";
 * import { assertEquals } from "@std/assert/equals";
 *
 * assertEquals(new TimeDelta({ seconds: -1 }).toString(), "-1 day, 23:59:59");
 * ```
 */
export class TimeDelta {
  /** Whole days, rounded down. */
  readonly days: number;
  /** 0 to 86399. */
  readonly seconds: number;
  /** 0 to 999999. */
  readonly microseconds: number;
  /** 0 to 999, beyond the microsecond; Python has none. */
  readonly nanoseconds: number;

  /**
   * Adds up the parts.
   *
   * @throws {RangeError} if a part is not a whole number, or the sum is beyond Temporal's durations
   */
  constructor(init: TimeDeltaInit = {}) {
    const { days = 0, seconds = 0, microseconds = 0, nanoseconds = 0 } = init;
    if (
      typeof days === "number" && typeof seconds === "number" &&
      typeof microseconds === "number" && typeof nanoseconds === "number" &&
      Math.abs(days) < FAST_DAYS && Math.abs(seconds) < FAST_DAYS * 86_400 &&
      Math.abs(microseconds) < FAST_MICROSECONDS && Math.abs(nanoseconds) < FAST_MICROSECONDS &&
      Number.isInteger(days) && Number.isInteger(seconds) &&
      Number.isInteger(microseconds) && Number.isInteger(nanoseconds)
    ) {
      const fromNanoseconds = Math.floor(nanoseconds / 1000);
      const fromMicroseconds = Math.floor((microseconds + fromNanoseconds) / 1e6);
      const wholeSeconds = seconds + fromMicroseconds;
      const fromSeconds = Math.floor(wholeSeconds / 86_400);
      // `+ 0` turns -0 into 0.
      this.nanoseconds = nanoseconds - fromNanoseconds * 1000 + 0;
      this.microseconds = microseconds + fromNanoseconds - fromMicroseconds * 1e6;
      this.seconds = wholeSeconds - fromSeconds * 86_400;
      this.days = days + fromSeconds;
    } else {
      const total = (whole(days, "days") * 86_400n + whole(seconds, "seconds")) * 1_000_000_000n +
        whole(microseconds, "microseconds") * 1000n + whole(nanoseconds, "nanoseconds");
      if (total > MAX_NANOSECONDS || total < -MAX_NANOSECONDS) {
        throw new RangeError(`Cannot make a TimeDelta: ${total} nanoseconds are too many`);
      }
      const remainder = total % DAY_NANOSECONDS;
      const rest = Number(remainder < 0n ? remainder + DAY_NANOSECONDS : remainder);
      this.days = Number((total - BigInt(rest)) / DAY_NANOSECONDS);
      this.seconds = Math.floor(rest / 1e9);
      this.microseconds = Math.floor(rest / 1e3) % 1e6;
      this.nanoseconds = rest % 1000;
    }
    Object.freeze(this);
  }

  /** The whole of it in nanoseconds. */
  get totalNanoseconds(): bigint {
    return BigInt(this.days) * DAY_NANOSECONDS + BigInt(this.seconds) * 1_000_000_000n +
      BigInt(this.microseconds * 1000 + this.nanoseconds);
  }

  /** Tells whether `other` is a TimeDelta of the same length. */
  equals(other: unknown): boolean {
    return other instanceof TimeDelta && this.days === other.days &&
      this.seconds === other.seconds && this.microseconds === other.microseconds &&
      this.nanoseconds === other.nanoseconds;
  }

  /** Returns Python's `str`: `"1 day, 0:00:02.000003"`; three more digits with nanoseconds. */
  toString(): string {
    const { days, seconds, microseconds, nanoseconds } = this;
    const two = (value: number) => String(value).padStart(2, "0");
    let text = days === 0 ? "" : `${days} day${Math.abs(days) === 1 ? "" : "s"}, `;
    text += `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${
      two(seconds % 60)
    }`;
    if (microseconds !== 0 || nanoseconds !== 0) {
      text += `.${String(microseconds).padStart(6, "0")}`;
    }
    if (nanoseconds !== 0) text += String(nanoseconds).padStart(3, "0");
    return text;
  }

  /** Returns Python's text. */
  toJSON(): string {
    return this.toString();
  }

  /**
   * Returns the same length as Temporal holds it: seconds, microseconds and nanoseconds of one sign.
   *
   * @throws {TypeError} if the runtime has no `Temporal`
   */
  toTemporal(): Temporal.Duration {
    const { Duration } = requireTemporal();
    const total = this.totalNanoseconds;
    const seconds = Number(total / 1_000_000_000n);
    const rest = Number(total % 1_000_000_000n);
    const microseconds = Math.trunc(rest / 1000);
    return new Duration(0, 0, 0, 0, 0, 0, seconds, 0, microseconds, rest % 1000);
  }

  /** @internal */
  [reprText](): string {
    const { days, seconds, microseconds, nanoseconds } = this;
    const parts = Object.entries({ days, seconds, microseconds, nanoseconds })
      .filter(([, value]) => value !== 0).map(([name, value]) => `${name}=${value}`);
    return `datetime.timedelta(${parts.join(", ") || "0"})`;
  }
}

function whole(value: number | bigint, name: string): bigint {
  if (typeof value === "bigint") return value;
  if (Number.isInteger(value)) return BigInt(value);
  throw new RangeError(`Cannot make a TimeDelta: expected whole ${name}, found ${value}`);
}
