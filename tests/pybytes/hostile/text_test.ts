/** Rows 10 to 13: text, at every length where the reader takes another way, as value, key, and in a text block. */
import { decode, type DecodeOptions, encode, equals, Str } from "../../../pybytes/mod.ts";
import { assert, assertEquals } from "../../helpers/assert.ts";
import { bytesOf } from "../helpers/errors.ts";
import { joined, length32 } from "./bombs.ts";
import { assertRefused, assertUnharmed, decodeDeep } from "./unharmed.ts";

const LENGTHS: readonly number[] = [
  ...[0, 1, 2, 15, 16, 31, 32, 33, 39, 40, 41, 42, 63, 64, 65, 159, 160, 161, 254, 255, 256, 257],
  ...[300, 4096, 4097],
];
const MODES: readonly DecodeOptions[] = [{}, { exact: true }, { dicts: "map" }];

/** Characters that decoders lose, replace or take for others. */
const ALPHABETS: Readonly<Record<string, string>> = {
  "lone high surrogates": "\ud800",
  "lone low surrogates": "\udc00",
  "surrogates the wrong way round": "\udfff\ud800",
  "surrogates in text": "a\ud83db",
  "a real U+FFFD": "\ufffd",
  "U+FFFD in ASCII": "abc\ufffd",
  "noncharacters": "\ufffe\uffff\u{1fffe}\u{10ffff}\ufdd0",
  "byte order marks": "\ufeff",
  "a byte order mark and ASCII": "\ufeffabc",
  "combining marks": "e\u0301\u0323\u20dd",
  "C1 controls": "\u0080\u0085\u009f",
  "all of the upper half": "\u00ff\u00a0\u0080\u00e9",
  "astral characters": "😀",
  "zero characters": "\0",
};

/** A text of so many units. */
function textOf(alphabet: string, length: number): string {
  return alphabet.repeat(Math.ceil(length / alphabet.length)).slice(0, length);
}

/** Checks that text comes back as value, as key, as one string of many in a block, and where it lies deep. */
function assertKept(text: string, what: string): void {
  const plain = encode(text, { pooled: false });
  for (const options of MODES) {
    assert(decode(plain, options) === text, what);
    assert(decodeDeep(plain, options) === text, what);
  }
  const object = { [text]: text };
  assert(equals(decode(encode(object)), object), what);
  const many = Array.from({ length: 24 }, (_, i) => i % 4 === 0 ? `${i}` : text);
  many.push(text);
  for (const dedup of [true, false]) {
    const bytes = encode([many, object], { dedup, pooled: false });
    const [copy, copied] = decode<[string[], Record<string, string>]>(bytes);
    assertEquals(copy.length, many.length);
    assert(copy.every((item, i) => item === many[i]), `${what}, bundled`);
    assert(copied[text] === text, `${what}, bundled key`);
  }
}

for (const [name, alphabet] of Object.entries(ALPHABETS)) {
  const row = /byte order/.test(name) ? 11 : /C1|upper/.test(name) ? 12 : 10;
  Deno.test({
    name: `hostile ${row}: ${name} are kept at every length`,
    permissions: "none",
    fn() {
      for (const length of LENGTHS) {
        assertKept(textOf(alphabet, length), `${length} units`);
        if (length > 3) {
          assertKept(`${textOf("x", length - 2)}${alphabet.slice(0, 2)}`, `tail ${length}`);
        }
      }
      assertUnharmed();
    },
  });
}

Deno.test({
  name: "hostile 10: a pair as two code points stays two in exact mode, and a million marks stay",
  permissions: "none",
  fn() {
    for (const length of [1, 16, 20, 40, 2100]) {
      const points = Array.from({ length }, () => [0xd83d, 0xde00]).flat();
      const bytes = encode(new Str(points), { pooled: false });
      const exact = decode<Str>(bytes, { exact: true });
      assertEquals([...exact.codePoints], points);
      assertEquals(encode(exact), bytes);
      assertEquals(decode(bytes), "😀".repeat(length));
    }
    const marks = `a${"\u0301".repeat(1 << 20)}`;
    assert(decode(encode(marks)) === marks);
    assert(decode<string[]>(encode([...Array(30).keys()].map(String).concat(marks)))[30] === marks);
  },
});

