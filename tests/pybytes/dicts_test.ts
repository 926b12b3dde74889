import {
  ChainMap,
  Decimal,
  decode,
  Dict,
  encode,
  equals,
  Float,
  FrozenSet,
  OrderedDict,
  Tuple,
} from "../../pybytes/mod.ts";
import { assert, assertEquals, assertInstanceOf } from "../helpers/assert.ts";
import { bytesOf, decodeErrorOf, encodeErrorOf, hexOf } from "./helpers/errors.ts";

Deno.test({
  name: "dicts: any key name is an own property, and no prototype changes",
  permissions: "none",
  fn() {
    const names = [
      "__proto__",
      "constructor",
      "prototype",
      "toString",
      "hasOwnProperty",
      "then",
      "__defineGetter__",
      "valueOf",
      "",
      "\0",
      "\x000",
      "0",
      "length",
    ];
    for (const name of names) {
      for (const value of [1, { polluted: true }, null]) {
        const bytes = encode(new Dict([[name, value]]));
        for (const document of [bytes, bytesOf("81".repeat(300) + hexOf(bytes))]) {
          let object = decode<unknown>(document);
          while (Array.isArray(object)) object = object[0];
          assert(object !== null && typeof object === "object");
          assertEquals(Object.getPrototypeOf(object), Object.prototype);
          assertEquals(Object.getOwnPropertyNames(object), [name]);
          const property = Object.getOwnPropertyDescriptor(object, name);
          assert(property?.enumerable && property.writable && property.configurable);
          assert(equals(property.value, value));
          assertEquals(hexOf(encode(object)), hexOf(bytes));
        }
      }
    }
    assertEquals(Reflect.get({}, "polluted"), undefined);
    const all = Object.fromEntries(names.map((name, i) => [name, i]));
    assert(equals(decode(encode(all)), all));
  },
});

Deno.test({
  name: "dicts: the kind of dict comes back; `exact` and `dicts` choose another",
  permissions: "none",
  fn() {
    const plain = encode({ a: 1 }), empty = encode({}), map = encode(new Map([["a", 1]]));
    assertEquals(decode(plain), { a: 1 });
    assertEquals(decode(empty), {});
    assertEquals(decode(map), new Map([["a", 1]]));
    assertEquals(decode(encode(new Map())), new Map());
    assertEquals(decode(encode(new Map([[1, 2]]))), new Map([[1, 2]]));
    assertEquals(hexOf(encode(new Map([[1, 2]]))), "a10102");
    for (const bytes of [plain, empty]) {
      assertInstanceOf(decode(bytes, { exact: true }), Dict);
      const asMap = decode(bytes, { dicts: "map" });
      assert(asMap instanceof Map && !(asMap instanceof Dict));
    }
    assert(!(decode(map, { exact: true }) instanceof Dict));
    assertEquals(encode(Object.assign(Object.create(null), { a: 1 })), plain);
    assertEquals(encode(new Dict([["a", 1]])), plain);
    assertInstanceOf(decode(encode(new OrderedDict())), OrderedDict);
  },
});

Deno.test({
  name: "dicts: integer-like keys keep their values, and their order when exact",
  permissions: "none",
  fn() {
    const keys = ["b", "2", "1", "01", "-0", "4294967294", "4294967295"];
    const bytes = encode(new Dict(keys.map((key, i) => [key, i])));
    assertEquals(decode(bytes), {
      b: 0,
      2: 1,
      1: 2,
      "01": 3,
      "-0": 4,
      4294967294: 5,
      4294967295: 6,
    });
    const exact = decode(bytes, { exact: true });
    assertInstanceOf(exact, Dict);
    assertEquals([...exact.keys()], keys);
    assertEquals(encode(exact), bytes);
  },
});

