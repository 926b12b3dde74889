import { stringText } from "./literal_text.ts";
import { repr } from "./repr.ts";
import { TimeDelta } from "./time_delta.ts";

/**
 * What gives a Python time or datetime its offset from UTC: `timezone.utc`, a fixed
 * `timezone(offset, name)`, or a `ZoneInfo(key)`.
 */
export type TimeZone =
  | { readonly kind: "utc" }
  | {
    readonly kind: "offset";
    /** East of UTC; less than 24 hours either way. */
    readonly offsetMicroseconds: number;
    /** The name it was given in Python, if any. */
    readonly name?: string;
  }
  | {
    readonly kind: "zone";
    /** The name in the time zone database, `"Europe/Paris"`. */
    readonly key: string;
  };

/** Python's `timezone.utc`. */
export const UTC: TimeZone = Object.freeze({ kind: "utc" });

const DAY_MICROSECONDS = 86_400_000_000;

/**
 * Returns a frozen copy of a zone, its fields in a fixed order; `UTC` for UTC.
 *
 * @throws {RangeError} if Python can have no such zone
 */
export function frozenTimeZone(zone: TimeZone): TimeZone {
  if (zone.kind === "utc") return UTC;
  if (zone.kind === "zone") {
    if (typeof zone.key === "string" && zone.key !== "") {
      return Object.freeze({ kind: "zone", key: zone.key });
    }
    throw new RangeError(`Invalid time zone: expected a key, found ${JSON.stringify(zone.key)}`);
  }
  if (zone.kind !== "offset") {
    throw new RangeError(`Invalid time zone: unknown kind ${JSON.stringify(zone)}`);
  }
  const { offsetMicroseconds, name } = zone;
  if (
    !Number.isInteger(offsetMicroseconds) || Math.abs(offsetMicroseconds) >= DAY_MICROSECONDS
  ) {
    throw new RangeError(
      `Invalid time zone: expected whole microseconds, less than 24 hours, found ${offsetMicroseconds}`,
    );
  }
  return Object.freeze(
    name === undefined
      ? { kind: "offset", offsetMicroseconds: offsetMicroseconds + 0 }
      : { kind: "offset", offsetMicroseconds: offsetMicroseconds + 0, name },
  );
}

/** Tells whether two zones (`null`: none) are of the same kind with the same fields. */
export function sameTimeZone(a: TimeZone | null, b: TimeZone | null): boolean {
  if (a === null || b === null) return a === b;
  if (a.kind === "offset" && b.kind === "offset") {
    return a.offsetMicroseconds === b.offsetMicroseconds && a.name === b.name;
  }
  return a.kind === b.kind && (a.kind !== "zone" || b.kind !== "zone" || a.key === b.key);
}

/** Writes an offset as Python does: `"+05:30"`, with seconds and microseconds only if not 0. */
export function offsetText(offsetMicroseconds: number): string {
  const size = Math.abs(offsetMicroseconds);
  const seconds = Math.floor(size / 1e6);
  const two = (value: number) => String(value).padStart(2, "0");
  let text = `${offsetMicroseconds < 0 ? "-" : "+"}${two(Math.floor(seconds / 3600))}:${
    two(Math.floor(seconds / 60) % 60)
  }`;
  if (size % 60e6 !== 0) text += `:${two(seconds % 60)}`;
  if (size % 1e6 !== 0) text += `.${String(size % 1e6).padStart(6, "0")}`;
  return text;
}

/** Writes what stands after a time: the offset where it is known, else the key in brackets. */
export function timeZoneText(zone: TimeZone | null): string {
  if (zone === null) return "";
  if (zone.kind === "utc") return "+00:00";
  return zone.kind === "offset" ? offsetText(zone.offsetMicroseconds) : `[${zone.key}]`;
}

/** Writes the Python expression that makes the zone. */
export function timeZoneRepr(zone: TimeZone): string {
  if (zone.kind === "utc") return "datetime.timezone.utc";
  if (zone.kind === "zone") return `zoneinfo.ZoneInfo(key=${stringText(zone.key)})`;
  const delta = repr(new TimeDelta({ microseconds: zone.offsetMicroseconds }));
  return zone.name === undefined
    ? `datetime.timezone(${delta})`
    : `datetime.timezone(${delta}, ${stringText(zone.name)})`;
}
