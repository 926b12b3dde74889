/** Every value type of the mapping through shared memory: as a value, as an argument, as a result; small and large. */
import { assert, assertEquals } from "../helpers/assert.ts";
import { freshName } from "../helpers/shm.ts";
import { connect, serve, SharedValue } from "../../membridge/mod.ts";
import { Child } from "../helpers/child.ts";
import {
  ByteArray,
  ChainMap,
  Complex,
  Counter,
  DateTime,
  Decimal,
  decode,
  Deque,
  Dict,
  Ellipsis,
  encode,
  equals,
  Float,
  FrozenSet,
  MemoryView,
  NamedTuple,
  OrderedDict,
  Path,
  PurePath,
  Range,
  Time,
  TimeDelta,
  Tuple,
  UUID,
} from "../../pybytes/mod.ts";
import { SUBTYPE_EXAMPLES, TAG_EXAMPLES } from "../pybytes/helpers/examples.ts";
import { forgetting } from "./fixtures/attack.ts";

const FFI: Omit<Deno.TestDefinition, "name" | "fn"> = { permissions: { ffi: true } };

/** `n` of something. */
function many<T>(n: number, make: (i: number) => T): T[] {
  return Array.from({ length: n }, (_, i) => make(i));
}

/** Makes a value of one type, about as large as asked for. */
const MAKERS: Record<string, (n: number) => unknown> = {
  "None, bool, Ellipsis": (n) => many(n, (i) => [null, true, false, Ellipsis][i % 4]),
  undefined: (n) => many(n, () => undefined),
  int: (n) => many(n, (i) => (i % 2 ? -1 : 1) * 7 ** (i % 18)),
  "big int": (n) => (-3n) ** BigInt(n + 50) + 1n,
  float: (n) => many(n, (i) => [0.5, -0, NaN, Infinity, -Infinity, 5e-324, 1e300, 3.14][i % 8]),
  complex: (n) => many(n, (i) => new Complex(i, -0.5)),
  "str, ascii": (n) => "a".repeat(n),
  "str, all planes": (n) => "a\u00e9\u20ac\ud83d\ude00\0".repeat(Math.ceil(n / 6)),
  "str, lone surrogates and BOM": (n) => "\ufeff\ud800x\udc00".repeat(Math.ceil(n / 4)),
  bytes: (n) => new Uint8Array(n).map((_, i) => i),
  bytearray: (n) => ByteArray.from(many(n, (i) => i & 255)),
  "memoryview d": (n) => new Float64Array(n).map((_, i) => i / 3),
  "memoryview i": (n) => new Int32Array(n).map((_, i) => -i),
  "memoryview Q": (n) => new BigUint64Array(n).map((_, i) => BigInt(i) << 40n),
  "memoryview b": (n) => new Int8Array(n).map((_, i) => i),
  "memoryview B": (n) => new DataView(new Uint8Array(n).map((_, i) => i).buffer),
  "memoryview, shaped": (n) =>
    new MemoryView({ format: "h", shape: [2, n], data: new Uint8Array(4 * n).fill(3) }),
  "datetime, naive": (n) =>
    many(n, (i) => Temporal.PlainDateTime.from("2024-02-29T01:02:03.000004").add({ hours: i })),
  "datetime, UTC": (n) => many(n, (i) => Temporal.Instant.fromEpochMilliseconds(i * 1e9 - 5)),
  "datetime, zone": (n) =>
    many(
      n,
      (i) =>
        Temporal.ZonedDateTime.from("2024-11-03T01:30:00-05:00[America/New_York]").add({ days: i }),
    ),
  "datetime, odd offset": (n) =>
    many(n, (i) =>
      new DateTime({
        year: 1900,
        month: 1,
        day: 1 + i % 28,
        tz: { kind: "offset", offsetMicroseconds: 561_000_000, name: "LMT" },
      })),
  date: (n) => many(n, (i) => Temporal.PlainDate.from("0001-01-01").add({ days: 1000 * i })),
  time: (n) => many(n, (i) => Temporal.PlainTime.from("00:00:00.000001").add({ seconds: i })),
  "time, aware": (n) =>
    many(
      n,
      (i) => new Time({ hour: i % 24, tz: { kind: "offset", offsetMicroseconds: 3_600_000_000 } }),
    ),
  timedelta: (n) => many(n, (i) => Temporal.Duration.from({ seconds: -i, microseconds: -7 })),
  "uuid": (n) => many(n, () => UUID.random()),
  decimal: (n) =>
    many(n, (i) => Decimal.parse(["1.50", "-0", "Infinity", "NaN123", "sNaN", `1E+${i}`][i % 6])),
  list: (n) => many(n, (i) => [i, [String(i), []]]),
  tuple: (n) => Tuple.from(many(n, (i) => Tuple.of(i, Tuple.of()))),
  dict: (n) => Object.fromEntries(many(n, (i) => [`key ${i}`, { i, __proto__: null }])),
  "dict, odd keys": (n) =>
    new Map<unknown, unknown>(many(n, (i) => [i % 2 ? i : Tuple.of(i, "k"), new Map([["a", i]])])),
  "dict, hostile keys": () => JSON.parse('{"__proto__": {"x": 1}, "constructor": 2, "": 3}'),
  set: (n) => new Set<unknown>(many(n, (i) => i % 2 ? i : `s${i}`)),
  frozenset: (n) => new FrozenSet(many(n, (i) => Tuple.of(i))),
  range: (n) => many(n, (i) => new Range(i, 10 * i + 1, i + 1)),
  deque: (n) => new Deque(many(n, (i) => i), { maxLength: n + 1 }),
  namedtuple: (n) => many(n, (i) => NamedTuple.create("Point", { x: i, y: -i })),
  Counter: (n) => Counter.count(many(n, (i) => `k${i % 7}`)),
  OrderedDict: (n) => new OrderedDict(many(n, (i) => [`k${n - i}`, i])),
  ChainMap: (n) => new ChainMap(...many(3, (k) => new Map(many(n, (i) => [`${k}.${i}`, i])))),
  "paths": (n) => many(n, (i) => i % 2 ? new Path(`/tmp/${i}`) : new PurePath("c:\\x", "windows")),
};

