import { reprText } from "./repr.ts";
import { requireTemporal } from "./temporal_support.ts";
import { checkField, checkTimeFields, timeText } from "./time_fields.ts";
import { timeRepr } from "./time_repr.ts";
import { frozenTimeZone, sameTimeZone, type TimeZone, timeZoneText } from "./time_zone.ts";

/** The fields of a {@linkcode Time}; what is left out is 0, and the zone none. */
export interface TimeInit {
  /** 0 to 23. */
  readonly hour?: number;
  /** 0 to 59. */
  readonly minute?: number;
  /** 0 to 59. */
  readonly second?: number;
  /** 0 to 999999. */
  readonly microsecond?: number;
  /** 0 to 999, beyond the microsecond; Python has none. */
  readonly nanosecond?: number;
  /** 1 for the second of two equal wall times, when clocks go back. */
  readonly fold?: 0 | 1;
  /** The time zone; `null` for none. */
  readonly tz?: TimeZone | null;
}

/**
 * Holds a Python `datetime.time` that has a time zone or fold, which `Temporal.PlainTime` cannot; and
 * every time where a runtime has no `Temporal`.
 *
 * Frozen.
 *
 * @example A time with an offset
 * ```ts
 * import { Time } from "@sysframe/sysframe/pybytes";
 * import { assertEquals } from "@std/assert/equals";
 *
 * const tz = { kind: "offset", offsetMicroseconds: 19_800_000_000 } as const;
 * assertEquals(new Time({ hour: 3, minute: 4, tz }).toString(), "03:04:00+05:30");
 * ```
 */
export class Time {
  /** 0 to 23. */
  readonly hour: number;
  /** 0 to 59. */
  readonly minute: number;
  /** 0 to 59. */
  readonly second: number;
  /** 0 to 999999. */
  readonly microsecond: number;
  /** 0 to 999, beyond the microsecond; Python has none. */
  readonly nanosecond: number;
  /** 1 for the second of two equal wall times. */
  readonly fold: 0 | 1;
  /** The time zone; `null` for none. */
  readonly tz: TimeZone | null;

  /**
   * Makes a time.
   *
   * @throws {RangeError} if a field is out of its range
   */
  constructor(init: TimeInit = {}) {
    this.hour = init.hour ?? 0;
    this.minute = init.minute ?? 0;
    this.second = init.second ?? 0;
    this.microsecond = init.microsecond ?? 0;
    this.nanosecond = init.nanosecond ?? 0;
    this.fold = init.fold ?? 0;
    this.tz = init.tz ? frozenTimeZone(init.tz) : null;
    checkTimeFields(this);
    checkField("fold", this.fold, 0, 1);
    Object.freeze(this);
  }

  /** Tells whether `other` is a Time with the same fields, fold and zone included. */
  equals(other: unknown): boolean {
    return other instanceof Time && this.hour === other.hour && this.minute === other.minute &&
      this.second === other.second && this.microsecond === other.microsecond &&
      this.nanosecond === other.nanosecond && this.fold === other.fold &&
      sameTimeZone(this.tz, other.tz);
  }

  /** Returns Python's text: `"03:04:05.000006+05:30"`; three more digits with nanoseconds. */
  toString(): string {
    return timeText(this) + timeZoneText(this.tz);
  }

  /** Returns Python's text. */
  toJSON(): string {
    return this.toString();
  }

  /**
   * Returns the same time as Temporal holds it.
   *
   * @throws {RangeError} if the time has a zone or fold, which Temporal cannot hold
   * @throws {TypeError} if the runtime has no `Temporal`
   */
  toTemporal(): Temporal.PlainTime {
    if (this.tz !== null || this.fold !== 0) {
      throw new RangeError(`Temporal cannot hold the time ${this}: it has a zone or fold`);
    }
    const { PlainTime } = requireTemporal();
    const { hour, minute, second, microsecond, nanosecond } = this;
    const ms = Math.floor(microsecond / 1000);
    return new PlainTime(hour, minute, second, ms, microsecond % 1000, nanosecond);
  }

  /** @internal */
  [reprText](): string {
    return timeRepr("datetime.time", [], this);
  }
}
