const FLOAT_VIEW = new DataView(new ArrayBuffer(8));

/** The bits of the NaN that every arithmetic operation gives: quiet, positive, no payload. */
export const QUIET_NAN_BITS = 0x7ff8000000000000n;

/**
 * Returns the 64 bits of a number as IEEE 754 lays them out, sign first.
 *
 * A NaN always gives {@linkcode QUIET_NAN_BITS}: engines may rewrite a NaN's payload whenever they
 * store it, so a payload that matters never travels in a number.
 */
export function bitsOf(value: number): bigint {
  if (value !== value) return QUIET_NAN_BITS;
  FLOAT_VIEW.setFloat64(0, value);
  return FLOAT_VIEW.getBigUint64(0);
}

/**
 * Returns the number that 64 bits stand for; any NaN's payload is lost.
 *
 * @throws {TypeError} if `bits` is not a bigint
 * @throws {RangeError} if `bits` does not fit 64 bits
 */
export function numberOf(bits: bigint): number {
  if (typeof bits !== "bigint") {
    throw new TypeError(`Cannot read float bits: expected a bigint, found ${typeof bits}`);
  }
  if (bits < 0n || bits > 0xffffffffffffffffn) {
    throw new RangeError(`Cannot read float bits: expected 0 to 2**64-1, found ${bits}`);
  }
  FLOAT_VIEW.setBigUint64(0, bits);
  return FLOAT_VIEW.getFloat64(0);
}

/**
 * Writes a number the way Python's `repr` writes a float, without the final `.0` of a whole one.
 *
 * Both languages print the shortest digits that read back as the same number; they differ in where
 * the exponent begins (Python: at 1e16 and below 1e-4) and in how it looks (`1e-05`).
 *
 * Mirrors: `float_repr_style == "short"` (CPython 3.13, Python/pystrtod.c)
 */
export function floatDigits(value: number): string {
  if (value !== value) return "nan";
  if (value === Infinity) return "inf";
  if (value === -Infinity) return "-inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const size = Math.abs(value);
  if (size >= 1e16 || size < 1e-4) {
    const [digits, exponent] = value.toExponential().split("e");
    const sign = exponent[0];
    return `${digits}e${sign}${exponent.slice(1).padStart(2, "0")}`;
  }
  return String(value);
}

/** Writes a number as Python's `repr` writes a float: `3.0`, `1e+16`, `nan`. */
export function floatText(value: number): string {
  const text = floatDigits(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}