/** Values that decode to another class by default, with what they come back as. */
const CHANGED: readonly (readonly [string, unknown, unknown])[] = [
  ["Float", new Float(3), 3],
  ["-0 in a Float", new Float(-0), -0],
  ["Dict of text", new Dict([["a", 1]]), { a: 1 }],
  ["Dict of ints", new Dict([[1, 2]]), new Map([[1, 2]])],
  ["Date", new Date(1234), Temporal.Instant.fromEpochMilliseconds(1234)],
  ["TimeDelta", new TimeDelta({ seconds: 5 }), Temporal.Duration.from({ seconds: 5 })],
  ["String", Object("text"), "text"],
  ["ArrayBuffer", new ArrayBuffer(3), new Uint8Array(3)],
];

const SIZES = [0, 1, 3, 40, 700, 4000];

/** The name of a value's class; an own property called `constructor` is not asked. */
function classOf(value: unknown): string {
  return value === null || value === undefined
    ? String(value)
    : Object.getPrototypeOf(Object(value)).constructor.name;
}

/** Asserts that a copy is the same value and of the same class. */
function assertSame(copy: unknown, value: unknown, what: string): void {
  assert(equals(copy, value), what);
  assertEquals(classOf(copy), classOf(value), `class of ${what}`);
}

Deno.test("types: each through a value, at several sizes", FFI, () => {
  const name = freshName("types");
  using _left = forgetting(name);
  using writer = SharedValue.open<unknown>(name, { create: true });
  using reader = SharedValue.open<unknown>(name);
  const makers = Object.entries(MAKERS);
  assert(makers.length >= 38);
  let version = 0;
  for (const [what, make] of makers) {
    for (const size of SIZES) {
      const value = make(size);
      assertEquals(writer.set(value), ++version);
      assertSame(reader.get(), value, `${what} of ${size}`);
    }
  }
  for (const [what, value, expected] of CHANGED) {
    writer.set(value);
    assertSame(reader.get(), expected, what);
  }
  SharedValue.remove(name);
});

Deno.test(
  "types: each as an argument and as a result, one by one and all at once",
  FFI,
  async () => {
    const name = freshName("types");
    using _left = forgetting(name);
    let seen: unknown;
    await using _service = serve(name, {
      keep(value: unknown) {
        seen = value;
        return value;
      },
      both: (...values: unknown[]) => values,
    });
    using client = connect(name);
    for (const [what, make] of Object.entries(MAKERS)) {
      for (const size of SIZES) {
        const value = make(size);
        const result = await client.call("keep", value);
        assertSame(seen, value, `${what} of ${size} as an argument`);
        assertSame(result, value, `${what} of ${size} as a result`);
      }
    }
    const all = Object.values(MAKERS).map((make) => make(20));
    const results = await client.call("both", ...all) as unknown[];
    assertEquals(results.length, all.length);
    for (const [i, what] of Object.keys(MAKERS).entries()) assertSame(results[i], all[i], what);
  },
);

Deno.test(
  "types: every worked example of the format, through a value and through a call",
  FFI,
  async () => {
    const name = freshName("examples");
    using _left = forgetting(name);
    const examples = { ...TAG_EXAMPLES, ...SUBTYPE_EXAMPLES };
    assert(Object.keys(examples).length > 70);
    // By default a float 3.0 decodes to the number 3, and so on; exactly, nothing changes.
    const codec = {
      name: "exact",
      encode: (value: unknown) => encode(value),
      decode: (bytes: Uint8Array): unknown => decode(bytes, { exact: true }),
    };
    using value = SharedValue.open(name, { create: true, codec });
    await using _service = serve(`${name}.service`, { echo: (value: unknown) => value }, { codec });
    using client = connect(`${name}.service`, { codec });
    for (const [tag, example] of Object.entries(examples)) {
      value.set(example);
      assert(equals(value.get(), example), `${tag} through a value`);
      assert(equals(await client.call("echo", example), example), `${tag} through a call`);
    }
    SharedValue.remove(name);
  },
);

Deno.test("types: bytes written by another process are those of encode", {
  permissions: { ffi: true, run: true, read: true },
}, async () => {
  const name = freshName("bytes");
  using _left = forgetting(name);
  await using child = new Child();
  await child.run(({ membridge, state }, name) => {
    state.service = membridge.serve(name, {
      describe: (value: unknown) => [value, Object.prototype.toString.call(value)],
      names: (...values: unknown[]) =>
        values.map((value) => Object.getPrototypeOf(Object(value)).constructor.name),
    });
  }, name);
  using client = connect(name);
  const all = Object.values(MAKERS).map((make) => make(5));
  const names = await client.call("names", ...all);
  assertEquals(names, all.map(classOf));
  for (const [what, make] of Object.entries(MAKERS)) {
    const value = make(50);
    const [copy] = await client.call("describe", value) as [unknown, string];
    assertSame(copy, value, what);
    assertEquals(encode(copy), encode(value), what);
  }
  await child.run(({ state }) => state.service.close());
});
