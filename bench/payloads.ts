/** The values that are measured: small ones, lists of one kind, and values of types that JSON lacks. */
import { Decimal, type DecodeOptions, UUID } from "../pybytes/mod.ts";
import { Random } from "../tests/helpers/random.ts";

/** What a row of the tables is about; the means are taken per kind. */
export type PayloadKind = "small" | "list" | "typed" | "corpus";

/** A value to measure. */
export interface Payload {
  /** Its name in the tables. */
  readonly name: string;
  /** Which mean it counts for. */
  readonly kind: PayloadKind;
  /** The value itself. */
  readonly value: unknown;
  /** The options with which pybytes decodes it, where its default would give another type than the rivals'. */
  readonly decodeOptions?: DecodeOptions;
  /** How a serializer that lacks the types carries them: as texts. */
  readonly texts?: Texts;
  /** What Python makes of the texts; see `python_sizes.py`. */
  readonly pythonType?: "bytes" | "datetime" | "UUID" | "Decimal";
}

/** A list of values as the texts that stand for them, and back. */
export interface Texts {
  /** Returns a text for each value. */
  readonly from: (value: never) => string[];
  /** Returns the value of each text. */
  readonly to: (texts: string[]) => unknown;
}

/** The same values in every run, so that runs can be compared. */
const random = new Random(20240229);

function many<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

const LETTERS = "etaoinshrdlucmfwypvbgkjqxz";

function word(): string {
  const letters = many(
    3 + random.below(10),
    () => LETTERS[Math.min(random.below(26), random.below(26))],
  );
  return letters.join("");
}

const PHRASES = [
  "Großmutters Küche",
  "Привет, мир",
  "温度は二十一度",
  "naïve café",
  "🌡️ 21 °C",
  "γνῶθι σεαυτόν",
];

function hex(digits: number): string {
  return many(digits, () => random.below(16).toString(16)).join("");
}

function uuidText(): string {
  return `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
}

const price = () => random.below(100_000) / 100;

const SMALL: readonly Payload[] = [
  { name: "small int", kind: "small", value: 21 },
  { name: "short string", kind: "small", value: "living room" },
  { name: "3-field record", kind: "small", value: { id: 4711, name: "living room", target: 21.5 } },
  {
    name: "12-field record",
    kind: "small",
    value: {
      id: 90210,
      name: "Hallway thermostat",
      model: "TX-200",
      serial: "00:1b:44:11:3a:b7",
      online: true,
      battery: 0.87,
      target: 21.5,
      measured: 20.9375,
      firmware: null,
      updatedAt: 1_709_210_096_123,
      tags: ["hall", "ground floor", "battery"],
      history: [20.5, 20.75, 21, 21.25],
    },
  },
];

const LISTS: readonly Payload[] = [
  {
    name: "1,000 ints",
    kind: "list",
    value: many(1000, () => random.below(10 ** (1 + random.below(7)))),
  },
  { name: "1,000 floats", kind: "list", value: many(1000, () => (random.next() - 0.5) * 2000) },
  { name: "1,000 prices", kind: "list", value: many(1000, price) },
  { name: "500 short strings", kind: "list", value: many(500, word) },
  {
    name: "500 equal records",
    kind: "list",
    value: many(
      500,
      (id) => ({ id, name: word(), price: price(), stock: random.below(50), listed: id % 3 > 0 }),
    ),
  },
  {
    name: "200 non-ASCII strings",
    kind: "list",
    value: many(200, (index) => `${PHRASES[index % PHRASES.length]} ${word()}`),
  },
  {
    name: "64 KiB bytes",
    kind: "list",
    value: Uint8Array.from({ length: 65536 }, () => random.below(256)),
    // The rivals return a view of their input, most of them without being asked.
    decodeOptions: { zeroCopy: true },
    pythonType: "bytes",
  },
];

const TYPED: readonly Payload[] = [
  {
    name: "1,000 Dates",
    kind: "typed",
    value: many(
      1000,
      () => new Date(Date.UTC(2000, 0) + random.below(13_000_000) * 60_000 + random.below(60_000)),
    ),
    decodeOptions: { dates: "date" },
    texts: {
      from: (value: readonly Date[]) => value.map((date) => date.toISOString()),
      to: (texts) => texts.map((text) => new Date(text)),
    },
    pythonType: "datetime",
  },
  {
    name: "1,000 PlainDateTimes",
    kind: "typed",
    value: many(1000, () =>
      Temporal.PlainDateTime.from("2000-01-01").add({
        minutes: random.below(13_000_000),
        microseconds: random.below(60_000_000),
      })),
    texts: {
      from: (value: readonly Temporal.PlainDateTime[]) => value.map(String),
      to: (texts) => texts.map((text) => Temporal.PlainDateTime.from(text)),
    },
    pythonType: "datetime",
  },
  {
    name: "1,000 UUIDs",
    kind: "typed",
    value: many(1000, () => UUID.parse(uuidText())),
    texts: {
      from: (value: readonly UUID[]) => value.map(String),
      to: (texts) => texts.map((text) => UUID.parse(text)),
    },
    pythonType: "UUID",
  },
  {
    name: "1,000 Decimals",
    kind: "typed",
    value: many(1000, () => Decimal.parse(price().toFixed(2))),
    texts: {
      from: (value: readonly Decimal[]) => value.map(String),
      to: (texts) => texts.map((text) => Decimal.parse(text)),
    },
    pythonType: "Decimal",
  },
];

/** All values but the corpora, smallest first. */
export const PAYLOADS: readonly Payload[] = [...SMALL, ...LISTS, ...TYPED];

/**
 * Returns the value with that name.
 *
 * @throws {Error} if there is none
 */
export function payloadValue(name: string): unknown {
  const found = PAYLOADS.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`No payload is named ${JSON.stringify(name)}`);
  return found.value;
}
