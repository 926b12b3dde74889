import {
  DateTime,
  type DateTimeInit,
  decode,
  encode,
  equals,
  Time,
  TimeDelta,
  UTC,
} from "../../pybytes/mod.ts";
import type { TimeZone } from "../../pybytes/mod.ts";
import { assert, assertEquals, assertInstanceOf } from "../helpers/assert.ts";
import { bytesOf, decodeErrorOf, encodeErrorOf, hexOf } from "./helpers/errors.ts";

const {
  Duration,
  Instant,
  PlainDate,
  PlainDateTime,
  PlainMonthDay,
  PlainTime,
  PlainYearMonth,
  ZonedDateTime,
} = Temporal;

/** Round trip with the same class and the same text. */
function assertKept(value: object): void {
  const copy = decode<object>(encode(value));
  assert(equals(copy, value), `${value} became ${copy}`);
  assertEquals(Object.getPrototypeOf(copy), Object.getPrototypeOf(value));
  assertEquals(String(copy), String(value));
  assertEquals(hexOf(encode(copy)), hexOf(encode(value)));
}

Deno.test({
  name:
    "temporal: plain dates, times and datetimes, to the nanosecond and to the ends of their ranges",
  permissions: "none",
  fn() {
    for (
      const text of [
        "1970-01-01",
        "1969-12-31",
        "2149-06-06",
        "2149-06-07",
        "0001-01-01",
        "9999-12-31",
        "0000-01-01",
        "-271821-04-19",
        "+275760-09-13",
        "2024-02-29",
      ]
    ) {
      assertKept(PlainDate.from(text));
      if (text !== "-271821-04-19") assertKept(PlainDateTime.from(text));
      assertKept(PlainDateTime.from(`${text}T12:34:56.789`));
      assertKept(PlainDateTime.from(`${text}T12:34:56.789012`));
      assertKept(PlainDateTime.from(`${text}T23:59:59.999999999`));
    }
    assertKept(PlainDateTime.from("-271821-04-19T00:00:00.000000001"));
    for (
      const text of [
        "00:00",
        "23:59:59",
        "01:02:03.004",
        "01:02:03.004005",
        "01:02:03.004005006",
        "23:59:59.999999999",
      ]
    ) {
      assertKept(PlainTime.from(text));
    }
  },
});

Deno.test({
  name: "temporal: instants around every limit of the short forms",
  permissions: "none",
  fn() {
    const limits = [
      0n,
      2n ** 32n * 10n ** 9n,
      2n ** 55n * 1000n,
      -(2n ** 55n) * 1000n,
      8640000000000000000000n,
      -8640000000000000000000n,
      1700000000n * 10n ** 9n,
    ];
    for (const limit of limits) {
      for (const step of [1n, 1000n, 1_000_000n, 1_000_000_000n]) {
        for (const nanos of [limit - step, limit, limit + step]) {
          if (nanos <= 8640000000000000000000n && nanos >= -8640000000000000000000n) {
            assertKept(new Instant(nanos));
          }
        }
      }
    }
    assertEquals(encode(new Instant(2n ** 55n * 1000n - 1000n)).length, 8);
    assertEquals(encode(new Instant(-(2n ** 55n) * 1000n)).length, 8);
    assertEquals(encode(new Instant(2n ** 55n * 1000n))[0], 0xf4);
    assertEquals(encode(new Instant(-(2n ** 55n) * 1000n - 1000n))[0], 0xf4);
  },
});

Deno.test({
  name: "temporal: zoned datetimes keep zone and moment; UTC as a zone is no Instant",
  permissions: "none",
  fn() {
    for (
      const text of [
        "2024-01-02T03:04:05+00:00[UTC]",
        "2024-01-02T03:04:05+00:00[Etc/UTC]",
        "2024-01-02T03:04:05+00:00[+00:00]",
        "2024-01-02T03:04:05.123456789+05:30[+05:30]",
        "2024-01-02T03:04:05-00:01[-00:01]",
        "2024-01-02T03:04:05.5-23:59[-23:59]",
        "2024-07-02T03:04:05+02:00[Europe/Paris]",
        "1890-07-02T03:04:05+00:09:21[Europe/Paris]",
        "2024-11-03T01:30:00-04:00[America/New_York]",
        "2024-11-03T01:30:00-05:00[America/New_York]",
        "2024-10-27T02:30:00.000001+01:00[Europe/Paris]",
        "2024-01-02T03:04:05+05:00[Etc/GMT-5]",
      ]
    ) assertKept(ZonedDateTime.from(text));
  },
});

const KEY = (key: string): TimeZone => ({ kind: "zone", key });

Deno.test({
  name: "temporal: what Temporal cannot hold becomes our class and is never shifted",
  permissions: "none",
  fn() {
    const at = { year: 2024, month: 3, day: 10, hour: 2, minute: 30 };
    const cases: readonly DateTimeInit[] = [
      { ...at, tz: KEY("America/New_York") },
      { ...at, tz: KEY("Mars/Phobos") },
      { ...at, tz: KEY("america/new_york") },
      { ...at, tz: KEY("../../etc/passwd") },
      { ...at, tz: KEY("x".repeat(10_000)) },
      { ...at, tz: KEY("+05:30") },
      { ...at, tz: KEY("2020-01-01T00:00Z") },
      { ...at, fold: 1, tz: KEY("Asia/Tokyo") },
      { ...at, fold: 1, tz: KEY("UTC") },
      { ...at, fold: 1 },
      { ...at, fold: 1, tz: UTC },
      { ...at, tz: { kind: "offset", offsetMicroseconds: 1 } },
      { ...at, tz: { kind: "offset", offsetMicroseconds: -86_399_999_999 } },
      { ...at, tz: { kind: "offset", offsetMicroseconds: 3_600_000_000, name: "CET" } },
      { ...at, tz: { kind: "offset", offsetMicroseconds: 0, name: "" } },
      { ...at, fold: 1, tz: { kind: "offset", offsetMicroseconds: 60_000_000 } },
      { year: -271821, month: 4, day: 19 },
      { year: 275760, month: 9, day: 13, hour: 1, tz: UTC },
      { year: 275760, month: 9, day: 13, hour: 23, tz: KEY("Asia/Tokyo") },
      { year: -271821, month: 4, day: 19, hour: 1, tz: UTC },
    ];
    for (const init of cases) {
      const value = new DateTime({ microsecond: 5, nanosecond: 7, ...init });
      if (init.year === -271821 && init.tz === undefined) continue;
      assertKept(value);
    }
    assertKept(new DateTime({ year: -271821, month: 4, day: 19 }));
  },
});

