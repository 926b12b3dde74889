/** Reading dates, times and durations: Temporal where it can hold the value without shifting it, else our classes. */
import { type DecodeState, readIntValue, readStringValue } from "./decode_state.ts";
import { civilFromDays } from "./types/calendar.ts";
import { CalendarDate, DateTime, Time, TimeDelta, type TimeZone, UTC } from "./types/mod.ts";
import type { PyValue } from "./values.ts";
import { readU16, readU24, readU32, readU8, take, u32At } from "./wire/cursor.ts";
import { fail } from "./wire/failure.ts";
import { Tag } from "./wire/tags.ts";
import { Resolution, ZoneKind } from "./wire/time.ts";

const DAY_SECONDS = 86400;
/** The days that `Temporal.PlainDate` has; the format's dates are the same. */
const MIN_DAY = -100000001, MAX_DAY = 100000000;
const MAX_OFFSET_MICROSECONDS = 86_400_000_000;
/** Temporal's durations are shorter than 2^53 seconds. */
const MAX_DURATION_SECONDS = 2n ** 53n;
const MAX_UNITS = 2n ** 84n;
/** Units per second, by resolution. */
const PER_SECOND = [1, 1000, 1_000_000, 1_000_000_000] as const;
/** Nanoseconds per unit of TD, by unit byte. */
const UNIT_NANOSECONDS = [86_400_000_000_000n, 1_000_000_000n, 1_000_000n, 1000n, 1n] as const;

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

function checkDay(days: number, start: number): void {
  if (!(days >= MIN_DAY && days <= MAX_DAY)) {
    fail("invalid_date", start, `day ${days} since 1970, ${MIN_DAY}..${MAX_DAY} expected`);
  }
}

/** Reads TIME. */
export function readTime(s: DecodeState, start: number): PyValue {
  const word = readU24(s, start);
  const seconds = word & 0x1ffff;
  const fold = (word >> 17 & 1) as 0 | 1;
  if (seconds >= DAY_SECONDS) fail("invalid_time", start, `second ${seconds} of a day`);
  if (word >> 23 !== 0) fail("invalid_value", start, "the highest bit of a time is not zero");
  const nanos = readFraction(s, start, word >> 18 & 3);
  const tz = readZone(s, start, word >> 20 & 7);
  const hour = Math.floor(seconds / 3600), minute = Math.floor(seconds / 60) % 60;
  const second = seconds % 60;
  const microsecond = Math.floor(nanos / 1000), nanosecond = nanos % 1000;
  if (tz === null && fold === 0 && s.temporal !== undefined) {
    const ms = Math.floor(microsecond / 1000);
    return new s.temporal.PlainTime(hour, minute, second, ms, microsecond % 1000, nanosecond);
  }
  return new Time({ hour, minute, second, microsecond, nanosecond, fold, tz });
}

function readFraction(s: DecodeState, start: number, resolution: number): number {
  if (resolution === Resolution.SECOND) return 0;
  const value = resolution === Resolution.MILLISECOND
    ? readU16(s, start)
    : resolution === Resolution.MICROSECOND
    ? readU24(s, start)
    : readU32(s, start);
  if (value >= PER_SECOND[resolution]) {
    fail(
      "invalid_time",
      start,
      `fraction ${value} of a second, below ${PER_SECOND[resolution]} expected`,
    );
  }
  return value * (1e9 / PER_SECOND[resolution]);
}

/** Reads what follows a time for a zone kind. The offset of zero minutes is kept apart from UTC. */
function readZone(s: DecodeState, start: number, kind: number): TimeZone | null {
  switch (kind) {
    case ZoneKind.NONE:
      return null;
    case ZoneKind.MICROSECONDS: {
      const offsetMicroseconds = readOffset(s, start, 1);
      return offsetMicroseconds === 0 ? UTC : { kind: "offset", offsetMicroseconds };
    }
    case ZoneKind.MINUTES:
      return { kind: "offset", offsetMicroseconds: readOffset(s, start, 60_000_000) };
    case ZoneKind.KEY: {
      const key = readStringValue(s);
      if (key === "") fail("invalid_time_zone", start, "an empty time zone key");
      return { kind: "zone", key };
    }
    case ZoneKind.NAMED: {
      const offsetMicroseconds = readOffset(s, start, 1);
      return { kind: "offset", offsetMicroseconds, name: readStringValue(s) };
    }
  }
  return fail("invalid_time_zone", start, `time zone kind ${kind} has no meaning`);
}

