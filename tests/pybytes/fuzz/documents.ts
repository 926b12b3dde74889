/** Valid documents to begin with: of every type, and written in every way the encoder has. */
import { encode, type EncodeOptions, Extension } from "../../../pybytes/mod.ts";
import { SUBTYPE_TABLE, TAG_TABLE } from "../../../pybytes/wire/tag_table.ts";
import { bytesOf } from "../helpers/errors.ts";
import type { Random } from "../helpers/random.ts";

/** The worked example of each tag and subtype. */
export const EXAMPLES: readonly Uint8Array[] = [...TAG_TABLE, ...SUBTYPE_TABLE]
  .filter((row) => !row.isReserved)
  .map((row) => bytesOf(row.hex));

const WAYS: readonly EncodeOptions[] = [
  { pooled: false },
  { pooled: false, dedup: false },
  { pooled: false, canonical: true },
];

/** A valid document. */
export function validDocument(random: Random): Uint8Array {
  const shape = random.below(8);
  if (shape === 0) return random.pick(EXAMPLES).slice();
  const value = shape === 1 ? texts(random) : shape === 2 ? records(random) : random.value(3);
  try {
    return encode(value, random.pick(WAYS));
  } catch {
    // Random keys may be equal for Python, and not everything has a canonical form.
    return encode(random.text(), { pooled: false });
  }
}

/** Enough strings for a text block, some of them again and again. */
function texts(random: Random): unknown {
  const repeated = [random.text(), random.text(), "abc"];
  return Array.from({ length: 22 + random.below(20) }, () => {
    return random.below(3) === 0 ? random.pick(repeated) : random.text();
  });
}

/** Dicts that share their keys, plain and inside user types. */
function records(random: Random): unknown {
  const names = [...new Set(Array.from({ length: 1 + random.below(5) }, () => random.text()))];
  const record = () => Object.fromEntries(names.map((name) => [name, random.value(1)]));
  return Array.from({ length: 2 + random.below(8) }, () => {
    return random.below(6) === 0 ? new Extension(random.below(9), record()) : record();
  });
}
