import {
  civilFromDays,
  daysFromCivil,
  daysInMonth,
  isLeapYear,
} from "../../../pybytes/types/calendar.ts";
import { assert, assertEquals } from "../../helpers/assert.ts";

const DAY_MS = 86_400_000;

/** Days since 1970 by the runtime's own calendar. */
function dateDays(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime() / DAY_MS;
}

Deno.test({
  name: "daysFromCivil and civilFromDays agree with Date over all its years",
  permissions: "none",
  fn() {
    assertEquals(daysFromCivil(1970, 1, 1), 0);
    assertEquals(civilFromDays(-1), { year: 1969, month: 12, day: 31 });
    let checked = 0;
    for (let year = -271_820; year <= 275_759; year += 97) {
      for (let month = 1; month <= 12; month++) {
        const day = (year * 7 + month * 5) % 28;
        const dayOfMonth = (day + 28) % 28 + 1;
        const days = dateDays(year, month, dayOfMonth);
        assertEquals(daysFromCivil(year, month, dayOfMonth), days);
        assertEquals(civilFromDays(days), { year, month, day: dayOfMonth });
        checked++;
      }
    }
    assert(checked > 60_000);
  },
});

Deno.test({
  name: "every day of 1600 to 2000 and of the years around 0 follows the one before",
  permissions: "none",
  fn() {
    for (const [from, to] of [[1599, 2001], [-5, 5]]) {
      let days = daysFromCivil(from, 1, 1);
      for (let year = from; year < to; year++) {
        for (let month = 1; month <= 12; month++) {
          for (let day = 1; day <= daysInMonth(year, month); day++, days++) {
            const civil = civilFromDays(days);
            if (
              daysFromCivil(year, month, day) !== days || civil.year !== year ||
              civil.month !== month || civil.day !== day
            ) assertEquals(civil, { year, month, day });
          }
        }
      }
    }
  },
});

Deno.test({
  name: "leap years follow the Gregorian rule",
  permissions: "none",
  fn() {
    const leap = [-4, 0, 4, 1600, 2000, 2024].map(isLeapYear);
    assertEquals(leap, leap.map(() => true));
    const common = [-1, 1, 1700, 1900, 2023, 2100].map(isLeapYear);
    assertEquals(common, common.map(() => false));
    assertEquals([daysInMonth(2024, 2), daysInMonth(2023, 2), daysInMonth(2023, 4)], [29, 28, 30]);
  },
});
