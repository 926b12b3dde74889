import { decode, DecodeError, encode } from "../../pybytes/mod.ts";
import { SUBTYPE_TABLE, TAG_TABLE } from "../../pybytes/wire/tag_table.ts";
import { assert, assertEquals, assertInstanceOf, assertStringIncludes } from "../helpers/assert.ts";
import { bytesOf, decodeErrorOf } from "./helpers/errors.ts";
import { MORE_EXAMPLES } from "./helpers/examples.ts";

/** Hexadecimal bytes, the code, the offset, and the path of what is wrong with them. */
type MalformedRow = readonly [string, string, number, string];

// deno-fmt-ignore
const MALFORMED: readonly MalformedRow[] = [
  ["", "truncated", 0, "$"],
  ["c0 c0", "trailing_bytes", 1, "$"],
  ["81", "truncated", 0, "$"],
  ["83 01 82 05", "truncated", 2, "$[1]"],
  ["82 01 a1 61 61", "truncated", 5, "$[1].a"],
  ["82 81 01 f8", "truncated", 3, "$[1]"],
  ["82 01 f6 00", "truncated", 2, "$[1]"],
  ["a2 61 61 63 61 20 62 01 da 3a", "truncated", 8, '$["a b"]'],
  ["a1 05 81 fc", "reserved_tag", 3, "${key 0}[0]"],
  ["a1 fc 00", "reserved_tag", 1, "$<key 0>"],
  ["f8 0a a1 61 61 fc", "reserved_tag", 5, "$.a"],
  ["fc", "reserved_tag", 0, "$"],
  ["fd 00", "reserved_tag", 0, "$"],
  ["81 fe", "reserved_tag", 1, "$[0]"],
  ["e4 00", "invalid_reference", 0, "$"],
  ["98", "invalid_reference", 0, "$"],
  ["82 62 61 62 e4 00", "invalid_reference", 4, "$[1]"],
  ["82 63 61 62 63 e4 01", "invalid_reference", 5, "$[1]"],
  ["82 a1 63 61 62 63 00 e4 00", "invalid_reference", 7, "$[1]"],
  ["82 a1 61 61 01 99 02", "invalid_reference", 5, "$[1]"],
  ["82 a1 61 61 01 98", "truncated", 5, "$[1]"],
  ["82 a1 61 61 01 98 fc", "reserved_tag", 6, "$[1].a"],
  ["82 a2 61 61 61 62 01 01 98 02 f8", "truncated", 10, "$[1].b"],
  ["82 a1 05 01 98 02", "invalid_reference", 4, "$[1]"],
  ["82 f8 0a a1 61 61 01 98 02", "invalid_reference", 7, "$[1]"],
  ["82 63 61 62 63 a1 e4 00 01", "invalid_value", 5, "$[1]"],
  ["82 63 61 62 63 f8 0d e4 00", "invalid_value", 7, "$[1]"],
  ["ec fd", "invalid_length", 0, "$"],
  ["f9 05", "truncated", 0, "$"],
  ["f9 05 fc", "reserved_tag", 2, "$"],
  ["fa 05 03 01", "truncated", 0, "$"],
  ["ea 01 f9 05 01", "unhashable_key", 0, "$"],
  ["f8 20 00 00 00", "truncated", 0, "$"],
  ["f8 20 02 00 00 00 00 00 05", "truncated", 0, "$"],
  ["f8 20 01 00 00 00 00 00 05 06", "trailing_bytes", 9, "$"],
  ["f8 20 02 00 00 00 00 00 05 06", "invalid_value", 9, "$"],
  ["f8 20 01 00 00 00 00 00 61", "truncated", 8, "$"],
  ["f8 20 01 00 01 00 00 00 05 61", "invalid_value", 9, "$"],
  ["f8 20 01 00 02 00 00 00 62 c0 af", "invalid_utf8", 0, "$"],
  ["82 f8 20 0a 00 00 00 00 00 05 f8 20 00 00 00 00 00 00 05", "invalid_value", 10, "$[1]"],
  ["a1 f8 20 02 00 00 00 00 00 05 06", "invalid_value", 0, "$"],
  ["f8 24 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01 05", "invalid_padding", 0, "$"],
  ["f8 24 01 00 00 00 00 00", "truncated", 0, "$"],
  ["ff 07", "unsupported_version", 0, "$"],
  ["f8 ff", "unknown_tag", 0, "$"],
  ["f8 12 60 00", "reserved_tag", 0, "$"],
  ["ed 0b 01", "truncated", 0, "$"],
  ["ed 4b 00", "reserved_tag", 0, "$"],
  ["ed 0f 00", "unknown_tag", 0, "$"],
  ["ed 19 00", "unknown_tag", 0, "$"],
  ["ed 00 03 08", "invalid_padding", 0, "$"],
  ["ed 0c 01 01 05", "invalid_value", 0, "$"],
  ["ed 0c 01 08 05", "invalid_value", 0, "$"],
  ["ed 0c 02 12 05 00 05", "truncated", 0, "$"],
  ["ed 0b fc ff ff ff ff ff ff", "truncated", 0, "$"],
  ["ea 02 ed 21 01 05 91 05", "duplicate_key", 0, "$"],
  ["ea 01 ed 01 01 05", "unhashable_key", 0, "$"],
  ["ed a2 00", "unknown_tag", 0, "$"],
  ["ed 78 00", "unknown_tag", 0, "$"],
  ["ed 6d 00", "unknown_tag", 0, "$"],
  ["e0 fd", "invalid_length", 0, "$"],
  ["e7 ff", "invalid_length", 0, "$"],
  ["e1 00 c0 af", "invalid_utf8", 0, "$"],
  ["e2 00 3d", "truncated", 0, "$"],
  ["e3 d0 01 80", "invalid_string", 0, "$"],
  ["fb 00 d8 00", "invalid_string", 0, "$"],
  ["fb 00 00 11", "invalid_string", 0, "$"],
  ["f8 1d 01 00 00 11", "invalid_string", 0, "$"],
  ["db 00", "invalid_value", 0, "$"],
  ["db 81 01", "invalid_value", 0, "$"],
  ["db 01 00", "invalid_value", 0, "$"],
  ["db 07 00 00 00 00 00 00 20", "invalid_value", 0, "$"],
  ["df 01 02", "invalid_value", 1, "$"],
  ["f7 40 61 61", "invalid_value", 2, "$"],
  ["f7 40 b8", "invalid_value", 2, "$"],
  ["f7 40 c2", "invalid_value", 2, "$"],
  ["f8 02 d7", "invalid_value", 2, "$"],
  ["f8 04 00 05 00", "invalid_value", 0, "$"],
  ["f8 06 92 01 02", "invalid_value", 2, "$"],
  ["f8 07 01 82 01 02", "invalid_value", 0, "$"],
  ["f8 07 b8 80", "invalid_value", 0, "$"],
  ["f8 08 81 01", "invalid_value", 2, "$"],
  ["f8 08 98 01", "invalid_value", 2, "$"],
  ["f8 0b 80", "invalid_value", 0, "$"],
  ["f8 0b 81 01", "invalid_value", 0, "$"],
  ["f8 0c 01 a0", "invalid_value", 2, "$"],
  ["f8 0c 61 50 a1 01 02", "invalid_value", 0, "$"],
  ["f8 0d 05", "invalid_value", 2, "$"],
  ["f8 1a 00 61 78 05", "invalid_value", 5, "$"],
  ["f8 1a 00 61 78 ee 00 00", "invalid_date", 0, "$"],
  ["f8 1a 03 67 69 73 6f 38 36 30 31 ee 00 00", "invalid_value", 0, "$"],
  ["f8 1f 05", "invalid_value", 2, "$"],
  ["f8 1f", "truncated", 2, "$"],
  ["f8 1f f8", "invalid_value", 2, "$"],
  ["f8 1a 00 68 62 75 64 64 68 69 73 74 f8", "truncated", 12, "$"],
  ["f8 1a 00 68 62 75 64 64 68 69 73 74 f8 0d", "invalid_value", 12, "$"],
  ["ff", "truncated", 0, "$"],
  ["f8 0d f8 1d 02 3d d8 00 00 de 00", "invalid_value", 2, "$"],
  ["f8 02 98", "invalid_value", 2, "$"],
  ["f8 08 9f", "invalid_value", 2, "$"],
  ["f8 1f ed 02 01 05", "invalid_value", 2, "$"],
  ["f4 38 00", "invalid_time_zone", 0, "$"],
  ["ef 00 00 50", "invalid_time_zone", 0, "$"],
  ["f4 20 00 00 05", "invalid_value", 4, "$"],
  ["ed 5f", "reserved_tag", 0, "$"],
  ["f8 1a 00 60 ee 0c 4d", "invalid_date", 0, "$"],
  ["f8 1a 00 68 62 75 64 64 68 69 73 74 f4 08 00 00", "invalid_value", 0, "$"],
  ["f8 19 01 00 d3 00 00 00 00 01 00 00 00", "invalid_time", 0, "$"],
  ["f8 19 81 00 01 d3 01 00 00 00 00 00 20 00", "invalid_value", 0, "$"],
  ["f8 19 00 04", "invalid_value", 0, "$"],
  ["f8 19 03 00 01 b8", "invalid_time", 0, "$"],
  ["f8 16 d0 01 e1 f5 05", "invalid_date", 0, "$"],
  ["f4 00 d3 ff ff ff ff ff ff ff ff", "invalid_date", 0, "$"],
  ["f4 40 00", "invalid_value", 0, "$"],
  ["f4 28 00", "invalid_time_zone", 0, "$"],
  ["f4 10 00 c9 40", "invalid_time_zone", 0, "$"],
  ["f4 18 00 60", "invalid_time_zone", 0, "$"],
  ["ef 80 51 01", "invalid_time", 0, "$"],
  ["ef 00 00 04 e8 03", "invalid_time", 0, "$"],
  ["ef 00 00 08 40 42 0f", "invalid_time", 0, "$"],
  ["ef 00 00 0c 00 ca 9a 3b", "invalid_time", 0, "$"],
  ["ef 00 00 80", "invalid_value", 0, "$"],
  ["f5 05 00", "invalid_value", 0, "$"],
  ["f5 01 d3 00 00 00 00 00 00 20 00", "invalid_time", 0, "$"],
  ["ed 7f 00 04 01 00", "invalid_value", 0, "$"],
  ["ed 7f 01 07 04 01", "invalid_value", 0, "$"],
  ["ed 7f 01 62 00 01", "invalid_value", 0, "$"],
  ["ed 82 41", "invalid_value", 0, "$"],
  ["a2 61 61 61 61 01 02", "duplicate_key", 0, "$"],
  ["81 ea 02 05 d8 05", "duplicate_key", 1, "$[0]"],
  ["ea 02 01 c2", "duplicate_key", 0, "$"],
  ["a2 dc 00 7e dc 00 7e 01 02", "duplicate_key", 0, "$"],
  ["a1 80 01", "unhashable_key", 0, "$"],
  ["ea 01 91 a0", "unhashable_key", 0, "$"],
  ["eb 01 e6 00", "unhashable_key", 0, "$"],
  ["f8 0c 61 50 a2 61 61 61 61 01 02", "duplicate_key", 0, "$"],
  ["e7 fb ff ff ff ff", "count_too_large", 0, "$"],
  ["e9 fc ff ff ff ff ff ff", "count_too_large", 0, "$"],
  ["e0 fc ff ff ff ff ff ff", "count_too_large", 0, "$"],
  ["ed 8b 03 fc ff ff ff ff ff ff fc ff ff ff ff ff ff 01", "count_too_large", 0, "$"],
  ["d5 fb 00 00 00 10", "integer_too_large", 0, "$"],
];

