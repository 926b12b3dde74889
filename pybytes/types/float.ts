import { bitsOf, floatText, numberOf, QUIET_NAN_BITS } from "./float_text.ts";
import { reprText } from "./repr.ts";

/**
 * Holds a Python float that a plain number would not keep one: a whole value (`3.0`, which as a
 * number is the int 3), or a NaN with a payload.
 *
 * Frozen. Works in arithmetic like the number it holds (`new Float(3) + 1` is 4).
 *
 * @example A whole number that stays a float
 * ```ts
 * import { decode, encode, Float } from "@sysframe/sysframe/pybytes";
 * import { assertEquals } from "@std/assert/equals";
 *
 * const bytes = encode(new Float(3));
 * assertEquals(decode(bytes), 3);
 * assertEquals(String(decode(bytes, { exact: true })), "3.0");
 * ```
 */
export class Float {
  /** The value; a NaN here shows no payload, {@linkcode Float.bits} does. */
  readonly value: number;

  /**
   * Wraps a number.
   *
   * @throws {TypeError} if `value` is not a number
   */
  constructor(value: number) {
    if (typeof value !== "number") {
      throw new TypeError(`Cannot make a Float: expected a number, found ${typeof value}`);
    }
    this.value = value;
    Object.freeze(this);
  }

  /**
   * Makes the float with exactly these 64 bits, sign first, NaN payloads included.
   *
   * @throws {TypeError} if `bits` is not a bigint
   * @throws {RangeError} if `bits` does not fit 64 bits
   */
  static fromBits(bits: bigint): Float {
    const value = numberOf(bits);
    if (value === value || bits === QUIET_NAN_BITS) return new Float(value);
    // An own property that hides the getter: no other float pays for a second field.
    return Object.freeze(Object.create(Float.prototype, {
      value: { value: NaN, enumerable: true },
      bits: { value: bits, enumerable: true },
    }));
  }

  /** The 64 bits as IEEE 754 lays them out, sign first. */
  get bits(): bigint {
    return bitsOf(this.value);
  }

  /** Tells whether `other` is a Float with the same bits: `0.0` and `-0.0` differ, a NaN equals itself. */
  equals(other: unknown): boolean {
    return other instanceof Float && this.bits === other.bits;
  }

  /** Returns the number, for arithmetic and comparison. */
  valueOf(): number {
    return this.value;
  }

  /** Returns Python's `repr`: `"3.0"`, `"nan"`, `"1e+16"`. */
  toString(): string {
    return floatText(this.value);
  }

  /** Returns the number, which JSON writes as its own. */
  toJSON(): number {
    return this.value;
  }

  /** @internal */
  [reprText](): string {
    return floatText(this.value);
  }
}
