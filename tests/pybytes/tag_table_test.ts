import { decode, encode, equals } from "../../pybytes/mod.ts";
import { ELEMENT_TYPES } from "../../pybytes/wire/pack.ts";
import { SUBTYPE_TABLE, TAG_TABLE, tagRow } from "../../pybytes/wire/tag_table.ts";
import { Subtype, Tag } from "../../pybytes/wire/tags.ts";
import { assert, assertEquals } from "../helpers/assert.ts";
import { bytesOf, decodeErrorOf, hexOf } from "./helpers/errors.ts";
import { SUBTYPE_EXAMPLES, TAG_EXAMPLES } from "./helpers/examples.ts";
import { plain, tableIn, TABLES } from "./helpers/format_tables.ts";

Deno.test({
  name: "tag table covers every byte once, in order, and names every constant",
  permissions: "none",
  fn() {
    let next = 0;
    for (const row of TAG_TABLE) {
      assertEquals([row.first, row.name], [next, tagRow(next).name]);
      next += row.count;
    }
    assertEquals(next, 256);
    assertEquals(TAG_TABLE.map((row) => row.name), Object.keys(Tag));
    assertEquals(SUBTYPE_TABLE.map((row) => row.name), Object.keys(Subtype));
    SUBTYPE_TABLE.forEach((row, index) => assertEquals(row.first, index));
    assert(ELEMENT_TYPES.length >= 19);
  },
});

/** The tags that cannot stand first: they refer to what came before. */
const REFERENCES = ["DREF", "DREFV", "SREF"];

for (
  const [kind, table, examples] of [
    ["tag", TAG_TABLE, TAG_EXAMPLES],
    ["subtype", SUBTYPE_TABLE, SUBTYPE_EXAMPLES],
  ] as const
) {
  Deno.test({
    name: `${kind} table: each worked example decodes to its value and is encoded from it`,
    permissions: "none",
    fn() {
      const used = table.filter((row) => !row.isReserved);
      assertEquals(used.map((row) => row.name).sort(), Object.keys(examples).sort());
      for (const row of used) {
        const bytes = bytesOf(row.hex);
        const isOne = (byte: number) => byte >= row.first && byte < row.first + row.count;
        const stands = REFERENCES.includes(row.name)
          ? bytes.some(isOne)
          : isOne(bytes[kind === "tag" ? 0 : 1]);
        assert(stands, `${row.name} is in its example`);
        const value = decode(bytes, { exact: true });
        assert(equals(value, examples[row.name]), `${row.name}: ${Deno.inspect(value)}`);
        // A text block is for documents that would be too long for an example.
        if (row.name.endsWith("BUNDLE")) continue;
        assertEquals(hexOf(encode(examples[row.name])), row.hex, row.name);
        assertEquals(hexOf(encode(value)), row.hex, row.name);
      }
    },
  });

  Deno.test({
    name: `${kind} table: reserved ones are refused`,
    permissions: "none",
    fn() {
      const reserved = table.filter((row) => row.isReserved);
      assert(reserved.length >= 4);
      for (const row of reserved) {
        for (let byte = row.first; byte < row.first + row.count; byte++) {
          const bytes = Uint8Array.of(...(kind === "tag" ? [byte] : [Tag.XT, byte]), 0, 0, 0);
          const expected = byte === Tag.ESC ? "unsupported_version" : "reserved_tag";
          const error = decodeErrorOf(bytes);
          assertEquals([error.code, error.offset], [expected, 0], row.name);
        }
      }
    },
  });
}

Deno.test({
  name: "subtypes beyond the table are unknown",
  permissions: "none",
  fn() {
    for (let subtype = SUBTYPE_TABLE.length; subtype < 256; subtype++) {
      assertEquals(decodeErrorOf(Uint8Array.of(Tag.XT, subtype, 0)).code, "unknown_tag");
    }
  },
});

Deno.test({
  name: "FORMAT.md shows the tables of the code",
  permissions: { read: [new URL("../../pybytes/FORMAT.md", import.meta.url)] },
  fn() {
    const text = Deno.readTextFileSync(new URL("../../pybytes/FORMAT.md", import.meta.url));
    assertEquals(Object.keys(TABLES), ["tags", "subtypes", "elements"]);
    for (const [name, lines] of Object.entries(TABLES)) {
      assertEquals(tableIn(text, name), lines.map(plain), name);
    }
  },
});
