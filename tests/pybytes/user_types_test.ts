/** Types of one's own, and values of types that are not known. */
import {
  decode,
  DecodeError,
  defineType,
  encode,
  equals,
  Extension,
  inspect,
  type UserType,
} from "../../pybytes/mod.ts";
import { assert, assertEquals, assertInstanceOf, assertThrows } from "../helpers/assert.ts";
import { decodeErrorOf, encodeErrorOf } from "./helpers/errors.ts";

class Celsius {
  constructor(readonly degrees: number) {}
}

class Blob8 {
  constructor(readonly bytes: Uint8Array) {}
}

class Chain {
  constructor(readonly next: Chain | null) {}
}

const celsius = defineType({
  id: 1,
  class: Celsius,
  encode: (value) => value.degrees,
  decode: (content) => new Celsius(Number(content)),
});
const blob = defineType({
  id: 300,
  class: Blob8,
  encode: (value) => value.bytes,
  decode(content) {
    if (!(content instanceof Uint8Array)) throw new TypeError("bytes expected");
    return new Blob8(content);
  },
});
const chain = defineType({
  id: 0,
  class: Chain,
  encode: (value) => [value.next],
  decode: (content) => new Chain((content as [Chain | null])[0]),
});
const types: readonly UserType[] = [celsius, blob, chain];

Deno.test({
  name: "user types: instances come back in every place, by id and content",
  permissions: "none",
  fn() {
    const value = {
      a: new Celsius(21.5),
      b: [new Blob8(Uint8Array.of(1, 2)), new Map([[1, new Celsius(-3)]])],
      c: new Chain(new Chain(null)),
    };
    const bytes = encode(value, { types });
    for (const options of [{ types }, { types, zeroCopy: true }]) {
      const copy = decode<typeof value>(bytes, options);
      assertEquals(copy.a, value.a);
      assertEquals(copy.b, value.b);
      assertEquals(copy.c, value.c);
    }
    assertEquals(encode(new Celsius(5), { types }).toHex(), "f90105");
    assertEquals(encode(new Blob8(Uint8Array.of(7)), { types }).toHex(), "faf8340107");
  },
});

Deno.test({
  name: "user types: who does not know a type has its id and content, and writes the same bytes",
  permissions: "none",
  fn() {
    const bytes = encode([new Celsius(21.5), new Blob8(Uint8Array.of(9)), 1], { types });
    const value = decode(bytes, { exact: true });
    assertEquals(value, [new Extension(1, 21.5), new Extension(300, Uint8Array.of(9)), 1]);
    assert(equals(value, decode(bytes, { exact: true })));
    assert(!equals(new Extension(1, 5), new Extension(2, 5)));
    assert(!equals(new Extension(1, 5), new Extension(1, 6)));
    assertEquals(encode(value), bytes);
    assertEquals(String(new Extension(7, ["a", 1])), "Extension(7, ['a', 1])");
    assert(inspect(bytes).includes("EXTV type 1"));
    // Content that is bytes is the same in either form.
    assertEquals(decode(Uint8Array.of(0xf9, 5, 0xad, 1)), new Extension(5, Uint8Array.of(1)));
    assertThrows(() => new Extension(2 ** 32, 1), RangeError);
  },
});

Deno.test({
  name: "user types: no depth is too deep",
  permissions: "none",
  fn() {
    let value = new Chain(null);
    for (let i = 0; i < 20_000; i++) value = new Chain(value);
    const bytes = encode(value, { types });
    let copy: Chain | null = decode<Chain>(bytes, { types });
    let depth = 0;
    for (; copy !== null; copy = copy.next) depth++;
    assertEquals(depth, 20_001);
  },
});

Deno.test({
  name: "user types: what a hook throws passes through, and what it returns is checked",
  permissions: "none",
  fn() {
    const bytes = encode([new Blob8(Uint8Array.of(1))], { types });
    const wrong = Uint8Array.of(0xf9, 0xf8, 0x34, 5);
    assertThrows(() => decode(wrong, { types }), TypeError, "bytes expected");
    assertEquals(decode(bytes, { types }), [new Blob8(Uint8Array.of(1))] as never);
    const bad = defineType({
      id: 9,
      class: Celsius,
      encode: (value) => value.degrees > 0 ? () => 1 : new Celsius(1),
      decode: () => new Celsius(0),
    });
    assertEquals(encodeErrorOf([new Celsius(1)], { types: [bad] }).code, "unsupported_type");
    assertEquals(encodeErrorOf([new Celsius(-1)], { types: [bad] }).code, "invalid_value");
    assertEquals(encodeErrorOf(new Celsius(1)).code, "unsupported_type");
    assertEquals(encode([1]).length, 2);
  },
});

Deno.test({
  name: "user types: they can encode and decode themselves while they are encoded and decoded",
  permissions: "none",
  fn() {
    const nested = defineType({
      id: 2,
      class: Celsius,
      encode: (value) => encode({ degrees: value.degrees, text: "text", again: "text" }),
      decode: (content) => new Celsius(decode<Celsius>(content as Uint8Array).degrees),
    });
    const texts = Array.from({ length: 40 }, (_, i) => `text ${i % 30}`);
    const value = [texts, new Celsius(1), { degrees: 1 }, new Celsius(2), texts, { degrees: 2 }];
    const bytes = encode(value, { types: [nested] });
    assertEquals(decode<unknown[]>(bytes, { types: [nested] }), value);
  },
});

Deno.test({
  name: "user types: definitions and lists that make no sense are refused",
  permissions: "none",
  fn() {
    const init = { id: 1, class: Celsius, encode: () => 1, decode: () => new Celsius(1) };
    for (const id of [-1, 0.5, 2 ** 32, NaN]) {
      assertThrows(() => defineType({ ...init, id }), RangeError);
    }
    for (const made of [Object, Array, undefined, {}, () => 1]) {
      assertThrows(() => defineType({ ...init, class: made as never }), TypeError);
    }
    assertThrows(() => defineType({ ...init, encode: undefined as never }), TypeError);
    const again = defineType({ ...init, class: Blob8 as never });
    const same = defineType({ ...init, id: 2 });
    const forged = { ...init, id: -5 };
    for (const list of [[celsius, again], [{}], [celsius, null], [forged]]) {
      assertThrows(() => encode(1, { types: list as never }), TypeError);
      assertThrows(() => decode(encode(1), { types: list as never }), TypeError);
    }
    assertThrows(() => encode(1, { types: [celsius, same] }), TypeError, "same class");
  },
});

Deno.test({
  name:
    "user types: an instance is no key, and an extension inside a document is a place of its own",
  permissions: "none",
  fn() {
    assertEquals(encodeErrorOf(new Set([new Celsius(1)]), { types }).code, "unhashable_key");
    const error = decodeErrorOf(Uint8Array.of(0x82, 1, 0xf9, 5, 0x81, 0xfc));
    assertInstanceOf(error, DecodeError);
    assertEquals([error.code, error.offset, error.path], ["reserved_tag", 5, "$[1][0]"]);
    const wrong = defineType({ ...celsius, encode: () => [() => 1] as never });
    assertEquals(encodeErrorOf({ a: new Celsius(1) }, { types: [wrong] }).code, "unsupported_type");
  },
});
