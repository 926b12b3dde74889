/** The reader of every tag that holds no other values, by tag and by subtype. */
import { type DecodeState, readIntValue, readStringValue } from "./decode_state.ts";
import { readCalendar, readDate16, readFarDate } from "./decode_dates.ts";
import {
  readDateTimeExtended,
  readDateTimeMicroseconds,
  readDateTimeSeconds,
} from "./decode_datetimes.ts";
import { readDuration, readTimeDelta } from "./decode_durations.ts";
import { readTime } from "./decode_times.ts";
import {
  readByteArray,
  readBytes,
  readLongBytes,
  readPacked,
  readReadOnlyView,
} from "./decode_views.ts";
import {
  Complex,
  Decimal,
  Ellipsis,
  type Float,
  Path,
  PurePath,
  Range,
  Str,
  UUID,
} from "./types/mod.ts";
import { extensionOf } from "./build_container.ts";
import { readTypeId } from "./containers.ts";
import { exactFloat, nanBits } from "./exact_float.ts";
import { bitsOf } from "./types/float_text.ts";
import type { PyValue } from "./values.ts";
import { readLength, readTag, readU24, readU8, take, truncated } from "./wire/cursor.ts";
import { fail } from "./wire/failure.ts";
import { readFloat } from "./wire/floats.ts";
import { readInt } from "./wire/integers.ts";
import { isReserved } from "./wire/tag_table.ts";
import { FIXBYTES_LENGTHS, Subtype, Tag } from "./wire/tags.ts";
import { readText } from "./wire/text_block.ts";

/** Reads the value of a tag; `start` is the tag's index, the cursor stands after it. */
type Reader = (s: DecodeState, start: number, tag: number) => PyValue;

/** The reader of each first byte. */
const READERS: readonly Reader[] = byFirstByte();
/** The reader of each XT subtype that is no container. */
const EXTENDED: readonly Reader[] = bySubtype();

/**
 * Reads the value that `tag` starts, which is no container's.
 *
 * @throws {WireFailure} whatever is wrong with it, `unknown_tag` and `reserved_tag` included
 */
export function readScalar(s: DecodeState, start: number, tag: number): PyValue {
  return READERS[tag](s, start, tag);
}

function byFirstByte(): Reader[] {
  const readers = new Array<Reader>(256).fill(readIntTag);
  const set = (first: number, reader: Reader, count = 1) => {
    for (let i = 0; i < count; i++) readers[first + i] = reader;
  };
  set(Tag.FIXSTR, readText, 32);
  set(
    Tag.FIXBYTES,
    (s, start, tag) => readBytes(s, start, FIXBYTES_LENGTHS[tag - Tag.FIXBYTES]),
    12,
  );
  set(Tag.NONE, () => null);
  set(Tag.FALSE, () => false);
  set(Tag.TRUE, () => true);
  set(Tag.ELLIPSIS, () => Ellipsis);
  set(Tag.F_0, readFloatValue, Tag.F64 - Tag.F_0 + 1);
  set(Tag.COMPLEX, readComplex);
  for (const tag of [Tag.STRV, Tag.SU8, Tag.SU16, Tag.SX, Tag.S1, Tag.SREF]) set(tag, readText);
  set(Tag.EXTB, readExtensionBytes);
  set(Tag.BYTESV, readLongBytes);
  set(Tag.BARR, readByteArray);
  set(Tag.PACK, readPacked);
  set(Tag.DATE16, readDate16);
  set(Tag.TIME, readTime);
  set(Tag.DTN_S, readDateTimeSeconds);
  set(Tag.DTU_S, readDateTimeSeconds);
  set(Tag.DTN_US, readDateTimeMicroseconds);
  set(Tag.DTU_US, readDateTimeMicroseconds);
  set(Tag.DTX, readDateTimeExtended);
  set(Tag.TD, readTimeDelta);
  set(Tag.UUID, readUuid);
  set(Tag.DEC, readDecimalValue);
  set(Tag.XT, readExtended);
  set(Tag.ESC, readEscape);
  for (const tag of [Tag.RSV, Tag.SBS1, Tag.SBS2]) set(tag, refuse);
  return readers;
}

function bySubtype(): Reader[] {
  const readers = new Array<Reader>(256).fill(refuseSubtype);
  readers[Subtype.UNDEFINED] = () => undefined;
  readers[Subtype.RANGE1] = readRange;
  readers[Subtype.RANGE2] = readRange;
  readers[Subtype.RANGE3] = readRange;
  readers[Subtype.PURE_POSIX_PATH] = (s) => new PurePath(readStringValue(s), "posix");
  readers[Subtype.PURE_WINDOWS_PATH] = (s) => new PurePath(readStringValue(s), "windows");
  readers[Subtype.POSIX_PATH] = (s) => new Path(readStringValue(s), "posix");
  readers[Subtype.WINDOWS_PATH] = (s) => new Path(readStringValue(s), "windows");
  readers[Subtype.DATE] = readFarDate;
  readers[Subtype.DURATION] = readDuration;
  readers[Subtype.CALENDAR] = (s, start) => readCalendar(s, start, readDateLike);
  readers[Subtype.CODE_POINTS] = readCodePoints;
  readers[Subtype.READ_ONLY] = readReadOnlyView;
  return readers;
}

