/** What holds for the decoder whatever the bytes are. */
import {
  decode,
  DecodeError,
  type DecodeOptions,
  encode,
  EncodeError,
  equals,
  inspect,
} from "../../../pybytes/mod.ts";
import { boxType } from "../helpers/box.ts";

/** A property that does not hold. */
export class Violation extends Error {
  /** The property, the same for all bytes that violate it. */
  readonly property: string;

  /** Creates the violation of a property. */
  constructor(property: string, detail: unknown = "") {
    super(`${property}: ${detail instanceof Error ? detail.stack : detail}`);
    this.property = property;
  }
}

/** The modes of reading beside the two that are compared with more care. */
const MODES: Readonly<Record<string, DecodeOptions>> = {
  "dicts map": { dicts: "map" },
  "ints bigint": { ints: "bigint" },
  zeroCopy: { zeroCopy: true },
  "exact zeroCopy": { exact: true, zeroCopy: true },
  "dates date": { dates: "date" },
  types: { types: [boxType(5)] },
};
/** Modes in which a value equals the default one's, whatever kind of dict it has. */
const EQUAL_MODES = ["dicts map", "ints bigint", "zeroCopy", "dates date"];

/** Lists around a document so that it is read by the explicit stack; a multiple of every alignment. */
const WRAPPING_LISTS = 256;
/** Documents of the fuzzer take a few milliseconds at most. */
const MAX_TIME_MS = 1000;

/** What a document decodes to. */
type Outcome = { readonly value: unknown } | { readonly error: DecodeError };

function outcomeOf(bytes: Uint8Array, options: DecodeOptions, mode: string): Outcome {
  try {
    return { value: decode<unknown>(bytes, options) };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw new Violation("decode throws a DecodeError", error);
    checkError(error, bytes.length, mode);
    return { error };
  }
}

function checkError(error: DecodeError, length: number, mode: string): void {
  const { offset, path, code, tag, message } = error;
  const isInside = Number.isInteger(offset) && offset >= 0 && offset <= length;
  if (!isInside || !path.startsWith("$") || !/^[a-z]+(_[a-z0-9]+)+$|^truncated$/.test(code)) {
    throw new Violation("the error has a code, an offset and a path", `${mode}: ${message}`);
  }
  if (!message.startsWith(`Cannot decode ${tag ?? "value"} at byte ${offset} (path ${path}): `)) {
    throw new Violation("the message says all of it", message);
  }
}

/** A document with references, keys and a text block, and what it always decodes to. */
const PROBE_VALUE = [
  ...Array.from({ length: 30 }, (_, i) => `probe ${i % 9}`),
  { key: "épreuve €", other: 1.5 },
  { key: "probe 1", other: 2.5 },
  new Uint8Array(3),
];
const PROBE = encode(PROBE_VALUE, { pooled: false });
const PROBE_HEX = PROBE.toHex();

/** The next calls are not concerned by what failed before. */
function checkNothingLeft(): void {
  const value = decode<unknown>(PROBE);
  if (!equals(value, PROBE_VALUE, { order: true })) throw new Violation("a failure leaves nothing");
  if (encode(value).toHex() !== PROBE_HEX) throw new Violation("a failure leaves nothing written");
}

/**
 * Checks all properties for some bytes.
 *
 * @returns whether they are a valid document
 * @throws {Violation} the first that does not hold
 */
export function checkDocument(bytes: Uint8Array): boolean {
  let start = performance.now();
  const isValid = checkReading(bytes);
  // A machine may be busy, but not twice.
  for (let again = 0; performance.now() - start > MAX_TIME_MS; again++) {
    if (again === 2) throw new Violation("a document takes bounded time");
    start = performance.now();
    checkReading(bytes);
  }
  return isValid;
}

function checkReading(bytes: Uint8Array): boolean {
  const exact = outcomeOf(bytes, { exact: true }, "exact");
  const plain = outcomeOf(bytes, {}, "default");
  const isValid = "value" in exact;
  if (isValid && "error" in plain && isMergedKey(bytes, plain.error)) {
    return checkExact(bytes, exact);
  }
  if (isValid !== "value" in plain) {
    const { error } = (isValid ? plain : exact) as { error: DecodeError };
    throw new Violation("modes agree on what is valid", `exact and default: ${error.message}`);
  }
  for (const [mode, options] of Object.entries(MODES)) {
    const outcome = outcomeOf(bytes, options, mode);
    if (isValid !== "value" in outcome) {
      throw new Violation("modes agree on what is valid", `exact and ${mode}`);
    }
    if ("value" in outcome && "value" in plain && EQUAL_MODES.includes(mode)) {
      if (!equals(outcome.value, plain.value, { dictKinds: false })) {
        throw new Violation("modes agree on values", `default and ${mode}`);
      }
    }
  }
  if ("value" in plain) checkRewriting(plain.value);
  return checkExact(bytes, exact);
}