Deno.test({
  name: "malformed: each document fails with its code, offset and path",
  permissions: "none",
  fn() {
    assert(MALFORMED.length >= 80);
    for (const [hex, code, offset, path] of MALFORMED) {
      const error = decodeErrorOf(bytesOf(hex));
      assertEquals([hex, error.code, error.offset, error.path], [hex, code, offset, path]);
      assertStringIncludes(error.message, `at byte ${offset} (path ${path}): `);
    }
  },
});

Deno.test({
  name: "malformed: the error names the tag, also of a subtype",
  permissions: "none",
  fn() {
    assertEquals(decodeErrorOf(bytesOf("82 01 f6 00")).tag, "UUID");
    assertEquals(decodeErrorOf(bytesOf("81 f8 04 00 05 00")).tag, "XT.RANGE3");
    assertEquals(decodeErrorOf(bytesOf("82 c0")).tag, "FIXLIST");
    assertEquals(decodeErrorOf(bytesOf("c0 c0")).tag, undefined);
    const message = decodeErrorOf(bytesOf("a1 63 6b 65 79 de 00 00")).message;
    assertEquals(
      message,
      "Cannot decode F64 at byte 5 (path $.key): 8 more bytes expected, 2 available",
    );
  },
});

/** Every valid document that the tests know. */
function fixtures(): Uint8Array[] {
  const rows = [...TAG_TABLE, ...SUBTYPE_TABLE].filter((row) => !row.isReserved);
  const all = rows.map((row) => bytesOf(row.hex));
  for (const value of MORE_EXAMPLES) all.push(encode(value));
  assert(all.length >= 80);
  return all;
}

