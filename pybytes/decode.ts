import {
  buildContainer,
  checkKeys,
  isPlainDict,
  itemArray,
  newDict,
  setOwn,
} from "./build_container.ts";
import { claim, enterContainer, isContainerTag, Kind } from "./containers.ts";
import { readFloatValue, readScalar } from "./decode_scalars.ts";
import { DecodeState } from "./decode_state.ts";
import { DecodeError } from "./errors.ts";
import { findKeyRun, hashKeys, keepKeyRun } from "./key_runs.ts";
import { locate } from "./locate.ts";
import { checkDecodeOptions, type DecodeOptions } from "./options.ts";
import type { PyValue } from "./values.ts";
import { readTag, take, viewOf } from "./wire/cursor.ts";
import { fail, WireFailure } from "./wire/failure.ts";
import { readInt } from "./wire/integers.ts";
import { Tag } from "./wire/tags.ts";
import { isStringTag, readKey, readShortString, readString } from "./wire/text.ts";

/** Containers inside each other that are read by recursion; below, an explicit stack takes over. */
const RECURSIVE_DEPTH = 200;

const { FIXSTR, FIXLIST, FIXTUPLE, NONE, TRUE, INT2P, BIGP, F_0, F64, STRV, SX } = Tag;

/** The state that the next call uses; taken while a call runs, so that a polyfill may call `decode` again. */
let idle: DecodeState | undefined;

/**
 * Decodes one document.
 *
 * Copies everything: the result never aliases `bytes`, which may lie in shared memory. Small `bytes` of one
 * document may share a private buffer among themselves. Any nesting depth is fine, and what the decoder allocates
 * is bounded by a fixed multiple of the input. From one call to the next it remembers a bounded number of dict keys, so
 * as not to make the same strings again.
 *
 * `T` is what the caller expects; it is not checked.
 *
 * @throws {DecodeError} if the bytes are not exactly one valid document
 * @throws {TypeError} if `bytes` is no byte array, or an option is unknown
 * @example Decode what Python or `encode` wrote
 * ```ts
 * import { decode } from "@sysframe/sysframe/pybytes";
 * import { assertEquals } from "@std/assert/equals";
 *
 * // {"a": [1, 3.14]}
 * const bytes = new Uint8Array([0xa1, 0x61, 0x61, 0x82, 0x01, 0xda, 0x3a, 0x01]);
 * assertEquals(decode(bytes), { a: [1, 3.14] });
 * ```
 */
export function decode<T = PyValue>(
  bytes: Uint8Array | ArrayBufferLike | DataView,
  options?: DecodeOptions,
): T {
  const input = bytesOf(bytes);
  if (options !== undefined) {
    checkDecodeOptions(options);
    const maxSizeBytes = options.limits?.maxSizeBytes;
    if (maxSizeBytes !== undefined && input.length > maxSizeBytes) {
      const detail = `${input.length} bytes of input, at most ${maxSizeBytes} allowed`;
      throw new DecodeError({
        code: "size_exceeded",
        offset: 0,
        path: "$",
        tag: undefined,
        detail,
      });
    }
  }
  const s = idle ?? new DecodeState();
  idle = undefined;
  try {
    s.begin(input, options);
    const value = readValue(s, 0);
    if (s.pos !== s.end) {
      fail("trailing_bytes", s.pos, `${s.end - s.pos} bytes after the end of the document`);
    }
    return value as T;
  } catch (error) {
    throw error instanceof WireFailure ? decodeError(input, error) : error;
  } finally {
    s.release();
    idle = s;
  }
}

