import { encode, NamedTuple, Tuple } from "../../pybytes/mod.ts";
import {
  ByteArray,
  Complex,
  Counter,
  Decimal,
  Deque,
  Ellipsis,
  Float,
  FrozenSet,
  Range,
  UUID,
} from "../../pybytes/mod.ts";
import { assert, assertEquals } from "../helpers/assert.ts";

/** Name, value, our size, and the sizes of msgpack and canonical CBOR for the same value; null where they have none. */
type SizeRow = readonly [string, unknown, number, number | null, number | null];

const { PlainDate, PlainTime, PlainDateTime, Instant, ZonedDateTime, Duration } = Temporal;

function users(count: number): unknown[] {
  return Array.from({ length: count }, (_, id) => ({ id, name: `u${id}`, active: true }));
}

// deno-fmt-ignore
const SIZES: readonly SizeRow[] = [
  ["None", null, 1, 1, 1],
  ["True", true, 1, 1, 1],
  ["Ellipsis", Ellipsis, 1, null, null],
  ["5", 5, 1, 1, 1],
  ["95", 95, 1, 1, 2],
  ["100", 100, 2, 1, 2],
  ["127", 127, 2, 1, 2],
  ["-1", -1, 1, 1, 1],
  ["-20", -20, 2, 1, 1],
  ["200", 200, 2, 2, 2],
  ["404", 404, 2, 3, 3],
  ["2024", 2024, 2, 3, 3],
  ["-1000", -1000, 3, 3, 3],
  ["70_000", 70_000, 4, 5, 5],
  ["2**31", 2 ** 31, 5, 5, 5],
  ["1_700_000_000_000", 1_700_000_000_000, 7, 9, 9],
  ["2**53+1", 2n ** 53n + 1n, 9, 9, 9],
  ["10**30", 10n ** 30n, 15, null, 15],
  ["-(2**200)", -(2n ** 200n), 27, null, 28],
  ["0.0", new Float(0), 1, 9, 3],
  ["1.0", new Float(1), 2, 9, 3],
  ["-0.0", -0, 3, 9, 3],
  ["0.5", 0.5, 2, 9, 3],
  ["0.1", 0.1, 2, 9, 9],
  ["3.14", 3.14, 3, 9, 9],
  ["19.99", 19.99, 3, 9, 9],
  ["1234.5678", 1234.5678, 6, 9, 9],
  ["math.pi", Math.PI, 9, 9, 9],
  ["nan", NaN, 3, 9, 3],
  ["inf", Infinity, 3, 9, 3],
  ["1+2j", new Complex(1, 2), 5, null, 10],
  ["''", "", 1, 1, 1],
  ["'a'", "a", 2, 2, 2],
  ["'hello'", "hello", 6, 6, 6],
  ["'café'", "café", 5, 6, 6],
  ["'привет'", "привет", 9, 13, 13],
  ["'你好'", "你好", 6, 7, 7],
  ["'😀'", "😀", 4, 5, 5],
  ["'It’s ok'", "It’s ok", 10, 10, 10],
  ["31-char ascii", "a".repeat(31), 32, 32, 33],
  ["32-char ascii", "a".repeat(32), 34, 34, 34],
  ["200-char ascii", "a".repeat(200), 202, 202, 202],
  ["lone surrogate", "ab\ud800c", 10, null, null],
  ["b''", new Uint8Array(0), 1, 2, 1],
  ["b'abc'", new Uint8Array(3), 4, 5, 4],
  ["16-byte bytes", new Uint8Array(16), 17, 18, 17],
  ["20-byte bytes", new Uint8Array(20), 21, 22, 21],
  ["32-byte bytes", new Uint8Array(32), 33, 34, 34],
  ["bytearray(3)", new ByteArray(3), 5, 5, 4],
  ["[]", [], 1, 1, 1],
  ["[1,2,3]", [1, 2, 3], 4, 4, 4],
  ["(1,2)", Tuple.of(1, 2), 3, 3, 3],
  ["()", Tuple.of(), 1, 1, 1],
  ["{1,2,3}", new Set([1, 2, 3]), 5, null, 7],
  ["frozenset({1})", new FrozenSet([1]), 3, null, 5],
  ["{}", {}, 1, 1, 1],
  ["{'a':1}", { a: 1 }, 4, 4, 4],
  ["{1:'a',2:'b'}", new Map([[1, "a"], [2, "b"]]), 7, 7, 7],
  ["{(1,2):3}", new Map([[Tuple.of(1, 2), 3]]), 5, 5, 5],
  ["list(range(20))", Array.from({ length: 20 }, (_, i) => i), 22, 23, 21],
  ["[0.5]*10", new Array(10).fill(0.5), 14, 91, 31],
  ["10 random doubles", Array.from({ length: 10 }, () => Math.random() + 1 / 3), 83, 91, 91],
  ["list(range(1000))", Array.from({ length: 1000 }, (_, i) => i), 1908, 2619, 2723],
  ["16 bools", Array.from({ length: 16 }, (_, i) => i % 3 === 0), 5, 19, 17],
  ["3 same-shape dicts", users(3), 34, 64, 64],
  ["50 same-shape dicts", users(50), 365, 1093, 1118],
  ["['active']*10", new Array(10).fill("active"), 26, 71, 71],
  ["date(2024,1,2)", PlainDate.from("2024-01-02"), 3, null, 14],
  ["time(3,4,5)", PlainTime.from("03:04:05"), 4, null, null],
  ["time(3,4,5,678901)", PlainTime.from("03:04:05.678901"), 7, null, null],
  ["datetime naive s", PlainDateTime.from("2024-01-02T03:04:05"), 5, null, null],
  ["datetime naive µs", PlainDateTime.from("2024-01-02T03:04:05.678901"), 8, null, null],
  ["datetime UTC s", Instant.from("2024-01-02T03:04:05Z"), 5, 6, 22],
  ["datetime UTC µs", Instant.from("2024-01-02T03:04:05.678901Z"), 8, 10, 30],
  ["datetime +05:30 µs", ZonedDateTime.from("2024-01-02T03:04:05.678901+05:30[+05:30]"), 13, 10, 35],
  ["datetime NY fold=1", ZonedDateTime.from("2024-11-03T01:30:00-05:00[America/New_York]"), 24, 6, 28],
  ["timedelta(days=1)", Duration.from({ days: 1 }), 3, null, null],
  ["timedelta(1,2,3)", Duration.from({ days: 1, seconds: 2, microseconds: 3 }), 9, null, null],
  ["UUID4", UUID.random(), 17, null, 19],
  ["Decimal('1.50')", Decimal.parse("1.50"), 4, null, 5],
  ["Decimal('19.99')", Decimal.parse("19.99"), 4, null, 6],
  ["Decimal('NaN')", Decimal.parse("NaN"), 3, null, 3],
  ["Decimal 28 digits", Decimal.parse("1.234567890123456789012345678"), 16, null, 18],
  ["range(5)", new Range(0, 5), 3, null, 6],
  ["memoryview(f64 x2)", new Float64Array(2), 19, 18, 7],
  ["deque([1],3)", new Deque([1], { maxLength: 3 }), 5, null, 2],
  ["Counter('aab')", Counter.count("aab"), 9, 7, 7],
];

