/** Encoding what is copied into shared memory right away. */
import { type NamedCodec, PYBYTES } from "../codec.ts";
import { encodeInto } from "../../pybytes/mod.ts";

/** From this length on memory of their own takes longer than the bytes themselves: 64 KiB 10 us, not 2. */
const SHORTEST_BYTES = 4096;
/** Longer ones get memory of their own, which is given back. */
const LONGEST_BYTES = 1 << 20;
/** The document of bytes is at most so much longer than they are. */
const HEAD_BYTES = 16;

/** One for the thread: between encoding plain bytes and copying them nobody else's code runs. */
let buffer = new Uint8Array();

/** Returns the bytes of a value, which are good until the next call. */
export function encodeBriefly(codec: NamedCodec, value: unknown): Uint8Array {
  if (codec !== PYBYTES || !isLong(value)) return codec.encode(value);
  const needed = value.length + HEAD_BYTES;
  if (buffer.length < needed) buffer = new Uint8Array(needed);
  return buffer.subarray(0, encodeInto(value, buffer));
}

// Bytes and nothing else: a class of the user's could run code of its own as it is encoded.
function isLong(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array && Object.getPrototypeOf(value) === Uint8Array.prototype &&
    value.length >= SHORTEST_BYTES && value.length <= LONGEST_BYTES;
}
