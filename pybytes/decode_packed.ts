/** Reading lists and tuples of numbers that are packed: one header for all of them, and no tag each. */
import { doubleArray, itemArray } from "./build_container.ts";
import { countMembers, type DecodeState } from "./decode_state.ts";
import { exactFloat } from "./exact_float.ts";
import { Tuple } from "./types/mod.ts";
import type { PyValue } from "./values.ts";
import { i48At, readLength, readU8, take, u32At, viewOf } from "./wire/cursor.ts";
import { POWER } from "./wire/decimals.ts";
import { fail } from "./wire/failure.ts";
import { decimalWidth, float64At, signedAt } from "./wire/floats.ts";
import { int64At } from "./wire/integers.ts";
import { KIND_TUPLE, ListType, packedWidth } from "./wire/packed_list.ts";

/** Reads the element at `at`, unchecked. */
type ElementReader = (b: Uint8Array, at: number) => number | bigint;

// deno-fmt-ignore
const INTEGERS: Readonly<Record<number, ElementReader>> = {
  [ListType.I8]: (b, at) => b[at] << 24 >> 24,
  [ListType.U8]: (b, at) => b[at],
  [ListType.I16]: (b, at) => (b[at] | b[at + 1] << 8) << 16 >> 16,
  [ListType.U16]: (b, at) => b[at] | b[at + 1] << 8,
  [ListType.U24]: (b, at) => b[at] | b[at + 1] << 8 | b[at + 2] << 16,
  [ListType.I32]: (b, at) => b[at] | b[at + 1] << 8 | b[at + 2] << 16 | b[at + 3] << 24,
  [ListType.U32]: u32At,
  [ListType.I48]: i48At,
  [ListType.I64]: (b, at) => int64At(b, at, true),
  [ListType.U64]: (b, at) => int64At(b, at, false),
};

/**
 * Reads a PACK of kind 0 or 1 after its header byte.
 *
 * Layout: `length n  [8*places+width:u8, decimals]  element*n`
 *
 * @throws {WireFailure} `truncated`, `unknown_tag`, `invalid_length`, `invalid_value`, `invalid_padding`
 */
export function readPackedList(s: DecodeState, start: number, header: number): PyValue {
  const type = header & 31;
  const count = readLength(s, start);
  const items = readElements(s, start, type, count);
  countMembers(s, start, count);
  return header >> 5 === KIND_TUPLE ? Tuple.fromArray(items) : items;
}

function readElements(s: DecodeState, start: number, type: number, count: number): PyValue[] {
  if (type === ListType.DECIMAL) return readDecimals(s, start, count);
  const width = packedWidth(type);
  if (width === undefined) {
    return fail("unknown_tag", start, `element type ${type} has no meaning in a list`);
  }
  const at = take(s, start, Math.ceil(count * width));
  if (type === ListType.BOOL) return bits(s, start, at, count);
  const read = INTEGERS[type];
  if (read !== undefined) {
    return s.bigints
      ? integers((b, at) => BigInt(read(b, at)), s.bytes, at, width, count)
      : integers(read, s.bytes, at, width, count);
  }
  if (type === ListType.NUMBER && !s.exact && !s.bigints) return doubles(s, at, count);
  return floats(s, at, type, width, count);
}

function bits(s: DecodeState, start: number, at: number, count: number): boolean[] {
  const b = s.bytes, items = itemArray(count) as boolean[];
  for (let i = 0; i < count; i++) items[i] = (b[at + (i >> 3)] >> (i & 7) & 1) === 1;
  if ((count & 7) !== 0 && b[at + (count >> 3)] >> (count & 7) !== 0) {
    fail("invalid_padding", start, "bits after the last item are not zero");
  }
  return items;
}

function integers(
  read: ElementReader,
  b: Uint8Array,
  at: number,
  width: number,
  count: number,
): (number | bigint)[] {
  const items = itemArray(count) as (number | bigint)[];
  for (let i = 0; i < count; i++, at += width) items[i] = read(b, at);
  return items;
}

function doubles(s: DecodeState, at: number, count: number): number[] {
  const items = doubleArray(count), view = viewOf(s);
  for (let i = 0; i < count; i++, at += 8) items[i] = view.getFloat64(at, true);
  return items;
}

/** Every type of floats, in every mode. */
function floats(
  s: DecodeState,
  at: number,
  type: number,
  width: number,
  count: number,
): PyValue[] {
  const items = itemArray(count);
  for (let i = 0; i < count; i++, at += width) {
    const value = float64At(s.bytes, at, width);
    items[i] = type === ListType.NUMBER && isIntLike(value)
      ? s.bigints ? BigInt(value) : value
      : s.exact
      ? exactFloat(value)
      : value;
  }
  return items;
}

/** Whether a number of a list of ints and floats is an int: as `encode` reads a number. */
function isIntLike(value: number): boolean {
  return Number.isSafeInteger(value) && !Object.is(value, -0);
}

function readDecimals(s: DecodeState, start: number, count: number): PyValue[] {
  const header = readU8(s, start);
  const width = decimalWidth(start, header), places = header >> 3;
  if (places === 0) fail("invalid_value", start, "packed decimals without decimal places");
  const at = take(s, start, count * width);
  const b = s.bytes, power = POWER[places];
  if (s.bigints) return bigDecimals(b, at, width, power, count);
  const items = doubleArray(count);
  if (width === 2) {
    for (let i = 0, p = at; i < count; i++, p += 2) {
      items[i] = ((b[p] | b[p + 1] << 8) << 16 >> 16) / power;
    }
  } else if (width === 3) {
    for (let i = 0, p = at; i < count; i++, p += 3) {
      items[i] = ((b[p] | b[p + 1] << 8 | b[p + 2] << 16) << 8 >> 8) / power;
    }
  } else {
    for (let i = 0, p = at; i < count; i++, p += width) items[i] = signedAt(b, p, width) / power;
  }
  return items;
}

function bigDecimals(
  b: Uint8Array,
  at: number,
  width: number,
  power: number,
  count: number,
): PyValue[] {
  const items = itemArray(count);
  for (let i = 0; i < count; i++, at += width) {
    const value = signedAt(b, at, width) / power;
    items[i] = Number.isInteger(value) ? BigInt(value) : value;
  }
  return items;
}
