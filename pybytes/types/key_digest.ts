/**
 * Returns the SHA-256 digest of a string's UTF-16 units, as a string of 16 units.
 *
 * It stands in for a long key inside a longer one. A hash that can be attacked would not do: keys
 * come from untrusted documents, and two different values with one key would be taken for equal.
 *
 * Layout: the units big-endian, then the padding of FIPS 180-4.
 * Cost: about 0.3 us for each 32 units.
 */
export function keyDigest(text: string): string {
  // One state for all calls: a new typed array would cost more than a block.
  STATE.set(INITIAL);
  const units = text.length;
  const blocks = Math.floor((units + 4) / 32) + 1;
  for (let block = 0; block < blocks; block++) {
    for (let index = 0; index < 16; index++) {
      const unit = block * 32 + index * 2;
      SCHEDULE[index] = unitAt(text, unit) << 16 | unitAt(text, unit + 1);
    }
    if (block === blocks - 1) {
      const bits = units * 16;
      SCHEDULE[14] = Math.floor(bits / 2 ** 32);
      SCHEDULE[15] = bits | 0;
    }
    compress();
  }
  let digest = "";
  for (let index = 0; index < 8; index++) {
    digest += String.fromCharCode(STATE[index] >>> 16, STATE[index] & 0xffff);
  }
  return digest;
}

/** The text, then the bit 1, then zeros. */
function unitAt(text: string, index: number): number {
  return index < text.length ? text.charCodeAt(index) : index === text.length ? 0x8000 : 0;
}

const STATE = new Int32Array(8);
const SCHEDULE = new Int32Array(64);
const PRIMES = firstPrimes(64);
const ROUNDS = Int32Array.from(PRIMES, (prime) => fractionBits(Math.cbrt(prime)));
const INITIAL = Int32Array.from(PRIMES.slice(0, 8), (prime) => fractionBits(Math.sqrt(prime)));

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let candidate = 2; primes.length < count; candidate++) {
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
  }
  return primes;
}

/** The first 32 bits behind the point, from which the standard takes its constants. */
function fractionBits(root: number): number {
  return Math.floor((root - Math.floor(root)) * 2 ** 32) | 0;
}

function rotate(word: number, count: number): number {
  return word >>> count | word << (32 - count);
}

function compress(): void {
  const w = SCHEDULE;
  for (let index = 16; index < 64; index++) {
    const near = w[index - 15], far = w[index - 2];
    const s0 = rotate(near, 7) ^ rotate(near, 18) ^ near >>> 3;
    const s1 = rotate(far, 17) ^ rotate(far, 19) ^ far >>> 10;
    w[index] = w[index - 16] + s0 + w[index - 7] + s1 | 0;
  }
  let a = STATE[0], b = STATE[1], c = STATE[2], d = STATE[3];
  let e = STATE[4], f = STATE[5], g = STATE[6], h = STATE[7];
  for (let index = 0; index < 64; index++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = h + s1 + (e & f ^ ~e & g) + ROUNDS[index] + w[index] | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const t2 = s0 + (a & b ^ a & c ^ b & c) | 0;
    h = g;
    g = f;
    f = e;
    e = d + t1 | 0;
    d = c;
    c = b;
    b = a;
    a = t1 + t2 | 0;
  }
  STATE[0] += a;
  STATE[1] += b;
  STATE[2] += c;
  STATE[3] += d;
  STATE[4] += e;
  STATE[5] += f;
  STATE[6] += g;
  STATE[7] += h;
}
