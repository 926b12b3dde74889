import { stringText } from "./literal_text.ts";
import { reprText } from "./repr.ts";

/**
 * Holds a Python str as its code points, for the one kind of str a JavaScript string cannot say: one
 * with the two halves of a surrogate pair as separate code points, which in a JavaScript string are
 * the character they make together.
 *
 * Frozen.
 *
 * @example Two halves are not one character
 * ```ts
 * import { Str } from "@sysframe/sysframe/pybytes";
 * import { assertEquals } from "@std/assert/equals";
 *
 * const halves = new Str([0xd83d, 0xde00]);
 * assertEquals(halves.codePoints.length, 2);
 * assertEquals(halves.toString(), "\u{1f600}");
 * ```
 */
export class Str {
  /** The code points, surrogates included. */
  readonly codePoints: readonly number[];

  /**
   * Makes a str of the code points.
   *
   * @throws {RangeError} if one is not a whole number from 0 to 0x10ffff
   */
  constructor(codePoints: Iterable<number>) {
    const points = Array.from(codePoints);
    for (const point of points) {
      if (!Number.isInteger(point) || point < 0 || point > 0x10ffff) {
        throw new RangeError(
          `Cannot make a Str: expected code points from 0 to 0x10ffff, found ${point}`,
        );
      }
    }
    this.codePoints = Object.freeze(points);
    Object.freeze(this);
  }

  /** Tells whether a JavaScript string says the same: no pair is held as two halves. */
  get isPlain(): boolean {
    const points = this.codePoints;
    for (let index = 1; index < points.length; index++) {
      if (isLow(points[index]) && isHigh(points[index - 1])) return false;
    }
    return true;
  }

  /** Tells whether `other` is a Str with the same code points. */
  equals(other: unknown): boolean {
    if (!(other instanceof Str)) return false;
    const mine = this.codePoints, theirs = other.codePoints;
    return mine.length === theirs.length && mine.every((point, index) => point === theirs[index]);
  }

  /** Returns the JavaScript string, in which two halves become one character. */
  toString(): string {
    const points = this.codePoints;
    let text = "";
    // In portions: too many arguments overflow the stack.
    for (let start = 0; start < points.length; start += 4096) {
      text += String.fromCodePoint(...points.slice(start, start + 4096));
    }
    return text;
  }

  /** Returns the JavaScript string. */
  toJSON(): string {
    return this.toString();
  }

  /** @internal */
  [reprText](): string {
    return reprOf(this.codePoints);
  }
}

function isHigh(point: number): boolean {
  return point >= 0xd800 && point < 0xdc00;
}

function isLow(point: number): boolean {
  return point >= 0xdc00 && point < 0xe000;
}

/** Prints the pieces between the halves as strings, so that the halves stay apart. */
function reprOf(points: readonly number[]): string {
  let body = "";
  const text = new Str(points.filter((point) => !isHigh(point) && !isLow(point))).toString();
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  for (const point of points) {
    if (isHigh(point) || isLow(point)) body += `\\u${point.toString(16)}`;
    else if (point === 0x27) body += quote === "'" ? "\\'" : "'";
    else body += stringText(String.fromCodePoint(point)).slice(1, -1);
  }
  return `${quote}${body}${quote}`;
}
