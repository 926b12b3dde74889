/** The fields of a time of day, checked. */
export interface TimeFields {
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
}

/**
 * Throws unless a field is a whole number in its range.
 *
 * @throws {RangeError} if it is not
 */
export function checkField(name: string, value: number, min: number, max: number): void {
  if (!(Number.isInteger(value) && value >= min && value <= max)) {
    throw new RangeError(`Invalid ${name}: expected ${min} to ${max}, found ${value}`);
  }
}

/**
 * Throws unless all fields of a time are in their range.
 *
 * @throws {RangeError} if one is not
 */
export function checkTimeFields(fields: TimeFields): void {
  checkField("hour", fields.hour, 0, 23);
  checkField("minute", fields.minute, 0, 59);
  checkField("second", fields.second, 0, 59);
  checkField("microsecond", fields.microsecond, 0, 999_999);
  checkField("nanosecond", fields.nanosecond, 0, 999);
}

/** Writes a time as Python's `isoformat`: `"03:04:05"`, `"03:04:05.000006"`; nine digits with nanoseconds. */
export function timeText(fields: TimeFields): string {
  const { hour, minute, second, microsecond, nanosecond } = fields;
  let text = `${pad(hour, 2)}:${pad(minute, 2)}:${pad(second, 2)}`;
  if (microsecond !== 0 || nanosecond !== 0) text += `.${pad(microsecond, 6)}`;
  if (nanosecond !== 0) text += pad(nanosecond, 3);
  return text;
}

/** Writes a date as Python's `isoformat`, years outside 0 to 9999 as ISO 8601's six digits with a sign. */
export function dateText(year: number, month: number, day: number): string {
  const years = year >= 0 && year <= 9999
    ? pad(year, 4)
    : `${year < 0 ? "-" : "+"}${pad(Math.abs(year), 6)}`;
  return `${years}-${pad(month, 2)}-${pad(day, 2)}`;
}

/** Returns the nanoseconds since midnight. */
export function nanosecondOfDay(fields: TimeFields): number {
  const { hour, minute, second, microsecond, nanosecond } = fields;
  return ((hour * 60 + minute) * 60 + second) * 1e9 + microsecond * 1e3 + nanosecond;
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, "0");
}
