/** Reading times, and the zones of times and datetimes. */
import { type DecodeState, readIntValue, readStringValue } from "./decode_state.ts";
import { Time, type TimeZone, UTC } from "./types/mod.ts";
import type { PyValue } from "./values.ts";
import { readU16, readU24, readU32 } from "./wire/cursor.ts";
import { fail } from "./wire/failure.ts";
import { DAY_SECONDS, PER_SECOND, Resolution, ZoneKind } from "./wire/time.ts";

const MAX_OFFSET_MICROSECONDS = 86_400_000_000;

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
export function readZone(s: DecodeState, start: number, kind: number): TimeZone | null {
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
