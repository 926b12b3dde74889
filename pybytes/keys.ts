/** What Python asks of dict keys and set members: hashable, and no two of them equal. */
import { pythonKey } from "./python_key.ts";

/** Up to this many str keys, comparing all pairs is cheaper than a `Set`: 8 keys take 30 ns against 96. */
const PAIRWISE_KEYS = 8;

/** Why keys cannot be those of one dict. */
export interface KeyProblem {
  /** What is wrong. */
  readonly code: "duplicate_key" | "unhashable_key";
  /** Which keys, in words. */
  readonly detail: string;
}

/**
 * Finds what keeps keys from being the keys of one dict or the members of one set, `undefined` if nothing does.
 *
 * Equality is Python's: `1`, `true` and `1.0` are one key. Two NaN are refused as well: a `Map` cannot hold both.
 * Cost: linear in the size of the keys.
 */
export function keyProblem(keys: readonly unknown[]): KeyProblem | undefined {
  const count = keys.length;
  if (areStrings(keys)) return haveEqual(keys) ? describeDuplicate(keys) : undefined;
  const seen = new Set<unknown>();
  for (let i = 0; i < count; i++) {
    const key = pythonKey(keys[i]);
    if (!isPrimitive(key)) {
      return { code: "unhashable_key", detail: `member or key ${i} is not hashable` };
    }
    seen.add(evenlyHashedKey(key));
    if (seen.size <= i) {
      return { code: "duplicate_key", detail: `member or key ${i} equals an earlier one` };
    }
  }
  return undefined;
}

/** Whether all keys are primitive strings. */
export function areStrings(keys: readonly unknown[]): keys is readonly string[] {
  for (const key of keys) if (typeof key !== "string") return false;
  return true;
}

function isPrimitive(key: unknown): boolean {
  return (typeof key !== "object" || key === null) && typeof key !== "function";
}

function haveEqual(keys: readonly string[]): boolean {
  if (keys.length > PAIRWISE_KEYS) {
    return !areAscending(keys) && new Set(keys.map(evenlyHashed)).size < keys.length;
  }
  for (let i = 1; i < keys.length; i++) {
    for (let j = 0; j < i; j++) if (keys[i] === keys[j]) return true;
  }
  return false;
}

/** Whether each key is longer than the one before, or as long and greater: as JavaScript orders integer-like keys. */
function areAscending(keys: readonly string[]): boolean {
  for (let i = 1; i < keys.length; i++) {
    const before = keys[i - 1], key = keys[i];
    if (key.length < before.length || (key.length === before.length && key <= before)) return false;
  }
  return true;
}

/**
 * The string itself, or another for it where an adversary could choose many of one hash: V8 takes an integer's value for
 * the hash of its digits, so that a `Set` of 100,000 multiples of 65536 takes 11 s.
 */
function evenlyHashed(key: string): string {
  const first = key.charCodeAt(0);
  // No two become the same: what begins with a zero character has been changed.
  return (first >= 0x30 && first <= 0x39) || first === 0 ? `\0${key}` : key;
}

/** The same for any key; a bigint's text begins as no changed string does. */
function evenlyHashedKey(key: unknown): unknown {
  if (typeof key === "string") return evenlyHashed(key);
  return typeof key === "bigint" ? `\0i${key.toString(16)}` : key;
}

function describeDuplicate(keys: readonly string[]): KeyProblem {
  const seen = new Set<string>();
  const index = keys.findIndex((key) => seen.size === seen.add(evenlyHashed(key)).size);
  return { code: "duplicate_key", detail: `member or key ${index} equals an earlier one` };
}
