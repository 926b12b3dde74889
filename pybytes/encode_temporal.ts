/** Writing dates, times and durations: `Date`, Temporal's objects, and our classes. */
import { refuse } from "./encode_failure.ts";
import { daysFromCivil } from "./types/calendar.ts";
import type { CalendarDate, DateTime, Time, TimeDelta, TimeZone } from "./types/mod.ts";
import { writeBigInt, writeInt } from "./wire/integers.ts";
import { writeString } from "./wire/strings.ts";
import { Subtype, Tag } from "./wire/tags.ts";
import { DAY_SECONDS, Resolution, ZoneKind } from "./wire/time.ts";
import { type Writer, writeU16, writeU24, writeU32 } from "./wire/writer.ts";

const MINUTE_MICROSECONDS = 60_000_000;
const TWO_32 = 2 ** 32;
const ISO = "iso8601";
const UTC_ZONE: TimeZone = { kind: "utc" };

/** Writes a `Date`: UTC, milliseconds. */
export function writeDate(w: Writer, value: Date): void {
  const ms = value.getTime();
  if (Number.isNaN(ms)) refuse("invalid_value", "an invalid Date");
  const seconds = Math.floor(ms / 1000);
  writeWall(w, seconds, (ms - seconds * 1000) * 1e6, 0, UTC_ZONE);
}

/** Writes a date of our class. */
export function writeCalendarDate(w: Writer, value: CalendarDate): void {
  writeDays(w, daysFromCivil(value.year, value.month, value.day));
}

/** Writes a `Temporal.PlainDate`. */
export function writePlainDate(w: Writer, value: Temporal.PlainDate): void {
  const iso = inIso(w, value, 0);
  writeDays(w, daysFromCivil(iso.year, iso.month, iso.day));
}

function writeDays(w: Writer, days: number): void {
  checkField(days);
  if (days >= 0 && days < 65536) {
    w.bytes[w.pos++] = Tag.DATE16;
    writeU16(w, days);
  } else {
    w.bytes[w.pos++] = Tag.XT;
    w.bytes[w.pos++] = Subtype.DATE;
    writeInt(w, days);
  }
}

/** Marks a value of another calendar and returns the same value in the ISO calendar. */
function inIso<T extends Temporal.PlainDate | Temporal.PlainDateTime | Temporal.ZonedDateTime>(
  w: Writer,
  value: T,
  form: number,
): T {
  const calendar = value.calendarId;
  if (calendar === ISO) return value;
  writeCalendar(w, form, calendar);
  return value.withCalendar(ISO) as T;
}

function writeCalendar(w: Writer, form: number, calendar: string): void {
  w.bytes[w.pos++] = Tag.XT;
  w.bytes[w.pos++] = Subtype.CALENDAR;
  w.bytes[w.pos++] = form;
  writeString(w, calendar);
  w.reserve(0);
}

