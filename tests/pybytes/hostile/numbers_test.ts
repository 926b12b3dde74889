/** Rows 14 to 16: floats, ints and Decimals at their limits. */
import { type Complex, Decimal, decode, encode, Float } from "../../../pybytes/mod.ts";
import { assert, assertEquals } from "../../helpers/assert.ts";
import { decodeErrorOf } from "../helpers/errors.ts";
import { joined, length32, times } from "./bombs.ts";
import { assertRefused, assertUnharmed, decodeDeep } from "./unharmed.ts";

Deno.test({
  name: "hostile 14: decimals that none is are refused, longer ones than needed read",
  permissions: "none",
  fn() {
    for (let header = 0; header < 256; header++) {
      const places = header >> 3, width = header & 7;
      const bytes = joined(
        "db",
        Uint8Array.of(header),
        "01",
        new Uint8Array(Math.max(width - 1, 0)),
      );
      const isValid = width >= 1 && width <= 6 && places <= 15;
      if (isValid) assertEquals(decode(bytes), 1 / 10 ** places);
      else assertEquals([header, decodeErrorOf(bytes).code], [header, "invalid_value"]);
    }
    assertRefused(joined("db0900"), "invalid_value", "m = 0");
    // 5.0 / 10 and 50 / 100 are 0.5 as well.
    for (const hex of ["db0905", "db1132", "db1af401"]) {
      const bytes = joined(hex);
      assertEquals(decode(bytes), 0.5);
      assertEquals(encode(decode(bytes)), joined("d905"));
    }
    assertUnharmed();
  },
});

/** Floats whose bits JavaScript may change: forms and the 64 bits that they stand for. */
const BITS: Readonly<Record<string, bigint>> = {
  "dc007e": 0x7ff8000000000000n,
  "dc00fe": 0xfff8000000000000n,
  "dc017e": 0x7ff8040000000000n,
  "dc017c": 0x7ff0040000000000n,
  "dd0100807f": 0x7ff0000020000000n,
  "dd010080ff": 0xfff0000020000000n,
  "de010000000000f07f": 0x7ff0000000000001n,
  "de010000000000f8ff": 0xfff8000000000001n,
  "deffffffffffffff7f": 0x7fffffffffffffffn,
};

Deno.test({
  name:
    "hostile 14: NaNs keep sign, payload and signal in exact mode, alone, in parts and in lists",
  permissions: "none",
  fn() {
    for (const [hex, bits] of Object.entries(BITS)) {
      for (const read of [decode<unknown>, decodeDeep]) {
        assert(Number.isNaN(read(joined(hex))));
        const exact = read(joined(hex), { exact: true });
        // The one NaN that JavaScript makes itself needs no payload.
        const found = exact instanceof Float ? exact.bits : 0x7ff8000000000000n;
        assertEquals([hex, found], [hex, bits]);
        assertEquals(encode(exact).toHex(), hex);
      }
      const list = joined("83", hex, hex, hex);
      assertEquals(encode(decode(list, { exact: true }), { canonical: true }), list);
      const complex = decode<Complex>(joined("df", hex, "d7"), { exact: true });
      assertEquals(encode(complex).toHex(), `df${hex}d7`);
    }
    assertUnharmed();
  },
});

Deno.test({
  name: "hostile 14: signed zeros, denormals and the largest come back, and become no ints",
  permissions: "none",
  fn() {
    const values = [
      -0,
      5e-324,
      -5e-324,
      2.2250738585072014e-308,
      Number.MAX_VALUE,
      -Infinity,
      2 ** 53,
      2 ** 1023,
    ];
    for (const value of values) {
      for (const options of [{}, { exact: true }]) {
        const copy = decode<number | Float>(encode(value), options);
        assert(Object.is(Number(copy), value), `${value}`);
        assertEquals(encode(copy), encode(value));
      }
    }
    assertEquals(encode(-0).toHex(), "dc0080");
    assertUnharmed();
  },
});

Deno.test({
  name: "hostile 15: ints in longer forms, with zero bytes, and at every boundary",
  permissions: "none",
  fn() {
    for (
      const hex of [
        `d500${"00".repeat(9)}`,
        `d50405${"00".repeat(12)}`,
        "d2050000000000",
        "d30500000000000000",
      ]
    ) {
      const bytes = joined(hex);
      const value = hex.startsWith("d500") ? 0 : 5;
      assertEquals(decode(bytes), value);
      assertEquals(encode(decode(bytes)), Uint8Array.of(value));
    }
    for (const bits of [31, 32, 47, 48, 53, 63, 64, 65, 127, 1000, 65_536]) {
      for (const by of [-2n, -1n, 0n, 1n]) {
        for (const sign of [1n, -1n]) {
          const value = sign * ((1n << BigInt(bits)) + by);
          for (const options of [{}, { exact: true }, { ints: "bigint" }] as const) {
            assertEquals(BigInt(decode<bigint>(encode(value), options)), value);
          }
        }
      }
    }
    assertUnharmed();
  },
});

Deno.test({
  name:
    "hostile 15: an int of megabytes takes time as its size does; beyond the runtime it is refused",
  permissions: "none",
  fn() {
    const size = 4_000_000;
    const bytes = joined("d5", length32(size - 9), times(size, "ff"));
    const start = performance.now();
    const value = decode<bigint>(bytes);
    assert(value + 1n === 1n << BigInt(8 * size));
    assertEquals(encode(value).length, bytes.length - 1);
    assert(performance.now() - start < 10_000);
    for (const tag of ["d5", "d6"]) {
      const { code } = decodeErrorOf(joined(tag, "fb00000010", "ff"));
      assertEquals(code, "integer_too_large");
    }
    assertUnharmed();
  },
});

Deno.test({
  name: "hostile 16: Decimals keep everything, and are never written out",
  permissions: "none",
  fn() {
    const texts = [
      "-0",
      "0E-10",
      "0E+1000",
      "-0.00",
      "sNaN123",
      "-sNaN",
      "NaN",
      "-NaN5",
      "Infinity",
      "-Infinity",
    ];
    texts.push(
      "1E+999999999999999999",
      "-1E-999999999999999999",
      "1.50",
      "1.5",
      "9".repeat(100),
    );
    for (const text of texts) {
      for (const read of [decode<unknown>, decodeDeep]) {
        const bytes = encode(Decimal.parse(text), { pooled: false });
        const copy = read(bytes) as Decimal;
        assertEquals(copy.toString(), text);
        assertEquals(encode(copy), bytes);
      }
    }
    // The wire holds more than Python parses.
    const far = joined("f77f d5 00 000000000000000001 05".replaceAll(" ", ""));
    assertEquals(encode(decode(far)), far);
    // As keys too, where numbers of equal value are looked for.
    const start = performance.now();
    for (
      const text of ["1E+999999999999999999", "1E-999999999999999999", "-0", "123E+99999999"]
    ) {
      const map = new Map([[Decimal.parse(text), 1]]);
      assertEquals(decode<Map<Decimal, number>>(encode(map)).size, 1);
    }
    assert(performance.now() - start < 2000);
    const digits = new Decimal({ sign: 0, coefficient: 10n ** 1_000_000n + 7n, exponent: -5 });
    assertEquals(decode<Decimal>(encode(digits)).coefficient, digits.coefficient);
    for (const hex of ["f740b8", "f77db8", "f77fd701", "f74061", "f77f01b8"]) {
      assertRefused(joined(hex), "invalid_value", hex);
    }
  },
});
