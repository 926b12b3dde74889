/** Doubles as m / 10^k: the search for the smallest k. */

/** The most decimal places a float is written with. */
export const MAX_PLACES = 15;
/** 10^0 to 10^15, all of them exact. */
export const POWER: Float64Array = Float64Array.from(
  { length: MAX_PLACES + 1 },
  (_, k) => 10 ** k,
);
/** Integers have to be smaller than this: six bytes, two's complement. */
export const INTEGER_LIMIT: number = 2 ** 47;

/** Adding and subtracting this rounds a double below 2^51 to the nearest integer, ties to even. */
export const ROUNDER: number = 1.5 * 2 ** 52;
/** Two roundings, of 2^-53 each, bring a product no farther from its integer than this part of itself: 2^-52 and a little. */
const MAX_ERROR = 2.25e-16;
/** Places that are tried first: prices, percentages and the like have two at most. */
const FEW_PLACES = 2;
const INVERSE_POWER: Float64Array = POWER.map((power) => 1 / power);

// One double and its exponent bits; little-endian hosts only, as every host of V8 is.
const f64 = new Float64Array(1);
const u32 = new Uint32Array(f64.buffer);

/**
 * By the exponent bits of a double: the most places with which the smallest such double stays below 2^47 (so that the
 * largest stays below 2^48), or -1.
 */
const MOST_PLACES = Int8Array.from({ length: 2048 }, (_, bits) => {
  let places = MAX_PLACES;
  while (places >= 0 && 2 ** (bits - 1023) * 10 ** places >= INTEGER_LIMIT) places--;
  return places;
});

/** The integer m that `value` is with so many places; |m| has to be below 2^51. */
export function integerOf(value: number, places: number): number {
  return value * POWER[places] + ROUNDER - ROUNDER;
}

function mostPlaces(value: number): number {
  // Through memory the exponent takes twice as long.
  const size = Math.abs(value);
  if (size >= 1 && size < 2 ** 31) return MOST_PLACES[1023 + 31 - Math.clz32(size)];
  f64[0] = value;
  return MOST_PLACES[u32[1] >>> 20 & 0x7ff];
}

/** Whether a number is near enough to a decimal to be looked at: most doubles end here, undivided. */
export function mayBeDecimal(value: number): boolean {
  const most = mostPlaces(value);
  if (most < 0) return false;
  const product = value * POWER[most];
  const integer = product + ROUNDER - ROUNDER;
  return Math.abs(product - integer) <= Math.abs(product) * MAX_ERROR;
}

/**
 * Finds the smallest k of 0 to 15 for which m = round(value * 10^k) is smaller than 2^47, not 0, and m / 10^k gives
 * `value` back.
 *
 * The definition is the loop over all k. One question suffices, because m is small. Let K be the most places with which
 * the product stays below 2^48, and let `value` be the double nearest to m / 10^k for a smaller k. Then it is the double
 * nearest to M / 10^K with M = m * 10^(K - k), which is the same fraction; and its product with 10^K, after two
 * roundings, is so near to M that it rounds to M. So a `value` that is no decimal of K places is none of fewer, and of
 * one that is, the smallest k is what remains when M loses the zeros at its end.
 *
 * @returns k, or -1 when there is none (as for 0, NaN and the infinities)
 */
export function findPlaces(value: number): number {
  if (!mayBeDecimal(value)) return -1;
  const most = mostPlaces(value);
  const integer = integerOf(value, most);
  if (integer === 0 || integer / POWER[most] !== value) return -1;
  if (most > FEW_PLACES) {
    const few = shortened(integer, most - FEW_PLACES);
    if (few !== 0) return shortened(few, 1) === 0 ? FEW_PLACES : placesOf(few, FEW_PLACES);
  }
  return placesOf(integer, most);
}

/** The integer without so many zeros at its end, or 0 when it does not have them. */
function shortened(integer: number, zeros: number): number {
  // The quotient is off by 2^-52 of itself at most, so it rounds to the integer if there is one.
  const shorter = integer * INVERSE_POWER[zeros] + ROUNDER - ROUNDER;
  return shorter * POWER[zeros] === integer ? shorter : 0;
}

/** The places that remain of so many when the integer loses the zeros at its end; -1 if it is too large then. */
function placesOf(integer: number, places: number): number {
  let m = integer, k = places;
  for (let zeros = 8; zeros > 0; zeros >>= 1) {
    if (k < zeros) continue;
    const shorter = shortened(m, zeros);
    if (shorter !== 0) {
      m = shorter;
      k -= zeros;
    }
  }
  return Math.abs(m) < INTEGER_LIMIT ? k : -1;
}
