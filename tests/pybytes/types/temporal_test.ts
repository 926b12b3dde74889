import {
  CalendarDate,
  DateTime,
  type DateTimeInit,
  Time,
  TimeDelta,
  type TimeZone,
  UTC,
} from "../../../pybytes/types/mod.ts";
import { assert, assertEquals, assertInstanceOf, assertThrows } from "../../helpers/assert.ts";
import { askPython, hasPython, SeededRandom } from "./python_oracle.ts";

const DAY = { year: 2024, month: 1, day: 2 };
const INDIA: TimeZone = { kind: "offset", offsetMicroseconds: 19_800_000_000 };

function offset(seconds: number, name?: string): TimeZone {
  return { kind: "offset", offsetMicroseconds: seconds * 1e6, name };
}

function zone(key: string): TimeZone {
  return { kind: "zone", key };
}

Deno.test({
  name: "CalendarDate prints as Python and Temporal do, and refuses days that are none",
  permissions: "none",
  fn() {
    assertEquals(new CalendarDate(2024, 2, 29).toString(), "2024-02-29");
    assertEquals(new CalendarDate(1, 1, 1).toString(), "0001-01-01");
    for (const year of [-271_820, -1, 0, 9999, 10_000, 275_759]) {
      const date = new CalendarDate(year, 12, 31);
      assertEquals(date.toTemporal().toString(), date.toString());
      assert(date.equals(new CalendarDate(year, 12, 31)));
    }
    assert(!new CalendarDate(2024, 1, 1).equals(new CalendarDate(2024, 1, 2)));
    assert(Object.isFrozen(new CalendarDate(2024, 1, 1)));
    assertThrows(() => new CalendarDate(2023, 2, 29), RangeError, "Invalid day: expected 1 to 28");
    assertThrows(() => new CalendarDate(2023, 13, 1), RangeError, "Invalid month");
    assertThrows(() => new CalendarDate(275_761, 1, 1), RangeError, "Invalid year");
    assertThrows(() => new CalendarDate(2023.5, 1, 1), RangeError, "Invalid year");
    assertThrows(() => new CalendarDate(-271_821, 1, 1).toTemporal(), RangeError);
  },
});

const TIMES: readonly (readonly [ConstructorParameters<typeof Time>[0], string])[] = [
  [{}, "00:00:00"],
  [{ hour: 3, minute: 4, second: 5, microsecond: 6 }, "03:04:05.000006"],
  [{ hour: 23, nanosecond: 7 }, "23:00:00.000000007"],
  [{ microsecond: 500_000, nanosecond: 1 }, "00:00:00.500000001"],
  [{ hour: 3, tz: UTC }, "03:00:00+00:00"],
  [{ hour: 3, tz: INDIA }, "03:00:00+05:30"],
  [{ hour: 3, tz: offset(-1) }, "03:00:00-00:00:01"],
  [{ hour: 3, tz: offset(-19_815.000_123) }, "03:00:00-05:30:15.000123"],
  [{ hour: 3, tz: zone("Europe/Paris") }, "03:00:00[Europe/Paris]"],
];

Deno.test({
  name: "Time prints as Python's isoformat and knows what Temporal can hold",
  permissions: "none",
  fn() {
    assert(TIMES.length > 0);
    for (const [init, text] of TIMES) {
      const time = new Time(init);
      assertEquals(time.toString(), text);
      assert(time.equals(new Time(init)));
      if (time.tz === null) {
        assertEquals(
          time.toTemporal().toString({ fractionalSecondDigits: 9 }).slice(0, 8),
          text.slice(0, 8),
        );
        assertEquals(time.toTemporal().nanosecond, time.nanosecond);
        assertEquals(
          time.toTemporal().millisecond * 1000 + time.toTemporal().microsecond,
          time.microsecond,
        );
      } else assertThrows(() => time.toTemporal(), RangeError, "zone or fold");
    }
    assertThrows(() => new Time({ fold: 1 }).toTemporal(), RangeError, "zone or fold");
    assert(!new Time({ fold: 1 }).equals(new Time()));
    assert(!new Time({ tz: UTC }).equals(new Time()));
    assert(!new Time({ tz: offset(0) }).equals(new Time({ tz: UTC })));
    assert(!new Time({ tz: offset(0, "A") }).equals(new Time({ tz: offset(0, "B") })));
  },
});

