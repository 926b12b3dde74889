/** What the actors hand to each other: numbered by who made it, of any length, and checked to the last byte by who gets it. */
import type { Random } from "../../helpers/random.ts";

/** A checksummed message. */
export interface Payload {
  /** The actor that made it. */
  readonly by: number;
  /** Which one of that actor's it is, from 1. */
  readonly number: number;
  /** Any bytes. */
  readonly bytes: Uint8Array;
  /** Checksum of all of it. */
  readonly sum: number;
}

/** Short ones mostly, and now and then one that is longer than a page, a frame or a first region. */
const LENGTHS = [0, 1, 8, 60, 500, 4000, 20_000];

/** Makes a payload of random bytes, `maxBytes` long at the most. */
export function makePayload(
  random: Random,
  init: { by: number; number: number; maxBytes: number },
): Payload {
  const { by, number, maxBytes } = init;
  const scale = LENGTHS[random.below(random.below(4) === 0 ? LENGTHS.length : 4)];
  const bytes = new Uint8Array(Math.min(maxBytes, scale + random.below(scale + 1)));
  let state = random.below(2 ** 31);
  for (let i = 0; i < bytes.length; i++) {
    state = (Math.imul(state, 1103515245) + 12345) | 0;
    bytes[i] = state >>> 16;
  }
  return { by, number, bytes, sum: checksum(by, number, bytes) };
}

/** Returns what is wrong with a payload, if anything is. */
export function faultOf(payload: Payload): string | undefined {
  const { by, number, bytes, sum } = payload;
  if (!(bytes instanceof Uint8Array)) return `bytes are ${typeof bytes}`;
  const right = checksum(by, number, bytes);
  return sum === right ? undefined : `checksum ${sum}, not ${right} (${bytes.length} bytes)`;
}

/** FNV-1a. */
function checksum(by: number, number: number, bytes: Uint8Array): number {
  let hash = Math.imul(0x811c9dc5 ^ by, 0x01000193);
  hash = Math.imul(hash ^ number, 0x01000193);
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
