import { isHashable, pythonKey } from "../../pybytes/python_key.ts";
import {
  ByteArray,
  CalendarDate,
  Complex,
  Counter,
  DateTime,
  Decimal,
  Deque,
  Dict,
  Ellipsis,
  Float,
  FrozenSet,
  MemoryView,
  NamedTuple,
  Path,
  PurePath,
  Range,
  Str,
  Time,
  TimeDelta,
  Tuple,
  UTC,
  UUID,
} from "../../pybytes/types/mod.ts";
import { assert, assertEquals } from "../helpers/assert.ts";
import { askPython, hasPython } from "./types/python_oracle.ts";

const offset = (hours: number) => ({ kind: "offset", offsetMicroseconds: hours * 3600e6 }) as const;
const paris = { kind: "zone", key: "Europe/Paris" } as const;
const fold = { year: 2024, month: 10, day: 27, hour: 2, minute: 30 };
const bytes = new Uint8Array([97, 98]);
const big = Tuple.of<unknown>("x".repeat(100), Tuple.of<unknown>("y".repeat(100), 1));

/** Groups of values that are equal in Python, each with its Python expression. */
const GROUPS: readonly (readonly (readonly [unknown, string])[])[] = [
  [
    [1, "1"],
    [1n, "1"],
    [true, "True"],
    [new Float(1), "1.0"],
    [Decimal.parse("1.00"), "Decimal('1.00')"],
    [Decimal.parse("10E-1"), "Decimal('10E-1')"],
    [new Complex(1, 0), "(1+0j)"],
    [new Complex(1, -0), "complex(1, -0.0)"],
  ],
  [
    [0, "0"],
    [-0, "-0.0"],
    [false, "False"],
    [Decimal.parse("-0E+99"), "Decimal('-0E+99')"],
    [new Complex(-0, 0), "complex(-0.0, 0)"],
  ],
  [["1", "'1'"], [new Str([0x31]), "'1'"], [new String("1"), "'1'"]],
  [["", "''"]],
  [["\0py:n1e5", "'\\0py:n1e5'"]],
  [["\0py:", "'\\0py:'"]],
  [["\0py:s\0py:", "'\\0py:s\\0py:'"]],
  [["\u{1f600}", "'\\U0001f600'"]],
  [[new Str([0xd83d, 0xde00]), "'\\ud83d\\ude00'"]],
  [["\ud83d", "'\\ud83d'"]],
  [[0.5, "0.5"], [Decimal.parse("0.50"), "Decimal('0.50')"]],
  [[-0.5, "-0.5"], [Decimal.parse("-5E-1"), "Decimal('-5E-1')"]],
  [[0.1, "0.1"]],
  [[Decimal.parse("0.1"), "Decimal('0.1')"], [Decimal.parse("0.10"), "Decimal('0.10')"]],
  [[5e-324, "5e-324"], [Decimal.parse(`${5n ** 1074n}E-1074`), "Decimal(5e-324)"]],
  [[1.7976931348623157e308, "1.7976931348623157e308"], [
    BigInt(1.7976931348623157e308),
    "int(1.7976931348623157e308)",
  ]],
  [[2 ** 53, "2.0**53"], [2n ** 53n, "2**53"]],
  [[2n ** 53n + 1n, "2**53+1"], [Decimal.parse("9007199254740993"), "Decimal('9007199254740993')"]],
  [[1e22, "1e22"], [10n ** 22n, "10**22"], [Decimal.parse("1E22"), "Decimal('1E22')"]],
  [[10n ** 40n, "10**40"], [Decimal.parse("1.0E40"), "Decimal('1.0E40')"]],
  [[-(10n ** 40n), "-10**40"]],
  [[1e40, "1e40"], [BigInt(1e40), "int(1e40)"]],
  [[Infinity, "float('inf')"], [Decimal.parse("inf"), "Decimal('inf')"]],
  [[-Infinity, "float('-inf')"], [Decimal.parse("-inf"), "Decimal('-inf')"]],
  [[new Complex(1, 2), "(1+2j)"]],
  [[new Complex(2, 1), "(2+1j)"]],
  [[null, "None"]],
  [[Ellipsis, "..."]],
  [
    [bytes, "b'ab'"],
    [bytes.buffer, "b'ab'"],
    [new MemoryView({ format: "B", shape: [2], data: bytes, readonly: true }), "memoryview(b'ab')"],
  ],
  [["ab", "'ab'"]],
  [[new Uint8Array(), "b''"]],
  [[Tuple.of(), "()"]],
  [
    [Tuple.of<unknown>(1, "a"), "(1, 'a')"],
    [Tuple.of<unknown>(new Float(1), "a"), "(1.0, 'a')"],
    [NamedTuple.create<unknown>("P", { x: true, y: "a" }), "P(True, 'a')"],
  ],
  [[Tuple.of("1", "a"), "('1', 'a')"]],
  [[Tuple.of<unknown>("a", 1), "('a', 1)"]],
  [[Tuple.of<unknown>(Tuple.of(1), "a"), "((1,), 'a')"]],
  [[Tuple.of<unknown>(1, Tuple.of("a")), "(1, ('a',))"]],
  [[Tuple.of<unknown>(null), "(None,)"]],
  [[Tuple.of("ab"), "('ab',)"]],
  [[Tuple.of("a", "b"), "('a', 'b')"]],
  [[Tuple.of('a";"1:b'), `('a";"1:b',)`]],
  [[Tuple.of(bytes), "(b'ab',)"]],
  [[big, "('x'*100, ('y'*100, 1))"]],
  [[Tuple.of<unknown>(big, 1), "(('x'*100, ('y'*100, 1)), 1)"], [
    Tuple.of<unknown>(
      Tuple.of<unknown>("x".repeat(100), Tuple.of<unknown>("y".repeat(100), 1n)),
      1,
    ),
    "(('x'*100, ('y'*100, 1.0)), 1)",
  ]],
  [[Tuple.of<unknown>(big, 2), "(('x'*100, ('y'*100, 1)), 2)"]],
  [
    [new FrozenSet<unknown>([1, "a", Tuple.of(2)]), "frozenset([1, 'a', (2,)])"],
    [new FrozenSet<unknown>([Tuple.of(2n), "a", true]), "frozenset([(2,), 'a', True])"],
  ],
  [[new FrozenSet(), "frozenset()"]],
  [[new FrozenSet([new FrozenSet()]), "frozenset([frozenset()])"]],
  [[UUID.parse("1".repeat(32)), "UUID('1'*32)"]],
  [["11111111-1111-1111-1111-111111111111", "'11111111-1111-1111-1111-111111111111'"]],
  [[new Range(0, 3, 2), "range(0, 3, 2)"], [new Range(0, 4, 2), "range(0, 4, 2)"]],
  [[new Range(0, 0), "range(0)"], [new Range(5, 1), "range(5, 1)"]],
  [[new Range(3, 4), "range(3, 4)"], [new Range(3, 5, 9), "range(3, 5, 9)"]],
  [[new Range(4, 5), "range(4, 5)"]],
  [
    [new PurePath("a//b"), "PurePosixPath('a//b')"],
    [new Path("a/b/."), "PosixPath('a/b/.')"],
  ],
  [[new PurePath("A/b"), "PurePosixPath('A/b')"]],
  [
    [new PurePath("A\\b", "windows"), "PureWindowsPath('A/b')"],
    [new PurePath("a/B", "windows"), "PureWindowsPath('a/B')"],
  ],
  [["a/b", "'a/b'"]],
  [[new CalendarDate(2024, 1, 2), "date(2024, 1, 2)"], [
    new Temporal.PlainDate(2024, 1, 2),
    "date(2024, 1, 2)",
  ]],
  [
    [new DateTime({ year: 2024, month: 1, day: 2 }), "datetime(2024, 1, 2)"],
    [new DateTime({ year: 2024, month: 1, day: 2, fold: 1 }), "datetime(2024, 1, 2, fold=1)"],
    [new Temporal.PlainDateTime(2024, 1, 2), "datetime(2024, 1, 2)"],
  ],
  [
    [new DateTime({ year: 2024, month: 1, day: 2, tz: UTC }), "datetime(2024, 1, 2, tzinfo=utc)"],
    [
      new DateTime({ year: 2024, month: 1, day: 2, hour: 5, tz: offset(5) }),
      "datetime(2024, 1, 2, 5, tzinfo=timezone(timedelta(hours=5)))",
    ],
    [
      new DateTime({ year: 2024, month: 1, day: 2, hour: 1, tz: paris }),
      "datetime(2024, 1, 2, 1, tzinfo=ZoneInfo('Europe/Paris'))",
    ],
    [Temporal.Instant.from("2024-01-02T00:00Z"), "datetime(2024, 1, 2, tzinfo=utc)"],
    [new Date(Date.UTC(2024, 0, 2)), "datetime(2024, 1, 2, tzinfo=utc)"],
    [
      Temporal.ZonedDateTime.from("2024-01-02T01:00[Europe/Paris]"),
      "datetime(2024, 1, 2, 1, tzinfo=ZoneInfo('Europe/Paris'))",
    ],
  ],
  [
    [new DateTime({ ...fold, tz: paris }), "datetime(2024, 10, 27, 2, 30, tzinfo=paris)"],
    [
      new DateTime({ ...fold, fold: 1, tz: paris }),
      "datetime(2024, 10, 27, 2, 30, fold=1, tzinfo=paris)",
    ],
    [
      Temporal.ZonedDateTime.from("2024-10-27T02:30+01:00[Europe/Paris]"),
      "datetime(2024, 10, 27, 2, 30, fold=1, tzinfo=paris)",
    ],
  ],
  [
    [new Time({ hour: 3 }), "time(3)"],
    [new Time({ hour: 3, tz: paris }), "time(3, tzinfo=paris)"],
    [new Temporal.PlainTime(3), "time(3)"],
  ],
  [
    [new Time({ hour: 3, tz: UTC }), "time(3, tzinfo=utc)"],
    [new Time({ hour: 4, tz: offset(1) }), "time(4, tzinfo=timezone(timedelta(hours=1)))"],
  ],
  [
    [new TimeDelta({ days: 1 }), "timedelta(days=1)"],
    [Temporal.Duration.from({ hours: 24 }), "timedelta(hours=24)"],
  ],
];

