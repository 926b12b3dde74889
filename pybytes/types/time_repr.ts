import type { TimeFields } from "./time_fields.ts";
import { type TimeZone, timeZoneRepr } from "./time_zone.ts";

/** Writes the Python call that makes a time or datetime; `date` are the arguments before the hour. */
export function timeRepr(
  name: string,
  date: readonly number[],
  time: TimeFields & { readonly fold: 0 | 1; readonly tz: TimeZone | null },
): string {
  const { hour, minute, second, microsecond, nanosecond, fold, tz } = time;
  const parts: (number | string)[] = [...date, hour, minute];
  if (second !== 0 || microsecond !== 0) parts.push(second);
  if (microsecond !== 0) parts.push(microsecond);
  if (nanosecond !== 0) parts.push(`nanosecond=${nanosecond}`);
  if (fold !== 0) parts.push(`fold=${fold}`);
  if (tz !== null) parts.push(`tzinfo=${timeZoneRepr(tz)}`);
  return `${name}(${parts.join(", ")})`;
}