/**
 * Whether it is only the default mode that has equal keys: by FORMAT.md a decoder says so where it has one value for two
 * keys, as it has one string for a surrogate pair and its two code points.
 */
function isMergedKey(bytes: Uint8Array, { code }: DecodeError): boolean {
  return code === "duplicate_key" && bytes.toHex().includes("f81d");
}

function checkExact(bytes: Uint8Array, exact: Outcome): boolean {
  checkDeep(bytes, exact);
  checkInspect(bytes, exact);
  const isValid = "value" in exact;
  if (isValid) checkWriting(exact.value);
  else checkNothingLeft();
  return isValid;
}

/** The explicit stack reads what recursion does. */
function checkDeep(bytes: Uint8Array, exact: Outcome): void {
  const wrapped = new Uint8Array(WRAPPING_LISTS + bytes.length).fill(0x81, 0, WRAPPING_LISTS);
  wrapped.set(bytes, WRAPPING_LISTS);
  const outcome = outcomeOf(wrapped, { exact: true }, "deep");
  if ("error" in outcome || "error" in exact) {
    if ("error" in outcome && "error" in exact) return;
    throw new Violation("recursion and stack agree on what is valid");
  }
  let { value } = outcome;
  for (let i = 0; i < WRAPPING_LISTS; i++) value = (value as unknown[])[0];
  if (!equals(value, exact.value, { order: true })) {
    throw new Violation("recursion and stack agree on values");
  }
}

function checkInspect(bytes: Uint8Array, exact: Outcome): void {
  let text: string;
  try {
    text = inspect(bytes);
  } catch (error) {
    throw new Violation("inspect does not throw", error);
  }
  const last = text.slice(text.lastIndexOf("\n") + 1);
  if (/^ *\d+ {2}!! /.test(last) !== ("error" in exact)) {
    throw new Violation("inspect shows the error, if there is one", last);
  }
}

function written(value: unknown, canonical: boolean): Uint8Array | undefined {
  try {
    return encode(value, { canonical, pooled: false });
  } catch (error) {
    // FORMAT.md: a padded memoryview inside a set or a key has no canonical form.
    if (canonical && error instanceof EncodeError && error.code === "invalid_value") {
      return undefined;
    }
    throw new Violation("what was decoded can be encoded", error);
  }
}

function readAgain(bytes: Uint8Array): unknown {
  try {
    return decode(bytes, { exact: true });
  } catch (error) {
    throw new Violation("what was encoded can be decoded", error);
  }
}

/** An exact value survives encoding, and its canonical bytes are those of its copy. */
function checkWriting(value: unknown): void {
  const bytes = written(value, false)!;
  const again = readAgain(bytes);
  // A MAP whose keys are not all str is a Map, and is written without the mark.
  if (!equals(again, value, { order: true, dictKinds: false })) {
    throw new Violation("a value is the same again");
  }
  const same = written(again, false)!.toHex();
  if (same !== bytes.toHex()) {
    throw new Violation(
      "what was encoded is encoded to the same bytes",
      `${bytes.toHex()} ${same}`,
    );
  }
  const canonical = written(value, true);
  if (canonical === undefined) return;
  const copy = readAgain(canonical);
  if (!equals(copy, value, { dictKinds: false })) {
    throw new Violation("a canonical document has the same value");
  }
  const twice = written(copy, true);
  if (twice?.toHex() !== canonical.toHex()) {
    throw new Violation("canonical bytes are stable", `${canonical.toHex()} ${twice?.toHex()}`);
  }
}

/** What the default mode gives can be encoded as well, and stays what it is from then on. */
function checkRewriting(value: unknown): void {
  const bytes = written(value, false)!;
  let again: unknown;
  try {
    again = decode(bytes);
  } catch (error) {
    throw new Violation("what was encoded can be decoded", error);
  }
  if (!equals(again, value)) throw new Violation("a plain value is the same again");
}