Deno.test({
  name: "malformed: every strict prefix of a document is truncated",
  permissions: "none",
  fn() {
    for (const bytes of fixtures()) {
      for (const outer of [[], [0x83, 0x01], [0xa1, 0x61, 0x61]]) {
        const document = Uint8Array.of(...outer, ...bytes, ...(outer.length === 2 ? [0xc0] : []));
        // A packed value may need other padding where it does not start the document.
        if (!decodes(document)) continue;
        for (let length = 0; length < document.length; length++) {
          const error = decodeErrorOf(document.subarray(0, length));
          assertEquals([error.code, document.toHex(), length], [
            "truncated",
            document.toHex(),
            length,
          ]);
          assert(error.offset <= length);
        }
        assertEquals(decodeErrorOf(Uint8Array.of(...document, 0)).code, "trailing_bytes");
      }
    }
  },
});

function decodes(bytes: Uint8Array): boolean {
  try {
    decode(bytes);
    return true;
  } catch (error) {
    assertInstanceOf(error, DecodeError);
    return false;
  }
}

Deno.test({
  name: "malformed: every changed byte gives a value or a DecodeError, and a value that encodes",
  permissions: "none",
  fn() {
    let values = 0, errors = 0;
    for (const bytes of fixtures()) {
      for (let at = 0; at < Math.min(bytes.length, 200); at++) {
        const original = bytes[at];
        for (let change = 1; change < 256; change += at < 3 ? 1 : 7) {
          bytes[at] = original ^ change;
          try {
            encode(decode(bytes, { exact: true }), { pooled: false });
            values++;
          } catch (error) {
            assertInstanceOf(error, DecodeError, bytes.toHex());
            errors++;
          }
        }
        bytes[at] = original;
      }
    }
    assert(values > 1000 && errors > 1000, `${values} values, ${errors} errors`);
  },
});

