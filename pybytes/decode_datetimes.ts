/** Reading datetimes: Temporal where it can hold the value without shifting it, else our class. */
import { checkDay } from "./decode_dates.ts";
import { type DecodeState, readIntValue } from "./decode_state.ts";
import { readZone } from "./decode_times.ts";
import { temporalOf } from "./temporal_datetimes.ts";
import { civilFromDays } from "./types/calendar.ts";
import { DateTime, type TimeZone, UTC } from "./types/mod.ts";
import type { PyValue } from "./values.ts";
import { readU32, readU8, take, u32At } from "./wire/cursor.ts";
import { fail } from "./wire/failure.ts";
import { Tag } from "./wire/tags.ts";
import { DAY_SECONDS, PER_SECOND } from "./wire/time.ts";

/** Reads DTN_S or DTU_S. */
export function readDateTimeSeconds(s: DecodeState, start: number, tag: number): PyValue {
  if (s.dates && tag === Tag.DTU_S) return new Date(readU32(s, start) * 1000);
  return dateTimeOf(s, start, readU32(s, start), 0, 0, tag === Tag.DTN_S ? null : UTC);
}

/**
 * Reads a DTU_US of whole milliseconds as a `Date` if the caller wants one; the tag is at `start`, and its bytes are there.
 *
 * @returns `undefined`, with nothing read, where it is something else
 */
export function readDate(s: DecodeState, start: number): Date | undefined {
  if (!s.dates) return undefined;
  const b = s.bytes;
  const high = (b[start + 5] | b[start + 6] << 8 | b[start + 7] << 16) << 8 >> 8;
  // Until the year 2255 a double holds the microseconds.
  const milliseconds = (high * 2 ** 32 + u32At(b, start + 1)) / 1000;
  if (Math.abs(high) >= 2 ** 20 || !Number.isInteger(milliseconds)) return undefined;
  s.pos = start + 8;
  return new Date(milliseconds);
}

/** Reads DTN_US or DTU_US: a signed 56-bit number of microseconds, beyond what a double holds. */
export function readDateTimeMicroseconds(s: DecodeState, start: number, tag: number): PyValue {
  const at = take(s, start, 7), b = s.bytes;
  const low = u32At(b, at);
  const high = (b[at + 4] | b[at + 5] << 8 | b[at + 6] << 16) << 8 >> 8;
  if (tag === Tag.DTU_US) {
    const date = readDate(s, start);
    if (date !== undefined) return date;
  }
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
