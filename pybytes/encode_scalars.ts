/** Writing every object that holds no other values, by its prototype. */
import { hollow, refuse, refuseHollow } from "./encode_failure.ts";
import {
  writeCalendarDate,
  writeDate,
  writeDateTime,
  writeDuration,
  writeInstant,
  writePartialDate,
  writePlainDate,
  writePlainDateTime,
  writePlainTime,
  writeTime,
  writeTimeDelta,
  writeZonedDateTime,
} from "./encode_temporal.ts";
import { writeByteArray, writeBytes, writeMemoryView, writeTypedArray } from "./encode_views.ts";
import {
  ByteArray,
  CalendarDate,
  Complex,
  DateTime,
  Decimal,
  Float,
  MemoryView,
  Path,
  PurePath,
  Range,
  Str,
  Time,
  TimeDelta,
  UUID,
} from "./types/mod.ts";
import { writeFloat, writeNaN } from "./wire/floats.ts";
import { writeBigInt, writeInt } from "./wire/integers.ts";
import { writeString } from "./wire/strings.ts";
import { Subtype, Tag } from "./wire/tags.ts";
import { type TextWriter, writeText } from "./wire/text_writer.ts";
import { writeLength, type Writer, writeU24, writeU32 } from "./wire/writer.ts";

/** Writes one object of the class that it was found for. */
type ScalarWriter = (w: TextWriter, value: never) => void;

/** The writer of each class, by prototype: one lookup decides, and no subclass slips through as its base. */
const BY_PROTOTYPE: ReadonlyMap<object, ScalarWriter> = byPrototype();
/** The writers of Temporal's classes, by the name that `Object.prototype.toString` gives them; polyfills have the same. */
const BY_BRAND: ReadonlyMap<string, ScalarWriter> = new Map<string, ScalarWriter>([
  ["[object Temporal.PlainDate]", writePlainDate],
  ["[object Temporal.PlainTime]", writePlainTime],
  ["[object Temporal.PlainDateTime]", writePlainDateTime],
  ["[object Temporal.Instant]", writeInstant],
  ["[object Temporal.ZonedDateTime]", writeZonedDateTime],
  ["[object Temporal.Duration]", writeDuration],
  [
    "[object Temporal.PlainYearMonth]",
    (w: Writer, v: Temporal.PlainYearMonth) => writePartialDate(w, v, 1),
  ],
  [
    "[object Temporal.PlainMonthDay]",
    (w: Writer, v: Temporal.PlainMonthDay) => writePartialDate(w, v, 2),
  ],
]);

/**
 * Writes `value` if it is an object without members.
 *
 * @param prototype its prototype
 * @returns false if it is not (nothing was written then)
 */
export function writeScalarObject(w: TextWriter, value: object, prototype: object): boolean {
  const writer = BY_PROTOTYPE.get(prototype) ??
    BY_BRAND.get(Object.prototype.toString.call(value)) ??
    // Node's Buffer, and whatever else is bytes with methods of its own.
    (value instanceof Uint8Array ? writeBytes : undefined);
  if (writer === undefined) return false;
  try {
    // Found by the value's own prototype or brand, so the writer takes this type.
    (writer as (w: TextWriter, value: object) => void)(w, value);
  } catch (error) {
    throw hollow(error);
  }
  return true;
}

function byPrototype(): Map<object, ScalarWriter> {
  const views: readonly (readonly [{ prototype: object }, string, number])[] = [
    [Int8Array, "b", 1],
    [Uint8ClampedArray, "B", 1],
    [Int16Array, "h", 2],
    [Uint16Array, "H", 2],
    [Int32Array, "i", 4],
    [Uint32Array, "I", 4],
    [BigInt64Array, "q", 8],
    [BigUint64Array, "Q", 8],
    [Float32Array, "f", 4],
    [Float64Array, "d", 8],
  ];
  const writers = new Map<object, ScalarWriter>([
    [Uint8Array.prototype, writeBytes],
    [ByteArray.prototype, writeByteArray],
    [ArrayBuffer.prototype, writeBuffer],
    [DataView.prototype, writeDataView],
    [MemoryView.prototype, writeMemoryView],
    [Date.prototype, writeDate],
    [CalendarDate.prototype, writeCalendarDate],
    [Time.prototype, writeTime],
    [DateTime.prototype, writeDateTime],
    [TimeDelta.prototype, writeTimeDelta],
    [
      String.prototype,
      (e: TextWriter, v: string) => writeText(e, String.prototype.valueOf.call(v)),
    ],
    [Str.prototype, writeCodePoints],
    [Float.prototype, writeFloatObject],
    [Complex.prototype, writeComplex],
    [Decimal.prototype, writeDecimal],
    [UUID.prototype, writeUuid],
    [Range.prototype, writeRange],
    [PurePath.prototype, writePurePath],
    [Path.prototype, writePath],
  ]);
  for (const [{ prototype }, format, size] of views) {
    writers.set(prototype, (w: Writer, v: ArrayBufferView) => writeTypedArray(w, v, format, size));
  }
  const half = (globalThis as { Float16Array?: { prototype: object } }).Float16Array;
  if (half !== undefined) {
    writers.set(half.prototype, (w: Writer, v: ArrayBufferView) => writeTypedArray(w, v, "e", 2));
  }
  return writers;
}

