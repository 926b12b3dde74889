import { daysInMonth, MAX_YEAR, MIN_YEAR } from "./calendar.ts";
import { reprText } from "./repr.ts";
import { requireTemporal } from "./temporal_support.ts";
import { checkField, dateText } from "./time_fields.ts";

/**
 * Holds a Python `datetime.date` where a runtime has no `Temporal`.
 *
 * Frozen. Years are Temporal's, -271821 to 275760; Python's own are 1 to 9999.
 *
 * @example Python's text
 * ```ts
 * import { CalendarDate } from "@sysframe/sysframe/pybytes";
 * import { assertEquals } from "@std/assert/equals";
 *
 * assertEquals(new CalendarDate(2024, 2, 29).toString(), "2024-02-29");
 * ```
 */
export class CalendarDate {
  /** The year; 0 is 1 BC. */
  readonly year: number;
  /** The month, 1 to 12. */
  readonly month: number;
  /** The day of the month. */
  readonly day: number;

  /**
   * Makes a date.
   *
   * @throws {RangeError} if there is no such day
   */
  constructor(year: number, month: number, day: number) {
    checkField("year", year, MIN_YEAR, MAX_YEAR);
    checkField("month", month, 1, 12);
    checkField("day", day, 1, daysInMonth(year, month));
    this.year = year;
    this.month = month;
    this.day = day;
    Object.freeze(this);
  }

  /** Tells whether `other` is a CalendarDate of the same day. */
  equals(other: unknown): boolean {
    return other instanceof CalendarDate && this.year === other.year &&
      this.month === other.month && this.day === other.day;
  }

  /** Returns Python's text: `"2024-01-02"`. */
  toString(): string {
    return dateText(this.year, this.month, this.day);
  }

  /** Returns Python's text. */
  toJSON(): string {
    return this.toString();
  }

  /**
   * Returns the same day as Temporal holds it.
   *
   * @throws {RangeError} if it lies outside Temporal's days
   * @throws {TypeError} if the runtime has no `Temporal`
   */
  toTemporal(): Temporal.PlainDate {
    const { PlainDate } = requireTemporal();
    return new PlainDate(this.year, this.month, this.day);
  }

  /** @internal */
  [reprText](): string {
    return `datetime.date(${this.year}, ${this.month}, ${this.day})`;
  }
}