function readOffset(s: DecodeState, start: number, unitMicroseconds: number): number {
  const offset = Number(readIntValue(s)) * unitMicroseconds;
  if (offset <= -MAX_OFFSET_MICROSECONDS || offset >= MAX_OFFSET_MICROSECONDS) {
    fail(
      "invalid_time_zone",
      start,
      `an offset of ${offset} microseconds, less than 24 hours expected`,
    );
  }
  return offset;
}

/** Reads DTN_S or DTU_S. */
export function readDateTimeSeconds(s: DecodeState, start: number, tag: number): PyValue {
  return dateTimeOf(s, start, readU32(s, start), 0, 0, tag === Tag.DTN_S ? null : UTC);
}

/** Reads DTN_US or DTU_US: a signed 56-bit number of microseconds, beyond what a double holds. */
export function readDateTimeMicroseconds(s: DecodeState, start: number, tag: number): PyValue {
  const at = take(s, start, 7), b = s.bytes;
  const low = u32At(b, at);
  const high = (b[at + 4] | b[at + 5] << 8 | b[at + 6] << 16) << 8 >> 8;
  // 2^32 = 4294 * 10^6 + 967296, so the seconds come out without an intermediate beyond 2^53.
  const rest = high * 967296 + low;
  const carry = Math.floor(rest / 1e6);
  const nanos = (rest - carry * 1e6) * 1000;
  return dateTimeOf(s, start, high * 4294 + carry, nanos, 0, tag === Tag.DTN_US ? null : UTC);
}

/** Reads DTX. */
export function readDateTimeExtended(s: DecodeState, start: number): PyValue {
  const header = readU8(s, start);
  if (header >> 6 !== 0) fail("invalid_value", start, "the two highest header bits are not zero");
  const perSecond = PER_SECOND[header >> 1 & 3];
  const units = readIntValue(s);
  let seconds: number, nanos: number;
  if (typeof units === "number") {
    seconds = Math.floor(units / perSecond);
    nanos = (units - seconds * perSecond) * (1e9 / perSecond);
  } else {
    const per = BigInt(perSecond);
    const rest = (units % per + per) % per;
    seconds = Number((units - rest) / per);
    nanos = Number(rest) * (1e9 / perSecond);
  }
  const tz = readZone(s, start, header >> 3 & 7);
  return dateTimeOf(s, start, seconds, nanos, (header & 1) as 0 | 1, tz);
}

/** Makes the datetime with this wall time, given in seconds since 1970 as if it were UTC. */
function dateTimeOf(
  s: DecodeState,
  start: number,
  seconds: number,
  nanos: number,
  fold: 0 | 1,
  tz: TimeZone | null,
): PyValue {
  const days = Math.floor(seconds / DAY_SECONDS);
  checkDay(days, start);
  if (tz === UTC && fold === 0 && s.dates && nanos % 1e6 === 0) {
    const date = new Date(seconds * 1000 + nanos / 1e6);
    if (!Number.isNaN(date.getTime())) return date;
  }
  const inTemporal = s.temporal === undefined || (s.dates && tz === UTC)
    ? undefined
    : temporalOf(s.temporal, seconds, nanos, fold, tz);
  return inTemporal ?? classOf(days, seconds - days * DAY_SECONDS, nanos, fold, tz);
}

function classOf(
  days: number,
  secondOfDay: number,
  nanos: number,
  fold: 0 | 1,
  tz: TimeZone | null,
): DateTime {
  const { year, month, day } = civilFromDays(days);
  return new DateTime({
    year,
    month,
    day,
    hour: Math.floor(secondOfDay / 3600),
    minute: Math.floor(secondOfDay / 60) % 60,
    second: secondOfDay % 60,
    microsecond: Math.floor(nanos / 1000),
    nanosecond: nanos % 1000,
    fold,
    tz,
  });
}

