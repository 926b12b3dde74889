/** The numbers inside TIME and DTX. */

/** The unit that a fraction or a count is in. */
export const Resolution = { SECOND: 0, MILLISECOND: 1, MICROSECOND: 2, NANOSECOND: 3 } as const;

/** What follows a time to say its zone. */
export const ZoneKind = {
  /** Nothing: a naive time. */
  NONE: 0,
  /** An int: the offset in microseconds; 0 is UTC itself. */
  MICROSECONDS: 1,
  /** An int: the offset in minutes. */
  MINUTES: 2,
  /** A str: a key of the IANA time zone database. */
  KEY: 3,
  /** An int and a str: the offset in microseconds, and the name that it was given. */
  NAMED: 4,
} as const;

/** Seconds per day; there are no leap seconds. */
export const DAY_SECONDS = 86400;

/** Units per second, by resolution. */
export const PER_SECOND: readonly number[] = [1, 1000, 1_000_000, 1_000_000_000];