Deno.test({
  name: "Time and DateTime refuse fields out of range and freeze their zone",
  permissions: "none",
  fn() {
    const wrong: readonly (readonly [Partial<DateTimeInit>, string])[] = [
      [{ hour: 24 }, "hour"],
      [{ minute: 60 }, "minute"],
      [{ second: 60 }, "second"],
      [{ microsecond: 1e6 }, "microsecond"],
      [{ nanosecond: 1000 }, "nanosecond"],
      [{ hour: -1 }, "hour"],
      [{ hour: NaN }, "hour"],
      [{ fold: 2 as 1 }, "fold"],
      [{ tz: offset(86_400) }, "less than 24 hours"],
      [{ tz: { kind: "offset", offsetMicroseconds: 0.5 } }, "whole microseconds"],
      [{ tz: zone("") }, "expected a key"],
      [{ tz: { kind: "moon" } as unknown as TimeZone }, "unknown kind"],
    ];
    for (const [fields, message] of wrong) {
      assertThrows(() => new Time(fields), RangeError, message);
      assertThrows(() => new DateTime({ ...DAY, ...fields }), RangeError, message);
    }
    assertThrows(() => new DateTime({ ...DAY, day: 32 }), RangeError, "day");
    const mutable = { kind: "zone" as const, key: "Europe/Paris" };
    const start = new DateTime({ ...DAY, tz: mutable });
    mutable.key = "Asia/Tokyo";
    assertEquals(start.tz, zone("Europe/Paris"));
    assert(Object.isFrozen(start) && Object.isFrozen(start.tz));
  },
});

Deno.test({
  name: "DateTime prints as Python's str",
  permissions: "none",
  fn() {
    assertEquals(String(new DateTime(DAY)), "2024-01-02 00:00:00");
    assertEquals(String(new DateTime({ ...DAY, hour: 3, tz: INDIA })), "2024-01-02 03:00:00+05:30");
    assertEquals(
      String(new DateTime({ ...DAY, tz: zone("Europe/Paris") })),
      "2024-01-02 00:00:00[Europe/Paris]",
    );
    assertEquals(
      JSON.stringify([new DateTime({ ...DAY, tz: UTC })]),
      '["2024-01-02T00:00:00+00:00"]',
    );
  },
});

/** What Temporal holds, as its own text. */
const HELD: readonly (readonly [DateTimeInit, string, string])[] = [
  [{ ...DAY, microsecond: 1_002, nanosecond: 3 }, "PlainDateTime", "2024-01-02T00:00:00.001002003"],
  [{ ...DAY, tz: UTC }, "Instant", "2024-01-02T00:00:00Z"],
  [
    { year: 1, month: 1, day: 1, nanosecond: 5, tz: UTC },
    "Instant",
    "0001-01-01T00:00:00.000000005Z",
  ],
  [{ ...DAY, tz: INDIA }, "ZonedDateTime", "2024-01-02T00:00:00+05:30[+05:30]"],
  [{ ...DAY, tz: offset(0) }, "ZonedDateTime", "2024-01-02T00:00:00+00:00[+00:00]"],
  [{ ...DAY, tz: zone("UTC") }, "ZonedDateTime", "2024-01-02T00:00:00+00:00[UTC]"],
  [
    { ...DAY, tz: zone("Europe/Paris") },
    "ZonedDateTime",
    "2024-01-02T00:00:00+01:00[Europe/Paris]",
  ],
  [
    { year: 2024, month: 10, day: 27, hour: 2, minute: 30, tz: zone("Europe/Paris") },
    "ZonedDateTime",
    "2024-10-27T02:30:00+02:00[Europe/Paris]",
  ],
  [
    { year: 2024, month: 10, day: 27, hour: 2, minute: 30, fold: 1, tz: zone("Europe/Paris") },
    "ZonedDateTime",
    "2024-10-27T02:30:00+01:00[Europe/Paris]",
  ],
];

/** What Temporal cannot hold, and why. */
const NOT_HELD: readonly (readonly [DateTimeInit, string])[] = [
  [{ ...DAY, fold: 1 }, "no meaning"],
  [{ ...DAY, fold: 1, tz: UTC }, "no meaning"],
  [{ ...DAY, fold: 1, tz: zone("Europe/Paris") }, "no meaning"],
  [{ ...DAY, tz: offset(1) }, "offset has seconds"],
  [{ ...DAY, tz: offset(3600, "CET") }, "offset has a name"],
  [{ ...DAY, tz: zone("Mars/Phobos") }, "zone is unknown"],
  [{ ...DAY, tz: zone("+05:30") }, "zone is unknown"],
  [{ ...DAY, tz: zone("2024-01-01T00:00[UTC]") }, "zone is unknown"],
  [{ ...DAY, tz: zone("europe/paris") }, "zone is unknown"],
  [{ ...DAY, tz: zone("../../etc/passwd") }, "zone is unknown"],
  [
    { year: 2024, month: 3, day: 31, hour: 2, minute: 30, tz: zone("Europe/Paris") },
    "clocks skip this time",
  ],
];