Deno.test({
  name: "dicts: keys that are equal in Python are refused, both ways",
  permissions: "none",
  fn() {
    const same: readonly (readonly unknown[])[] = [
      [1, true],
      [1, new Float(1)],
      [0, new Float(-0)],
      [0, false],
      [1, Decimal.parse("1.00")],
      [2n ** 70n, 2 ** 70],
      [NaN, new Float(NaN)],
      [Tuple.of(1, "a"), Tuple.of(true, "a")],
      [new FrozenSet([1, 2]), new FrozenSet([2, 1])],
      [new Float(5), "x", 5],
    ];
    for (const keys of same) {
      assertEquals(encodeErrorOf([new Map(keys.map((key) => [key, 0]))]).code, "duplicate_key");
      assertEquals(encodeErrorOf({ a: new Set(keys) }).path, "$.a");
      const parts = keys.map((key) => hexOf(encode(key))).join("");
      const set = bytesOf(`ea${hexOf(encode(keys.length))}${parts}`);
      assertEquals(decodeErrorOf(set).code, "duplicate_key");
      assertEquals(
        decodeErrorOf(bytesOf(`a${keys.length}${parts}${"00".repeat(keys.length)}`)).code,
        "duplicate_key",
      );
    }
    const different = new Map<unknown, unknown>([
      [1, 0],
      ["1", 0],
      [Tuple.of(1), 0],
      [null, 0],
      [1.5, 0],
      [NaN, 0],
      [-1, 0],
    ]);
    assert(equals(decode(encode(different)), different));
  },
});

Deno.test({
  name: "dicts: keys that Python cannot hash are refused, both ways",
  permissions: "none",
  fn() {
    for (
      const key of [
        [],
        {},
        new Map(),
        new Set(),
        new Float64Array(1),
        Tuple.of(1, Tuple.of([])),
        new OrderedDict(),
      ]
    ) {
      assertEquals(encodeErrorOf(new Map([[key, 1]])).code, "unhashable_key");
      assertEquals(encodeErrorOf(new Set([1, key])).code, "unhashable_key");
      assertEquals(decodeErrorOf(bytesOf(`a1${hexOf(encode(key))}00`)).code, "unhashable_key");
    }
  },
});

Deno.test({
  name: "dicts: a hundred thousand keys take linear time, also those that hash alike as integers",
  permissions: "none",
  fn() {
    const entries = Array.from({ length: 100_000 }, (_, i) => [`${i * 65536}`, i] as const);
    const object = Object.fromEntries(entries);
    const start = performance.now();
    const copy = decode<Record<string, number>>(encode(object));
    assertEquals(Object.keys(copy).length, 100_000);
    // A Set of these strings would take more than that.
    assert(performance.now() - start < 5000);
    const twice = [...entries.map(([key]) => key), "0"];
    const parts = twice.map((key) => hexOf(encode(key))).join("");
    const count = hexOf(encode(twice.length - 12));
    assertEquals(count.slice(0, 2), "cf");
    const document = bytesOf(`e9fa${count.slice(2)}${parts}${"00".repeat(twice.length)}`);
    assertEquals(decodeErrorOf(document).code, "duplicate_key");
    const tuples = new Map(entries.map(([key, value]) => [Tuple.of(key, value), value]));
    assertEquals(decode<Map<unknown, number>>(encode(tuples)).size, 100_000);
    assert(performance.now() - start < 10_000);
  },
});

Deno.test({
  name: "dicts: a ChainMap keeps what it chains, and is limited",
  permissions: "none",
  fn() {
    const chain = new ChainMap<unknown, unknown>(
      { a: 1 },
      new Map([[1, 2]]),
      new OrderedDict([["x", 1]]),
    );
    assert(equals(decode(encode(chain)), chain));
    const many = new ChainMap(...Array.from({ length: 4096 }, () => ({})));
    assertEquals(decode<ChainMap>(encode(many)).maps.length, 4096);
    assertEquals(encodeErrorOf(new ChainMap(...many.maps, {})).code, "out_of_range");
  },
});

Deno.test({
  name: "dicts: a key or member -0.0 is kept in exact mode, where a Map or Set would make 0 of it",
  permissions: "none",
  fn() {
    for (const hex of ["a1dc008000", "ea01dc0080", "eb01dc0080", "f808a1dc008000"]) {
      const bytes = bytesOf(hex);
      assertEquals(encode(decode(bytes, { exact: true })), bytes);
    }
  },
});
