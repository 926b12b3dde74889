/**
 * The Python value types that JavaScript lacks, one class each.
 *
 * They hold data and print as Python does; they know nothing of bytes.
 *
 * @module
 */
export { ByteArray } from "./byte_array.ts";
export { CalendarDate } from "./calendar_date.ts";
export { type ChainLink, ChainMap } from "./chain_map.ts";
export { Complex } from "./complex.ts";
export { Counter } from "./counter.ts";
export { DateTime, type DateTimeInit } from "./date_time.ts";
export { Decimal } from "./decimal.ts";
export type { DecimalKind, DecimalParts } from "./decimal_text.ts";
export { Deque, type DequeOptions } from "./deque.ts";
export { Dict } from "./dict.ts";
export { Ellipsis } from "./ellipsis.ts";
export { Extension } from "./extension.ts";
export { Float } from "./float.ts";
export { FrozenSet } from "./frozen_set.ts";
export { itemSizeOf, MemoryView, type MemoryViewInit } from "./memory_view.ts";
export { NamedTuple } from "./named_tuple.ts";
export { OrderedDict } from "./ordered_dict.ts";
export { Path } from "./path.ts";
export { type PathFlavour, PurePath } from "./pure_path.ts";
export { Range } from "./range.ts";
export { Str } from "./str.ts";
export { Time, type TimeInit } from "./time.ts";
export { TimeDelta, type TimeDeltaInit } from "./time_delta.ts";
export { type TimeZone, UTC } from "./time_zone.ts";
export { Tuple } from "./tuple.ts";
export { UUID } from "./uuid.ts";