/** Ints from 96 and below -8, and lists of 16 and more, are the one byte larger that the format pays for the rest. */
const ONE_LARGER = ["100", "127", "-20", "list(range(20))"];
/** Msgpack and CBOR give these another type: what they leave out is what the byte more says. */
const RICHER = [
  "bytearray(3)",
  "memoryview(f64 x2)",
  "deque([1],3)",
  "Counter('aab')",
  "datetime +05:30 µs",
  "datetime NY fold=1",
];

Deno.test({
  name: "sizes of small values are those of the format's size table",
  permissions: "none",
  fn() {
    assert(SIZES.length >= 80);
    for (const [name, value, ours] of SIZES) assertEquals(encode(value).length, ours, name);
  },
});

Deno.test({
  name: "a small value takes at most a byte more than msgpack or CBOR",
  permissions: "none",
  fn() {
    let compared = 0;
    for (const [name, , ours, msgpack, cbor] of SIZES) {
      if (RICHER.includes(name) || msgpack === null || cbor === null) continue;
      const best = Math.min(msgpack, cbor);
      assert(
        ours <= best + (ONE_LARGER.includes(name) ? 1 : 0),
        `${name}: ${ours} against ${best}`,
      );
      compared++;
    }
    assert(compared >= 40);
  },
});

Deno.test({
  name: "all values that msgpack can hold take at most 0.64 times its bytes together",
  permissions: "none",
  fn() {
    const rows = SIZES.filter(([name, , , msgpack]) => msgpack !== null && !RICHER.includes(name));
    const total = (size: (row: SizeRow) => number) => rows.reduce((sum, row) => sum + size(row), 0);
    const ours = total((row) => row[2]), theirs = total((row) => row[3]!);
    assert(rows.length >= 55);
    assert(ours <= 0.64 * theirs, `${ours} of ${theirs}`);
  },
});

Deno.test({
  name: "a named tuple costs its names once, its values nothing beside",
  permissions: "none",
  fn() {
    assertEquals(encode(NamedTuple.create("Point", { x: 1, y: 2 })).length, 2 + 6 + 1 + 4 + 2);
  },
});
