/** Temporal's objects for the wall time of a datetime. */
import type { TemporalNamespace } from "./options.ts";
import { civilFromDays } from "./types/calendar.ts";
import type { TimeZone } from "./types/mod.ts";
import { DAY_SECONDS } from "./wire/time.ts";

/** The Temporal object that holds exactly this, `undefined` if none does. */
export function temporalOf(
  temporal: TemporalNamespace,
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
  temporal: TemporalNamespace,
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

function instantOf(temporal: TemporalNamespace, seconds: number, nanos: number): Temporal.Instant {
  return nanos % 1e6 === 0
    ? temporal.Instant.fromEpochMilliseconds(seconds * 1000 + nanos / 1e6)
    : new temporal.Instant(BigInt(seconds) * 1_000_000_000n + BigInt(nanos));
}

/** A key that the zone database may have; everything else Temporal reads as an offset or refuses. */
const ZONE_KEY = /^[A-Za-z][\w+\-/]{0,99}$/;

function zonedOf(
  temporal: TemporalNamespace,
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
