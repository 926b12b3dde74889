/** Packed elements: the header, padding and element types of PACK. */
import { type Cursor, readLength, readU8, take } from "./cursor.ts";
import { fail } from "./failure.ts";
import { Tag } from "./tags.ts";
import { writeLength, type Writer } from "./writer.ts";

/** A row of the element-type table. */
export interface ElementType {
  /** The number in the low five bits of a PACK's second byte. */
  readonly code: number;
  /** The format of `memoryview`, as `struct` and PEP 3118 write it; `null` where no memory view has it. */
  readonly format: string | null;
  /** Bytes per element. */
  readonly itemSizeBytes: number;
  /** What an element is. */
  readonly meaning: string;
}

/** The element type whose format and item size follow the header. */
export const FORMAT_FOLLOWS = 31;
/** The kind of a one-dimensional memory view, and of one whose shape follows. */
export const KIND_VIEW = 3, KIND_SHAPED = 4;
/** The kind that is reserved for `array.array`. */
const KIND_ARRAY = 2;

/** Every element type that has a meaning. */
export const ELEMENT_TYPES: readonly ElementType[] = [
  {
    code: 0,
    format: null,
    itemSizeBytes: 0,
    meaning: "bool, one bit, lowest bit first (lists only)",
  },
  { code: 1, format: "b", itemSizeBytes: 1, meaning: "signed 8-bit int" },
  { code: 2, format: "B", itemSizeBytes: 1, meaning: "unsigned 8-bit int" },
  { code: 3, format: "h", itemSizeBytes: 2, meaning: "signed 16-bit int" },
  { code: 4, format: "H", itemSizeBytes: 2, meaning: "unsigned 16-bit int" },
  { code: 5, format: "i", itemSizeBytes: 4, meaning: "signed 32-bit int" },
  { code: 6, format: "I", itemSizeBytes: 4, meaning: "unsigned 32-bit int" },
  { code: 7, format: "q", itemSizeBytes: 8, meaning: "signed 64-bit int" },
  { code: 8, format: "Q", itemSizeBytes: 8, meaning: "unsigned 64-bit int" },
  { code: 9, format: "e", itemSizeBytes: 2, meaning: "binary16 float" },
  { code: 10, format: "f", itemSizeBytes: 4, meaning: "binary32 float" },
  { code: 11, format: "d", itemSizeBytes: 8, meaning: "binary64 float" },
  { code: 12, format: null, itemSizeBytes: 0, meaning: "decimal (lists only)" },
  {
    code: 13,
    format: null,
    itemSizeBytes: 3,
    meaning: "unsigned 24-bit int (lists only)",
  },
  { code: 14, format: null, itemSizeBytes: 6, meaning: "signed 48-bit int (lists only)" },
  { code: 15, format: "Zf", itemSizeBytes: 8, meaning: "complex of two binary32 floats" },
  { code: 16, format: "Zd", itemSizeBytes: 16, meaning: "complex of two binary64 floats" },
  { code: 17, format: "?", itemSizeBytes: 1, meaning: "bool, one byte" },
  { code: 18, format: "c", itemSizeBytes: 1, meaning: "bytes of length 1" },
  { code: 19, format: "l", itemSizeBytes: 8, meaning: "signed long, 64 bits" },
  { code: 20, format: "L", itemSizeBytes: 8, meaning: "unsigned long, 64 bits" },
  { code: 21, format: "n", itemSizeBytes: 8, meaning: "ssize_t, 64 bits" },
  { code: 22, format: "N", itemSizeBytes: 8, meaning: "size_t, 64 bits" },
  { code: 23, format: "P", itemSizeBytes: 8, meaning: "pointer, 64 bits" },
  { code: 24, format: null, itemSizeBytes: 8, meaning: "int or float as binary64 (lists only)" },
];

const BY_CODE = new Map(ELEMENT_TYPES.map((type) => [type.code, type]));
const BY_FORMAT = new Map(ELEMENT_TYPES.map((type) => [type.format, type]));
/** Data of at least this many bytes is aligned, so that it can be viewed where it lies. */
const ALIGNED_FROM_BYTES = 64;
/** Alignment where the format follows: enough for every C type but the long double. */
const FOLLOWING_ALIGNMENT = 8;
const MAX_FORMAT_BYTES = 1024;
const MAX_DIMENSIONS = 64;

/** What a packed value says before its data. */
export interface PackHeader {
  /** `memoryview.format` */
  readonly format: string;
  /** Bytes per element. */
  readonly itemSizeBytes: number;
  /** Elements per dimension; empty for a single element without dimension. */
  readonly shape: readonly number[];
  /** Bytes of data: the item size times the product of the shape. */
  readonly dataSizeBytes: number;
}

/**
 * Reads a PACK after its tag, up to the first data byte; the cursor stands there and all data is available.
 *
 * Layout: `32*kind+type:u8  [length format:ascii length itemSize, type 31]  (length | ndim:length length*ndim)  zeros  data`
 *
 * @throws {WireFailure} `truncated`, `reserved_tag`, `unknown_tag`, `invalid_length`, `invalid_value`,
 * `invalid_padding`, `count_too_large`
 */
