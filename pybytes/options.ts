/** The options of encode and decode, their defaults and their checks, in one place. */
import type { UserType } from "./user_types.ts";

/** The `Temporal` namespace: the runtime's own or a polyfill's. */
export type TemporalNamespace = typeof Temporal;

/** Options of `encode`. */
export interface EncodeOptions {
  /**
   * Whether a result of up to 2 KiB may be a view of a shared 8 KiB buffer (its region is never written again);
   * `false` gives every result a buffer of exactly its size. Default `true`.
   */
  readonly pooled?: boolean;
  /**
   * Whether equal values give equal bytes, for hashing and signing: the shortest form of everything, nothing packed,
   * bundled or referred to, sets and dicts sorted by the bytes of their members and keys (an `OrderedDict` and the fields
   * of a named tuple keep their order), a `Map` like any other dict. Default `false`.
   */
  readonly canonical?: boolean;
  /**
   * Whether repeated strings and repeated dict keys are written once and referred to. `false` saves some time where a
   * program knows that nothing repeats. Default `true`; without effect when `canonical`.
   */
  readonly dedup?: boolean;
  /** Types of one's own, made by `defineType`. */
  readonly types?: readonly UserType[];
}

/** Bounds on what `decode` accepts, for input from strangers; there are none by default. */
export interface DecodeLimits {
  /** The most containers inside each other; `0` allows scalars only. */
  readonly maxDepth?: number;
  /** The most bytes of input. */
  readonly maxSizeBytes?: number;
  /**
   * The most members of all containers together (a dict's entries count twice): what bounds the memory that a decoded
   * document takes. By itself it takes at most 256 bytes for each byte of input.
   */
  readonly maxMembers?: number;
}

/** Options of `decode`. */
export interface DecodeOptions {
  /**
   * Loses nothing: integral floats and NaN payloads as `Float`, every dict as `Dict` in wire order, surrogate
   * pairs held as two code points as `Str`. Default `false`.
   */
  readonly exact?: boolean;
  /** What a dict becomes: a plain object when all its keys are str, or always a `Map`. Default `"object"`; without effect when `exact`. */
  readonly dicts?: "object" | "map";
  /** What an int becomes: a `number` when safe and else a `bigint`, or always a `bigint`. Default `"auto"`. */
  readonly ints?: "auto" | "bigint";
  /**
   * What a UTC datetime becomes: a `Temporal.Instant`, or a `Date` (a `DateTime` where a `Date` would lose
   * microseconds). Default `"temporal"`.
   */
  readonly dates?: "temporal" | "date";
  /** A polyfill to use in place of `globalThis.Temporal`. */
  readonly temporal?: TemporalNamespace;
  /**
   * Whether `bytes`, bytearrays and memory views are views of the input instead of copies (typed arrays where they are
   * aligned, which they are if the document lies at a multiple of 8). They change when the input does. Default `false`.
   */
  readonly zeroCopy?: boolean;
  /** Types of one's own, made by `defineType`; a value of another user type becomes an `Extension`. */
  readonly types?: readonly UserType[];
  /** Bounds on the input. */
  readonly limits?: DecodeLimits;
}

const YES_OR_NO = [true, false];
const ENCODE_CHOICES: Choices = new Map([
  ["pooled", YES_OR_NO],
  ["canonical", YES_OR_NO],
  ["dedup", YES_OR_NO],
  ["types", null],
]);
/** What values each option of `decode` may have. */
export const DECODE_CHOICES: Choices = new Map<string, readonly unknown[] | null>([
  ["exact", YES_OR_NO],
  ["dicts", ["object", "map"]],
  ["ints", ["auto", "bigint"]],
  ["dates", ["temporal", "date"]],
  ["temporal", null],
  ["zeroCopy", YES_OR_NO],
  ["types", null],
  ["limits", null],
]);
const LIMIT_CHOICES: Choices = new Map([
  ["maxDepth", null],
  ["maxSizeBytes", null],
  ["maxMembers", null],
]);

/** What values an option may have; `null` where that is checked elsewhere. */
export type Choices = ReadonlyMap<string, readonly unknown[] | null>;

/** Checks one option; every call with options comes here, so nothing is made before something is wrong. */
function checkOne(what: string, options: object, name: string, value: unknown, choices: Choices) {
  const allowed = choices.get(name);
  if (allowed === undefined) {
    // What an option object inherits may be meant for somebody else.
    if (Object.hasOwn(options, name)) refuseName(what, name, choices);
    return;
  }
  if (allowed === null || value === undefined || allowed.includes(value)) return;
  throw new TypeError(
    `Invalid ${what} option ${name}: expected ${
      allowed.map((choice) => JSON.stringify(choice)).join(" or ")
    }, found ${String(value)}`,
  );
}

/** Checks that options are an object: of a number or a string no name could be wrong. */
export function checkIsObject(what: string, options: unknown): void {
  if (typeof options === "object" && options !== null) return;
  throw new TypeError(`Invalid ${what} options: an object expected, found ${String(options)}`);
}

function check(what: string, options: object, choices: Choices): void {
  checkIsObject(what, options);
  for (const name in options) {
    checkOne(what, options, name, (options as Readonly<Record<string, unknown>>)[name], choices);
  }
}

function refuseName(what: string, name: string, choices: Choices): never {
  throw new TypeError(
    `Unknown ${what} option ${JSON.stringify(name)}: expected one of ${
      [...choices.keys()].join(", ")
    }`,
  );
}

/**
 * Checks the options of `encode`.
 *
 * @throws {TypeError} if one is unknown or has a value it cannot have
 */
export function checkEncodeOptions(options: EncodeOptions): void {
  check("encode", options, ENCODE_CHOICES);
}

/**
 * Checks the options of `decode`.
 *
 * @throws {TypeError} if one is unknown or has a value it cannot have
 * @throws {RangeError} if a limit is not a number from 0 up
 */
export function checkDecodeOptions(options: DecodeOptions): void {
  check("decode", options, DECODE_CHOICES);
  if (options.limits !== undefined) checkLimits(options.limits);
}

/** Checks one option of `decode`, but for what is inside it; throws as {@linkcode checkDecodeOptions}. */
export function checkDecodeOption(options: DecodeOptions, name: string, value: unknown): void {
  checkOne("decode", options, name, value, DECODE_CHOICES);
}

/** Checks the limits of `decode`; throws as {@linkcode checkDecodeOptions}. */
export function checkLimits(limits: DecodeLimits): void {
  check("decode limits", limits, LIMIT_CHOICES);
  for (const name of LIMIT_CHOICES.keys()) {
    const value = limits[name as keyof DecodeLimits];
    if (value !== undefined && !(typeof value === "number" && value >= 0)) {
      throw new RangeError(
        `Invalid decode limits option ${name}: expected a number from 0 up, found ${String(value)}`,
      );
    }
  }
}
