import { bitsOf, floatDigits, numberOf, QUIET_NAN_BITS } from "./float_text.ts";
import { reprText } from "./repr.ts";

/**
 * Holds a Python complex: two floats, signed zeros kept.
 *
 * Frozen; data only, no arithmetic.
 *
 * @example Python's text
 * ```ts
 * import { Complex } from "@sysframe/sysframe/pybytes";
 * import { assertEquals } from "@std/assert/equals";
 *
 * assertEquals(new Complex(1, -2).toString(), "(1-2j)");
 * ```
 */
export class Complex {
  /** The real part. */
  readonly re: number;
  /** The imaginary part. */
  readonly im: number;

  /**
   * Makes `re + im*j`.
   *
   * @throws {TypeError} if a part is not a number
   */
  constructor(re: number, im = 0) {
    if (typeof re !== "number" || typeof im !== "number") {
      throw new TypeError(
        `Cannot make a Complex: expected two numbers, found ${typeof re} and ${typeof im}`,
      );
    }
    this.re = re;
    this.im = im;
    Object.freeze(this);
  }

  /**
   * Makes the complex whose parts have exactly these 64 bits each, NaN payloads included.
   *
   * @throws {TypeError} if a part is not a bigint
   * @throws {RangeError} if a part does not fit 64 bits
   */
  static fromBits(reBits: bigint, imBits: bigint): Complex {
    const re = numberOf(reBits);
    const im = numberOf(imBits);
    if (isPlain(re, reBits) && isPlain(im, imBits)) return new Complex(re, im);
    // Own properties that hide the getters: no other complex pays for two more fields.
    return Object.freeze(Object.create(Complex.prototype, {
      re: { value: re, enumerable: true },
      im: { value: im, enumerable: true },
      reBits: { value: reBits, enumerable: true },
      imBits: { value: imBits, enumerable: true },
    }));
  }

  /** The 64 bits of the real part as IEEE 754 lays them out. */
  get reBits(): bigint {
    return bitsOf(this.re);
  }

  /** The 64 bits of the imaginary part as IEEE 754 lays them out. */
  get imBits(): bigint {
    return bitsOf(this.im);
  }

  /** Tells whether `other` is a Complex with the same bits in both parts. */
  equals(other: unknown): boolean {
    return other instanceof Complex && this.reBits === other.reBits && this.imBits === other.imBits;
  }

  /** Returns Python's text: `"(1+2j)"`, `"2j"`, `"(-0-0j)"`. */
  toString(): string {
    const im = floatDigits(this.im);
    if (Object.is(this.re, 0)) return `${im}j`;
    return `(${floatDigits(this.re)}${im[0] === "-" ? "" : "+"}${im}j)`;
  }

  /** Returns Python's text: JSON has no complex numbers. */
  toJSON(): string {
    return this.toString();
  }

  /** @internal */
  [reprText](): string {
    return this.toString();
  }
}

function isPlain(value: number, bits: bigint): boolean {
  return value === value || bits === QUIET_NAN_BITS;
}