/** The Temporal object that holds exactly this, `undefined` if none does. */
function temporalOf(
  temporal: typeof Temporal,
  seconds: number,
  nanos: number,
  fold: 0 | 1,
  tz: TimeZone | null,
): Temporal.PlainDateTime | Temporal.Instant | Temporal.ZonedDateTime | undefined {
  try {
    if (tz?.kind === "zone") return zonedOf(temporal, seconds, nanos, fold, tz.key);
    if (fold !== 0) return undefined;
    if (tz === null) return plainOf(temporal, seconds, nanos);
    if (tz.kind === "utc") return instantOf(temporal, seconds, nanos);
    const { offsetMicroseconds, name } = tz;
    const minutes = offsetMicroseconds / 60_000_000;
    if (name !== undefined || !Number.isInteger(minutes)) return undefined;
    const sign = minutes < 0 ? "-" : "+", size = Math.abs(minutes);
    const text = `${sign}${two(Math.floor(size / 60))}:${two(size % 60)}`;
    return instantOf(temporal, seconds - minutes * 60, nanos).toZonedDateTimeISO(text);
  } catch (error) {
    // Within a day of the ends of Temporal's range, and for an unknown zone.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function two(value: number): string {
  return value < 10 ? `0${value}` : `${value}`;
}

function plainOf(
  temporal: typeof Temporal,
  seconds: number,
  nanos: number,
): Temporal.PlainDateTime {
  const days = Math.floor(seconds / DAY_SECONDS);
  const rest = seconds - days * DAY_SECONDS;
  const { year, month, day } = civilFromDays(days);
  return new temporal.PlainDateTime(
    year,
    month,
    day,
    Math.floor(rest / 3600),
    Math.floor(rest / 60) % 60,
    rest % 60,
    Math.floor(nanos / 1e6),
    Math.floor(nanos / 1000) % 1000,
    nanos % 1000,
  );
}

function instantOf(temporal: typeof Temporal, seconds: number, nanos: number): Temporal.Instant {
  return nanos % 1e6 === 0
    ? temporal.Instant.fromEpochMilliseconds(seconds * 1000 + nanos / 1e6)
    : new temporal.Instant(BigInt(seconds) * 1_000_000_000n + BigInt(nanos));
}

/** A key that the zone database may have; everything else Temporal reads as an offset or refuses. */
const ZONE_KEY = /^[A-Za-z][\w+\-/]{0,99}$/;

function zonedOf(
  temporal: typeof Temporal,
  seconds: number,
  nanos: number,
  fold: 0 | 1,
  key: string,
): Temporal.ZonedDateTime | undefined {
  if (!ZONE_KEY.test(key)) return undefined;
  const wall = plainOf(temporal, seconds, nanos);
  const zoned = wall.toZonedDateTime(key, { disambiguation: fold === 0 ? "earlier" : "later" });
  // Temporal corrects the case of a key and moves a wall time that the clocks skipped.
  if (zoned.timeZoneId !== key || !zoned.toPlainDateTime().equals(wall)) return undefined;
  if (fold === 1) {
    const earlier = wall.toZonedDateTime(key, { disambiguation: "earlier" });
    if (earlier.epochNanoseconds === zoned.epochNanoseconds) return undefined;
  }
  return zoned;
}

/** Reads TD. */
export function readTimeDelta(s: DecodeState, start: number): PyValue {
  const unit = readU8(s, start);
  if (unit >= UNIT_NANOSECONDS.length) {
    fail("invalid_value", start, `unit ${unit} of a timedelta, 0..4 expected`);
  }
  const units = readIntValue(s);
  // Any number of days above 2^84 is too long; multiplying a huge one could exceed the longest bigint.
  const total = (units >= -MAX_UNITS && units <= MAX_UNITS ? BigInt(units) : MAX_UNITS) *
    UNIT_NANOSECONDS[unit];
  const seconds = total / 1_000_000_000n;
  if (seconds >= MAX_DURATION_SECONDS || seconds <= -MAX_DURATION_SECONDS) {
    fail("invalid_time", start, `a timedelta of 2^53 seconds or more`);
  }
  if (s.temporal === undefined) return new TimeDelta({ nanoseconds: total });
  const nanos = Number(total % 1_000_000_000n);
  const micros = Math.trunc(nanos / 1000);
  // `+ 0`: Duration refuses nothing here, but -0 would show in the sign of a field.
  return new s.temporal.Duration(
    0,
    0,
    0,
    0,
    0,
    0,
    Number(seconds),
    0,
    micros + 0,
    nanos % 1000 + 0,
  );
}

/** Reads a `Temporal.Duration` with years, months or weeks, after its subtype. */
export function readDuration(s: DecodeState, start: number): PyValue {
  const mask = readU16(s, start);
  if (mask >> 10 !== 0) fail("invalid_value", start, "a duration has ten fields");
  const fields: number[] = [];
  for (let i = 0; i < 10; i++) {
    const value = mask >> i & 1 ? readIntValue(s) : 0;
    const number = Number(value);
    if (!Number.isFinite(number) || BigInt(number) !== BigInt(value)) {
      fail("invalid_value", start, `field ${i} of a duration is no integral double`);
    }
    fields.push(number);
  }
  if (s.temporal === undefined) return needsTemporal(start, "a duration with calendar units");
  try {
    return new s.temporal.Duration(...fields);
  } catch (error) {
    if (error instanceof RangeError) fail("invalid_time", start, error.message);
    throw error;
  }
}

function needsTemporal(start: number, what: string): never {
  return fail("temporal_required", start, `${what}, and this runtime has no Temporal`);
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
