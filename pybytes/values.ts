import type { Ellipsis } from "./types/mod.ts";
import type {
  ByteArray,
  CalendarDate,
  ChainMap,
  Complex,
  Counter,
  DateTime,
  Decimal,
  Deque,
  Dict,
  Extension,
  Float,
  FrozenSet,
  MemoryView,
  NamedTuple,
  OrderedDict,
  Path,
  PurePath,
  Range,
  Str,
  Time,
  TimeDelta,
  Tuple,
  UUID,
} from "./types/mod.ts";

/** The typed arrays that stand for a one-dimensional memoryview. */
export type NumberArray =
  | Int8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float16Array
  | Float32Array
  | Float64Array;

/** A date, a time or a span of time. */
export type TimeValue =
  | Temporal.PlainDate
  | Temporal.PlainTime
  | Temporal.PlainDateTime
  | Temporal.Instant
  | Temporal.ZonedDateTime
  | Temporal.Duration
  | Temporal.PlainYearMonth
  | Temporal.PlainMonthDay
  | Date
  | CalendarDate
  | Time
  | DateTime
  | TimeDelta;

/** A value that holds no other values. */
export type PyScalar =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | Ellipsis
  | Float
  | Complex
  | Decimal
  | UUID
  | Str
  | Uint8Array
  | ByteArray
  | NumberArray
  | DataView
  | MemoryView
  | TimeValue
  | Range
  | PurePath
  | Path;

/** A plain object that stands for a dict whose keys are all str. */
export interface PyObject {
  /** The value of a key; every key is an own property. */
  [key: string]: PyValue;
}

/**
 * Any value that `decode` returns; `encode` takes these and what the table in the module's documentation lists
 * beside them.
 */
export type PyValue =
  | PyScalar
  | PyValue[]
  | Tuple<PyValue>
  | NamedTuple<PyValue>
  | Set<PyValue>
  | FrozenSet<PyValue>
  | PyObject
  | Map<PyValue, PyValue>
  | Dict<PyValue, PyValue>
  | OrderedDict<PyValue, PyValue>
  | Counter<PyValue>
  | ChainMap<PyValue, PyValue>
  | Deque<PyValue>
  | Extension<PyValue>;
