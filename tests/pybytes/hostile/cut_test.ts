/** Row 19: documents that end too early or too late, and tags that have no meaning. */
import { decode, encode } from "../../../pybytes/mod.ts";
import { assert, assertEquals } from "../../helpers/assert.ts";
import { EXAMPLES } from "../fuzz/documents.ts";
import { decodeErrorOf } from "../helpers/errors.ts";
import { MORE_EXAMPLES } from "../helpers/examples.ts";
import { deep, joined } from "./bombs.ts";
import { assertRefused, assertUnharmed } from "./unharmed.ts";

/** Every kind of document: each tag, mixed values, and text in a block. */
function documents(): Uint8Array[] {
  const texts = Array.from({ length: 40 }, (_, i) => `text ${i % 9} ${i % 3 === 0 ? "é€" : ""}`);
  const all = [...EXAMPLES, ...MORE_EXAMPLES.map((value) => encode(value, { pooled: false }))];
  all.push(encode(texts, { pooled: false }), encode([texts, { a: texts }], { pooled: false }));
  assert(all.length > 80);
  return all;
}

Deno.test({
  name: "hostile 19: every truncation is `truncated`, every byte more is `trailing_bytes`",
  permissions: "none",
  fn() {
    for (const bytes of documents()) {
      for (const levels of [0, 256]) {
        const document = levels === 0 ? bytes : deep(bytes, levels);
        for (let length = levels; length < document.length; length++) {
          const { code, offset } = decodeErrorOf(document.subarray(0, length));
          assertEquals([bytes.toHex(), length, code], [bytes.toHex(), length, "truncated"]);
          assert(offset <= length);
        }
        for (const more of ["00", "c0", "fc", "000000000000"]) {
          const error = decodeErrorOf(joined(document, more));
          assertEquals([error.code, error.offset, error.path], [
            "trailing_bytes",
            document.length,
            "$",
          ]);
        }
      }
    }
    assertUnharmed();
  },
});

Deno.test({
  name: "hostile 19: nothing, unknown and reserved tags, and other versions",
  permissions: "none",
  fn() {
    assertEquals(decodeErrorOf(new Uint8Array(0)).code, "truncated");
    for (
      const hex of [
        "fc",
        "fd",
        "fe",
        "fd00",
        "f801",
        "f805",
        "f809",
        "f811",
        "f81b",
        "f821",
        "ed4000",
      ]
    ) {
      assertRefused(joined(hex), "reserved_tag", hex);
      assertRefused(joined("81", hex), "reserved_tag", hex);
      assertRefused(joined("a16161", hex), "reserved_tag", hex);
    }
    for (let version = 0; version < 256; version++) {
      assertEquals(decodeErrorOf(Uint8Array.of(0xff, version)).code, "unsupported_version");
    }
    for (let subtype = 0x25; subtype < 256; subtype++) {
      assertEquals(decodeErrorOf(Uint8Array.of(0xf8, subtype, 0)).code, "unknown_tag");
    }
    for (const hex of ["eda200", "ede000", "ed0f00", "ed6d00", "ed7900"]) {
      assertRefused(joined(hex), "unknown_tag", hex);
    }
    assertUnharmed();
  },
});

Deno.test({
  name: "hostile 19: a value of an unknown user type is kept, and skipped whatever its bytes are",
  permissions: "none",
  fn() {
    for (const hex of ["fa0503fcfdfe", "fafbffffffff0100", "f905f9068101", "f905c0"]) {
      const bytes = joined(hex);
      assertEquals(encode(decode(bytes)), bytes);
    }
    // Ids are below 2^32.
    for (const hex of ["f9fc00000000010000", "fafc0000000001000100", "f9fcffffffffffffc0"]) {
      assertRefused(joined(hex), "invalid_value", hex);
    }
  },
});
