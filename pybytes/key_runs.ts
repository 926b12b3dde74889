/**
 * The keys of dicts seen lately, found again by their bytes.
 *
 * Records repeat their keys, within a document and from one to the next. A run of keys whose bytes are those of an
 * earlier one need not be read, checked for duplicates and made into strings again.
 *
 * What is kept is bounded, holds nothing but keys, and is used only after all bytes were compared.
 */
import { RecordMaker } from "./record_maker.ts";
import { Cursor, readTag, viewOf } from "./wire/cursor.ts";
import { WireFailure } from "./wire/failure.ts";
import { readString } from "./wire/text.ts";

/** Longer runs are not kept: they are seldom those of records. */
const MAX_KEYS = 128, MAX_RUN_BYTES = 2048;
const SLOTS = 512;
/** The runs that may share a slot: records with the same first keys. */
const MAX_SHARED = 4;
/** When the arena is full, all runs are forgotten. */
const ARENA_BYTES = 1 << 15;
/** From here on comparing four bytes at a time pays for making a view of the input. */
const WORDS_FROM_BYTES = 128;

/** The keys of one dict: all are str, and distinct. */
export class KeyRun extends RecordMaker {
  /** Where the arena has their bytes; meaningless for a run that is not kept. */
  readonly at: number;
  /** How many bytes they are. */
  readonly sizeBytes: number;
  /** An earlier run in the same slot. */
  readonly next: KeyRun | undefined;

  /** Remembers keys; with the last three it is one of the runs that are kept. */
  constructor(keys: readonly string[], at = 0, sizeBytes = 0, next?: KeyRun) {
    super(keys);
    this.at = at;
    this.sizeBytes = sizeBytes;
    this.next = next;
  }
}

const slots: (KeyRun | undefined)[] = new Array<KeyRun | undefined>(SLOTS).fill(undefined);
/** The hash of each slot's last run that was not kept: only what comes twice is. */
const seenOnce = new Int32Array(SLOTS);
const arena = new Uint8Array(ARENA_BYTES);
const arenaView = new DataView(arena.buffer);
let arenaUsed = 0;

/**
 * Mixes a few bytes of the keys that stand at the cursor; as many values have to follow, so that there are at least
 * 2 * count bytes.
 */
export function hashKeys(c: Cursor, count: number): number {
  const b = c.bytes, at = c.pos;
  let hash = Math.imul(count, 0x9e3779b1) ^ b[at] ^ b[at + 1] << 8 ^ b[at + count] << 16;
  hash ^= b[at + 2 * count - 1] << 24 ^ b[at + (count >> 1)] << 4;
  return Math.imul(hash ^ hash >>> 15, 0x85ebca6b) | 1;
}

/**
 * Finds the run that stands at the cursor and steps over it.
 *
 * @returns `undefined`, with nothing read, if it is not known
 */
export function findKeyRun(c: Cursor, count: number, hash: number): KeyRun | undefined {
  const available = c.end - c.pos;
  for (let run = slots[hash >>> 23]; run !== undefined; run = run.next) {
    const { sizeBytes } = run;
    if (run.keys.length === count && sizeBytes <= available && standsHere(c, run)) {
      c.pos += sizeBytes;
      return run;
    }
  }
  return undefined;
}

/** Compares from the end, for what shares a slot begins alike. */
function standsHere(c: Cursor, run: KeyRun): boolean {
  const b = c.bytes, pos = c.pos, at = run.at;
  let i = run.sizeBytes;
  if (i >= WORDS_FROM_BYTES) {
    const view = viewOf(c);
    while (i >= 4) {
      i -= 4;
      if (arenaView.getInt32(at + i) !== view.getInt32(pos + i)) return false;
    }
  }
  while (--i >= 0) if (arena[at + i] !== b[pos + i]) return false;
  return true;
}

/**
 * Makes the run whose bytes lie between `start` and the cursor, and keeps it if it comes for the second time.
 *
 * @param keys What these bytes stand for whatever the options are: distinct keys, all with a str tag.
 */
export function keepKeyRun(
  c: Cursor,
  start: number,
  keys: readonly string[],
  hash: number,
): KeyRun {
  const slot = hash >>> 23;
  const sizeBytes = c.pos - start;
  const isNew = seenOnce[slot] !== hash;
  seenOnce[slot] = hash;
  if (isNew || sizeBytes > MAX_RUN_BYTES || keys.length > MAX_KEYS) return new KeyRun(keys);
  if (arenaUsed + sizeBytes > ARENA_BYTES) {
    slots.fill(undefined);
    arenaUsed = 0;
  }
  arena.set(c.bytes.subarray(start, c.pos), arenaUsed);
  if (!standFor(arena.subarray(arenaUsed, arenaUsed + sizeBytes), keys)) return new KeyRun(keys);
  const run = new KeyRun(keys, arenaUsed, sizeBytes, shortened(slots[slot]));
  slots[slot] = run;
  arenaUsed += sizeBytes;
  return run;
}

/**
 * Whether these bytes are still those of the keys: memory that someone else writes may have changed since they were read,
 * and what is kept would be wrong for other documents.
 */
function standFor(bytes: Uint8Array, keys: readonly string[]): boolean {
  const c = new Cursor(bytes);
  try {
    for (const key of keys) if (readString(c, c.pos, readTag(c)) !== key) return false;
    return c.pos === c.end;
  } catch (error) {
    if (error instanceof WireFailure) return false;
    throw error;
  }
}

/** The runs that stay in a slot when one more comes. */
function shortened(first: KeyRun | undefined): KeyRun | undefined {
  let count = 0;
  for (let run = first; run !== undefined; run = run.next) count++;
  return count < MAX_SHARED ? first : undefined;
}
