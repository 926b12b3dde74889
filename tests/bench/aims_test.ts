/** Goals of the benchmarks: judged by the limit, on the right side of it, and shown as they are. */
import { type Aim, judge, verdictTable } from "../../bench/report/aims.ts";
import { formatBytes } from "../../bench/report/table.ts";
import { assertEquals, assertStringIncludes } from "../helpers/assert.ts";

const NONE = { permissions: "none" } as const;

function aim(sense: Aim["sense"], goal: number, measured: number | undefined): Aim {
  return { what: "a call", sense, goal, measured, unit: "ns" };
}

const CASES: readonly [sense: Aim["sense"], goal: number, measured: number, met: boolean][] = [
  ["at most", 100, 99, true],
  ["at most", 100, 100, true],
  ["at most", 100, 100.1, false],
  ["at least", 100, 100.1, true],
  ["at least", 100, 100, true],
  ["at least", 100, 99, false],
  ["at most", 0, 0, true],
  ["at most", 0, 1, false],
];

for (const [sense, goal, measured, met] of CASES) {
  Deno.test(`aims: ${measured} is ${met ? "" : "not "}${sense} ${goal}`, NONE, () => {
    const verdict = judge(aim(sense, goal, measured));
    assertEquals(verdict.met, met);
    assertEquals(verdict.ratio, goal === 0 ? null : measured / goal);
  });
}

Deno.test("aims: what could not be measured is neither met nor missed", NONE, () => {
  const { met, ratio } = judge(aim("at most", 100, undefined));
  assertEquals([met, ratio], [null, null]);
});

Deno.test("aims: the table has limit, figure, ratio and verdict of each", NONE, () => {
  const [, , missed, unknown] = verdictTable([
    judge({ ...aim("at most", 2500, 5000), note: "socket 52 µs" }),
    judge(aim("at least", 2500, undefined)),
  ]).split("\n");
  for (const text of ["at most 2.50 µs", "5.00 µs", "2.00x", "MISSED", "socket 52 µs"]) {
    assertStringIncludes(missed, text);
  }
  for (const text of ["at least 2.50 µs", " - ", "not judged"]) {
    assertStringIncludes(unknown, text);
  }
});

Deno.test("aims: sizes are shown in the largest unit that leaves 1", NONE, () => {
  const sizes = [0, 1023, 1024, 8192, 1 << 20, 3 * 2 ** 30];
  assertEquals(sizes.map(formatBytes), [
    "0 bytes",
    "1023 bytes",
    "1.00 KiB",
    "8.00 KiB",
    "1.00 MiB",
    "3.00 GiB",
  ]);
});