function groupKeys(): unknown[][] {
  return GROUPS.map((group) => group.map(([value]) => pythonKey(value)));
}

Deno.test({
  name: "pythonKey gives one key to what is equal in Python, another to everything else",
  permissions: "none",
  fn() {
    assert(GROUPS.length > 40);
    const seen = new Map<unknown, number>();
    groupKeys().forEach((keys, index) => {
      for (const key of keys) {
        assert(typeof key !== "object" || key === null);
        assertEquals(key, keys[0]);
      }
      assertEquals(seen.get(keys[0]), undefined, GROUPS[index][0][1]);
      seen.set(keys[0], index);
      for (const [value] of GROUPS[index]) assert(isHashable(value));
    });
    assertEquals(pythonKey("plain"), "plain");
  },
});

Deno.test({
  name: "the groups are what this machine's Python finds equal, with equal hashes",
  ignore: !hasPython,
  async fn() {
    const expressions = GROUPS.map((group) => group.map(([, expression]) => expression));
    const wrong = await askPython(
      `from collections import namedtuple
from datetime import *
from decimal import Decimal
from pathlib import *
from uuid import UUID
from zoneinfo import ZoneInfo
utc, P = timezone.utc, namedtuple("P", "x y")
try:
    paris = ZoneInfo("Europe/Paris")
except Exception:
    print(json.dumps("no time zone database")); sys.exit()
flat = [(i, e, eval(e)) for i, group in enumerate(values) for e in group]
print(json.dumps([[e, f] for i, e, a in flat for j, f, b in flat
    if (i == j) != (a == b) or i == j and hash(a) != hash(b)]))`,
      expressions,
    );
    if (wrong === "no time zone database") console.log("skipped: Python has no time zone database");
    else assertEquals(wrong, []);
  },
});

