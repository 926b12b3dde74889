/**
 * Encodes Python's and JavaScript's values into compact bytes and back, without losing what they are.
 *
 * | Python | decodes to | also encodes from |
 * |---|---|---|
 * | None | `null` | |
 * | bool | `boolean` | |
 * | int | `number` when safe, else `bigint` | any `bigint`; integral safe numbers that are not -0 |
 * | float | `number` | all other numbers; {@linkcode Float} where an integral value must stay a float |
 * | complex | {@linkcode Complex} | |
 * | Ellipsis | {@linkcode Ellipsis} | |
 * | str | `string`, lone surrogates and byte order marks kept | `String` |
 * | bytes | `Uint8Array` | `ArrayBuffer`, `Buffer` |
 * | bytearray | {@linkcode ByteArray} | |
 * | memoryview | the typed array of its format, `DataView` for bytes, else {@linkcode MemoryView} | every typed array |
 * | datetime | `Temporal.PlainDateTime`, `Instant` (UTC), `ZonedDateTime`; else {@linkcode DateTime} | `Date` |
 * | date, time | `Temporal.PlainDate`, `PlainTime`; an aware time is a {@linkcode Time} | |
 * | timedelta | `Temporal.Duration` of seconds, microseconds and nanoseconds | {@linkcode TimeDelta} |
 * | uuid.UUID | {@linkcode UUID} | |
 * | Decimal | {@linkcode Decimal} | |
 * | list, tuple | `Array`, {@linkcode Tuple} | |
 * | dict | plain object if all keys are str, else `Map` | `Map`, objects without prototype |
 * | set, frozenset | `Set`, {@linkcode FrozenSet} | |
 * | range, deque, namedtuple | {@linkcode Range}, {@linkcode Deque}, {@linkcode NamedTuple} | |
 * | Counter, OrderedDict, ChainMap | {@linkcode Counter}, {@linkcode OrderedDict}, {@linkcode ChainMap} | |
 * | PurePath, Path | {@linkcode PurePath}, {@linkcode Path} | |
 * | a class of one's own | see {@linkcode defineType}; else {@linkcode Extension} | |
 * | - | `undefined` keeps itself, and is None in Python | |
 *
 * By default a float 3.0 becomes the number 3, which is an int when encoded again, and a plain object has its
 * integer-like keys first, as JavaScript orders them. `decode(bytes, { exact: true })` loses neither.
 *
 * Pure TypeScript: runs in every JavaScript runtime, needs no permission. For the keys of records that come often, the
 * decoder generates a function (with `new Function`) where the host allows it, and does the same without where it does not. Where there is no
 * `Temporal`, dates decode to {@linkcode CalendarDate}, {@linkcode Time}, {@linkcode DateTime} and
 * {@linkcode TimeDelta}. The wire format is specified in FORMAT.md.
 *
 * Limitations:
 * - Little-endian hosts only (every host of V8, JavaScriptCore and SpiderMonkey today).
 * - Two references to one object become two objects; cycles are refused.
 * - Strings of a larger document are cut from one long string, as JavaScript engines do it with `slice`: while one of
 *   them lives, the text of the document does.
 *
 * @example Values keep their types
 * ```ts
 * import { decode, encode, Tuple } from "@sysframe/sysframe/pybytes";
 * import { assertEquals } from "@std/assert/equals";
 *
 * const value = { id: 7n ** 30n, at: Temporal.PlainDate.from("2024-02-29"), pair: Tuple.of(1, "x") };
 * const copy = decode<typeof value>(encode(value));
 * assertEquals(copy.id, 7n ** 30n);
 * assertEquals(copy.at.day, 29);
 * assertEquals(copy.pair instanceof Tuple, true);
 * ```
 *
 * @module
 */
export { decode } from "./decode.ts";
export { encode, encodeInto } from "./encode.ts";
export { equals, type EqualsOptions } from "./equals.ts";
export {
  DecodeError,
  type DecodeErrorCode,
  type DecodeErrorInit,
  EncodeError,
  type EncodeErrorCode,
  type EncodeErrorInit,
} from "./errors.ts";
export { inspect } from "./inspect.ts";
export type { DecodeLimits, DecodeOptions, EncodeOptions, TemporalNamespace } from "./options.ts";
export { isHashable, pythonKey } from "./python_key.ts";
export { DecoderStream, EncoderStream } from "./streams.ts";
export * from "./types/mod.ts";
export { defineType, type UserType, type UserTypeInit } from "./user_types.ts";
export type { NumberArray, PyObject, PyScalar, PyValue, TimeValue } from "./values.ts";
