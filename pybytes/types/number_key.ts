import type { Complex } from "./complex.ts";
import type { Decimal } from "./decimal.ts";

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);
/** The last place that a double can have: its smallest value is 2**-1074. */
const MAX_BINARY_PLACES = 1074;

/*
 * Numbers of all Python types that are equal get one key:
 *   whole, safe                      the number
 *   any other double, NaN included   the number
 *   whole, beyond 2**53              the bigint, unless it ends in a decimal 0
 *   all others                       text: sign, hex digits of the coefficient, power of ten
 * The last form keeps 1E+999999999999999999 small, and gives 10**20 the key of Decimal("1E+20").
 */

/** Returns the key of a float or int held as a number. */
export function numberKey(value: number): number | bigint | string {
  if (Number.isSafeInteger(value)) return value + 0;
  return Number.isInteger(value) ? bigintKey(BigInt(value)) : value;
}

/** Returns the key of an int. */
export function bigintKey(value: bigint): number | bigint | string {
  if (value <= MAX_SAFE && value >= -MAX_SAFE) return Number(value);
  return value % 10n === 0n ? scaledKey(value, 0n) : value;
}

/** Returns the key of a complex: that of its real part where the imaginary one is 0. */
export function complexKey(value: Complex): number | bigint | string {
  return value.im === 0 ? numberKey(value.re) : `c${value.re + 0},${value.im + 0}`;
}

/** Returns the key of a decimal; a NaN's is that of its text. */
export function decimalKey(value: Decimal): number | bigint | string {
  const { sign, coefficient, exponent, kind } = value;
  if (kind === "infinity") return sign === 1 ? -Infinity : Infinity;
  if (kind !== "finite") return `d${value}`;
  return scaledKey(sign === 1 ? -coefficient : coefficient, BigInt(exponent));
}

/** Returns the key of `whole * 10**power`. */
function scaledKey(whole: bigint, power: bigint): number | bigint | string {
  if (whole === 0n) return 0;
  const { digits, zeros } = stripZeros(whole);
  const exponent = power + BigInt(zeros);
  if (exponent === 0n) {
    return digits <= MAX_SAFE && digits >= -MAX_SAFE ? Number(digits) : digits;
  }
  if (exponent > 0n) {
    // 10**16 is no longer safe.
    const value = exponent < 16n ? digits * 10n ** exponent : undefined;
    if (value !== undefined && value <= MAX_SAFE && value >= -MAX_SAFE) return Number(value);
  } else {
    const double = exactDouble(digits, -exponent);
    if (double !== undefined) return double;
  }
  return `n${digits.toString(16)}e${exponent}`;
}

/**
 * Returns `digits / 10**places` if that is exactly a double.
 *
 * It is one only if 5**places divides the digits, which leaves `odd / 2**places`: odd, because the
 * digits do not end in a decimal 0.
 */
function exactDouble(digits: bigint, places: bigint): number | undefined {
  if (places > MAX_BINARY_PLACES || digits % 5n !== 0n) return undefined;
  const fives = 5n ** places;
  if (digits % fives !== 0n) return undefined;
  const odd = digits / fives;
  if (odd > MAX_SAFE || odd < -MAX_SAFE) return undefined;
  // In two steps, since 2**1074 is not a double; both are exact.
  const half = Math.floor(Number(places) / 2);
  return Number(odd) / 2 ** half / 2 ** (Number(places) - half);
}

/** Divides by as many tens as possible, in near-linear time: powers that double, then halve. */
function stripZeros(whole: bigint): { digits: bigint; zeros: number } {
  let digits = whole;
  let zeros = 0;
  const powers = [10n];
  while (digits % powers[powers.length - 1] === 0n) {
    const power = powers[powers.length - 1];
    digits /= power;
    zeros += 2 ** (powers.length - 1);
    powers.push(power * power);
  }
  for (let index = powers.length - 2; index >= 0; index--) {
    if (digits % powers[index] === 0n) {
      digits /= powers[index];
      zeros += 2 ** index;
    }
  }
  return { digits, zeros };
}
