/** Reading timedeltas and durations. */
import { type DecodeState, needsTemporal, readIntValue } from "./decode_state.ts";
import { TimeDelta } from "./types/mod.ts";
import type { PyValue } from "./values.ts";
import { readU16, readU8 } from "./wire/cursor.ts";
import { fail } from "./wire/failure.ts";

/** Temporal's durations are shorter than 2^53 seconds. */
const MAX_DURATION_SECONDS = 2n ** 53n;
const MAX_UNITS = 2n ** 84n;
/** Nanoseconds per unit of TD, by unit byte. */
const UNIT_NANOSECONDS = [86_400_000_000_000n, 1_000_000_000n, 1_000_000n, 1000n, 1n] as const;

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
