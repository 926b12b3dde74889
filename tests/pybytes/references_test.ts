/** Repeated strings and keys, and the text block: what is written once, and that it reads as if it were written each time. */
import { decode, Dict, encode, equals, Str, Tuple } from "../../pybytes/mod.ts";
import { assert, assertEquals } from "../helpers/assert.ts";
import { newSeed, Random } from "./helpers/random.ts";

const MODES = [{}, { exact: true }, { dicts: "map" }, { ints: "bigint" }] as const;

/** The value comes back in every mode, and exactly read and written again it has the same bytes. */
function assertRoundTrip(value: unknown, what: string): Uint8Array {
  const bytes = encode(value);
  const plain = encode(value, { dedup: false });
  for (const options of MODES) {
    const copy = decode<unknown>(bytes, options);
    const unreferred = decode<unknown>(plain, options);
    assert(equals(copy, unreferred), what);
  }
  assertEquals(encode(decode(bytes, { exact: true })), bytes, what);
  return bytes;
}

Deno.test({
  name: "references: a string is written once, whatever its form, from 3 to 255 units",
  permissions: "none",
  fn() {
    const texts = ["abc", "é".repeat(3), "привет", "你好吗", "a\ud800c", "x".repeat(255), "😀😀"];
    for (const text of texts) {
      const bytes = assertRoundTrip([text, text, [text]], text);
      assertEquals(bytes.length, 1 + encode(text).length + 2 + 1 + 2, text);
    }
    for (const text of ["ab", "é", "x".repeat(256), ""]) {
      assertEquals(assertRoundTrip([text, text], text).length, 1 + 2 * encode(text).length);
    }
    // A decoded string is one string in all places.
    const [first, again] = decode<string[]>(
      encode(["a long text of one's own", "a long text of one's own"]),
    );
    assert(first === again);
  },
});

Deno.test({
  name: "references: keys and parts are neither numbered nor referred to",
  permissions: "none",
  fn() {
    const key = "some key";
    const value = [
      { [key]: key },
      key,
      new Map<unknown, unknown>([[Tuple.of(key), key], [1, key]]),
    ];
    const bytes = assertRoundTrip(value, "keys");
    // The key, the value, then references only: the str inside the tuple is one.
    assertEquals(bytes.toHex().split("736f6d65206b6579").length - 1, 2);
    assertRoundTrip([
      key,
      new Map([[new String(key), 1]]),
      new Map([[new Str([0x61, 0x62, 0x63]), "abc"]]),
      "abc",
    ], "objects");
  },
});

Deno.test({
  name: "references: keys are counted back from the last that were written",
  permissions: "none",
  fn() {
    const shapes = Array.from({ length: 300 }, (_, i) => ({ [`key ${i}`]: i, id: -i }));
    for (const count of [1, 2, 8, 9, 10, 255, 256, 257, 300]) {
      const value = [...shapes.slice(0, count), ...shapes.slice(0, count).toReversed()];
      assertRoundTrip(value, `${count} shapes`);
    }
    const inner = { x: 1, y: { x: 2, y: null } };
    assertRoundTrip([inner, { x: inner, y: inner }, [{ y: 1, x: 2 }, inner]], "nested");
    assertRoundTrip(
      [{}, { a: 1 }, {}, new Map(), new Map([["a", 1]]), { a: 2 }],
      "empty and marked",
    );
    assertRoundTrip(
      [{ "2": 1, "1": 2 }, { "1": 2, "2": 1 }, new Dict([["2", 1], ["1", 2]])],
      "indexes",
    );
    assertRoundTrip(
      JSON.parse('[{"__proto__": 1, "a": 2}, {"__proto__": 3, "a": 4}]'),
      "__proto__",
    );
  },
});

Deno.test({
  name: "references: objects that vary at one place are written with the keys that they have",
  permissions: "none",
  fn() {
    const random = new Random(newSeed("references"));
    const names = ["id", "name", "tags", "at", "parent", "x", "y"];
    for (let round = 0; round < 200; round++) {
      const value = Array.from({ length: 30 }, () => {
        const keys = names.filter(() => random.below(3) > 0);
        return Object.fromEntries(
          keys.map((key) => [key, random.below(4) ? random.scalar() : { [key]: 1, z: null }]),
        );
      });
      assertRoundTrip(value, `round ${round}`);
    }
  },
});

