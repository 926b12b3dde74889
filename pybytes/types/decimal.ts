import { type DecimalKind, type DecimalParts, decimalText, parseDecimal } from "./decimal_text.ts";
import { reprText } from "./repr.ts";

/**
 * Holds a Python `decimal.Decimal` exactly: sign, digits, exponent, and the special values.
 *
 * Frozen; data only, no arithmetic. `1.5` and `1.50` are different values of this class, as they
 * are different decimals that happen to compare equal in Python. The exponent is never expanded, so
 * `1E+999999999999999999` is as small as `1`.
 *
 * @example Text is Python's, both ways
 * ```ts
 * import { Decimal } from "@sysframe/sysframe/pybytes";
 * import { assertEquals } from "@std/assert/equals";
 *
 * const price = Decimal.parse("19.90");
 * assertEquals([price.coefficient, price.exponent], [1990n, -2]);
 * assertEquals(Decimal.parse("-0E-10").toString(), "-0E-10");
 * ```
 */
export class Decimal {
  /** 1 for a negative value, -0 and -NaN included. */
  readonly sign: 0 | 1;
  /** The digits as one whole number; the payload of a NaN; 0 for an infinity. */
  readonly coefficient: bigint;
  /** The power of ten of the last digit: a number when safe, else a bigint; 0 for specials. */
  readonly exponent: number | bigint;
  /** What the value is. */
  readonly kind: DecimalKind;

  /**
   * Makes a decimal from its parts.
   *
   * @throws {TypeError} if the coefficient is not a bigint or the exponent neither number nor bigint
   * @throws {RangeError} if a part is out of its range
   */
  constructor(parts: DecimalParts) {
    const { sign, coefficient, exponent, kind = "finite" } = parts;
    if (typeof coefficient !== "bigint") {
      throw new TypeError(
        `Cannot make a Decimal: expected a bigint coefficient, found ${typeof coefficient}`,
      );
    }
    if (coefficient < 0n) {
      throw new RangeError(`Cannot make a Decimal: the coefficient ${coefficient} is negative`);
    }
    if (sign !== 0 && sign !== 1) {
      throw new RangeError(`Cannot make a Decimal: expected sign 0 or 1, found ${sign}`);
    }
    this.sign = sign;
    this.coefficient = coefficient;
    this.exponent = normalExponent(exponent);
    this.kind = kind;
    if (kind !== "finite") checkSpecial(this);
    Object.freeze(this);
  }

  /**
   * Reads exactly what Python's `Decimal(text)` accepts: `"1.50"`, `"-0E-10"`, `"inf"`,
   * `"sNaN123"`, `"1_000.5"`, white space around it, digits of any script.
   *
   * @throws {TypeError} if `text` is not a string
   * @throws {SyntaxError} if there is no number in the text
   * @throws {RangeError} if the exponent is beyond what Python can hold
   */
  static parse(text: string): Decimal {
    if (typeof text !== "string") {
      throw new TypeError(`Cannot parse Decimal: expected a string, found ${typeof text}`);
    }
    return new Decimal(parseDecimal(text));
  }

  /** Tells whether {@linkcode Decimal.parse} accepts the text. */
  static isValid(text: string): boolean {
    try {
      parseDecimal(text);
      return true;
    } catch {
      return false;
    }
  }

  /** Tells whether `other` is a Decimal with the same sign, digits, exponent and kind. */
  equals(other: unknown): boolean {
    return other instanceof Decimal && this.coefficient === other.coefficient &&
      this.exponent === other.exponent && this.sign === other.sign && this.kind === other.kind;
  }

  /** Returns Python's `str`: `"1.50"`, `"1E+3"`, `"-sNaN123"`, `"Infinity"`. */
  toString(): string {
    return decimalText(this);
  }

  /** Returns the text: a JSON number would lose digits. */
  toJSON(): string {
    return decimalText(this);
  }

  /** @internal */
  [reprText](): string {
    return `Decimal('${decimalText(this)}')`;
  }
}

function normalExponent(exponent: number | bigint): number | bigint {
  if (typeof exponent === "number") {
    // `+ 0` turns -0 into 0.
    if (Number.isSafeInteger(exponent)) return exponent + 0;
    throw new RangeError(
      `Cannot make a Decimal: expected a whole exponent (a bigint beyond 2**53), found ${exponent}`,
    );
  }
  if (typeof exponent !== "bigint") {
    throw new TypeError(
      `Cannot make a Decimal: expected a number or bigint exponent, found ${typeof exponent}`,
    );
  }
  const number = Number(exponent);
  return Number.isSafeInteger(number) ? number : exponent;
}

function checkSpecial(value: Decimal): void {
  const { kind, exponent, coefficient } = value;
  if (kind !== "infinity" && kind !== "nan" && kind !== "snan") {
    throw new RangeError(`Cannot make a Decimal: unknown kind ${JSON.stringify(kind)}`);
  }
  if (exponent !== 0) {
    throw new RangeError(`Cannot make a Decimal: ${kind} takes exponent 0, found ${exponent}`);
  }
  if (kind === "infinity" && coefficient !== 0n) {
    throw new RangeError(`Cannot make a Decimal: an infinity takes coefficient 0`);
  }
}
