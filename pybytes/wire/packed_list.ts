/** The element types of packed lists and tuples. */

/** The kinds of PACK that are lists and tuples. */
export const KIND_LIST = 0, KIND_TUPLE = 1;

/** The element types that lists and tuples have, by the number in the low five bits of PACK's second byte. */
export const ListType = {
  /** Bools, a bit each, lowest bit first. */
  BOOL: 0,
  I8: 1,
  U8: 2,
  I16: 3,
  U16: 4,
  I32: 5,
  U32: 6,
  I64: 7,
  U64: 8,
  /** Floats, all of them: 3.0 is a float. */
  F16: 9,
  F32: 10,
  F64: 11,
  /** Ints and floats, divided by the same power of ten; the integral ones are ints. */
  DECIMAL: 12,
  U24: 13,
  I48: 14,
  /** Ints and floats as binary64; those that are integral, safe and not -0.0 are ints. */
  NUMBER: 24,
} as const;

const WIDTHS: ReadonlyMap<number, number> = new Map<number, number>([
  [ListType.BOOL, 1 / 8],
  [ListType.I8, 1],
  [ListType.U8, 1],
  [ListType.I16, 2],
  [ListType.U16, 2],
  [ListType.I32, 4],
  [ListType.U32, 4],
  [ListType.I64, 8],
  [ListType.U64, 8],
  [ListType.F16, 2],
  [ListType.F32, 4],
  [ListType.F64, 8],
  [ListType.U24, 3],
  [ListType.I48, 6],
  [ListType.NUMBER, 8],
]);

/** Bytes per element; `undefined` for decimals, which say it themselves, and for types that lists do not have. */
export function packedWidth(type: number): number | undefined {
  return WIDTHS.get(type);
}
