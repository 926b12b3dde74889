/** Reading dates, and Temporal's values of other calendars. */
import { type DecodeState, needsTemporal, readIntValue, readStringValue } from "./decode_state.ts";
import { civilFromDays } from "./types/calendar.ts";
import { CalendarDate } from "./types/mod.ts";
import type { PyValue } from "./values.ts";
import { readU16, readU8 } from "./wire/cursor.ts";
import { fail } from "./wire/failure.ts";

/** The days that `Temporal.PlainDate` has; the format's dates are the same. */
const MIN_DAY = -100000001, MAX_DAY = 100000000;

/** Reads DATE16. */
export function readDate16(s: DecodeState, start: number): PyValue {
  return dateOf(s, readU16(s, start), start);
}

/** Reads a date outside 1970..2149, after its subtype. */
export function readFarDate(s: DecodeState, start: number): PyValue {
  return dateOf(s, Number(readIntValue(s)), start);
}

function dateOf(s: DecodeState, days: number, start: number): PyValue {
  checkDay(days, start);
  const { year, month, day } = civilFromDays(days);
  return s.temporal === undefined
    ? new CalendarDate(year, month, day)
    : new s.temporal.PlainDate(year, month, day);
}

/** Checks that a day is one of the format's. */
export function checkDay(days: number, start: number): void {
  if (!(days >= MIN_DAY && days <= MAX_DAY)) {
    fail("invalid_date", start, `day ${days} since 1970, ${MIN_DAY}..${MAX_DAY} expected`);
  }
}

/** Reads a Temporal value of another calendar, after its subtype; `readInner` reads the value it is made of. */
export function readCalendar(
  s: DecodeState,
  start: number,
  readInner: (s: DecodeState) => PyValue,
): PyValue {
  const form = readU8(s, start);
  const calendar = readStringValue(s);
  const inner = readInner(s);
  const { temporal } = s;
  if (temporal === undefined) return needsTemporal(start, `a value of the calendar ${calendar}`);
  try {
    if (inner instanceof temporal.PlainDate) {
      if (form === 0) return inner.withCalendar(calendar);
      const { year, month, day } = inner;
      if (form === 1) return new temporal.PlainYearMonth(year, month, calendar, day);
      if (form === 2) return new temporal.PlainMonthDay(month, day, calendar, year);
    }
    if (form === 0 && inner instanceof temporal.PlainDateTime) return inner.withCalendar(calendar);
    if (form === 0 && inner instanceof temporal.ZonedDateTime) return inner.withCalendar(calendar);
  } catch (error) {
    if (error instanceof RangeError) fail("invalid_date", start, error.message);
    throw error;
  }
  return fail("invalid_value", start, `form ${form} of a calendar value of the wrong type`);
}
