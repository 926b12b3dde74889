import { daysFromCivil } from "./calendar.ts";
import { CalendarDate } from "./calendar_date.ts";
import { DateTime } from "./date_time.ts";
import { Time } from "./time.ts";
import { TimeDelta } from "./time_delta.ts";
import { dateText, nanosecondOfDay, timeText } from "./time_fields.ts";

const DAY_NANOSECONDS = 86_400_000_000_000n;

/** Everything that stands for a Python date, time, datetime or timedelta, and Temporal's partial dates. */
export type TemporalValue =
  | Date
  | DateTime
  | CalendarDate
  | Time
  | TimeDelta
  | Temporal.PlainDate
  | Temporal.PlainTime
  | Temporal.PlainDateTime
  | Temporal.Instant
  | Temporal.ZonedDateTime
  | Temporal.Duration
  | Temporal.PlainYearMonth
  | Temporal.PlainMonthDay;

/**
 * Returns a text that two values share exactly if they are the same Python value of the same type
 * in every respect: wall time, zone, fold, calendar.
 */
export function temporalIdentity(value: TemporalValue): string {
  if (value instanceof Date) return `u${dateNanoseconds(value)}`;
  if (value instanceof CalendarDate) return `d${value}`;
  if (value instanceof Time) return timeIdentity(value);
  if (value instanceof TimeDelta) return `D${value.totalNanoseconds}`;
  if (value instanceof DateTime) return dateTimeIdentity(value);
  switch (nameOf(value)) {
    case "Temporal.PlainDate":
      return `d${value}`;
    case "Temporal.PlainTime":
      return `t${(value as Temporal.PlainTime).toString({ fractionalSecondDigits: 9 })}`;
    case "Temporal.PlainDateTime":
      return `n${(value as Temporal.PlainDateTime).toString({ fractionalSecondDigits: 9 })}`;
    case "Temporal.Instant":
      return `u${(value as Temporal.Instant).epochNanoseconds}`;
    case "Temporal.ZonedDateTime": {
      const { epochNanoseconds, timeZoneId, calendarId } = value as Temporal.ZonedDateTime;
      return `z${epochNanoseconds} ${timeZoneId} ${calendarId}`;
    }
    case "Temporal.PlainYearMonth":
    case "Temporal.PlainMonthDay":
      // With the calendar's name, the text shows the whole reference date.
      return `p${(value as Temporal.PlainYearMonth).toString({ calendarName: "always" })}`;
    default:
      return durationIdentity(value as Temporal.Duration);
  }
}

/**
 * Returns a text that two values share exactly if Python finds them equal: aware times and
 * datetimes by the moment they name, whatever their zone, and without regard to fold.
 */
export function temporalKey(value: TemporalValue): string {
  if (value instanceof DateTime) return dateTimeKey(value);
  if (value instanceof Time) return timeKey(value);
  if (nameOf(value) === "Temporal.ZonedDateTime") {
    return `u${foldlessNanoseconds(value as Temporal.ZonedDateTime)}`;
  }
  return temporalIdentity(value);
}

function nameOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

function dateNanoseconds(value: Date): string {
  const ms = value.getTime();
  return Number.isNaN(ms) ? "NaN" : String(BigInt(ms) * 1_000_000n);
}

function wallNanoseconds(value: DateTime): bigint {
  const days = BigInt(daysFromCivil(value.year, value.month, value.day));
  return days * DAY_NANOSECONDS + BigInt(nanosecondOfDay(value));
}

/** Time of day with nine digits, as Temporal writes it. */
function longTimeText(value: Time | DateTime): string {
  const { hour, minute, second, microsecond, nanosecond } = value;
  const digits = String(microsecond * 1000 + nanosecond).padStart(9, "0");
  return `${timeText({ hour, minute, second, microsecond: 0, nanosecond: 0 })}.${digits}`;
}

function zoneIdentity({ tz, fold }: Time | DateTime): string {
  return `${fold} ${JSON.stringify(tz)}`;
}

function timeIdentity(value: Time): string {
  const { tz, fold } = value;
  const text = longTimeText(value);
  return tz === null && fold === 0 ? `t${text}` : `T${text} ${zoneIdentity(value)}`;
}

function dateTimeIdentity(value: DateTime): string {
  const { year, month, day, tz, fold } = value;
  if (tz?.kind === "utc" && fold === 0) return `u${wallNanoseconds(value)}`;
  const text = `${dateText(year, month, day)}T${longTimeText(value)}`;
  if (tz === null && fold === 0) return `n${text}`;
  const zoned = tz === null || tz.kind === "utc" ? undefined : asTemporal(value);
  return zoned === undefined ? `x${text} ${zoneIdentity(value)}` : temporalIdentity(zoned);
}

function asTemporal(value: DateTime): TemporalValue | undefined {
  try {
    return value.toTemporal();
  } catch {
    // Temporal cannot hold it, or there is none: then no Temporal value is the same.
    return undefined;
  }
}

function durationIdentity(value: Temporal.Duration): string {
  const { years, months, weeks, days, hours, minutes, seconds } = value;
  // Years and months have no fixed length, so such a duration is no timedelta.
  if (years !== 0 || months !== 0 || weeks !== 0) return `P${value}`;
  const whole = BigInt(days) * 86_400n + BigInt(hours) * 3600n + BigInt(minutes) * 60n +
    BigInt(seconds);
  const { milliseconds, microseconds, nanoseconds } = value;
  const rest = BigInt(milliseconds) * 1_000_000n + BigInt(microseconds) * 1000n +
    BigInt(nanoseconds);
  return `D${whole * 1_000_000_000n + rest}`;
}

/** Python compares aware times by wall time minus offset; with a zone the offset is unknown. */
function timeKey(value: Time): string {
  const { tz } = value;
  if (tz === null || tz.kind === "zone") return `t${longTimeText(value)}`;
  const offset = tz.kind === "utc" ? 0 : tz.offsetMicroseconds * 1000;
  return `T${nanosecondOfDay(value) - offset}`;
}

function dateTimeKey(value: DateTime): string {
  const { year, month, day, tz } = value;
  if (tz === null) return `n${dateText(year, month, day)}T${longTimeText(value)}`;
  if (tz.kind === "utc") return `u${wallNanoseconds(value)}`;
  if (tz.kind === "offset") {
    return `u${wallNanoseconds(value) - BigInt(tz.offsetMicroseconds) * 1000n}`;
  }
  const unfolded = asZoned(value);
  return unfolded === undefined
    ? `x${dateText(year, month, day)}T${longTimeText(value)} ${tz.key}`
    : `u${unfolded.epochNanoseconds}`;
}

/** The moment Python uses for equality: that of the first of two equal wall times. */
function asZoned(value: DateTime): Temporal.ZonedDateTime | undefined {
  const temporal = (globalThis as { Temporal?: typeof Temporal }).Temporal;
  if (temporal === undefined || value.tz?.kind !== "zone") return undefined;
  try {
    const { year, month, day } = value;
    const text = `${dateText(year, month, day)}T${longTimeText(value)}`;
    const zoned = temporal.PlainDateTime.from(text).toZonedDateTime(value.tz.key);
    return zoned.timeZoneId === value.tz.key ? zoned : undefined;
  } catch {
    return undefined;
  }
}

function foldlessNanoseconds(value: Temporal.ZonedDateTime): bigint {
  return value.toPlainDateTime().toZonedDateTime(value.timeZoneId).epochNanoseconds;
}