Deno.test({
  name: "pythonKey returns what Python cannot hash as it is, at any depth",
  permissions: "none",
  fn() {
    const unhashable: readonly unknown[] = [
      [],
      {},
      new Map(),
      new Set(),
      new Dict(),
      new Counter(),
      new Deque(),
      new ByteArray(1),
      new Float64Array(1),
      new MemoryView({ format: "B", shape: [1], data: new Uint8Array(1) }),
      new MemoryView({ format: "b", shape: [1], data: new Uint8Array(1), readonly: true }),
      Decimal.parse("sNaN"),
      Tuple.of([]),
      Tuple.of<unknown>(1, Tuple.of({})),
      new FrozenSet([Tuple.of(new Set())]),
      () => 1,
      new Error("no value"),
      Symbol("other"),
    ];
    for (const value of unhashable) {
      assert(pythonKey(value) === value);
      assert(!isHashable(value));
    }
  },
});

Deno.test({
  name: "NaN has a key that a caller can tell",
  permissions: "none",
  fn() {
    for (const nan of [NaN, new Float(NaN), Float.fromBits(0x7ff0000000000001n)]) {
      assert(Number.isNaN(pythonKey(nan)));
    }
    assert(isHashable(Decimal.parse("NaN")) && isHashable(NaN) && isHashable(Tuple.of(NaN)));
    assert(pythonKey(Decimal.parse("NaN")) !== pythonKey(Decimal.parse("NaN1")));
    assert(pythonKey("NaN") === "NaN");
  },
});

