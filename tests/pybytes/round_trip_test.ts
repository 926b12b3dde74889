import {
  ChainMap,
  Counter,
  decode,
  Deque,
  Dict,
  encode,
  equals,
  Float,
  FrozenSet,
  isHashable,
  NamedTuple,
  OrderedDict,
  Str,
  Tuple,
} from "../../pybytes/mod.ts";
import { assert, assertEquals, fail } from "../helpers/assert.ts";
import { bytesOf, decodeErrorOf, hexOf } from "./helpers/errors.ts";
import { MORE_EXAMPLES, SUBTYPE_EXAMPLES, TAG_EXAMPLES } from "./helpers/examples.ts";
import { newSeed, Random } from "./helpers/random.ts";

const VALUES = [
  ...Object.values(TAG_EXAMPLES),
  ...Object.values(SUBTYPE_EXAMPLES),
  ...MORE_EXAMPLES,
];

/** Every container around a value, which is never its first byte: the documents are at odd offsets too. */
const CONTAINERS: Readonly<Record<string, (value: unknown) => unknown>> = {
  list: (value) => [1, value, "z"],
  "long list": (value) => [...new Array(17).fill(3), value],
  tuple: (value) => Tuple.of(value, value),
  "long tuple": (value) => Tuple.of(1, 2, 3, 4, 5, 6, 7, value, 9),
  "plain object": (value) => ({ "": 1, key: value, last: null }),
  map: (value) => new Map<unknown, unknown>([[1, value], [2.5, 0]]),
  "map of str": (value) => new Map([["k", value]]),
  "ordered dict": (value) => new OrderedDict([["k", value]]),
  counter: (value) => new Counter([["k", value]]),
  "chain map": (value) => new ChainMap({ k: value }, new Map([["m", value]])),
  "named tuple": (value) => NamedTuple.create("T", { a: 1, b: value }),
  deque: (value) => new Deque([1, value], { maxLength: 9 }),
};

/** Whether default decoding gives the value back: integral floats, dicts of str and split surrogates need `exact`. */
function isPlain(value: unknown): boolean {
  if (value instanceof Float || value instanceof Dict || value instanceof Str) return false;
  if (Array.isArray(value) && value.some((item) => item instanceof Dict)) return false;
  return !(value instanceof ChainMap);
}

Deno.test({
  name: "round trip: every type in every container, at every alignment",
  permissions: "none",
  fn() {
    assert(VALUES.length > 75);
    let checked = 0;
    for (const value of VALUES) {
      for (const [name, wrap] of Object.entries(CONTAINERS)) {
        for (const pad of ["", "a", "abc"]) {
          const whole = [pad, wrap(value)];
          const bytes = encode(whole);
          const exact = decode(bytes, { exact: true });
          const text = () => `${name} of ${Deno.inspect(value)}`;
          if (!equals(exact, whole, { dictKinds: false })) fail(text());
          assertEquals(hexOf(encode(exact)), hexOf(bytes), name);
          if (isPlain(value) && !equals(decode(bytes), whole)) fail(text());
          checked++;
        }
      }
    }
    assert(checked > 2500);
  },
});

Deno.test({
  name: "round trip: hashable types as keys and members",
  permissions: "none",
  fn() {
    const keys = VALUES.filter((value) => isHashable(value) && !Number.isNaN(value));
    assert(keys.length > 40);
    for (const key of keys) {
      for (
        const whole of [
          new Map([[key, 1]]),
          new Set([key]),
          new FrozenSet([key]),
          new Set([Tuple.of(key)]),
        ]
      ) {
        const bytes = encode(whole);
        const exact = decode(bytes, { exact: true });
        if (!equals(exact, whole, { dictKinds: false })) fail(Deno.inspect(whole));
        assertEquals(hexOf(encode(exact)), hexOf(bytes));
      }
    }
  },
});

Deno.test({
  name: "round trip: random values come back equal, and exactly as bytes",
  permissions: "none",
  fn() {
    const seed = newSeed("round trip");
    const random = new Random(seed);
    for (let i = 0; i < 800; i++) {
      const value = random.value(4);
      const bytes = encode(value);
      const exact = decode(bytes, { exact: true });
      // The text only when it is needed: making it takes longer than all else here.
      if (!equals(exact, value, { dictKinds: false })) {
        fail(`seed ${seed}, value ${i}: ${Deno.inspect(value)}`);
      }
      assertEquals(hexOf(encode(exact)), hexOf(bytes), `seed ${seed}, value ${i}`);
    }
  },
});

Deno.test({
  name: "round trip: the result does not alias the input",
  permissions: "none",
  fn() {
    for (const value of VALUES) {
      const bytes = encode([value], { pooled: false });
      const before = hexOf(bytes);
      const copy = decode(bytes, { exact: true });
      bytes.fill(0xff);
      assertEquals(hexOf(encode(copy)), before);
    }
  },
});

Deno.test({
  name: "round trip: input as ArrayBuffer, DataView, subarray, and in shared memory",
  permissions: "none",
  fn() {
    const value = {
      text: "é".repeat(100) + "😀",
      bytes: new Uint8Array(50),
      data: new Float64Array(20),
      n: [1, 2.5],
    };
    const bytes = encode(value, { pooled: false });
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length + 7), 7);
    shared.set(bytes);
    const inside = new Uint8Array(bytes.length + 9).subarray(3, 3 + bytes.length);
    inside.set(bytes);
    const view = new DataView(inside.buffer, 3, bytes.length);
    for (const input of [bytes.buffer, new DataView(bytes.buffer), shared, inside, view]) {
      const copy = decode<typeof value>(input);
      assert(equals(copy, value));
      assert(!(copy.bytes.buffer instanceof SharedArrayBuffer));
      assert(!(copy.data.buffer instanceof SharedArrayBuffer));
    }
  },
});

Deno.test({
  name: "round trip: the limit of a deque is any that Python has",
  permissions: "none",
  fn() {
    const limits = [0, 1, 2 ** 31, 2 ** 53 - 1, 2n ** 53n, 2n ** 63n - 1n];
    for (const maxLength of limits) {
      const deque = new Deque([], { maxLength });
      const bytes = encode([deque]);
      for (const options of [{}, { exact: true }, { ints: "bigint" }] as const) {
        const [copy] = decode<Deque[]>(bytes, options);
        assertEquals(copy.maxLength, maxLength);
        assertEquals(hexOf(encode([copy])), hexOf(bytes));
      }
    }
    for (const limit of ["d3 0000000000000080", "b8", "d4 0000000000000080", "d7"]) {
      const error = decodeErrorOf(bytesOf(`f807 ${limit} 80`));
      assertEquals([limit, error.code], [limit, "invalid_value"]);
    }
  },
});