Deno.test({
  name: "DateTime becomes a Temporal value only where nothing is shifted or dropped",
  permissions: "none",
  fn() {
    assert(HELD.length > 0 && NOT_HELD.length > 0);
    for (const [init, type, text] of HELD) {
      const value = new DateTime(init).toTemporal();
      assertEquals(Object.prototype.toString.call(value), `[object Temporal.${type}]`);
      assertEquals(value.toString(), text);
    }
    for (const [init, reason] of NOT_HELD) {
      const error = assertThrows(() => new DateTime(init).toTemporal());
      assertInstanceOf(error, RangeError);
      assert(error.message.includes(reason), error.message);
    }
  },
});

const DELTAS: readonly (readonly [ConstructorParameters<typeof TimeDelta>[0], string])[] = [
  [{}, "0:00:00"],
  [{ days: 1, seconds: 2, microseconds: 3 }, "1 day, 0:00:02.000003"],
  [{ seconds: -1 }, "-1 day, 23:59:59"],
  [{ days: -3, microseconds: 5 }, "-3 days, 0:00:00.000005"],
  [{ seconds: 86_399, microseconds: 1_000_000 }, "1 day, 0:00:00"],
  [{ nanoseconds: 1 }, "0:00:00.000000001"],
  [{ nanoseconds: -1 }, "-1 day, 23:59:59.999999999"],
  [{ days: -999_999_999n }, "-999999999 days, 0:00:00"],
  [{ microseconds: 86_400_000_000n * 10n ** 9n - 1n }, "999999999 days, 23:59:59.999999"],
  [{ days: 1, seconds: -86_400 }, "0:00:00"],
];

Deno.test({
  name: "TimeDelta takes Python's normal form, by numbers and by bigints",
  permissions: "none",
  fn() {
    assert(DELTAS.length > 0);
    for (const [init = {}, text] of DELTAS) {
      const delta = new TimeDelta(init);
      assertEquals(delta.toString(), text);
      const exact = new TimeDelta({ nanoseconds: delta.totalNanoseconds });
      assert(delta.equals(exact) && Object.isFrozen(delta));
      assertEquals({ ...delta }, { ...exact });
      const { seconds, microseconds, nanoseconds } = delta.toTemporal();
      const total = BigInt(seconds) * 1_000_000_000n + BigInt(microseconds * 1000 + nanoseconds);
      assertEquals(total, delta.totalNanoseconds);
    }
    assert(!new TimeDelta({ seconds: 1 }).equals(new TimeDelta({ seconds: 2 })));
    assertThrows(() => new TimeDelta({ seconds: 0.5 }), RangeError, "whole seconds");
    assertThrows(() => new TimeDelta({ nanoseconds: NaN }), RangeError, "whole nanoseconds");
    assertThrows(() => new TimeDelta({ seconds: 2n ** 53n }), RangeError, "too many");
    assertEquals(new TimeDelta({ seconds: 2n ** 53n - 1n }).toTemporal().seconds, 2 ** 53 - 1);
  },
});

Deno.test({
  name: "TimeDelta, Time and DateTime agree with this machine's Python",
  ignore: !hasPython,
  async fn() {
    const random = new SeededRandom("datetime texts");
    const rows = Array.from({ length: 300 }, () => [
      random.below(20_000) - 10_000,
      random.below(400_000) - 200_000,
      random.pick([0, random.below(4e6) - 2e6]),
      random.below(9999) + 1,
      random.below(12) + 1,
      random.below(28) + 1,
      random.below(24),
      random.below(60),
      random.below(60),
      random.pick([0, random.below(1e6)]),
      random.pick([0, 60e6 * (random.below(2000) - 1000), random.below(1.7e11) - 8.6e10]),
    ]);
    const expected = await askPython(
      `from datetime import *
def show(v):
    d = timedelta(days=v[0], seconds=v[1], microseconds=v[2])
    t = datetime(*v[3:10], tzinfo=timezone(timedelta(microseconds=v[10])))
    return [str(d), [d.days, d.seconds, d.microseconds], str(t), repr(d), str(t.timetz()), str(t.date())]
print(json.dumps([show(v) for v in values]))`,
      rows,
    );
    const shown = rows.map(([days, seconds, microseconds, year, month, day, ...rest]) => {
      const [hour, minute, second, microsecond, offsetMicroseconds] = rest;
      const tz: TimeZone = { kind: "offset", offsetMicroseconds };
      const delta = new TimeDelta({ days, seconds, microseconds });
      const time = { hour, minute, second, microsecond, tz };
      const fields = Object.entries({ ...delta }).filter(([, value]) => value !== 0);
      return [
        String(delta),
        [delta.days, delta.seconds, delta.microseconds],
        String(new DateTime({ year, month, day, ...time })),
        `datetime.timedelta(${
          fields.map(([name, value]) => `${name}=${value}`).join(", ") || "0"
        })`,
        String(new Time(time)),
        String(new CalendarDate(year, month, day)),
      ];
    });
    assertEquals(shown, expected);
  },
});