function readIntTag(s: DecodeState, start: number, tag: number): PyValue {
  const value = readInt(s, start, tag);
  return s.bigints ? BigInt(value) : value;
}

/** Reads the float that `tag` starts. */
export function readFloatValue(s: DecodeState, start: number, tag: number): number | Float {
  const value = readFloat(s, start, tag);
  return s.exact ? exactFloat(value) : value;
}

function readComplex(s: DecodeState): PyValue {
  const re = readPart(s);
  const reBits = s.exact && re !== re ? nanBits() : undefined;
  const im = readPart(s);
  const imBits = s.exact && im !== im ? nanBits() : undefined;
  return reBits === undefined && imBits === undefined
    ? new Complex(re, im)
    : Complex.fromBits(reBits ?? bitsOf(re), imBits ?? bitsOf(im));
}

function readPart(s: DecodeState): number {
  const start = s.pos;
  return readFloat(s, start, readTag(s));
}

function readUuid(s: DecodeState, start: number): PyValue {
  return UUID.fromBytes(s.bytes, take(s, start, 16));
}

function readDecimalValue(s: DecodeState, start: number): PyValue {
  const header = readU8(s, start);
  const sign = (header >> 7) as 0 | 1;
  const code = header & 0x7f;
  if (code === 0x7c) return new Decimal({ sign, coefficient: 0n, exponent: 0, kind: "infinity" });
  const isSpecial = code === 0x7d || code === 0x7e;
  const exponent = code === 0x7f ? readIntValue(s) : isSpecial ? 0 : code - 64;
  const at = s.pos;
  const coefficient = BigInt(readIntValue(s));
  if (coefficient < 0n) fail("invalid_value", at, "a coefficient is never negative");
  const kind = code === 0x7d ? "nan" : code === 0x7e ? "snan" : "finite";
  return new Decimal({ sign, coefficient, exponent, kind });
}

function readExtensionBytes(s: DecodeState, start: number): PyValue {
  const id = readTypeId(s, start), length = readLength(s, start);
  return extensionOf(s, id, readBytes(s, start, length));
}

function readExtended(s: DecodeState, start: number): PyValue {
  const subtype = readU8(s, start);
  return EXTENDED[subtype](s, start, subtype);
}

function readRange(s: DecodeState, start: number, subtype: number): PyValue {
  const first = subtype === Subtype.RANGE1 ? 0 : readIntValue(s);
  const stop = readIntValue(s);
  const step = subtype === Subtype.RANGE3 ? readIntValue(s) : 1;
  if (step === 0) fail("invalid_value", start, "the step of a range is 0");
  return new Range(first, stop, step);
}

function readCodePoints(s: DecodeState, start: number): PyValue {
  const count = readLength(s, start);
  if (s.end - s.pos < 3 * count) truncated(s, start, 3 * count);
  const points: number[] = [];
  for (let i = 0; i < count; i++) {
    const point = readU24(s, start);
    if (point > 0x10ffff) fail("invalid_string", start, `code point 0x${point.toString(16)}`);
    points.push(point);
  }
  const text = new Str(points);
  return s.exact && !text.isPlain ? text : text.toString();
}

/** Reads the date or datetime inside a calendar value: these tags only, so that nothing nests. */
function readDateLike(s: DecodeState): PyValue {
  const start = s.pos;
  const tag = readTag(s);
  if (tag === Tag.XT && readU8(s, start) === Subtype.DATE) return readFarDate(s, start);
  const isDateTime = tag === Tag.DTN_S || tag === Tag.DTN_US || tag === Tag.DTX;
  if (tag !== Tag.DATE16 && !isDateTime) {
    fail("invalid_value", start, "a date or datetime expected");
  }
  return readScalar(s, start, tag);
}

function readEscape(s: DecodeState, start: number): PyValue {
  const version = readU8(s, start);
  return fail("unsupported_version", start, `a document of format version ${version}`);
}

function refuse(_: DecodeState, start: number, tag: number): PyValue {
  return fail("reserved_tag", start, `tag 0x${tag.toString(16)} is reserved`);
}

function refuseSubtype(_: DecodeState, start: number, subtype: number): PyValue {
  const text = `XT subtype 0x${subtype.toString(16)}`;
  return isReserved(subtype)
    ? fail("reserved_tag", start, `${text} is reserved`)
    : fail("unknown_tag", start, `${text} has no meaning`);
}