Deno.test({
  name: "malformed: counts are checked before anything is allocated for them",
  permissions: "none",
  fn() {
    // Each claims more than 2^24 members or bytes that are not there; at 8 bytes a member, 500 times over.
    const bombs = [
      "e7",
      "e8",
      "e9",
      "ea",
      "eb",
      "e0",
      "e1",
      "e2",
      "e320",
      "e5",
      "e6",
      "ed6b",
      "f81d",
      "f80b e7",
    ];
    const before = performance.now();
    for (const head of bombs) {
      const bytes = Uint8Array.of(...bytesOf(head), 0xfa, 0xff, 0xff, 0xff, 0, 0, 0, 0);
      const code = head === "f80b e7" ? "count_too_large" : "truncated";
      for (let i = 0; i < 500; i++) assertEquals(decodeErrorOf(bytes).code, code, head);
    }
    assert(performance.now() - before < 5000);
  },
});

Deno.test({
  name: "malformed: nested headers cannot claim the same bytes again and again",
  permissions: "none",
  fn() {
    // 24,000 lists of 65,535 items each, one in the other.
    const bytes = new Uint8Array(24_000 * 4 + 65_536);
    for (let i = 0; i < 24_000; i++) bytes.set([0xe7, 0xf9, 0xf7, 0xfd], 4 * i);
    const error = decodeErrorOf(bytes);
    assertEquals(error.code, "truncated");
    assertStringIncludes(error.message, "all containers together");
  },
});

Deno.test({
  name: "malformed: a failure leaves nothing behind",
  permissions: "none",
  fn() {
    const good = encode({ a: [1, new Uint8Array(3)] });
    for (const bytes of fixtures()) {
      decodeErrorOf(bytes.subarray(0, bytes.length - 1));
      assertEquals(decode(good), { a: [1, new Uint8Array(3)] });
    }
  },
});