function writeBuffer(w: Writer, value: ArrayBuffer): void {
  // Asking for the length is what tells a buffer from an object that only inherits from one.
  writeBytes(w, new Uint8Array(value, 0, value.byteLength));
}

function writeDataView(w: Writer, value: DataView): void {
  // A DataView is the one view whose length throws when its buffer is gone.
  let sizeBytes = 0;
  try {
    sizeBytes = value.byteLength;
  } catch {
    refuse("invalid_value", "a DataView of a detached or shrunken buffer");
  }
  writeTypedArray(w, new Uint8Array(value.buffer, value.byteOffset, sizeBytes), "B", 1);
}

function writeFloatObject(w: Writer, value: Float): void {
  if (typeof value.value !== "number") refuseHollow("Float");
  if (value.value === value.value) writeFloat(w, value.value);
  else writeNaNBits(w, value.bits);
}

function writeNaNBits(w: Writer, bits: bigint): void {
  writeNaN(w, Number(bits >> 32n), Number(bits & 0xffffffffn));
}

function writeComplex(w: Writer, value: Complex): void {
  const { re, im } = value;
  if (typeof re !== "number" || typeof im !== "number") refuseHollow("Complex");
  w.bytes[w.pos++] = Tag.COMPLEX;
  if (re === re) writeFloat(w, re);
  else writeNaNBits(w, value.reBits);
  if (im === im) writeFloat(w, im);
  else writeNaNBits(w, value.imBits);
}

function writeAnyInt(w: Writer, value: number | bigint): void {
  if (typeof value === "number") writeInt(w, value);
  else writeBigInt(w, value);
}

function writeDecimal(w: Writer, value: Decimal): void {
  const { sign, coefficient, exponent, kind } = value;
  w.bytes[w.pos++] = Tag.DEC;
  if (kind !== "finite") {
    w.bytes[w.pos++] = sign << 7 | (kind === "infinity" ? 0x7c : kind === "nan" ? 0x7d : 0x7e);
    if (kind === "infinity") return;
  } else if (typeof exponent === "number" && exponent >= -64 && exponent <= 59) {
    w.bytes[w.pos++] = sign << 7 | (exponent + 64);
  } else {
    w.bytes[w.pos++] = sign << 7 | 0x7f;
    writeAnyInt(w, exponent);
  }
  writeBigInt(w, coefficient);
}

function writeUuid(w: Writer, value: UUID): void {
  if (typeof value.a !== "number") refuseHollow("UUID");
  w.bytes[w.pos++] = Tag.UUID;
  for (const word of [value.a, value.b, value.c, value.d]) {
    // The first byte of a UUID is the highest of its first word.
    writeU32(w, word << 24 | (word & 0xff00) << 8 | word >>> 8 & 0xff00 | word >>> 24);
  }
}

function writeRange(w: Writer, value: Range): void {
  const { start, stop, step } = value;
  w.bytes[w.pos++] = Tag.XT;
  w.bytes[w.pos++] = step !== 1 ? Subtype.RANGE3 : start !== 0 ? Subtype.RANGE2 : Subtype.RANGE1;
  if (step !== 1 || start !== 0) writeAnyInt(w, start);
  writeAnyInt(w, stop);
  if (step !== 1) writeAnyInt(w, step);
}

function writePurePath(w: Writer, value: PurePath): void {
  const isWindows = value.flavour === "windows";
  w.bytes[w.pos++] = Tag.XT;
  w.bytes[w.pos++] = isWindows ? Subtype.PURE_WINDOWS_PATH : Subtype.PURE_POSIX_PATH;
  writeString(w, value.text);
}

function writePath(w: Writer, value: Path): void {
  w.bytes[w.pos++] = Tag.XT;
  w.bytes[w.pos++] = value.flavour === "windows" ? Subtype.WINDOWS_PATH : Subtype.POSIX_PATH;
  writeString(w, value.text);
}

function writeCodePoints(w: TextWriter, value: Str): void {
  if (value.isPlain) return writeText(w, value.toString());
  const points = value.codePoints;
  w.bytes[w.pos++] = Tag.XT;
  w.bytes[w.pos++] = Subtype.CODE_POINTS;
  writeLength(w, points.length);
  w.reserve(3 * points.length);
  for (const point of points) writeU24(w, point);
}
