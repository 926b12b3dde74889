import { Decimal, encode, inspect, NamedTuple } from "../../pybytes/mod.ts";
import { SUBTYPE_TABLE, TAG_TABLE } from "../../pybytes/wire/tag_table.ts";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "../helpers/assert.ts";
import { bytesOf } from "./helpers/errors.ts";

Deno.test({
  name: "inspect: a line for every tag, with offset, bytes, name and value",
  permissions: "none",
  fn() {
    const value = {
      n: [1, -2.5, null],
      d: Decimal.parse("1.50"),
      p: NamedTuple.create("P", { x: "é" }),
      b: new Uint8Array(12),
    };
    assertEquals(inspect(encode(value)).split("\n"), [
      " 0  a4                       FIXDICT 4 keys, 4 values",
      " 1  61 6e                      key FIXSTR 'n'",
      " 3  61 64                      key FIXSTR 'd'",
      " 5  61 70                      key FIXSTR 'p'",
      " 7  61 62                      key FIXSTR 'b'",
      " 9  83                         FIXLIST 3 items",
      "10  01                           FIXINT 1",
      "11  d9 e7                        F_D1 -2.5",
      "13  c0                           NONE None",
      "14  f7 3e                      DEC Decimal('1.50')",
      "16  c4 36                        INT2P 150",
      "18  f8 0c                      XT.NAMED_TUPLE",
      "20  61 50                        FIXSTR 'P'",
      "22  a1                           FIXDICT 1 key, 1 value",
      "23  61 78                          key FIXSTR 'x'",
      "25  61 e9                          FIXSTR 'é'",
      "27  e5 03 00 00 00 00 00 00..  BYTESV b'\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00'",
    ]);
  },
});

Deno.test({
  name: "inspect: every worked example is described by its tag's name, without an error",
  permissions: "none",
  fn() {
    for (const [prefix, table] of [["", TAG_TABLE], ["XT.", SUBTYPE_TABLE]] as const) {
      for (const { name, hex, isReserved } of table) {
        if (isReserved) continue;
        const text = inspect(bytesOf(hex));
        assertStringIncludes(text, name === "XT" ? "XT.RANGE1" : `${prefix}${name}`);
        assert(!text.includes("!!"), text);
      }
    }
  },
});

Deno.test({
  name: "inspect: what could be read comes before the error",
  permissions: "none",
  fn() {
    const cases: readonly (readonly [string, number, string])[] = [
      ["82 01 e7", 2, "2  !! truncated: "],
      ["82 01 62 61", 2, "2  !! truncated: "],
      ["82 01 fc", 2, "2  !! reserved_tag: "],
      ["82 01 02 03", 3, "3  !! trailing_bytes: "],
      ["a2 61 61 61 61 01 02", 5, "0  !! duplicate_key: "],
      ["81 e1 00 c0 af", 2, "1  !! invalid_utf8: "],
      ["", 0, "0  !! truncated: "],
    ];
    for (const [hex, lines, last] of cases) {
      const text = inspect(bytesOf(hex)).split("\n");
      assertEquals(text.length, lines + 1, text.join("\n"));
      assert(text[lines].startsWith(last), text[lines]);
    }
    assertThrows(() => inspect("80" as unknown as Uint8Array), TypeError);
  },
});
