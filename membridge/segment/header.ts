/**
 * The first 64 bytes of every segment: what it is, and whether this version can use it.
 *
 * Layout, little-endian:
 * `magic:"SYSFRAME"  version:u32  kind:u32  id:u64  features:u32  state:u32  codec:16 bytes of ASCII, zero-padded  lock:16 bytes`
 *
 * `state` is written under the segment's lock; `lock` says who holds that ({@linkcode KernelLock}); everything else is written before the
 * file has a name.
 *
 * @module
 */
import { SegmentError } from "../errors.ts";
import { putBytes, putU32, putU64 } from "../sync/port.ts";

/** The layout version that this code reads and writes. */
export const LAYOUT_VERSION = 2;
/** Bytes of the header. */
export const HEADER_BYTES = 64;

const MAGIC_LOW = 0x46535953; // "SYSF"
const MAGIC_HIGH = 0x454d4152; // "RAME"
const VERSION_WORD = 8 / 4;
const KIND_WORD = 12 / 4;
/** Index of the id, in u64 words. */
export const ID_U64 = 16 / 8;
const FEATURES_WORD = 24 / 4;
/** Index of the state, in u32 words. */
export const STATE_WORD = 28 / 4;
const CODEC_OFFSET = 32;
const CODEC_BYTES = 16;

/** The longest codec name that a header holds. */
export const MAX_CODEC_NAME = CODEC_BYTES;

/** What a segment holds. */
export type Kind =
  | "value"
  | "service"
  | "peer"
  | "lane"
  | "watch"
  | "channel"
  | "mutex"
  | "memory"
  | "topic"
  | "frames"
  | "consumers";

/** The kinds' numbers in the file. */
export const KIND: Readonly<Record<Kind, number>> = {
  value: 1,
  service: 2,
  peer: 3,
  lane: 4,
  watch: 5,
  channel: 6,
  mutex: 7,
  memory: 8,
  topic: 9,
  frames: 10,
  consumers: 11,
};

/** Where a segment is in its life; the numbers are in the file. */
export const STATE = { live: 1, removed: 2, superseded: 3 } as const;

const KIND_NAMES = new Map<number, Kind>(
  Object.entries(KIND).map(([name, number]) => [number, name as Kind]),
);

/** What a header says before its segment has a name. */
export interface HeaderInit {
  readonly kind: Kind;
  readonly id: bigint;
  readonly codec: string;
}

/** Writes the header of a new segment. */
export function writeHeader(buffer: ArrayBuffer, { kind, id, codec }: HeaderInit): void {
  const words = new Uint32Array(buffer, 0, HEADER_BYTES / 4);
  putU32(words, 0, MAGIC_LOW);
  putU32(words, 1, MAGIC_HIGH);
  putU32(words, VERSION_WORD, LAYOUT_VERSION);
  putU32(words, KIND_WORD, KIND[kind]);
  putU64(new BigUint64Array(buffer, 0, HEADER_BYTES / 8), ID_U64, id);
  putU32(words, STATE_WORD, STATE.live);
  putBytes(new Uint8Array(buffer, CODEC_OFFSET, CODEC_BYTES), new TextEncoder().encode(codec));
}

/** Returns what a segment holds; `undefined` for a kind that this version does not know. */
export function readKind(buffer: ArrayBuffer): Kind | undefined {
  return KIND_NAMES.get(new Uint32Array(buffer, 0, HEADER_BYTES / 4)[KIND_WORD]);
}

/** Returns the name of the codec of what a segment carries. */
export function readCodec(buffer: ArrayBuffer): string {
  let text = "";
  for (const byte of new Uint8Array(buffer, CODEC_OFFSET, CODEC_BYTES)) {
    if (byte === 0) break;
    text += String.fromCharCode(byte);
  }
  return text;
}

/** What an opener insists on. */
export interface HeaderExpectation {
  /** What it must hold; anything unless given. */
  readonly kind?: Kind;
  /** What the errors call it. */
  readonly name: string;
  /** Name of the codec that the opener uses, where the segment carries values. */
  readonly codec?: string;
}

/**
 * Checks the header of a segment that somebody else made.
 *
 * @throws {SegmentError} `corrupt`, `incompatible` or `wrong_kind`
 */
export function checkHeader(buffer: ArrayBuffer, expected: HeaderExpectation): void {
  const words = new Uint32Array(buffer, 0, HEADER_BYTES / 4);
  if (words[0] !== MAGIC_LOW || words[1] !== MAGIC_HIGH) {
    throw new SegmentError("corrupt", expected.name, "is not a membridge segment (magic)");
  }
  const version = words[VERSION_WORD];
  const features = words[FEATURES_WORD];
  if (version !== LAYOUT_VERSION || features !== 0) {
    throw new SegmentError(
      "incompatible",
      expected.name,
      `layout version ${LAYOUT_VERSION} without extra features expected, version ${version} with features ${features} found`,
    );
  }
  const kind = words[KIND_WORD];
  if (expected.kind !== undefined && kind !== KIND[expected.kind]) {
    throw new SegmentError(
      "wrong_kind",
      expected.name,
      `holds a ${KIND_NAMES.get(kind) ?? `kind ${kind}`}, not a ${expected.kind}`,
    );
  }
  if (expected.codec !== undefined) {
    const found = readCodec(buffer);
    if (found !== expected.codec) {
      throw new SegmentError(
        "incompatible",
        expected.name,
        `carries codec ${JSON.stringify(found)}, this handle uses ${
          JSON.stringify(expected.codec)
        }`,
      );
    }
  }
}
