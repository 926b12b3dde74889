/** Rows 2 and 3: headers that claim more than there is. */
import { decode } from "../../../pybytes/mod.ts";
import { assert, assertEquals } from "../../helpers/assert.ts";
import { decodeErrorOf } from "../helpers/errors.ts";
import { deep, joined, times } from "./bombs.ts";
import { assertRefused, assertUnharmed } from "./unharmed.ts";

/** What stands before a length; a second part follows it where the data do not come next. */
const HEADS: Readonly<Record<string, string>> = {
  BIGP: "d5",
  BIGN: "d6",
  STRV: "e0",
  SU8: "e1",
  SU16: "e2",
  SX: "e321",
  BYTESV: "e5",
  BARR: "e6",
  LISTV: "e7",
  TUPLEV: "e8",
  DICTV: "e9",
  SET: "ea",
  FSET: "eb",
  EXTB: "fa05",
  CODE_POINTS: "f81d",
  DEQUE: "f806e7",
  OrderedDict: "f808e9",
  Counter: "f80ae9",
  ChainMap: "f80be7",
  NAMED_TUPLE: "f80c60e9",
  MAP: "f81ee9",
  "packed bools": "ed00",
  "packed i8": "ed01",
  "packed u64": "ed08",
  "packed floats": "ed0b",
  "packed numbers": "ed18",
  "packed tuple": "ed2b",
  "memoryview of bytes": "ed62",
  "memoryview of doubles": "ed6b",
  "memoryview of complex": "ed70",
  "read-only memoryview": "f81fed62",
  "two dimensions": "ed8b0202",
};
const LENGTHS: readonly string[] = [
  "fbffffffff",
  "fbffffff7f",
  "fafffffe",
  "fcffffffffffff",
  "fbfeffffff",
];
const CODES: readonly string[] = ["truncated", "count_too_large", "integer_too_large"];

Deno.test({
  name: "hostile 2: no length is believed before it was compared with what there is",
  permissions: "none",
  fn() {
    assert(Object.keys(HEADS).length > 30);
    const start = performance.now();
    for (const [name, head] of Object.entries(HEADS)) {
      for (const length of LENGTHS) {
        const bytes = joined(head, length, "0000000000");
        for (const document of [bytes, deep(bytes)]) {
          const { code } = decodeErrorOf(document);
          assert(CODES.includes(code), `${name} ${length}: ${code}`);
        }
      }
    }
    assertUnharmed();
    // An allocation of what is claimed would take seconds, or the process.
    assert(performance.now() - start < 5000);
  },
});

Deno.test({
  name: "hostile 2: dimensions are multiplied without losing their size",
  permissions: "none",
  fn() {
    const codes = new Set<string>();
    for (
      const shape of ["fbffffffff".repeat(8), "fcffffffffffff".repeat(8), "fb00000080".repeat(8)]
    ) {
      for (const type of ["82", "8b", "90"]) {
        codes.add(decodeErrorOf(joined(`ed${type}08`, shape, "00")).code);
      }
    }
    for (const code of codes) assert(CODES.includes(code), code);
    // A factor 0 makes nothing of it all, and is no way around the check.
    const empty = decode<{ shape: number[] }>(joined("ed8b03", "fbffffffff", "00", "fbffffffff"));
    assertEquals(empty.shape, [2 ** 32 - 1, 0, 2 ** 32 - 1]);
    assertUnharmed();
  },
});

Deno.test({
  name: "hostile 3: all containers together claim no more than the document has",
  permissions: "none",
  fn() {
    for (const head of ["e7f9f7fd", "e8f9f7fd", "f806e7f9f7fd", "f90581e7f9f7fd"]) {
      const bytes = joined(times(24_000, head), new Uint8Array(65_600));
      assertRefused(bytes, "truncated", head);
    }
    // As many dicts in one, each with keys that are there and values that are not.
    const keys = Array.from({ length: 11 }, (_, i) => `61${(0x61 + i).toString(16)}`).join("");
    assertRefused(times(10_000, `ab${keys}`), "truncated");
    assertRefused(joined("82a16161c0", times(5000, "98")), "truncated");
  },
});
