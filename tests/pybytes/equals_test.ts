import { equals } from "../../pybytes/equals.ts";
import {
  ByteArray,
  CalendarDate,
  ChainMap,
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
  OrderedDict,
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

const DAY = { year: 2024, month: 1, day: 2 };
const paris = { kind: "zone", key: "Europe/Paris" } as const;
const bytes = new Uint8Array([0, 0, 128, 63, 0, 0, 0, 64]);

/** Groups of values of which all in one are the same, and no two of different ones. */
const GROUPS: readonly (readonly unknown[])[] = [
  [null],
  [undefined],
  [true],
  [false],
  [Ellipsis],
  [1, 1n],
  [0, 0n],
  [new Float(1)],
  [new Float(0)],
  [-0, new Float(-0)],
  [1.5, new Float(1.5)],
  [2 ** 53],
  [2n ** 53n],
  [NaN, new Float(NaN), Float.fromBits(0x7ff8000000000000n)],
  [Float.fromBits(0x7ff0000000000001n)],
  [Infinity],
  [new Complex(1, 0)],
  [new Complex(1, -0)],
  [Decimal.parse("1")],
  [Decimal.parse("1.0")],
  [Decimal.parse("-0")],
  [Decimal.parse("NaN")],
  [Decimal.parse("sNaN")],
  ["1", new String("1"), new Str([0x31])],
  ["\u{1f600}", new Str([0x1f600])],
  [new Str([0xd83d, 0xde00])],
  ["\ud83d"],
  [bytes, bytes.buffer, bytes.slice()],
  [ByteArray.from(bytes)],
  [new DataView(bytes.buffer), new MemoryView({ format: "B", shape: [8], data: bytes })],
  [new Float32Array([1, 2]), new MemoryView({ format: "f", shape: [2], data: bytes })],
  [new MemoryView({ format: "f", shape: [1, 2], data: bytes })],
  [new MemoryView({ format: "B", shape: [8], data: bytes, readonly: true })],
  [new Uint32Array(bytes.buffer)],
  [new Int32Array(bytes.buffer)],
  [new Float64Array([NaN])],
  [new Float64Array([0])],
  [new Float64Array([-0])],
  [[]],
  [Tuple.of()],
  [[1, [2]], [1n, [2n]]],
  [Tuple.of<unknown>(1, [2])],
  [[1, Tuple.of(2)]],
  [[undefined], new Array(1)],
  [NamedTuple.create("P", { x: 1 })],
  [NamedTuple.create("Q", { x: 1 })],
  [NamedTuple.create("P", { y: 1 })],
  [Tuple.of(1)],
  [new Set([1, 2]), new Set([2n, 1])],
  [new Set<unknown>([1, new Float(2)]), new Set<unknown>([new Float(2), 1])],
  [new FrozenSet([1, 2]), new FrozenSet([2, 1])],
  [new Set(["a", "b"]), new Set<unknown>([new Str([0x62]), "a"])],
  [
    new Set([Tuple.of<unknown>(1, "a"), Tuple.of<unknown>(2, "b")]),
    new Set([Tuple.of<unknown>(2n, "b"), Tuple.of<unknown>(1, "a")]),
  ],
  [new Set([Tuple.of<unknown>(new Float(1), "a"), Tuple.of<unknown>(2, "b")])],
  [new Set([[1], [2]])],
  [new Set([[2], [1]])],
  [{}, Object.create(null)],
  [new Map()],
  [new Dict()],
  [{ a: 1, b: [2] }, { b: [2n], a: 1n }],
  [{ a: 1, b: [3] }],
  [{ a: 1, c: [2] }],
  [{ a: 1 }],
  [{ a: undefined }],
  [JSON.parse('{"__proto__": 1}')],
  [JSON.parse('{"constructor": 1}')],
  [
    new Map<unknown, unknown>([[1, "x"], [Tuple.of(1), "y"]]),
    new Map<unknown, unknown>([[Tuple.of(1n), "y"], [1n, "x"]]),
  ],
  [new Map<unknown, unknown>([[new Float(1), "x"], [Tuple.of(1), "y"]])],
  [new Map([[NaN, 1]])],
  [new Dict([["a", 1]])],
  [new OrderedDict([["a", 1], ["b", 2]])],
  [new OrderedDict([["b", 2], ["a", 1]])],
  [Counter.count("aab"), Counter.count("baa")],
  [new ChainMap({ a: 1 }, {})],
  [new ChainMap({}, { a: 1 })],
  [new ChainMap(new Map([["a", 1]]), {})],
  [new Deque([1, 2])],
  [new Deque([1, 2], { maxLength: 2 }), new Deque([1, 2], { maxLength: 2n })],
  [new Deque([1, 2], { maxLength: 2n ** 63n - 1n })],
  [new Range(0, 3, 2)],
  [new Range(0, 4, 2)],
  [new PurePath("a")],
  [new Path("a")],
  [new PurePath("a", "windows")],
  [UUID.parse("1".repeat(32)), UUID.parse("{11111111-1111-1111-1111-111111111111}")],
  [new CalendarDate(2024, 1, 2), new Temporal.PlainDate(2024, 1, 2)],
  [Temporal.PlainDate.from("2024-01-02[u-ca=hebrew]")],
  [Temporal.PlainYearMonth.from("2024-01"), new Temporal.PlainYearMonth(2024, 1)],
  [new Temporal.PlainYearMonth(2024, 1, "iso8601", 5)],
  [Temporal.PlainYearMonth.from("2024-02")],
  [Temporal.PlainYearMonth.from("2024-01-02[u-ca=hebrew]")],
  [Temporal.PlainMonthDay.from("01-01"), new Temporal.PlainMonthDay(1, 1)],
  [new Temporal.PlainMonthDay(1, 1, "iso8601", 2024)],
  [Temporal.PlainMonthDay.from({ monthCode: "M01", day: 2 })],
  [Temporal.PlainMonthDay.from({ monthCode: "M01", day: 2, calendar: "hebrew" })],
  [new DateTime(DAY), new Temporal.PlainDateTime(2024, 1, 2)],
  [new DateTime({ ...DAY, fold: 1 })],
  [
    new DateTime({ ...DAY, nanosecond: 1 }),
    Temporal.PlainDateTime.from("2024-01-02T00:00:00.000000001"),
  ],
  [
    new Date(Date.UTC(2024, 0, 2)),
    Temporal.Instant.from("2024-01-02T00:00Z"),
    new DateTime({ ...DAY, tz: UTC }),
  ],
  [new Date(NaN)],
  [
    new DateTime({ ...DAY, tz: { kind: "offset", offsetMicroseconds: 0 } }),
    Temporal.ZonedDateTime.from("2024-01-02T00:00[+00:00]"),
  ],
  [
    new DateTime({ ...DAY, tz: { kind: "zone", key: "UTC" } }),
    Temporal.ZonedDateTime.from("2024-01-02T00:00[UTC]"),
  ],
  [
    new DateTime({ ...DAY, tz: paris }),
    Temporal.ZonedDateTime.from("2024-01-02T00:00[Europe/Paris]"),
  ],
  [Temporal.ZonedDateTime.from("2024-01-02T00:00[Europe/Berlin]")],
  [new DateTime({ ...DAY, tz: { kind: "zone", key: "Mars/Phobos" } })],
  [new DateTime({ ...DAY, tz: { kind: "offset", offsetMicroseconds: 1e6 } })],
  [Temporal.ZonedDateTime.from("2024-10-27T02:30+02:00[Europe/Paris]")],
  [
    Temporal.ZonedDateTime.from("2024-10-27T02:30+01:00[Europe/Paris]"),
    new DateTime({ year: 2024, month: 10, day: 27, hour: 2, minute: 30, fold: 1, tz: paris }),
  ],
  [new Time({ hour: 3 }), new Temporal.PlainTime(3)],
  [new Time({ hour: 3, tz: UTC })],
  [new Time({ hour: 4, tz: { kind: "offset", offsetMicroseconds: 3600e6 } })],
  [new TimeDelta({ days: 1 }), Temporal.Duration.from({ hours: 24 })],
  [Temporal.Duration.from({ months: 1 })],
  [() => 1],
  [new Error("a")],
  [new Error("a")],
];

Deno.test({
  name: "equals tells every value from every other, and finds the same ones the same",
  permissions: "none",
  fn() {
    assert(GROUPS.length > 80);
    GROUPS.forEach((group, index) => {
      GROUPS.forEach((other, otherIndex) => {
        for (const a of group) {
          for (const b of other) {
            if (equals(a, b) !== (index === otherIndex)) {
              throw new Error(`group ${index} against ${otherIndex}: ${Deno.inspect([a, b])}`);
            }
            // The same inside a container, where nothing is the same object.
            assertEquals(equals([a], [b]), index === otherIndex);
          }
        }
      });
    });
  },
});

Deno.test({
  name: "equals takes the order of dicts and their kind into account as asked",
  permissions: "none",
  fn() {
    assert(!equals({ a: 1, b: 2 }, { b: 2, a: 1 }, { order: true }));
    assert(equals({ a: 1, b: 2 }, { a: 1, b: 2 }, { order: true }));
    assert(!equals([new Map([[1, 1], [2, 2]])], [new Map([[2, 2], [1, 1]])], { order: true }));
    assert(equals(new Set([1, 2]), new Set([2, 1]), { order: true }));
    const loose = { dictKinds: false };
    assert(equals({ a: [1] }, new Map([["a", [1n]]]), loose));
    assert(equals(new Dict([["a", {}]]), { a: new Map() }, loose));
    assert(!equals({ a: 1 }, new OrderedDict([["a", 1]]), loose));
    assert(!equals({ "1": 1 }, new Map([[1, 1]]), loose));
    assert(!equals({ a: 1 }, new Map([["a", 2]]), loose));
  },
});

Deno.test({
  name: "equals ends on cycles and shared parts",
  permissions: "none",
  fn() {
    const ring = (size: number, last: unknown) => {
      const links: unknown[][] = Array.from(
        { length: size },
        (_, index) => [index === 0 ? last : 1],
      );
      links.forEach((link, index) => link.push(links[(index + 1) % size]));
      return links[0];
    };
    assert(equals(ring(2, 1), ring(3, 1)));
    assert(equals(ring(1, 1), ring(7, 1)));
    assert(!equals(ring(2, 1), ring(3, 2)));
    let a: unknown = [1], b: unknown = [1], c: unknown = [2];
    for (let level = 0; level < 60; level++) [a, b, c] = [[a, a], [b, b], [c, c]];
    assert(equals(a, b) && !equals(a, c));
  },
});

/** How deep, and one level of nesting. */
const NESTS: Readonly<Record<string, readonly [number, (inner: unknown) => unknown]>> = {
  list: [1_000_000, (inner) => [inner]],
  tuple: [1_000_000, (inner) => Tuple.of(inner)],
  object: [1_000_000, (inner) => ({ a: inner })],
  map: [100_000, (inner) => new Map([[1, inner]])],
  deque: [100_000, (inner) => new Deque([inner])],
};

Deno.test({
  name: "equals takes 1,000,000 levels of lists, tuples and dicts, and 100,000 of others",
  permissions: "none",
  fn() {
    for (const [name, [depth, nest]] of Object.entries(NESTS)) {
      const make = (core: unknown, levels: number) => {
        let value = core;
        for (let level = 0; level < levels; level++) value = nest(value);
        return value;
      };
      assert(equals(make([7], depth), make([7n], depth)), name);
      assert(!equals(make([7], depth / 10), make([8], depth / 10)), name);
    }
    let a: unknown = 1, b: unknown = 1n;
    for (let level = 0; level < 100_000; level++) {
      a = new FrozenSet([a, "x"]);
      b = new FrozenSet(["x", b]);
    }
    assert(equals(a, b) && !equals(a, new FrozenSet([b, "x"])));
  },
});

Deno.test({
  name: "equals matches many structural members in near-linear time",
  permissions: "none",
  fn() {
    const count = 50_000;
    const make = (step: number) =>
      Array.from({ length: count }, (_, index) => Tuple.of<unknown>(index * step % count, "x"));
    const start = performance.now();
    // 7 and 50,000 have no common factor: the same members in another order.
    assert(equals(new Set(make(1)), new Set(make(7))));
    const map = (step: number) => new Map(make(step).map((key) => [key, key[0]]));
    assert(equals(map(1), map(7)));
    // Comparing each with each would take minutes.
    assert(performance.now() - start < 10_000);
  },
});