/** Writes a `Temporal.PlainYearMonth` or `PlainMonthDay`: its reference day in the ISO calendar. */
export function writePartialDate(
  w: Writer,
  value: Temporal.PlainYearMonth | Temporal.PlainMonthDay,
  form: 1 | 2,
): void {
  // With the calendar's name, the text shows the whole ISO date that the value is kept as.
  const text = value.toString({ calendarName: "always" });
  const match = /^([+-]?\d+)-(\d\d)-(\d\d)\[/.exec(text);
  if (match === null) return refuse("invalid_value", `no ISO date in ${text}`);
  writeCalendar(w, form, value.calendarId);
  writeDays(w, daysFromCivil(Number(match[1]), Number(match[2]), Number(match[3])));
}

/** Writes a `Temporal.PlainTime`. */
export function writePlainTime(w: Writer, value: Temporal.PlainTime): void {
  const seconds = value.hour * 3600 + value.minute * 60 + value.second;
  const nanos = value.millisecond * 1e6 + value.microsecond * 1000 + value.nanosecond;
  writeTimeOfDay(w, seconds, nanos, 0, null);
}

/** Writes a time of our class. */
export function writeTime(w: Writer, value: Time): void {
  const seconds = value.hour * 3600 + value.minute * 60 + value.second;
  writeTimeOfDay(w, seconds, value.microsecond * 1000 + value.nanosecond, value.fold, value.tz);
}

function writeTimeOfDay(
  w: Writer,
  seconds: number,
  nanos: number,
  fold: number,
  tz: TimeZone | null,
): void {
  checkField(seconds + nanos);
  const resolution = resolutionOf(nanos);
  const zoneKind = zoneKindOf(tz);
  w.bytes[w.pos++] = Tag.TIME;
  writeU24(w, seconds | fold << 17 | resolution << 18 | zoneKind << 20);
  if (resolution === Resolution.MILLISECOND) writeU16(w, nanos / 1e6);
  else if (resolution === Resolution.MICROSECOND) writeU24(w, nanos / 1000);
  else if (resolution === Resolution.NANOSECOND) writeU32(w, nanos);
  writeZone(w, tz, zoneKind);
}

/** Refuses what only calls itself a Temporal object: its fields are no numbers. */
function checkField(value: number): void {
  if (!Number.isInteger(value)) {
    refuse("invalid_value", "an object without the fields of its class");
  }
}

function resolutionOf(nanos: number): number {
  return nanos === 0
    ? Resolution.SECOND
    : nanos % 1e6 === 0
    ? Resolution.MILLISECOND
    : nanos % 1000 === 0
    ? Resolution.MICROSECOND
    : Resolution.NANOSECOND;
}

function zoneKindOf(tz: TimeZone | null): number {
  if (tz === null) return ZoneKind.NONE;
  if (tz.kind === "utc") return ZoneKind.MICROSECONDS;
  if (tz.kind === "zone") return ZoneKind.KEY;
  if (tz.name !== undefined) return ZoneKind.NAMED;
  return tz.offsetMicroseconds % MINUTE_MICROSECONDS === 0
    ? ZoneKind.MINUTES
    : ZoneKind.MICROSECONDS;
}

function writeZone(w: Writer, tz: TimeZone | null, zoneKind: number): void {
  if (tz === null) return;
  if (tz.kind === "utc") return writeInt(w, 0);
  if (tz.kind === "zone") return writeString(w, tz.key);
  const offset = tz.offsetMicroseconds;
  writeInt(w, zoneKind === ZoneKind.MINUTES ? offset / MINUTE_MICROSECONDS : offset);
  if (tz.name !== undefined) writeString(w, tz.name);
}

/** Writes a `Temporal.PlainDateTime`. */
export function writePlainDateTime(w: Writer, value: Temporal.PlainDateTime): void {
  const iso = inIso(w, value, 0);
  writeWall(w, wallSeconds(iso), subsecond(iso), 0, null);
}

function wallSeconds(value: Temporal.PlainDateTime | Temporal.ZonedDateTime | DateTime): number {
  return daysFromCivil(value.year, value.month, value.day) * DAY_SECONDS +
    value.hour * 3600 + value.minute * 60 + value.second;
}

function subsecond(value: Temporal.PlainDateTime | Temporal.ZonedDateTime): number {
  return value.millisecond * 1e6 + value.microsecond * 1000 + value.nanosecond;
}

/** Writes a `Temporal.Instant`. */
export function writeInstant(w: Writer, value: Temporal.Instant): void {
  const ms = value.epochMilliseconds;
  const seconds = Math.floor(ms / 1000);
  const below = Number(value.epochNanoseconds - BigInt(ms) * 1_000_000n);
  writeWall(w, seconds, (ms - seconds * 1000) * 1e6 + below, 0, UTC_ZONE);
}

/** Writes a `Temporal.ZonedDateTime`: wall time and zone, as Python keeps it. */
export function writeZonedDateTime(w: Writer, value: Temporal.ZonedDateTime): void {
  const iso = inIso(w, value, 0);
  const id = iso.timeZoneId;
  if (id.startsWith("+") || id.startsWith("-")) {
    const tz: TimeZone = { kind: "offset", offsetMicroseconds: iso.offsetNanoseconds / 1000 };
    return writeWall(w, wallSeconds(iso), subsecond(iso), 0, tz);
  }
  // The later of two equal wall times has fold 1: the earlier choice gives another moment.
  const earlier = iso.toPlainDateTime().toZonedDateTime(id, { disambiguation: "earlier" });
  const fold = earlier.epochNanoseconds === iso.epochNanoseconds ? 0 : 1;
  writeWall(w, wallSeconds(iso), subsecond(iso), fold, { kind: "zone", key: id });
}

/** Writes a datetime of our class. */
export function writeDateTime(w: Writer, value: DateTime): void {
  const nanos = value.microsecond * 1000 + value.nanosecond;
  writeWall(w, wallSeconds(value), nanos, value.fold, value.tz);
}

/** Writes a datetime: its wall time in seconds since 1970 as if it were UTC, and what that leaves. */
function writeWall(
  w: Writer,
  seconds: number,
  nanos: number,
  fold: number,
  tz: TimeZone | null,
): void {
  checkField(seconds + nanos);
  if (fold === 0 && (tz === null || tz.kind === "utc")) {
    if (nanos === 0 && seconds >= 0 && seconds < TWO_32) {
      w.bytes[w.pos++] = tz === null ? Tag.DTN_S : Tag.DTU_S;
      return writeU32(w, seconds);
    }
    if (nanos % 1000 === 0 && fits56(seconds, nanos / 1000)) {
      w.bytes[w.pos++] = tz === null ? Tag.DTN_US : Tag.DTU_US;
      return writeMicroseconds(w, seconds, nanos / 1000);
    }
  }
  const resolution = resolutionOf(nanos);
  const zoneKind = zoneKindOf(tz);
  w.bytes[w.pos++] = Tag.DTX;
  w.bytes[w.pos++] = fold | resolution << 1 | zoneKind << 3;
  writeUnits(w, seconds, nanos, resolution);
  writeZone(w, tz, zoneKind);
}

/** Whether the microseconds fit a signed 56-bit integer: 2^55 of them are 36,028,797,018.963968 seconds. */
function fits56(seconds: number, micros: number): boolean {
  if (seconds >= 36028797018) return seconds === 36028797018 && micros < 963968;
  return seconds > -36028797019 || (seconds === -36028797019 && micros >= 36032);
}

function writeUnits(w: Writer, seconds: number, nanos: number, resolution: number): void {
  const perSecond = 1000 ** resolution;
  const units = seconds * perSecond + nanos / (1e9 / perSecond);
  if (Number.isSafeInteger(units)) return writeInt(w, units);
  writeBigInt(w, BigInt(seconds) * BigInt(perSecond) + BigInt(nanos / (1e9 / perSecond)));
}

function writeMicroseconds(w: Writer, seconds: number, micros: number): void {
  // 10^6 seconds = 2^32 * high + low would pass 2^53; in two steps every intermediate is exact.
  const upper = Math.floor(seconds / 65536), lower = seconds - upper * 65536;
  const lowProduct = lower * 1e6 + micros;
  const highProduct = upper * 1e6;
  // The number is highProduct * 2^16 + lowProduct.
  const high = Math.floor(highProduct / 65536);
  const rest = (highProduct - high * 65536) * 65536 + lowProduct;
  const carry = Math.floor(rest / TWO_32);
  writeU32(w, rest - carry * TWO_32);
  writeU24(w, high + carry);
}

const UNITS: readonly bigint[] = [86_400_000_000_000n, 1_000_000_000n, 1_000_000n, 1000n, 1n];

/** Writes a span of time in the largest unit that measures it. */
function writeSpan(w: Writer, nanoseconds: bigint): void {
  const unit = UNITS.findIndex((size) => nanoseconds % size === 0n);
  w.bytes[w.pos++] = Tag.TD;
  w.bytes[w.pos++] = unit;
  writeBigInt(w, nanoseconds / UNITS[unit]);
}

/** Writes a timedelta of our class. */
export function writeTimeDelta(w: Writer, value: TimeDelta): void {
  writeSpan(w, value.totalNanoseconds);
}

/** Writes a `Temporal.Duration`: a timedelta unless it counts years, months or weeks. */
export function writeDuration(w: Writer, value: Temporal.Duration): void {
  const { years, months, weeks, days, hours, minutes, seconds } = value;
  const { milliseconds, microseconds, nanoseconds } = value;
  if (years === 0 && months === 0 && weeks === 0) {
    return writeSpan(
      w,
      BigInt(days) * 86_400_000_000_000n + BigInt(hours) * 3_600_000_000_000n +
        BigInt(minutes) * 60_000_000_000n + BigInt(seconds) * 1_000_000_000n +
        BigInt(milliseconds) * 1_000_000n + BigInt(microseconds) * 1000n + BigInt(nanoseconds),
    );
  }
  const fields = [years, months, weeks, days, hours, minutes, seconds, milliseconds];
  fields.push(microseconds, nanoseconds);
  w.bytes[w.pos++] = Tag.XT;
  w.bytes[w.pos++] = Subtype.DURATION;
  writeU16(w, fields.reduce((mask, field, i) => field === 0 ? mask : mask | 1 << i, 0));
  for (const field of fields) {
    if (field === 0) continue;
    w.reserve(0);
    writeBigInt(w, BigInt(field));
  }
}
