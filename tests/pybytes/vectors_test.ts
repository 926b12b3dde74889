/** The conformance vectors: what every codec of the format has to do, done by this one. */
import { decode, DecodeError, encode, equals } from "../../pybytes/mod.ts";
import { SUBTYPE_TABLE, TAG_TABLE } from "../../pybytes/wire/tag_table.ts";
import { assert, assertEquals } from "../helpers/assert.ts";
import { decodeErrorOf } from "./helpers/errors.ts";
import { expand, readVectors } from "./vectors/vectors.ts";

/** Documents up to this size have every bit flipped; the few longer ones would take minutes. */
const MAX_FLIPPED_BYTES = 128;
/** Documents up to this size are cut at every byte, longer ones at this many places at either end. */
const MAX_CUT_BYTES = 1024;
/** Codes that an option or the host decides about; no document has them everywhere. */
const HOST_CODES = [
  "depth_exceeded",
  "size_exceeded",
  "count_too_large",
  "integer_too_large",
  "temporal_required",
];
/** Every code of `FailureCode` but those. */
const FORMAT_CODES = [
  "truncated",
  "trailing_bytes",
  "unknown_tag",
  "reserved_tag",
  "unsupported_version",
  "invalid_utf8",
  "invalid_string",
  "invalid_length",
  "invalid_value",
  "invalid_date",
  "invalid_time",
  "invalid_time_zone",
  "invalid_reference",
  "invalid_padding",
  "duplicate_key",
  "unhashable_key",
];

const PERMISSIONS = { read: [new URL("./vectors", import.meta.url)] };

Deno.test({
  name: "vectors cover every tag, every subtype and every code",
  permissions: PERMISSIONS,
  fn() {
    const { valid, rejected } = readVectors();
    const tags = new Set(valid.flatMap((vector) => vector.tags));
    for (const { name, isReserved } of [...TAG_TABLE, ...SUBTYPE_TABLE]) {
      assertEquals([name, tags.has(name)], [name, !isReserved]);
    }
    const places = new Map<string, Set<number>>();
    for (const { code, offset } of rejected) {
      places.set(code, (places.get(code) ?? new Set()).add(offset));
    }
    for (const code of FORMAT_CODES) assert((places.get(code)?.size ?? 0) >= 2, code);
    for (const code of places.keys()) assert([...FORMAT_CODES, ...HOST_CODES].includes(code), code);
    assert(valid.filter((vector) => vector.canonical).length >= 400);
    const names = [...valid, ...rejected].map((vector) => vector.name);
    assert(new Set(names).size > names.length * 0.9, "names tell vectors apart");
  },
});

Deno.test({
  name: "vectors: a valid document decodes, and a canonical one is what its value encodes to",
  permissions: PERMISSIONS,
  fn() {
    const wrong: string[] = [];
    for (const { name, hex, canonical } of readVectors().valid) {
      const bytes = expand(hex);
      try {
        const value = decode(bytes, { exact: true });
        if (isSame(encode(value, { canonical: true }), bytes) !== canonical) {
          wrong.push(`${name}: ${hex}`);
        }
        if (!goesThereAndBack(value)) wrong.push(`${name}, again`);
      } catch (error) {
        wrong.push(`${name}: ${hex}: ${error}`);
      }
    }
    assertEquals(wrong, []);
  },
});

Deno.test({
  name: "vectors: a document that is wrong is rejected with its code at its position",
  permissions: PERMISSIONS,
  fn() {
    const wrong: string[] = [];
    for (const { name, hex, code, offset } of readVectors().rejected) {
      let found;
      try {
        const error = decodeErrorOf(expand(hex));
        found = `${error.code} at ${error.offset}`;
      } catch (error) {
        found = String(error);
      }
      const expected = `${code} at ${offset}`;
      if (found !== expected) wrong.push(`${name}: ${hex}: ${expected} expected, ${found} found`);
    }
    assertEquals(wrong, []);
  },
});

Deno.test({
  name: "vectors: a document that is wrong leaves nothing behind for the next",
  permissions: PERMISSIONS,
  fn() {
    const good = Uint8Array.of(0x82, 0x63, 0x61, 0x62, 0x63, 0xa0),
      long = Uint8Array.of(...good, 5);
    const wrong: string[] = [];
    for (const { name, hex } of readVectors().rejected) {
      try {
        decode(expand(hex));
      } catch { /* the test above is about the error */ }
      const { code, offset } = decodeErrorOf(long);
      if (
        code !== "trailing_bytes" || offset !== good.length || !equals(decode(good), ["abc", {}])
      ) {
        wrong.push(`${name}: ${hex}: then ${code} at ${offset}`);
        decode(expand("f8200100010000006161")); // a text block of its own, so that each is told apart
      }
    }
    assertEquals(wrong, []);
  },
});

Deno.test({
  name: "vectors: every strict prefix of a valid document is truncated",
  permissions: PERMISSIONS,
  fn() {
    let cuts = 0;
    for (const { name, hex } of readVectors().valid) {
      const bytes = expand(hex);
      for (const length of cutsOf(bytes.length)) {
        const { code, offset } = decodeErrorOf(bytes.subarray(0, length));
        assertEquals([name, length, code], [name, length, "truncated"]);
        assert(offset <= length, name);
        cuts++;
      }
    }
    assert(cuts > 10_000, `${cuts} prefixes`);
  },
});

Deno.test({
  name: "vectors: every flipped bit gives a DecodeError or a value that goes there and back",
  permissions: PERMISSIONS,
  fn() {
    let values = 0, errors = 0, flipped = 0;
    const { valid } = readVectors();
    for (const { name, hex } of valid) {
      const bytes = expand(hex);
      if (bytes.length > MAX_FLIPPED_BYTES) continue;
      flipped++;
      for (let bit = 0; bit < 8 * bytes.length; bit++) {
        bytes[bit >> 3] ^= 1 << (bit & 7);
        try {
          const value = decode(bytes, { exact: true });
          assert(goesThereAndBack(value), `${name}, bit ${bit}: ${bytes.toHex()}`);
          values++;
        } catch (error) {
          if (!(error instanceof DecodeError)) {
            throw new Error(`${name}, bit ${bit}: ${bytes.toHex()}`, { cause: error });
          }
          errors++;
        }
        bytes[bit >> 3] ^= 1 << (bit & 7);
      }
    }
    assert(
      flipped > 0.8 * valid.length,
      `${flipped} of ${valid.length} documents are short enough`,
    );
    assert(values > 10_000 && errors > 10_000, `${values} values, ${errors} errors`);
  },
});

/** Whether a value that was decoded encodes to a document of an equal one. */
function goesThereAndBack(value: unknown): boolean {
  const bytes = encode(value);
  const again = decode(bytes, { exact: true });
  // A MAP with keys that are no str, which no encoder writes, is a Map first and then a Dict.
  return equals(again, value) || isSame(encode(again), bytes);
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The lengths that a document of that size is cut to. */
function cutsOf(sizeBytes: number): number[] {
  const ends = Array.from({ length: Math.min(sizeBytes, MAX_CUT_BYTES) }, (_, i) => i);
  if (sizeBytes <= MAX_CUT_BYTES) return ends;
  const some = ends.slice(0, MAX_CUT_BYTES / 8);
  return [...some, sizeBytes >> 1, ...some.map((i) => sizeBytes - 1 - i)];
}
