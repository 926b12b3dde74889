import { decode, encode, Str } from "../../pybytes/mod.ts";
import { Tag } from "../../pybytes/wire/tags.ts";
import { assert, assertEquals } from "../helpers/assert.ts";
import { bytesOf, decodeErrorOf, hexOf } from "./helpers/errors.ts";
import { newSeed, Random } from "./helpers/random.ts";

/** Lengths around every limit: of forms, of length prefixes, and between loops and native code. */
const LENGTHS = [
  1,
  2,
  3,
  15,
  16,
  17,
  30,
  31,
  32,
  33,
  39,
  40,
  41,
  42,
  63,
  64,
  65,
  246,
  279,
  280,
  300,
  503,
  536,
  4096,
  4097,
  9000,
];

Deno.test({
  name: "strings: every script at every critical length, as value and as key",
  permissions: "none",
  fn() {
    const alphabets = [
      "a",
      "é",
      "aé",
      "\u0080\u009f\u00ff",
      "привет",
      "ёa\u00ff",
      "你",
      "ab你",
      "😀",
      "a😀",
      "\ufeffx",
      "\ufffd",
      "aaaa\ufffd",
      "\ud800",
      "x\udc00",
      "\udfff\ud800",
      "\u0000",
      "かカ",
      "—a",
      "\uffff\ufffe",
      "\u17ff\u1800",
      "\u{10ffff}",
    ];
    for (const alphabet of alphabets) {
      for (const length of LENGTHS) {
        for (const text of [alphabet.repeat(length), "\ufeff" + alphabet.repeat(length)]) {
          const bytes = encode(text);
          assert(decode(bytes) === text, `${JSON.stringify(alphabet)} * ${length}`);
          assertEquals(decode(encode({ [text]: 1 })), { [text]: 1 });
        }
      }
    }
  },
});

Deno.test({
  name: "strings: the shortest form is chosen, ties go to the lowest tag",
  permissions: "none",
  fn() {
    const tagOf = (text: string) => encode(text)[0];
    assertEquals(tagOf("x".repeat(31)), Tag.FIXSTR + 31);
    assertEquals(tagOf("é".repeat(32)), Tag.STRV);
    // One character of the basic plane: UTF-16, a window and S1 have four bytes each.
    assertEquals(hexOf(encode("€")), "e200ac20");
    assertEquals(hexOf(encode("\ud800")), "e20000d8");
    assertEquals(tagOf("😀"), Tag.S1);
    // Two characters in four bytes of UTF-8 are not one character.
    assertEquals(hexOf(encode("a你")), "e10261e4bda0");
    assertEquals(tagOf("привет"), Tag.SX);
    assertEquals(tagOf("你好"), Tag.SU16);
    assertEquals(tagOf("a".repeat(20) + "你"), Tag.SU8);
    assertEquals(tagOf("a".repeat(20) + "\udc00"), Tag.SU16);
    // The window of the lowest character, which is Latin-1 here, and one that does not reach.
    assertEquals(hexOf(encode("ÿĀāÿĀā")), "e30706 9fa0a19fa0a1".replace(" ", ""));
    assertEquals(tagOf("éпппп"), Tag.SU8);
    assertEquals(tagOf("éппп\ud800"), Tag.SU16);
  },
});

Deno.test({
  name: "strings: C1 control characters are themselves, not windows-1252",
  permissions: "none",
  fn() {
    for (const length of LENGTHS) {
      const text = String.fromCharCode(...Array.from({ length }, (_, i) => 0x80 + i % 128));
      const bytes = encode(text);
      assert(bytes[0] < 0x80 || bytes[0] === Tag.STRV);
      assert(decode(bytes) === text);
    }
  },
});

const BAD_UTF8 = [
  "c0af",
  "c1bf",
  "e080af",
  "e09fbf",
  "eda080",
  "edbfbf",
  "f08fbfbf",
  "f4908080",
  "f5808080",
  "f8888080",
  "80",
  "bf",
  "c3",
  "e282",
  "f09f98",
  "c328",
  "e2a8",
  "e228a1",
  "f0288cbc",
  "f09028bc",
  "f0908c28",
  "fe",
  "ff",
];

Deno.test({
  name: "strings: malformed UTF-8 is refused at every length, on every path",
  permissions: "none",
  fn() {
    for (const bad of BAD_UTF8) {
      for (const length of [4, 5, 20, 38, 39, 40, 41, 42, 43, 63, 64, 65, 100, 300]) {
        const text = bytesOf(bad);
        for (const at of [0, 1, length - text.length]) {
          if (at + text.length > length) continue;
          const body = new Uint8Array(length).fill(0x61);
          body.set(text, at);
          const prefix = length - 2 < 248 ? [length - 2] : [248, length - 250];
          const bytes = Uint8Array.of(Tag.SU8, ...prefix, ...body);
          assertEquals([bad, length, decodeErrorOf(bytes).code], [bad, length, "invalid_utf8"]);
        }
      }
    }
  },
});

Deno.test({
  name: "strings: valid UTF-8 of any length equals what TextDecoder reads",
  permissions: "none",
  fn() {
    const seed = newSeed("utf-8");
    const random = new Random(seed);
    const points = [
      0x20,
      0x7f,
      0x80,
      0x7ff,
      0x800,
      0xd7ff,
      0xe000,
      0xfeff,
      0xfffd,
      0xffff,
      0x10000,
      0x10ffff,
    ];
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });
    for (let i = 0; i < 3000; i++) {
      const text = String.fromCodePoint(
        ...Array.from({ length: 1 + random.below(30) }, () => random.pick(points)),
      );
      const body = new TextEncoder().encode(text);
      if (body.length < 2) continue;
      const bytes = Uint8Array.of(Tag.SU8, body.length - 2, ...body);
      assert(decode(bytes) === decoder.decode(body), `seed ${seed}, text ${i}`);
    }
  },
});

Deno.test({
  name: "strings: split surrogates are a Str when exact, their character otherwise",
  permissions: "none",
  fn() {
    const split = new Str([0x61, 0xd83d, 0xde00]);
    assertEquals(decode(encode(split)), "a😀");
    assertEquals(decode(encode(split), { exact: true }), split);
    assertEquals(encode(new Str([0x61, 0x1f600])), encode("a😀"));
    // Without a pair there is nothing that a string cannot say.
    assertEquals(decode(bytesOf("f81d 01 3dd800"), { exact: true }), "\ud83d");
  },
});

Deno.test({
  name: "strings: boxed strings are strings",
  permissions: "none",
  fn() {
    assertEquals(decode(encode([new String("x")])), ["x"]);
  },
});
