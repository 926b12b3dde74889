import { isNil, validate, version } from "@std/uuid/common";
import { extractTimestamp } from "@std/uuid/v7";
import { UUID } from "../../../pybytes/types/mod.ts";
import { assert, assertEquals, assertThrows } from "../../helpers/assert.ts";

const TEXT = "fedcba98-7654-4210-8123-456789abcdef";
const SPELLINGS = [
  TEXT,
  TEXT.toUpperCase(),
  TEXT.replaceAll("-", ""),
  `{${TEXT}}`,
  `urn:uuid:${TEXT}`,
  `uuid:${TEXT}`,
];

Deno.test({
  name: "UUID reads Python's spellings and prints the canonical one",
  permissions: "none",
  fn() {
    for (const spelling of SPELLINGS) {
      const id = UUID.parse(spelling);
      assertEquals(id.toString(), TEXT);
      assertEquals([id.a, id.b, id.c, id.d], [0xfedcba98, 0x76544210, 0x81234567, 0x89abcdef]);
      assert(id.equals(UUID.parse(TEXT)));
      assert(Object.isFrozen(id));
      assertEquals(JSON.stringify({ id }), `{"id":"${TEXT}"}`);
    }
    // Any 128 bits, not only those that RFC 9562 defines.
    const odd = "ffffffff-ffff-ffff-ffff-ffffffffffff";
    assertEquals(UUID.parse(odd).toString(), odd);
    assertEquals([UUID.parse(odd).isRfc, UUID.parse(odd).version], [false, undefined]);
  },
});

Deno.test({
  name: "UUID refuses other texts",
  permissions: "none",
  fn() {
    const wrong = [
      "",
      TEXT.slice(1),
      `${TEXT}0`,
      TEXT.replace("f", "g"),
      ` ${TEXT}`,
      "_".repeat(32),
    ];
    for (const text of wrong) {
      assertThrows(() => UUID.parse(text), SyntaxError, "32 hex digits");
    }
    assertThrows(() => UUID.parse(5 as unknown as string), TypeError, "expected a string");
  },
});

Deno.test({
  name: "UUID goes to bytes and back at any offset",
  permissions: "none",
  fn() {
    const id = UUID.parse(TEXT);
    assertEquals(id.bytes[0], 0xfe);
    assertEquals(id.bytes[15], 0xef);
    const padded = new Uint8Array(20);
    padded.set(id.bytes, 3);
    assert(UUID.fromBytes(padded, 3).equals(id));
    assert(!UUID.fromBytes(padded, 4).equals(id));
    assert(id.bytes !== id.bytes);
    assertThrows(() => UUID.fromBytes(padded, 5), RangeError, "expected 16 bytes, found 15");
    assertThrows(() => UUID.fromBytes(padded, -1), RangeError, "at byte -1");
    assertThrows(() => UUID.fromBytes(new Uint8Array(15)), RangeError, "found 15");
  },
});

Deno.test({
  name: "UUID generates versions 4 and 7, as @std/uuid judges them",
  permissions: "none",
  fn() {
    const ids = Array.from({ length: 100 }, () => UUID.random());
    assertEquals(new Set(ids.map(String)).size, 100);
    for (const id of ids) {
      assert(validate(id.toString()) && id.isRandom && id.isRfc);
      assertEquals([id.version, version(id.toString())], [4, 4]);
    }
    const stamped = UUID.v7(1_700_000_000_123);
    assertEquals(extractTimestamp(stamped.toString()), 1_700_000_000_123);
    assertEquals([stamped.version, stamped.isRandom], [7, false]);
    assert(UUID.v7(0).toString() < UUID.v7(2 ** 48 - 1).toString());
    for (const time of [-1, 1.5, 2 ** 48, NaN]) {
      assertThrows(() => UUID.v7(time), RangeError, "milliseconds from 0 to 2**48-1");
    }
    const nil = new UUID(0, 0, 0, 0);
    assert(isNil(nil.toString()));
    assertEquals([nil.isRfc, nil.version], [true, undefined]);
  },
});