export function readPackHeader(c: Cursor, start: number): PackHeader {
  const header = readU8(c, start);
  const kind = header >> 5, code = header & 31;
  if (kind === KIND_ARRAY) fail("reserved_tag", start, `packed kind ${kind} is reserved`);
  if (kind < KIND_ARRAY) fail("invalid_value", start, "a memoryview expected, found a packed list");
  if (kind > KIND_SHAPED) fail("unknown_tag", start, `packed kind ${kind} has no meaning`);
  let format: string, itemSizeBytes: number;
  let alignment = FOLLOWING_ALIGNMENT;
  if (code === FORMAT_FOLLOWS) {
    format = readFormat(c, start);
    itemSizeBytes = readLength(c, start);
    if (itemSizeBytes === 0) fail("invalid_value", start, "an item size of 0");
  } else {
    const type = BY_CODE.get(code);
    if (type === undefined) {
      return fail("unknown_tag", start, `element type ${code} has no meaning`);
    }
    if (type.format === null) {
      return fail("unknown_tag", start, `element type ${code} is for lists only`);
    }
    ({ format, itemSizeBytes } = type);
    alignment = itemSizeBytes;
  }
  const shape = kind === KIND_VIEW ? [readLength(c, start)] : readShape(c, start);
  let dataSizeBytes = shape.includes(0) ? 0 : itemSizeBytes;
  for (const extent of shape) {
    dataSizeBytes *= extent;
    if (dataSizeBytes > Number.MAX_SAFE_INTEGER) {
      fail("count_too_large", start, `packed data of 2^53 bytes or more`);
    }
  }
  if (dataSizeBytes >= ALIGNED_FROM_BYTES) skipPadding(c, start, alignment);
  if (c.end - c.pos < dataSizeBytes) take(c, start, dataSizeBytes);
  return { format, itemSizeBytes, shape, dataSizeBytes };
}

function readFormat(c: Cursor, start: number): string {
  const length = readLength(c, start);
  if (length === 0 || length > MAX_FORMAT_BYTES) {
    fail(
      "invalid_value",
      start,
      `a format of ${length} characters, 1..${MAX_FORMAT_BYTES} expected`,
    );
  }
  const at = take(c, start, length);
  let format = "";
  for (let i = at; i < at + length; i++) {
    const byte = c.bytes[i];
    if (byte < 0x20 || byte > 0x7e) {
      fail("invalid_value", start, `byte 0x${byte.toString(16)} in a format`);
    }
    format += String.fromCharCode(byte);
  }
  return format;
}

function readShape(c: Cursor, start: number): number[] {
  const dimensions = readLength(c, start);
  if (dimensions > MAX_DIMENSIONS) {
    fail("invalid_value", start, `${dimensions} dimensions, at most ${MAX_DIMENSIONS}`);
  }
  const shape: number[] = [];
  for (let i = 0; i < dimensions; i++) shape.push(readLength(c, start));
  return shape;
}

function skipPadding(c: Cursor, start: number, alignment: number): void {
  const count = (alignment - c.pos % alignment) % alignment;
  const at = take(c, start, count);
  for (let i = at; i < at + count; i++) {
    if (c.bytes[i] !== 0) fail("invalid_padding", start, `byte ${i} is not zero`);
  }
}

/** Whether {@linkcode writePackHeader} can describe this memory. */
export function isPackable(format: string, shape: readonly number[]): boolean {
  return format.length > 0 && format.length <= MAX_FORMAT_BYTES && /^[ -~]*$/.test(format) &&
    shape.length <= MAX_DIMENSIONS;
}

/** Writes a PACK up to the first data byte, zero padding included, and reserves room for the data. */
export function writePackHeader(w: Writer, header: PackHeader): void {
  const { format, itemSizeBytes, shape, dataSizeBytes } = header;
  const known = BY_FORMAT.get(format);
  const type = known?.itemSizeBytes === itemSizeBytes ? known : undefined;
  const kind = shape.length === 1 ? KIND_VIEW : KIND_SHAPED;
  w.reserve(64 + format.length + 8 * shape.length);
  w.bytes[w.pos++] = Tag.PACK;
  w.bytes[w.pos++] = kind << 5 | (type?.code ?? FORMAT_FOLLOWS);
  if (type === undefined) {
    writeLength(w, format.length);
    for (let i = 0; i < format.length; i++) w.bytes[w.pos++] = format.charCodeAt(i);
    writeLength(w, itemSizeBytes);
  }
  if (kind === KIND_SHAPED) writeLength(w, shape.length);
  for (const extent of shape) writeLength(w, extent);
  if (dataSizeBytes >= ALIGNED_FROM_BYTES) {
    w.settle();
    const alignment = type?.itemSizeBytes ?? FOLLOWING_ALIGNMENT;
    const count = (alignment - w.written % alignment) % alignment;
    w.bytes.fill(0, w.pos, w.pos + count);
    w.pos += count;
    w.paddedBytes += alignment > 1 ? alignment : 0;
  }
  w.reserve(dataSizeBytes);
}