Deno.test({
  name: "references: an object whose getters change it, or encode themselves, is written whole",
  permissions: "none",
  fn() {
    for (let i = 0; i < 5; i++) {
      const changing = {
        a: 1,
        get b() {
          delete (this as { c?: number }).c;
          return encode([{ a: "text", b: "text", c: "text" }]).length;
        },
        c: 3 as number | undefined,
        d: "text",
      };
      const copy = decode<unknown[]>(encode([changing, { a: 1, b: 2, c: 3, d: "text" }]));
      assertEquals(copy[1], { a: 1, b: 2, c: 3, d: "text" });
      assertEquals(copy[0], { a: 1, b: 17, c: undefined, d: "text" });
    }
  },
});

Deno.test({
  name: "references: nothing enumerable that an object inherits is taken for its own",
  permissions: "none",
  fn() {
    const own = { a: 1, inherited: 2 };
    for (let i = 0; i < 5; i++) encode(own);
    Object.defineProperty(Object.prototype, "inherited", {
      value: 9,
      writable: true,
      enumerable: true,
      configurable: true,
    });
    try {
      const copies = [encode({ a: 1 }), encode([own, { a: 3 }])].map((bytes) =>
        encode(decode(bytes)).toHex()
      );
      assertEquals(copies, [encode({ a: 1 }).toHex(), encode([own, { a: 3 }]).toHex()]);
      assertEquals(encode({ a: 1 }).length, 4);
    } finally {
      delete (Object.prototype as { inherited?: number }).inherited;
    }
  },
});

Deno.test({
  name:
    "text block: strings of every length and alphabet, around where it begins and where its sizes grow",
  permissions: "none",
  fn() {
    const alphabets = ["a", "é", "я", "你", "😀", "a\ud800", "aя", "éa😀"];
    const lengths = [0, 1, 2, 3, 30, 31, 32, 33, 254, 255, 256, 279, 280, 281, 600];
    const texts = alphabets.flatMap((letters) => lengths.map((length) => letters.repeat(length)));
    for (const count of [1, 10, 15, 16, 17, 18, 30, texts.length]) {
      for (let from = 0; from < texts.length; from += 5) {
        const some = Array.from({ length: count }, (_, i) => texts[(from + i) % texts.length]);
        assertRoundTrip(some, `${count} from ${from}`);
        assertRoundTrip(
          { list: some, more: some.map((text, i) => ({ i, text })) },
          `${count} from ${from}`,
        );
      }
    }
    // Sizes of 65,535 and more take the long form.
    for (const size of [65_400, 65_500, 65_530, 65_535, 65_536, 65_600, 200_000]) {
      const some = Array.from({ length: 17 }, (_, i) => `${i}`.repeat(3));
      assertRoundTrip([...some, "n".repeat(size)], `narrow ${size}`);
      assertRoundTrip([...some, "я".repeat(size >> 1)], `wide ${size}`);
      const bytes = assertRoundTrip(
        [...some, new Float64Array(size >> 3), "last"],
        `structure ${size}`,
      );
      const view = decode<unknown[]>(new Uint8Array(bytes), { zeroCopy: true })[17];
      assert(view instanceof Float64Array && view.byteOffset > 0, "aligned in the long form too");
    }
  },
});

Deno.test({
  name: "text block: bytes and offsets are those of FORMAT.md",
  permissions: "none",
  fn() {
    const texts = Array.from({ length: 17 }, (_, i) => `t${i}`.padEnd(4, "."));
    const bytes = encode(texts);
    // 16 strings where they stand, the mark, and one string of which the structure has the tag only.
    const mark = 2 + 16 * 5;
    assertEquals(
      bytes.subarray(mark).toHex(),
      "f820" + "0100" + "0400" + "0000" + "64" + "7431362e",
    );
    assertEquals(encode(texts.slice(0, 16)).length, 2 + 16 * 5);
  },
});