Deno.test({
  name: "pythonKey takes any depth and stays linear, level by level too",
  permissions: "none",
  fn() {
    const start = performance.now();
    const nested = (value: unknown, levels: number) => {
      for (let depth = 0; depth < levels; depth++) value = Tuple.of(value);
      return value;
    };
    const tuple = nested(1, 1_000_000);
    assertEquals(typeof pythonKey(tuple), "string");
    assert(pythonKey(tuple) !== pythonKey(Tuple.of(tuple)));
    assert(pythonKey(nested(1, 20_000)) === pythonKey(nested(new Float(1), 20_000)));
    assert(pythonKey(nested(1, 20_000)) !== pythonKey(nested(2, 20_000)));
    let set: unknown = 1;
    for (let depth = 0; depth < 50_000; depth++) {
      set = new FrozenSet([depth % 2, set]);
      pythonKey(set);
    }
    // Quadratic work would take hours.
    assert(performance.now() - start < 30_000);
  },
});

Deno.test({
  name: "pythonKey never expands an exponent and takes near-linear time for long numbers",
  permissions: "none",
  fn() {
    const start = performance.now();
    assertEquals(typeof pythonKey(Decimal.parse("1E+999999999999999999")), "string");
    assertEquals(typeof pythonKey(Decimal.parse("1E-999999999999999999")), "string");
    const long = 10n ** 300_000n;
    assert(pythonKey(long) === pythonKey(Decimal.parse("1E+300000")));
    assert(pythonKey(long * 3n) === pythonKey(Decimal.parse("3000E+299997")));
    assert(pythonKey(long + 1n) === long + 1n);
    assert(performance.now() - start < 10_000);
  },
});

Deno.test({
  name: "nested tuples of bytes follow their bytes when these change",
  permissions: "none",
  fn() {
    const content = new Uint8Array([1]);
    const tuple = Tuple.of(Tuple.of(content));
    const before = pythonKey(tuple);
    content[0] = 2;
    assert(pythonKey(tuple) !== before);
  },
});