Deno.test({
  name: "hostile 10: a text block may be cut between the halves of a character",
  permissions: "none",
  fn() {
    // Two strings of two and one units of the wide text "é😀" with a bullet: €, high | low.
    const wide = "e282ac f09f9880 e282ac".replaceAll(" ", "");
    const bytes = joined("f820 0500 0000 0a00 82 e100 e100".replaceAll(" ", ""), wide);
    assertEquals(decode<string[]>(bytes), ["€\ud83d", "\ude00€"]);
    assertEquals(decode(encode(decode(bytes))), ["€\ud83d", "\ude00€"]);
    assertUnharmed();
  },
});

Deno.test({
  name: "hostile 12: every byte of Latin-1 is its character",
  permissions: "none",
  fn() {
    for (const length of LENGTHS) {
      for (let byte = 0; byte < 256; byte += length > 100 ? 5 : 1) {
        const body = new Uint8Array(length).fill(byte);
        const head = length < 32
          ? Uint8Array.of(0x60 + length)
          : joined("e0", length32(length - 32));
        const text = String.fromCharCode(byte).repeat(length);
        assert(decode(joined(head, body)) === text, `${byte} * ${length}`);
        const [key] = Object.keys(decode<object>(joined("a1", head, body, "c0")));
        assert(key === text, `key ${byte} * ${length}`);
      }
    }
    assertUnharmed();
  },
});

const BAD_UTF8: readonly string[] = [
  ...[
    "c0af",
    "c080",
    "c1bf",
    "e080af",
    "e09fbf",
    "eda080",
    "edbfbf",
    "eda0bdedb880",
    "f08080af",
    "f08fbfbf",
  ],
  ...[
    "f4908080",
    "f5808080",
    "f888808080",
    "fc8480808080",
    "fe",
    "ff",
    "80",
    "bf",
    "c3",
    "e282",
    "f09f98",
    "c328",
  ],
  ...["e228a1", "e28228", "f0288cbc", "f09028bc", "f0908c28"],
];

Deno.test({
  name:
    "hostile 13: what is not strict UTF-8 is refused at every length, as value, as key and in the block",
  permissions: "none",
  fn() {
    for (const hex of BAD_UTF8) {
      const bad = bytesOf(hex);
      for (const length of [8, 31, 39, 40, 41, 42, 63, 64, 65, 255, 300, 4097]) {
        for (const at of [2, 3, length - bad.length]) {
          if (at + bad.length > length) continue;
          for (const isAscii of [true, false]) {
            const body = new Uint8Array(length).fill(0x61);
            if (!isAscii) body.set([0xc3, 0xa9]);
            body.set(bad, at);
            const text = joined("e1", length32(length - 2), body);
            const what = `${hex} at ${at} of ${length}`;
            const size = Uint8Array.of(length & 255, length >> 8);
            const documents = [
              text,
              joined("a1", text, "c0"),
              joined("f820", "0000", size, "0000", body),
            ];
            documents.push(joined("f820", "0000", "0000", size, body));
            for (const document of documents) {
              let code = "";
              try {
                decode(document);
              } catch (error) {
                code = (error as { code: string }).code;
              }
              // The text is read before what stands between the sizes and it.
              assertEquals([what, code], [what, "invalid_utf8"]);
            }
          }
        }
      }
    }
    assertRefused(joined("e101c0af61"), "invalid_utf8");
    assertUnharmed();
  },
});

Deno.test({
  name: "hostile 13: text in a longer form than it needs is accepted, and written in the shortest",
  permissions: "none",
  fn() {
    const forms = [
      "6161",
      "e2006100",
      "e3000161",
      "fb610000",
      "e300fb0100000061",
      "e2fb000000006100",
    ];
    for (const hex of forms) {
      assertEquals(decode(joined(hex)), "a");
      assertEquals(encode(decode(joined(hex)), { canonical: true }), joined("6161"));
    }
    assertEquals(decode(joined("e1006162")), "ab");
    assertEquals(decode(joined("e2016100e900")), "aé");
    assertUnharmed();
  },
});
