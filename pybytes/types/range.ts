import { reprText } from "./repr.ts";

/**
 * Holds a Python range: start, stop and step, never its members.
 *
 * Frozen. Members are numbers where safe, else bigints.
 *
 * @example A range costs nothing by its length
 * ```ts
 * import { Range } from "@sysframe/sysframe/pybytes";
 * import { assertEquals } from "@std/assert/equals";
 *
 * const evens = new Range(0, 1e12, 2);
 * assertEquals([evens.length, evens.at(-1), evens.includes(7)], [5e11, 1e12 - 2, false]);
 * ```
 */
export class Range implements Iterable<number | bigint> {
  /** The first member, if there is one. */
  readonly start: number | bigint;
  /** Where the members end; not one of them. */
  readonly stop: number | bigint;
  /** The difference between neighbours; never 0. */
  readonly step: number | bigint;

  /**
   * Makes a range.
   *
   * @throws {RangeError} if a part is not a whole number (a bigint beyond 2**53), or the step is 0
   */
  constructor(start: number | bigint, stop: number | bigint, step: number | bigint = 1) {
    this.start = whole(start, "start");
    this.stop = whole(stop, "stop");
    this.step = whole(step, "step");
    if (this.step === 0) throw new RangeError("Cannot make a Range: the step is 0");
    Object.freeze(this);
  }

  /** How many members there are; a bigint beyond 2**53. */
  get length(): number | bigint {
    const { start, stop, step } = this;
    if (typeof start === "number" && typeof stop === "number" && typeof step === "number") {
      const distance = step > 0 ? stop - start : start - stop;
      if (distance <= 0) return 0;
      // Exact where the distance is: (distance - 1) / |step| rounds to the quotient or just
      // above it only beyond 2**53.
      if (distance <= Number.MAX_SAFE_INTEGER) {
        const size = Math.abs(step);
        const last = distance - 1;
        return (last - last % size) / size + 1;
      }
    }
    const [first, end, by] = [BigInt(start), BigInt(stop), BigInt(step)];
    const distance = by > 0n ? end - first : first - end;
    return distance <= 0n ? 0 : shrink((distance - 1n) / (by < 0n ? -by : by) + 1n);
  }

  /** Returns the member at an index, from the end if negative; `undefined` outside. */
  at(index: number | bigint): number | bigint | undefined {
    const count = BigInt(this.length);
    const from = typeof index === "bigint" ? index : BigInt(Math.trunc(index) || 0);
    const place = from < 0n ? from + count : from;
    if (place < 0n || place >= count) return undefined;
    return shrink(BigInt(this.start) + place * BigInt(this.step));
  }

  /** Tells whether the number is a member. */
  includes(value: number | bigint): boolean {
    if (typeof value === "number" && !Number.isInteger(value)) return false;
    const place = BigInt(value) - BigInt(this.start);
    const step = BigInt(this.step);
    return place % step === 0n && place / step >= 0n && place / step < BigInt(this.length);
  }

  /** Iterates over the members. */
  *[Symbol.iterator](): Generator<number | bigint, void, undefined> {
    const { start, stop, step, length } = this;
    if (
      typeof start === "number" && typeof stop === "number" && typeof step === "number" &&
      typeof length === "number"
    ) {
      // Adding up stays exact: every member is safe, start + index * step may not be on the way.
      for (let left = length, member = start; left > 0; left--, member += step) yield member;
      return;
    }
    const by = BigInt(step);
    let member = BigInt(start);
    for (let left = BigInt(length); left > 0n; left--, member += by) yield shrink(member);
  }

  /** Tells whether `other` is a Range with the same start, stop and step. */
  equals(other: unknown): boolean {
    return other instanceof Range && this.start === other.start && this.stop === other.stop &&
      this.step === other.step;
  }

  /** Returns Python's text: `"range(0, 5)"`, `"range(0, 10, 2)"`. */
  toString(): string {
    const step = this.step === 1 ? "" : `, ${this.step}`;
    return `range(${this.start}, ${this.stop}${step})`;
  }

  /** @internal */
  [reprText](): string {
    return this.toString();
  }
}

function whole(value: number | bigint, name: string): number | bigint {
  if (typeof value === "bigint") return shrink(value);
  if (Number.isSafeInteger(value)) return value + 0;
  throw new RangeError(
    `Cannot make a Range: expected a whole ${name} (a bigint beyond 2**53), found ${value}`,
  );
}

function shrink(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
