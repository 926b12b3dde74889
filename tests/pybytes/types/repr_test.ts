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
} from "../../../pybytes/types/mod.ts";
import { repr } from "../../../pybytes/types/repr.ts";
import { assert, assertEquals } from "../../helpers/assert.ts";
import { askPython, hasPython } from "./python_oracle.ts";

const tz = { kind: "offset", offsetMicroseconds: 19_800_000_000 } as const;
const day = { year: 2024, month: 1, day: 2 };

/** A value and its Python expression, which is what Python prints for it. */
const VALUES: readonly (readonly [unknown, string])[] = [
  [null, "None"],
  [true, "True"],
  [5n, "5"],
  [-0, "-0.0"],
  [2 ** 53, "9007199254740992.0"],
  [1.5, "1.5"],
  [Ellipsis, "Ellipsis"],
  ["it's", `"it's"`],
  [`it's "x"`, `'it\\'s "x"'`],
  [
    "a\\\n\t\0\x7f\u00e9\u2028\u{1f600}\ud83d\ufeff",
    "'a\\\\\\n\\t\\x00\\x7fé\\u2028😀\\ud83d\\ufeff'",
  ],
  [new Uint8Array([97, 39, 0, 10, 255]), `b"a'\\x00\\n\\xff"`],
  [new Uint8Array([39, 34, 92]), `b'\\'"\\\\'`],
  [ByteArray.from([1, 2]), "bytearray(b'\\x01\\x02')"],
  [[], "[]"],
  [[1, [2]], "[1, [2]]"],
  [Tuple.of(), "()"],
  [Tuple.of(1), "(1,)"],
  [Tuple.of(1, "a"), "(1, 'a')"],
  [{ a: 1, b: {} }, "{'a': 1, 'b': {}}"],
  [new Map<unknown, unknown>([[1, 2], [Tuple.of(), null]]), "{1: 2, (): None}"],
  [new Dict([["a", new Float(1)]]), "{'a': 1.0}"],
  [new Set(), "set()"],
  [new Set([1]), "{1}"],
  [new FrozenSet(), "frozenset()"],
  [new FrozenSet([1]), "frozenset({1})"],
  [new Deque([1, 2], { maxLength: 3 }), "deque([1, 2], maxlen=3)"],
  [new Deque(), "deque([])"],
  [Counter.count("abb"), "Counter({'b': 2, 'a': 1})"],
  [new Counter<string>([["a", "x"], ["b", 2]]), "Counter({'a': 'x', 'b': 2})"],
  [new Counter(), "Counter()"],
  [new OrderedDict(), "OrderedDict()"],
  [new ChainMap({ a: 1 }, {}), "ChainMap({'a': 1}, {})"],
  [NamedTuple.create("Point", { x: 1, y: Tuple.of(2) }), "Point(x=1, y=(2,))"],
  [new Range(0, 5), "range(0, 5)"],
  [new Range(0n, 10n ** 20n, -3), "range(0, 100000000000000000000, -3)"],
  [new Complex(1, -2), "(1-2j)"],
  [Decimal.parse("1.50"), "Decimal('1.50')"],
  [UUID.parse("0".repeat(32)), "UUID('00000000-0000-0000-0000-000000000000')"],
  [new PurePath("a/it's"), `PurePosixPath("a/it's")`],
  [new PurePath("a\\b", "windows"), "PureWindowsPath('a/b')"],
  [new Path("/a"), "PosixPath('/a')"],
  [new CalendarDate(2024, 1, 2), "datetime.date(2024, 1, 2)"],
  [new Time({ hour: 1 }), "datetime.time(1, 0)"],
  [new Time({ second: 5, fold: 1 }), "datetime.time(0, 0, 5, fold=1)"],
  [new DateTime({ ...day, microsecond: 6 }), "datetime.datetime(2024, 1, 2, 0, 0, 0, 6)"],
  [
    new DateTime({ ...day, tz: UTC }),
    "datetime.datetime(2024, 1, 2, 0, 0, tzinfo=datetime.timezone.utc)",
  ],
  [
    new DateTime({ ...day, tz: { ...tz, name: "IST" } }),
    "datetime.datetime(2024, 1, 2, 0, 0, tzinfo=datetime.timezone(datetime.timedelta(seconds=19800), 'IST'))",
  ],
  [new TimeDelta(), "datetime.timedelta(0)"],
  [new TimeDelta({ seconds: -1 }), "datetime.timedelta(days=-1, seconds=86399)"],
];

Deno.test({
  name: "repr prints every value as Python does",
  permissions: "none",
  fn() {
    assert(VALUES.length > 0);
    for (const [value, text] of VALUES) assertEquals(repr(value), text);
    assertEquals(repr(new Str([0x61, 0xd83d, 0xde00, 0x27])), `"a\\ud83d\\ude00'"`);
    assertEquals(
      repr(new OrderedDict<string, unknown>([["a", 1], ["b", []]])),
      "OrderedDict({'a': 1, 'b': []})",
    );
    assertEquals(repr([undefined, () => 1, new Date(0)]), "[<undefined>, <function>, <Date>]");
  },
});

Deno.test({
  name: "repr's expectations are what this machine's Python prints",
  ignore: !hasPython,
  async fn() {
    const texts = VALUES.map(([, text]) => text);
    const printed = await askPython(
      `import datetime
from collections import *
from decimal import Decimal
from pathlib import *
from uuid import UUID
Point = namedtuple("Point", "x y")
print(json.dumps([repr(eval(v)) for v in values]))`,
      texts,
    );
    assertEquals(printed, texts);
  },
});

Deno.test({
  name: "repr shows cycles as Python does, and shared values twice",
  permissions: "none",
  fn() {
    const list: unknown[] = [1];
    list.push(list, new Dict([["a", list]]));
    assertEquals(repr(list), "[1, [...], {'a': [...]}]");
    const shared = [1];
    assertEquals(repr([shared, shared]), "[[1], [1]]");
    const deque = new Deque<unknown>();
    deque.push(deque);
    assertEquals(String(deque), "deque([[...]])");
  },
});

Deno.test({
  name: "repr takes any depth",
  permissions: "none",
  fn() {
    let value: Tuple | undefined;
    for (let depth = 0; depth < 200_000; depth++) value = Tuple.of<unknown>(value ?? 1);
    const text = String(value);
    assertEquals([text.length, text.slice(199_998, 200_003)], [600_001, "((1,)"]);
  },
});
