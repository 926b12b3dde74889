import { decode, encode } from "../../pybytes/mod.ts";
import { assertEquals } from "../helpers/assert.ts";
import { bytesOf, decodeErrorOf } from "./helpers/errors.ts";

const BERLIN = "6d 45 75 72 6f 70 65 2f 42 65 72 6c 69 6e";

/** Two keys that FORMAT.md says are one. */
const EQUAL: Readonly<Record<string, readonly [string, string]>> = {
  "float NaNs, whatever their bits": ["dc 00 7e", "dc 00 fe"],
  "a NaN and a complex with real part NaN": ["dc 00 7e", "df dc 00 7e d7"],
  "Decimal NaNs of one sign and payload": ["f7 7d 05", "f7 7d 05"],
  "NaN in tuples": ["91 dc 00 7e", "91 dc 00 fe"],
  "0.0 and -0.0": ["d7", "dc 00 80"],
  "ranges without members": ["f8 02 00", "f8 03 05 05"],
  "a Path and a PurePath": ["f8 0d 62 2f 61", "f8 0f 62 2f 61"],
  "Windows paths without regard to case": ["f8 0e 61 41", "f8 0e 61 61"],
  "paths with the same parts": ["f8 0d 61 61", "f8 0d 63 2e 2f 61"],
  "bytes and a read-only view": ["ae 05 06", "f8 1f ed 62 02 05 06"],
  "bytes and a view that is not marked": ["ad 61", "ed 62 01 61"],
  "times but for the fold": ["ef 00 00 00", "ef 00 00 02"],
  "a naive time and one with a zone key": ["ef 00 00 00", "ef 00 00 30 63 55 54 43"],
  "times at one moment of the day": ["ef 10 0e 20 3c", "ef 00 00 10 00"],
  "datetimes at one moment": ["f1 00 00 00 00", "f4 10 cd b0 05 3c"],
  "two wall times that a gap makes one moment": [
    `f4 18 d0 b8 d8 08 66 ${BERLIN}`,
    `f4 18 d0 a8 ca 08 66 ${BERLIN}`,
  ],
  "a datetime in a fold and one in UTC": [
    `f4 18 d0 a8 a5 1d 67 ${BERLIN}`,
    "f1 88 89 1d 67",
  ],
};

/** Two keys that FORMAT.md says are not one. */
const DISTINCT: Readonly<Record<string, readonly [string, string]>> = {
  "a float NaN and a Decimal NaN": ["dc 00 7e", "f7 7d 00"],
  "Decimal NaNs of another sign": ["f7 7d 00", "f7 fd 00"],
  "Decimal NaNs of another payload": ["f7 7d 00", "f7 7d 01"],
  "None and UNDEFINED": ["c0", "f8 00"],
  "paths of another flavour": ["f8 0d 61 61", "f8 0e 61 61"],
  "paths of another case": ["f8 0d 61 41", "f8 0d 61 61"],
  "a time with a zone key and one in UTC": ["ef 00 00 30 63 55 54 43", "ef 00 00 10 00"],
  "naive and UTC datetimes": ["f0 00 00 00 00", "f1 00 00 00 00"],
  "an unknown zone and the same wall time in UTC": ["f4 18 00 63 58 2f 59", "f1 00 00 00 00"],
  "dates of two calendars": ["ee 0c 4d", "f8 1a 00 68 62 75 64 64 68 69 73 74 ee 0c 4d"],
};

const UNHASHABLE: Readonly<Record<string, string>> = {
  "a signaling NaN": "f7 7e 00",
  "a read-only view of another format": "f8 1f ed 61 01 00",
  "a view of format c": "f8 1f ed 72 01 3f",
  "a view of two dimensions that is not marked": "ed 82 02 01 01 00",
  "a tuple with a list in it": "91 91 80",
};

Deno.test({
  name: "keys: what FORMAT.md calls equal is a duplicate, in dicts and sets, in both orders",
  permissions: "none",
  fn() {
    for (const [what, [a, b]] of Object.entries(EQUAL)) {
      for (const hex of [`ea 02 ${a} ${b}`, `ea 02 ${b} ${a}`, `a2 ${a} ${b} 01 02`]) {
        assertEquals([what, decodeErrorOf(bytesOf(hex)).code], [what, "duplicate_key"]);
      }
    }
  },
});

Deno.test({
  name: "keys: what FORMAT.md calls distinct comes back, byte for byte",
  permissions: "none",
  fn() {
    for (const [what, [a, b]] of Object.entries(DISTINCT)) {
      for (const hex of [`ea 02 ${a} ${b}`, `ea 02 ${b} ${a}`, `a2 ${a} ${b} 01 02`]) {
        const bytes = bytesOf(hex);
        assertEquals([what, encode(decode(bytes, { exact: true })).toHex()], [what, bytes.toHex()]);
      }
    }
  },
});

Deno.test({
  name: "keys: what FORMAT.md calls not hashable is refused",
  permissions: "none",
  fn() {
    for (const [what, hex] of Object.entries(UNHASHABLE)) {
      assertEquals([what, decodeErrorOf(bytesOf(`a1 ${hex} 00`)).code], [what, "unhashable_key"]);
      assertEquals(decodeErrorOf(bytesOf(`81 ea 01 ${hex}`)).offset, 1);
    }
  },
});
