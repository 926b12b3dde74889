/** The largest adjusted exponent that Python's decimal module can hold. */
const MAX_EXPONENT = 999_999_999_999_999_999n;
/** The smallest exponent, that of the last digit, that Python's decimal module can hold. */
const MIN_LAST_EXPONENT = -1_999_999_999_999_999_997n;

/** What a decimal is: a finite number, or one of the three special values. */
export type DecimalKind = "finite" | "infinity" | "nan" | "snan";

/** The parts of a decimal, `(-1)**sign * coefficient * 10**exponent` if it is finite. */
export interface DecimalParts {
  /** 1 for a negative value, -0 and -NaN included. */
  readonly sign: 0 | 1;
  /** The digits as one whole number; the payload of a NaN; 0 for an infinity. */
  readonly coefficient: bigint;
  /** The power of ten of the last digit; 0 for the special values. */
  readonly exponent: number | bigint;
  /** What the value is; `"finite"` unless given. */
  readonly kind?: DecimalKind;
}

// What Python calls white space, which is not what JavaScript's `\s` and `trim` take.
// deno-lint-ignore no-control-regex
const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
const NUMBER = /^([-+]?)(?=\.?\d)(\d*)(?:\.(\d*))?(?:e([-+]?\d+))?$/i;
const SPECIAL = /^([-+]?)(?:(inf(?:inity)?)|(s?)nan(\d*))$/i;

/**
 * Reads the text of a decimal as Python's `Decimal(text)` does.
 *
 * Mirrors: `numeric_as_ascii` and `mpd_qset_string_exact` (CPython 3.13, Modules/_decimal)
 * Cost: that of one conversion of the digits to a bigint; the exponent is never expanded.
 *
 * @throws {SyntaxError} if Python would find no number in the text
 * @throws {RangeError} if the exponent is beyond what Python's decimal module can hold
 */
export function parseDecimal(text: string): DecimalParts {
  const clean = toPlainDigits(trimEnds(text).replaceAll("_", ""));
  const number = NUMBER.exec(clean);
  if (number !== null) {
    const [, sign, whole, fraction = "", exponentText = "0"] = number;
    const digits = stripZeros(whole + fraction);
    const exponent = BigInt(exponentText.replace("+", "")) - BigInt(fraction.length);
    if (
      exponent < MIN_LAST_EXPONENT || exponent + BigInt(digits.length - 1) > MAX_EXPONENT
    ) {
      throw new RangeError(
        `Cannot parse Decimal ${quote(text)}: the exponent is beyond what Python can hold`,
      );
    }
    return { sign: sign === "-" ? 1 : 0, coefficient: BigInt(digits), exponent };
  }
  const special = SPECIAL.exec(clean);
  if (special === null) {
    throw new SyntaxError(`Cannot parse Decimal: expected a number, found ${quote(text)}`);
  }
  const sign = special[1] === "-" ? 1 : 0;
  if (special[2] !== undefined) return { sign, coefficient: 0n, exponent: 0, kind: "infinity" };
  return {
    sign,
    coefficient: BigInt(special[4]),
    exponent: 0,
    kind: special[3] === "" ? "nan" : "snan",
  };
}

/** Writes a decimal as Python's `str` does, in scientific notation where Python uses it. */
export function decimalText(parts: Required<DecimalParts>): string {
  const { sign, coefficient, exponent, kind } = parts;
  const minus = sign === 1 ? "-" : "";
  if (kind === "infinity") return `${minus}Infinity`;
  const digits = coefficient.toString();
  if (kind !== "finite") {
    return `${minus}${kind === "snan" ? "sNaN" : "NaN"}${coefficient === 0n ? "" : digits}`;
  }
  if (exponent <= 0) {
    // Here and below: where the point falls among the digits, counted from the left.
    const point = Number(exponent) + digits.length;
    if (point > 0) {
      return exponent === 0
        ? `${minus}${digits}`
        : `${minus}${digits.slice(0, point)}.${digits.slice(point)}`;
    }
    if (point > -6) return `${minus}0.${"0".repeat(-point)}${digits}`;
  }
  const power = BigInt(exponent) + BigInt(digits.length - 1);
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
  return `${minus}${digits[0]}${fraction}E${power < 0n ? "" : "+"}${power}`;
}

/** Written out, because a pattern for the end of a text is quadratic in the spaces inside it. */
function trimEnds(text: string): string {
  let start = 0, end = text.length;
  while (start < end && SPACE.test(text[start])) start++;
  while (end > start && SPACE.test(text[end - 1])) end--;
  return text.slice(start, end);
}

function stripZeros(digits: string): string {
  let start = 0;
  while (start < digits.length - 1 && digits.charCodeAt(start) === 0x30) start++;
  return start === 0 ? digits : digits.slice(start);
}

/** Replaces the decimal digits of other scripts by ASCII ones, as Python reads them. */
function toPlainDigits(text: string): string {
  // deno-lint-ignore no-control-regex
  if (/^[\x00-\x7f]*$/.test(text)) return text;
  return text.replace(/\p{Nd}/gu, (digit) => {
    // Unicode encodes decimal digits only in runs of ten, in order; runs may touch.
    const code = digit.codePointAt(0) ?? 0;
    let first = code;
    while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first--;
    return String((code - first) % 10);
  });
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}
