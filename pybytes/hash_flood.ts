/**
 * Telling keys that were chosen to collide in the host's hash tables.
 *
 * V8 gives strings of digits and numbers hashes that anybody can compute: a `Set` of 40,000 strings such as "65536",
 * "131072", "196608" takes 9 s. Plain objects do not suffer from it, and Python's dicts do not either.
 */

/** Fewer keys than this take a millisecond at worst. */
const FROM_KEYS = 1000;
/** The hashes are told apart by so many bits: any that collide in a larger table collide in these. */
const BUCKETS = 1 << 12;

/** Whether so many of the keys have one hash that a `Map` or `Set` of them would take quadratic time. */
export function floods(keys: readonly unknown[]): boolean {
  if (keys.length < FROM_KEYS) return false;
  const counts = new Uint32Array(BUCKETS);
  // Evenly spread, a bucket has its share; a quarter of a thousand more is no accident.
  const limit = FROM_KEYS / 4 + 4 * keys.length / BUCKETS;
  for (const key of keys) {
    const hash = weakHash(key);
    if (hash >= 0 && ++counts[hash & (BUCKETS - 1)] > limit) return true;
  }
  return false;
}

/** V8's hash of a key where it does not depend on a secret, or -1; only its low bits matter. */
function weakHash(key: unknown): number {
  switch (typeof key) {
    case "string":
      return isIndex(key) ? Number(key) : -1;
    case "number":
      return Number.isInteger(key) ? mixed(key | 0) : -1;
    case "bigint":
      return mixed(Number(BigInt.asUintN(32, key)) ^ Number(BigInt.asUintN(32, key >> 32n)));
  }
  return -1;
}

/** Whether a string is an integer as JavaScript writes it, of at most nine digits. */
function isIndex(text: string): boolean {
  const { length } = text;
  if (length === 0 || length > 9) return false;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x30 || unit > 0x39) return false;
  }
  return length === 1 || text.charCodeAt(0) !== 0x30;
}

/** V8's unseeded hash of a 32-bit integer. */
function mixed(integer: number): number {
  let hash = ~integer + (integer << 15);
  hash ^= hash >>> 12;
  hash += hash << 2;
  hash ^= hash >>> 4;
  hash = Math.imul(hash, 2057);
  hash ^= hash >>> 16;
  return hash & 0x3fffffff;
}