Deno.test({
  name: "temporal: our classes give what Temporal can hold, and times with a zone stay ours",
  permissions: "none",
  fn() {
    const at = { year: 2024, month: 1, day: 2, hour: 3 };
    assertEquals(String(decode(encode(new DateTime(at)))), "2024-01-02T03:00:00");
    assertInstanceOf(decode(encode(new DateTime({ ...at, tz: UTC }))), Instant);
    assertInstanceOf(
      decode(encode(new DateTime({ ...at, tz: KEY("Europe/Paris") }))),
      ZonedDateTime,
    );
    assertInstanceOf(decode(encode(new Time({ hour: 1 }))), PlainTime);
    for (
      const tz of [
        UTC,
        KEY("Europe/Paris"),
        { kind: "offset", offsetMicroseconds: 5_000_000, name: "x" } as const,
        null,
      ]
    ) {
      assertKept(
        new Time({
          hour: 23,
          minute: 59,
          second: 59,
          microsecond: 999_999,
          nanosecond: 999,
          fold: 1,
          tz,
        }),
      );
    }
    assertInstanceOf(decode(encode(new TimeDelta({ seconds: 1 }))), Duration);
  },
});

Deno.test({
  name: "temporal: durations of time are one amount, those with calendar units keep their fields",
  permissions: "none",
  fn() {
    assertEquals(
      String(decode(encode(Duration.from({ days: 1, hours: 1, milliseconds: 5 })))),
      "PT90000.005S",
    );
    assertEquals(
      String(decode(encode(Duration.from({ seconds: -1, nanoseconds: -1 })))),
      "-PT1.000000001S",
    );
    assertEquals(String(decode(encode(new Duration()))), "PT0S");
    assertEquals(hexOf(encode(Duration.from({ minutes: -1440 }))), "f500b8");
    assertKept(Duration.from({ seconds: 2 ** 53 - 1, nanoseconds: 999_999_999 }));
    assertKept(
      Duration.from({
        years: 1,
        months: 2,
        weeks: 3,
        days: 4,
        hours: 5,
        minutes: 6,
        seconds: 7,
        milliseconds: 8,
        microseconds: 9,
        nanoseconds: 10,
      }),
    );
    assertKept(Duration.from({ years: -4294967295, nanoseconds: -1 }));
    assertKept(Duration.from({ weeks: 1 }));
  },
});

Deno.test({
  name: "temporal: other calendars, year-months and month-days",
  permissions: "none",
  fn() {
    assertKept(PlainDate.from("2024-01-02[u-ca=hebrew]"));
    assertKept(PlainDateTime.from("2024-01-02T03:04:05.000000006[u-ca=japanese]"));
    assertKept(ZonedDateTime.from("2024-01-02T03:04:05+01:00[Europe/Paris][u-ca=buddhist]"));
    for (
      const value of [
        PlainYearMonth.from("2024-01"),
        PlainYearMonth.from("2024-01-11[u-ca=hebrew]"),
        PlainMonthDay.from("02-29"),
        PlainMonthDay.from("1972-02-10[u-ca=hebrew]"),
      ]
    ) {
      const copy = decode<typeof value>(encode(value));
      assertEquals(Object.getPrototypeOf(copy), Object.getPrototypeOf(value));
      // With the calendar's name the text shows the reference day too.
      const options = { calendarName: "always" } as const;
      assertEquals(copy.toString(options), value.toString(options));
    }
    assertEquals(decodeErrorOf(bytesOf("f81a 00 63 78797a ee0000")).code, "invalid_date");
  },
});

Deno.test({
  name: "temporal: Date is UTC in milliseconds, and comes back as Date if asked for",
  permissions: "none",
  fn() {
    for (const ms of [0, -1, 1, 1700000000123, 8.64e15, -8.64e15, -62135596800000]) {
      const bytes = encode(new Date(ms));
      assertEquals(decode<Temporal.Instant>(bytes).epochMilliseconds, ms);
      assertEquals(decode(bytes, { dates: "date" }), new Date(ms));
    }
    assertEquals(encodeErrorOf([new Date(NaN)]).code, "invalid_value");
    // A Date would lose these microseconds.
    const precise = decode(encode(Instant.from("2024-01-02T03:04:05.678901Z")), { dates: "date" });
    assertEquals(String(precise), "2024-01-02 03:04:05.678901+00:00");
    assertInstanceOf(precise, DateTime);
    assertInstanceOf(decode(encode(PlainDate.from("2024-01-02")), { dates: "date" }), PlainDate);
  },
});

Deno.test({
  name: "temporal: only real Temporal objects are taken for them",
  permissions: "none",
  fn() {
    class Fake {
      get [Symbol.toStringTag](): string {
        return "Temporal.PlainDate";
      }
      calendarId = "iso8601";
    }
    assertEquals(encodeErrorOf(new Fake()).code, "invalid_value");
  },
});
