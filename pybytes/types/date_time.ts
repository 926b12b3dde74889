import { daysFromCivil, daysInMonth, MAX_YEAR, MIN_YEAR } from "./calendar.ts";
import { reprText } from "./repr.ts";
import { requireTemporal } from "./temporal_support.ts";
import type { TimeInit } from "./time.ts";
import { checkField, checkTimeFields, dateText, nanosecondOfDay, timeText } from "./time_fields.ts";
import { timeRepr } from "./time_repr.ts";
import {
  frozenTimeZone,
  offsetText,
  sameTimeZone,
  type TimeZone,
  timeZoneText,
} from "./time_zone.ts";

const DAY_NANOSECONDS = 86_400_000_000_000n;
const MINUTE_MICROSECONDS = 60_000_000;

/** The fields of a {@linkcode DateTime}; what is left out is 0, and the zone none. */
export interface DateTimeInit extends TimeInit {
  /** The year; 0 is 1 BC. */
  readonly year: number;
  /** The month, 1 to 12. */
  readonly month: number;
  /** The day of the month. */
  readonly day: number;
}

/**
 * Holds a Python `datetime.datetime` that no Temporal type can: an offset with seconds, a named
 * offset, a wall time that clocks skip, an unknown zone, a fold without meaning; and every datetime
 * where a runtime has no `Temporal`.
 *
 * Frozen. The fields are the wall time as Python holds it; nothing is shifted. Years are Temporal's,
 * -271821 to 275760; Python's own are 1 to 9999.
 *
 * @example Python's text
 * ```ts
 * import { DateTime, UTC } from "@sysframe/sysframe/pybytes";
 * import { assertEquals } from "@std/assert/equals";
 *
 * const start = new DateTime({ year: 2024, month: 1, day: 2, hour: 3, tz: UTC });
 * assertEquals(start.toString(), "2024-01-02 03:00:00+00:00");
 * ```
 */
export class DateTime {
  /** The year; 0 is 1 BC. */
  readonly year: number;
  /** The month, 1 to 12. */
  readonly month: number;
  /** The day of the month. */
  readonly day: number;
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
  /** 1 for the second of two equal wall times, when clocks go back. */
  readonly fold: 0 | 1;
  /** The time zone; `null` for none. */
  readonly tz: TimeZone | null;

  /**
   * Makes a datetime.
   *
   * @throws {RangeError} if a field is out of its range
   */
  constructor(init: DateTimeInit) {
    this.year = init.year;
    this.month = init.month;
    this.day = init.day;
    this.hour = init.hour ?? 0;
    this.minute = init.minute ?? 0;
    this.second = init.second ?? 0;
    this.microsecond = init.microsecond ?? 0;
    this.nanosecond = init.nanosecond ?? 0;
    this.fold = init.fold ?? 0;
    this.tz = init.tz ? frozenTimeZone(init.tz) : null;
    checkField("year", this.year, MIN_YEAR, MAX_YEAR);
    checkField("month", this.month, 1, 12);
    checkField("day", this.day, 1, daysInMonth(this.year, this.month));
    checkTimeFields(this);
    checkField("fold", this.fold, 0, 1);
    Object.freeze(this);
  }

  /** Tells whether `other` is a DateTime with the same fields, fold and zone included. */
  equals(other: unknown): boolean {
    return other instanceof DateTime && this.year === other.year && this.month === other.month &&
      this.day === other.day && this.hour === other.hour && this.minute === other.minute &&
      this.second === other.second && this.microsecond === other.microsecond &&
      this.nanosecond === other.nanosecond && this.fold === other.fold &&
      sameTimeZone(this.tz, other.tz);
  }

  /**
   * Returns Python's `str`: `"2024-01-02 03:04:05+05:30"`; three more digits with nanoseconds. A
   * zone's offset is in the time zone database, so its key stands instead: `"...[Europe/Paris]"`.
   */
  toString(): string {
    return `${dateText(this.year, this.month, this.day)} ${timeText(this)}${timeZoneText(this.tz)}`;
  }

  /** Returns the same text with `T` between date and time. */
  toJSON(): string {
    return this.toString().replace(" ", "T");
  }

  /**
   * Returns the same datetime as Temporal holds it: a `PlainDateTime` without a zone, an `Instant`
   * in UTC, else a `ZonedDateTime`.
   *
   * @throws {RangeError} if Temporal cannot hold it without shifting or dropping anything
   * @throws {TypeError} if the runtime has no `Temporal`
   */
  toTemporal(): Temporal.PlainDateTime | Temporal.Instant | Temporal.ZonedDateTime {
    const temporal = requireTemporal();
    const { tz } = this;
    if (tz === null || tz.kind !== "zone") {
      if (this.fold !== 0) throw this.#cannot("the fold has no meaning here");
      if (tz === null) return this.#plain(temporal);
      if (tz.kind === "utc") return new temporal.Instant(this.#wallNanoseconds());
      const { offsetMicroseconds, name } = tz;
      if (name !== undefined) throw this.#cannot("the offset has a name");
      if (offsetMicroseconds % MINUTE_MICROSECONDS !== 0) {
        throw this.#cannot("the offset has seconds");
      }
      return new temporal.ZonedDateTime(
        this.#wallNanoseconds() - BigInt(offsetMicroseconds) * 1000n,
        offsetText(offsetMicroseconds),
      );
    }
    return this.#zoned(temporal, tz.key);
  }

  /** @internal */
  [reprText](): string {
    return timeRepr("datetime.datetime", [this.year, this.month, this.day], this);
  }

  #zoned(temporal: typeof Temporal, key: string): Temporal.ZonedDateTime {
    const wall = this.#plain(temporal);
    let first: Temporal.ZonedDateTime, second: Temporal.ZonedDateTime;
    try {
      first = wall.toZonedDateTime(key, { disambiguation: "earlier" });
      second = wall.toZonedDateTime(key, { disambiguation: "later" });
    } catch {
      throw this.#cannot("the zone is unknown");
    }
    // A key that is an offset or a whole ISO text reads as another zone, or as another kind of one.
    if (first.timeZoneId !== key || !/^[A-Za-z]/.test(key)) {
      throw this.#cannot("the zone is unknown");
    }
    if (!first.toPlainDateTime().equals(wall)) throw this.#cannot("clocks skip this time");
    if (this.fold === 0) return first;
    if (first.epochNanoseconds === second.epochNanoseconds) {
      throw this.#cannot("the fold has no meaning here");
    }
    return second;
  }

  #plain(temporal: typeof Temporal): Temporal.PlainDateTime {
    const { year, month, day, hour, minute, second, microsecond, nanosecond } = this;
    const ms = Math.floor(microsecond / 1000);
    const us = microsecond % 1000;
    return new temporal.PlainDateTime(year, month, day, hour, minute, second, ms, us, nanosecond);
  }

  /** The nanoseconds from 1970-01-01 to the wall time, as if it were UTC. */
  #wallNanoseconds(): bigint {
    const days = BigInt(daysFromCivil(this.year, this.month, this.day));
    return days * DAY_NANOSECONDS + BigInt(nanosecondOfDay(this));
  }

  #cannot(why: string): RangeError {
    return new RangeError(`Temporal cannot hold the datetime ${this} (fold ${this.fold}): ${why}`);
  }
}