/** The bytes of what `decode` accepts, not copied. */
export function bytesOf(bytes: Uint8Array | ArrayBufferLike | DataView): Uint8Array {
  if (bytes instanceof Uint8Array) return bytes;
  if (bytes instanceof DataView) {
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  if (
    bytes instanceof ArrayBuffer ||
    (typeof SharedArrayBuffer !== "undefined" && bytes instanceof SharedArrayBuffer)
  ) return new Uint8Array(bytes);
  throw new TypeError(
    `Cannot decode: a Uint8Array, ArrayBuffer or DataView expected, found ${
      Object.prototype.toString.call(bytes)
    }`,
  );
}

function decodeError(bytes: Uint8Array, failure: WireFailure): DecodeError {
  const { code, offset, detail } = failure;
  return new DecodeError({ code, offset, detail, ...locate(bytes, offset, code) });
}

/** Reads the next value; `depth` containers are open around it. The frequent tags come first. */
function readValue(s: DecodeState, depth: number): PyValue {
  const start = s.pos;
  const tag = readTag(s);
  if (tag < FIXSTR) return s.bigints ? BigInt(tag) : tag;
  if (tag < FIXLIST) return readShortString(s, start, tag - FIXSTR);
  if (tag < FIXTUPLE) {
    s.count = tag - FIXLIST;
    claim(s, start, Kind.LIST);
    return readContainer(s, start, Kind.LIST, depth + 1);
  }
  if (tag >= NONE) {
    if (tag <= TRUE) return tag === NONE ? null : tag === TRUE;
    if (tag === F64 && !s.exact) return viewOf(s).getFloat64(take(s, start, 8), true);
    if (tag >= F_0 && tag <= F64) return readFloatValue(s, start, tag);
    if (tag >= INT2P && tag < BIGP && !s.bigints) return readInt(s, start, tag);
    if (tag >= STRV && tag <= SX) return readString(s, start, tag);
  }
  if (!isContainerTag(tag)) return readScalar(s, start, tag);
  const kind = enterContainer(s, start, tag);
  return kind < 0 ? readScalar(s, start, tag) : readContainer(s, start, kind, depth + 1);
}

/** Reads the members of the container that was entered last, itself `depth` deep. */
function readContainer(s: DecodeState, start: number, kind: number, depth: number): PyValue {
  if (depth > RECURSIVE_DEPTH) return readDeep(s, start, kind, depth);
  checkDepth(s, start, depth);
  const count = s.count;
  if (kind === Kind.LIST) return readItems(s, count, depth);
  const side = s.side;
  if (kind < Kind.DICT) {
    return buildContainer(s, start, kind, readItems(s, count, depth), side);
  }
  if (kind === Kind.NAMED_TUPLE) {
    return buildContainer(s, start, kind, readItems(s, 2 * count, depth), side);
  }
  return readDict(s, start, kind, depth);
}

/** Reads all keys and then all values of the dict that was entered last. */
function readDict(s: DecodeState, start: number, kind: number, depth: number): PyValue {
  const count = s.count;
  if (count === 0) return newDict(s, kind, []);
  const hash = hashKeys(s, count);
  const run = findKeyRun(s, count, hash);
  const keys = run === undefined ? readKeys(s, start, count, depth, hash) : run.keys;
  const dict = run !== undefined && isPlainDict(s, kind) ? new run.plain() : newDict(s, kind, keys);
  if (dict instanceof Map) {
    for (let i = 0; i < count; i++) dict.set(keys[i], readValue(s, depth));
  } else {
    for (let i = 0; i < count; i++) setOwn(dict, keys[i] as string, readValue(s, depth));
  }
  return dict;
}

/** Reads keys that are not known together, and checks that one dict can have them. */
function readKeys(
  s: DecodeState,
  start: number,
  count: number,
  depth: number,
  hash: number,
): PyValue[] {
  const from = s.pos;
  const keys = itemArray(count);
  let areText = true;
  for (let i = 0; i < count; i++) {
    const at = s.pos;
    const tag = at < s.end ? s.bytes[at] : 0;
    if (tag >= FIXSTR && tag < FIXLIST) {
      s.pos = at + 1;
      keys[i] = readKey(s, at, tag);
    } else {
      areText &&= isStringTag(tag);
      keys[i] = readValue(s, depth);
    }
  }
  checkKeys(s, start, keys);
  // A str tag gives a string whatever the options are.
  if (areText) keepKeyRun(s, from, keys as string[], hash);
  return keys;
}

function readItems(s: DecodeState, count: number, depth: number): PyValue[] {
  // Literals have exactly their capacity and no holes; growing an array from nothing reserves 17 places.
  if (count === 1) return [readValue(s, depth)];
  if (count === 2) return [readValue(s, depth), readValue(s, depth)];
  if (count === 3) return [readValue(s, depth), readValue(s, depth), readValue(s, depth)];
  const items = itemArray(count);
  for (let i = 0; i < count; i++) items[i] = readValue(s, depth);
  return items;
}

function checkDepth(s: DecodeState, start: number, depth: number): void {
  if (depth > s.maxDepth) {
    fail("depth_exceeded", start, `containers nested more than ${s.maxDepth} deep`);
  }
}

/**
 * Reads the members of the container that was entered last, and all that is inside them, without recursion.
 *
 * The stack is one entry per open container in each of six arrays; the innermost container is in locals.
 */
function readDeep(s: DecodeState, start: number, kind: number, depth: number): PyValue {
  const outerMembers: PyValue[][] = [];
  const outerKinds: number[] = [],
    outerStarts: number[] = [],
    outerFilled: number[] = [],
    outerTotals: number[] = [];
  const outerSides: (number | bigint | string | undefined)[] = [];
  checkDepth(s, start, depth);
  let total = kind >= Kind.DICT ? 2 * s.count : s.count;
  let members = itemArray(total);
  let filled = 0;
  let side = s.side;
  for (;;) {
    let value: PyValue;
    if (filled < total) {
      const at = s.pos;
      const tag = readTag(s);
      const inner = enterContainer(s, at, tag);
      if (inner >= 0) {
        checkDepth(s, at, depth + outerKinds.length + 1);
        outerMembers.push(members);
        outerKinds.push(kind);
        outerStarts.push(start);
        outerFilled.push(filled);
        outerTotals.push(total);
        outerSides.push(side);
        total = inner >= Kind.DICT ? 2 * s.count : s.count;
        members = itemArray(total);
        filled = 0;
        kind = inner;
        start = at;
        side = s.side;
        continue;
      }
      value = readScalar(s, at, tag);
    } else {
      value = buildContainer(s, start, kind, members, side);
      if (outerKinds.length === 0) return value;
      members = outerMembers.pop()!;
      kind = outerKinds.pop()!;
      start = outerStarts.pop()!;
      filled = outerFilled.pop()!;
      side = outerSides.pop();
      total = outerTotals.pop()!;
    }
    members[filled++] = value;
  }
}
