/** Row 17: times, dates and zones that are none, or that JavaScript cannot hold. */
import { DateTime, decode, encode, Time } from "../../../pybytes/mod.ts";
import { assert, assertEquals, assertInstanceOf } from "../../helpers/assert.ts";
import { joined, length32, times } from "./bombs.ts";
import { assertRefused, assertUnharmed, decodeDeep } from "./unharmed.ts";

/** What is refused, and how. */
const REFUSED: Readonly<Record<string, string>> = {
  "ef805101": "invalid_time",
  "efffff01": "invalid_time",
  "ef000004e803": "invalid_time",
  "ef00000840420f": "invalid_time",
  "ef00000c00ca9a3b": "invalid_time",
  "ef000080": "invalid_value",
  "ef000050": "invalid_time_zone",
  "ef000010d20060d71d1400": "invalid_time_zone",
  "f40800d20060d71d1400": "invalid_time_zone",
  "f41000c940": "invalid_time_zone",
  "f4180060": "invalid_time_zone",
  "f42800": "invalid_time_zone",
  "f44000": "invalid_value",
  "f816d001e1f505": "invalid_date",
  "f400d3ffffffffffffffff": "invalid_date",
  "f50500": "invalid_value",
  "f501d30000000000002000": "invalid_time",
  "f8190004": "invalid_value",
};

Deno.test({
  name: "hostile 17: clock fields, offsets and dates out of range are errors of their own",
  permissions: "none",
  fn() {
    for (const [hex, code] of Object.entries(REFUSED)) {
      assertRefused(joined(hex), code, hex);
    }
  },
});

/** A datetime of this wall time in this zone. */
function zoned(fold: number, wall: string, zone: string): Uint8Array {
  const key = new TextEncoder().encode(zone);
  const text = key.length < 32
    ? joined(Uint8Array.of(0x60 + key.length), key)
    : joined("e0", length32(key.length - 32), key);
  return joined("f4", Uint8Array.of(0x18 + fold), wall, text);
}

Deno.test({
  name: "hostile 17: what Temporal cannot hold is a DateTime, and nothing is shifted",
  permissions: "none",
  fn() {
    // 2024-03-31 02:30 did not exist in Berlin; 2024-07-01 00:00 did.
    const gap = "d0b8ca0866", plain = "d000f28166";
    const rows: readonly (readonly [Uint8Array, boolean])[] = [
      [zoned(0, gap, "Europe/Berlin"), true],
      [zoned(1, gap, "Europe/Berlin"), true],
      [zoned(0, plain, "Europe/Berlin"), false],
      [zoned(1, plain, "Europe/Berlin"), true],
      [zoned(0, plain, "Mars/Phobos"), true],
      [zoned(0, plain, "../../etc/passwd"), true],
      [zoned(0, plain, "Z".repeat(10_000)), true],
      [zoned(0, plain, "+25:00"), true],
      [zoned(0, plain, "\0"), true],
      [joined("f4080001"), true],
      [joined("f4090001"), true],
    ];
    for (const [bytes, isOurs] of rows) {
      for (const read of [decode<unknown>, decodeDeep]) {
        const value = read(bytes);
        assertEquals([bytes.subarray(0, 30).toHex(), value instanceof DateTime], [
          bytes.subarray(0, 30).toHex(),
          isOurs,
        ]);
        assertEquals(encode(value, { canonical: true }).length > 3, true);
        assertEquals(encode(decode(encode(value))), encode(value));
      }
    }
    const value = decode<DateTime>(zoned(0, gap, "Europe/Berlin"));
    assertEquals([value.month, value.day, value.hour, value.minute], [3, 31, 2, 30]);
    assertInstanceOf(decode(joined("ef0000103c")), Time);
    assertUnharmed();
  },
});

Deno.test({
  name: "hostile 17: years before 1 and after 9999, nanoseconds, and the last days there are",
  permissions: "none",
  fn() {
    for (const days of [-719163, 2932897, -100_000_001, 100_000_000]) {
      const date = decode(joined("f816", encode(days)));
      assertEquals(encode(date), joined("f816", encode(days)));
    }
    for (const days of [-100_000_002, 100_000_001]) {
      assertRefused(joined("f816", encode(days)), "invalid_date", `${days}`);
    }
    const nanos = decode<Temporal.PlainTime>(joined("ef00000c01000000"));
    assertEquals(nanos.nanosecond, 1);
    assert(encode(nanos).toHex() === "ef00000c01000000");
    assertEquals(
      decode<unknown[]>(joined("e7", length32(984), times(1000, "ee0000"))).length,
      1000,
    );
    assertUnharmed();
  },
});
