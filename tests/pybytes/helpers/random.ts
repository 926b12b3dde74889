/** Seeded random numbers and values, so that a failure can be repeated. */
import {
  ByteArray,
  Complex,
  Counter,
  DateTime,
  Decimal,
  Deque,
  Ellipsis,
  FrozenSet,
  MemoryView,
  NamedTuple,
  OrderedDict,
  Path,
  PurePath,
  Range,
  Str,
  Time,
  Tuple,
  UUID,
} from "../../../pybytes/mod.ts";
import { Random as Seeded } from "../../helpers/random.ts";

/** The tests' random numbers, with what a codec's values need. */
export class Random extends Seeded {
  /** One of the choices. */
  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)];
  }

  /** Any 64 bits as a double. */
  anyDouble(): number {
    const words = Uint32Array.of(this.next() * 2 ** 32, this.next() * 2 ** 32);
    return new Float64Array(words.buffer)[0];
  }

  /** A double of a kind that encoders treat differently. */
  double(): number {
    switch (this.below(7)) {
      case 0:
        return this.next();
      case 1:
        return this.next() * 9;
      case 2:
        return Number((this.next() * 1e6 - 5e5).toFixed(this.below(12)));
      case 3:
        return Math.fround(this.anyDouble());
      case 4:
        return (this.next() * 2 - 1) * 2 ** (48 + this.below(8));
      case 5:
        return Math.round((this.next() * 2 - 1) * 2 ** 53) / 10 ** this.below(16);
      default:
        return this.anyDouble();
    }
  }

  /** An int of up to 100 bits, of either sign, near a power of two. */
  int(): number | bigint {
    const magnitude = (1n << BigInt(this.below(100))) + BigInt(this.below(7) - 3);
    const value = this.below(2) ? magnitude : -magnitude;
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }

  /** A string of up to 80 characters of one or two scripts. */
  text(): string {
    const scripts = [
      "abc xyz",
      "\u00e9\u0080\u00ff",
      "приветΑ",
      "你好世界",
      "😀🎉",
      "—’…",
      "\ufeff\ufffd",
      "\ud800",
      "\udc00",
    ];
    const alphabet = this.pick(scripts) + (this.below(2) ? this.pick(scripts) : "");
    return Array.from({ length: this.pick([0, 1, 2, 5, 31, 32, 40, 41, 64, 80]) }, () => {
      return alphabet[this.below(alphabet.length)];
    }).join("");
  }

  /** Random bytes. */
  bytes(count: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length: count }, () => this.below(256));
  }

  /** A value without members. */
  scalar(): unknown {
    switch (this.below(18)) {
      case 0:
        return this.pick([null, undefined, true, false, Ellipsis, NaN, Infinity, -0]);
      case 1:
      case 2:
        return this.int();
      case 3:
      case 4:
        return this.double();
      case 5:
      case 6:
        return this.text();
      case 7:
        return this.bytes(this.pick([0, 1, 8, 9, 16, 20, 32, 33, 300]));
      case 8:
        return ByteArray.from(this.bytes(this.below(20)));
      case 9:
        return this.pick([
          new Float64Array(9),
          Int16Array.of(-1, 2),
          new DataView(new ArrayBuffer(5)),
        ]);
      case 10:
        return new MemoryView({ format: "l", shape: [2, 5], data: this.bytes(80) });
      case 11:
        return new Complex(this.double() || 1, 0.5);
      case 12:
        return new Decimal({
          sign: this.below(2) as 0 | 1,
          coefficient: BigInt(Math.floor(this.next() * 1e15)) ** BigInt(this.below(4)),
          exponent: this.below(200) - 100,
        });
      case 13:
        return UUID.fromBytes(this.bytes(16));
      case 14:
        return new Range(this.below(9), this.int(), this.pick([1, -1, 7]));
      case 15:
        return this.pick([
          new Path("/a/b"),
          new PurePath("c:\\x", "windows"),
          new Str([0xd800, 0xdc00]),
        ]);
      default:
        return this.moment();
    }
  }

  /** A date, a time or a span of time. */
  moment(): unknown {
    const { Instant, PlainDate, PlainDateTime, PlainTime, Duration } = Temporal;
    const unit = this.pick([1, 1000, 1_000_000, 1_000_000_000]);
    const nanos = BigInt(Math.floor((this.next() * 2 - 0.5) * 8e9)) * 1_000_000_000n +
      BigInt(Math.floor(this.below(1e9) / unit) * unit);
    const instant = new Instant(nanos);
    const zoned = instant.toZonedDateTimeISO(
      this.pick(["UTC", "+05:30", "-00:01", "Europe/Paris", "+00:00"]),
    );
    switch (this.below(8)) {
      case 0:
        return instant;
      case 1:
        return zoned;
      case 2:
        return zoned.toPlainDateTime();
      case 3:
        return zoned.toPlainDate();
      case 4:
        return zoned.toPlainTime();
      case 5:
        return Duration.from({
            seconds: Number(nanos / 1_000_000_000n),
            nanoseconds: Number(nanos % 1_000_000_000n),
          }).round({ largestUnit: "second" }).total("second") === 0
          ? new PlainDate(2024, 1, 1)
          : new Duration(0, 0, 0, 0, 0, 0, Number(nanos / 1_000_000_000n));
      case 6:
        return new DateTime({
          year: 1 + this.below(9999),
          month: 2,
          day: 1,
          fold: 1,
          tz: this.pick([null, { kind: "zone", key: "Mars/Phobos" }, {
            kind: "offset",
            offsetMicroseconds: -1,
          }]),
        });
      default:
        return this.pick([
          new Time({ hour: 1, tz: { kind: "utc" } }),
          new PlainDateTime(1, 1, 1),
          new PlainTime(1, 2, 3, 4, 5, 6),
        ]);
    }
  }

  /** Any value, at most `levels` containers deep. */
  value(levels: number): unknown {
    if (levels === 0 || this.below(3) === 0) return this.scalar();
    const count = this.pick([0, 1, 2, 3, 5, 8, 12, 17]);
    const items = () => Array.from({ length: count }, () => this.value(levels - 1));
    const names = () => [...new Set(Array.from({ length: count }, () => this.text()))];
    const numbers = () => [...new Set(Array.from({ length: count }, () => this.int()))];
    switch (this.below(11)) {
      case 0:
      case 1:
        return items();
      case 2:
        return Tuple.from(items());
      case 3:
      case 4:
        return Object.fromEntries(names().map((name) => [name, this.value(levels - 1)]));
      case 5:
        return new Map<unknown, unknown>(
          this.pick([names(), numbers()]).map((key) => [key, this.value(levels - 1)]),
        );
      case 6:
        return this.pick([new Set<unknown>(names()), new FrozenSet<unknown>(numbers())]);
      case 7:
        return new Deque(items(), this.below(2) ? { maxLength: count } : {});
      case 8:
        return new Counter(names().map((name) => [name, this.int()]));
      case 9:
        return new OrderedDict(names().map((name) => [name, this.value(levels - 1)]));
      default:
        return NamedTuple.fromParts("Row", ["a", "b"], [this.scalar(), this.value(levels - 1)]);
    }
  }
}

/** A seed nobody chose, printed so that the run can be repeated. */
export function newSeed(what: string): number {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0];
  console.log(`${what}: seed ${seed}`);
  return seed;
}
