import { fail } from "./failure.ts";

/**
 * A position in the bytes of one document, with the readers of fixed-size little-endian numbers.
 *
 * Index 0 of `bytes` is the first byte of the document. Every reader takes `start`, the index of the tag it
 * works for: it is the offset that a failure reports. Readers check the remaining bytes before they touch one.
 */
export class Cursor {
  /** The whole document (and perhaps more: `end` counts). */
  bytes: Uint8Array;
  /** Index of the next byte. */
  pos: number;
  /** Index after the last byte. */
  end: number;
  /** After a failure with the code `truncated`: the least `end` with which it would not have failed there. */
  wantedEnd = 0;
  /** A view of `bytes`, made when the first number needs it. */
  view: DataView | undefined = undefined;

  /** Stands before the first byte of `bytes`. */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.pos = 0;
    this.end = bytes.length;
  }

  /** Goes on at the same position, in bytes of which those before it are the same. */
  restartAt(bytes: Uint8Array): void {
    const { pos } = this;
    this.restart(bytes);
    this.pos = pos;
  }

  /** Stands before the first byte of other bytes. */
  restart(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.pos = 0;
    this.end = bytes.length;
    this.view = undefined;
  }
}

/** The view of the cursor's bytes. */
export function viewOf(c: Cursor): DataView {
  return c.view ??= new DataView(c.bytes.buffer, c.bytes.byteOffset, c.end);
}

/** Fails with `truncated` because `needed` bytes were expected at the cursor. */
export function truncated(c: Cursor, start: number, needed: number): never {
  const available = c.end - c.pos;
  c.wantedEnd = c.pos + needed;
  return fail(
    "truncated",
    start,
    `${needed} more byte${needed === 1 ? "" : "s"} expected, ${available} available`,
  );
}

/** Checks that `count` bytes remain, steps over them and returns the index of the first. */
export function take(c: Cursor, start: number, count: number): number {
  const at = c.pos;
  if (c.end - at < count) truncated(c, start, count);
  c.pos = at + count;
  return at;
}

/** Reads the tag that has to come next; `truncated` at the end of the input is reported there. */
export function readTag(c: Cursor): number {
  const at = c.pos;
  if (at >= c.end) {
    c.wantedEnd = at + 1;
    fail("truncated", at, "a value expected, the input ends");
  }
  c.pos = at + 1;
  return c.bytes[at];
}

/** Reads one byte, 0..255. */
export function readU8(c: Cursor, start: number): number {
  return c.bytes[take(c, start, 1)];
}

/** Reads an unsigned 16-bit number. */
export function readU16(c: Cursor, start: number): number {
  const at = take(c, start, 2), b = c.bytes;
  return b[at] | b[at + 1] << 8;
}

/** Reads an unsigned 24-bit number. */
export function readU24(c: Cursor, start: number): number {
  const at = take(c, start, 3), b = c.bytes;
  return b[at] | b[at + 1] << 8 | b[at + 2] << 16;
}

/** Reads an unsigned 32-bit number. */
export function readU32(c: Cursor, start: number): number {
  return u32At(c.bytes, take(c, start, 4));
}

/** The unsigned 32-bit number at `at`, unchecked. */
export function u32At(b: Uint8Array, at: number): number {
  return (b[at] | b[at + 1] << 8 | b[at + 2] << 16 | b[at + 3] << 24) >>> 0;
}

/** The unsigned 48-bit number at `at`, unchecked. */
export function u48At(b: Uint8Array, at: number): number {
  return u32At(b, at) + (b[at + 4] | b[at + 5] << 8) * 2 ** 32;
}

/** The signed 48-bit number at `at`, unchecked. */
export function i48At(b: Uint8Array, at: number): number {
  return u32At(b, at) + ((b[at + 4] | b[at + 5] << 8) << 16 >> 16) * 2 ** 32;
}

/**
 * Reads a length.
 *
 * Layout: `0..247` itself; `248 u8` + 248; `249 u16` + 504; `250 u24`; `251 u32`; `252 u48`; 253..255 are no length.
 *
 * @throws {WireFailure} `truncated`, `invalid_length`
 */
export function readLength(c: Cursor, start: number): number {
  const first = readU8(c, start);
  if (first < 248) return first;
  switch (first) {
    case 248:
      return 248 + readU8(c, start);
    case 249:
      return 504 + readU16(c, start);
    case 250:
      return readU24(c, start);
    case 251:
      return readU32(c, start);
    case 252:
      return u48At(c.bytes, take(c, start, 6));
  }
  return fail(
    "invalid_length",
    start,
    `a length expected, found byte 0x${first.toString(16)} (253..255 start no length)`,
  );
}
