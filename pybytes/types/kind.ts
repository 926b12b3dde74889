import { ByteArray } from "./byte_array.ts";
import { CalendarDate } from "./calendar_date.ts";
import { ChainMap } from "./chain_map.ts";
import { Complex } from "./complex.ts";
import { Counter } from "./counter.ts";
import { DateTime } from "./date_time.ts";
import { Decimal } from "./decimal.ts";
import { Deque } from "./deque.ts";
import { Dict } from "./dict.ts";
import { Extension } from "./extension.ts";
import { Float } from "./float.ts";
import { FrozenSet } from "./frozen_set.ts";
import { MemoryView } from "./memory_view.ts";
import { NamedTuple } from "./named_tuple.ts";
import { OrderedDict } from "./ordered_dict.ts";
import { PurePath } from "./pure_path.ts";
import { Range } from "./range.ts";
import { Str } from "./str.ts";
import { Time } from "./time.ts";
import { TimeDelta } from "./time_delta.ts";
import { Tuple } from "./tuple.ts";
import { UUID } from "./uuid.ts";

/**
 * The Python type that a JavaScript value stands for. Python has no `undefined`, year and month, or month and day;
 * `other` is what pybytes does not know either.
 */
export type Kind =
  | "none"
  | "undefined"
  | "bool"
  | "int"
  | "float"
  | "complex"
  | "decimal"
  | "symbol"
  | "str"
  | "bytes"
  | "bytearray"
  | "memoryview"
  | "list"
  | "tuple"
  | "namedtuple"
  | "set"
  | "frozenset"
  | "dict"
  | "ordereddict"
  | "counter"
  | "chainmap"
  | "extension"
  | "deque"
  | "range"
  | "path"
  | "uuid"
  | "date"
  | "time"
  | "datetime"
  | "timedelta"
  | "yearmonth"
  | "monthday"
  | "other";

// Subclasses stand before their base classes.
const PROTOTYPES: readonly (readonly [object, Kind])[] = [
  [NamedTuple.prototype, "namedtuple"],
  [Tuple.prototype, "tuple"],
  [Array.prototype, "list"],
  [OrderedDict.prototype, "ordereddict"],
  [Counter.prototype, "counter"],
  [Map.prototype, "dict"],
  [Set.prototype, "set"],
  [FrozenSet.prototype, "frozenset"],
  [ByteArray.prototype, "bytearray"],
  [Uint8Array.prototype, "bytes"],
  [ArrayBuffer.prototype, "bytes"],
  [MemoryView.prototype, "memoryview"],
  [Float.prototype, "float"],
  [Complex.prototype, "complex"],
  [Decimal.prototype, "decimal"],
  [UUID.prototype, "uuid"],
  [Str.prototype, "str"],
  [String.prototype, "str"],
  [Date.prototype, "datetime"],
  [DateTime.prototype, "datetime"],
  [CalendarDate.prototype, "date"],
  [Time.prototype, "time"],
  [TimeDelta.prototype, "timedelta"],
  [Deque.prototype, "deque"],
  [ChainMap.prototype, "chainmap"],
  [Extension.prototype, "extension"],
  [Range.prototype, "range"],
  [PurePath.prototype, "path"],
];

const KIND_BY_PROTOTYPE: ReadonlyMap<object | null, Kind> = new Map<object | null, Kind>([
  [Object.prototype, "dict"],
  [null, "dict"],
  [Dict.prototype, "dict"],
  ...PROTOTYPES,
]);

// Temporal objects may come from a polyfill, so they are known by name and not by class.
const KIND_BY_TEMPORAL_NAME: Readonly<Record<string, Kind>> = {
  "[object Temporal.PlainDate]": "date",
  "[object Temporal.PlainTime]": "time",
  "[object Temporal.PlainDateTime]": "datetime",
  "[object Temporal.Instant]": "datetime",
  "[object Temporal.ZonedDateTime]": "datetime",
  "[object Temporal.Duration]": "timedelta",
  "[object Temporal.PlainYearMonth]": "yearmonth",
  "[object Temporal.PlainMonthDay]": "monthday",
};

/** Returns the Python type that a value stands for. */
export function kindOf(value: unknown): Kind {
  switch (typeof value) {
    case "string":
      return "str";
    case "number":
      return isIntNumber(value) ? "int" : "float";
    case "boolean":
      return "bool";
    case "bigint":
      return "int";
    case "undefined":
      return "undefined";
    case "symbol":
      return "symbol";
    case "object":
      return value === null ? "none" : kindOfObject(value);
    default:
      return "other";
  }
}

/** Tells whether a number stands for a Python int: whole, at most 2**53-1 in size, and not -0. */
export function isIntNumber(value: number): boolean {
  return Number.isSafeInteger(value) && !Object.is(value, -0);
}

function kindOfObject(value: object): Kind {
  const exact = KIND_BY_PROTOTYPE.get(Object.getPrototypeOf(value));
  if (exact !== undefined) return exact;
  for (const [prototype, kind] of PROTOTYPES) {
    if (Object.prototype.isPrototypeOf.call(prototype, value)) return kind;
  }
  if (ArrayBuffer.isView(value)) return "memoryview";
  const name = Object.prototype.toString.call(value);
  return Object.hasOwn(KIND_BY_TEMPORAL_NAME, name) ? KIND_BY_TEMPORAL_NAME[name] : "other";
}
