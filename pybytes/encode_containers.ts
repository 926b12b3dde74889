/** Writing what stands before the members of a container, and finding the members. */
import { MAX_CHAINED_DICTS } from "./containers.ts";
import { hollow, refuse, refuseHollow } from "./encode_failure.ts";
import { keyProblem } from "./keys.ts";
import {
  ChainMap,
  Counter,
  Deque,
  Dict,
  FrozenSet,
  NamedTuple,
  OrderedDict,
  Tuple,
} from "./types/mod.ts";
import { writeBigInt, writeInt } from "./wire/integers.ts";
import { writeString } from "./wire/strings.ts";
import { Subtype, Tag } from "./wire/tags.ts";
import { writeLength, type Writer } from "./wire/writer.ts";

/** The members of a container: its items, or all its keys and then all its values. */
export interface Members {
  /** Read only below `count`: a getter that runs meanwhile may lengthen or shorten a list. */
  readonly values: ArrayLike<unknown>;
  /** How many members the header announced. */
  readonly count: number;
  /** How many of them are keys; 0 for items. */
  readonly keyCount: number;
}

/** Writes the header of one class of containers. */
type Opener = (w: Writer, value: never) => Members;

const BY_PROTOTYPE: ReadonlyMap<object, Opener> = new Map<object, Opener>([
  [Tuple.prototype, openTuple],
  [NamedTuple.prototype, openNamedTuple],
  [Set.prototype, (w: Writer, v: Set<unknown>) => openSet(w, v, Tag.SET)],
  [FrozenSet.prototype, (w: Writer, v: FrozenSet) => openSet(w, v, Tag.FSET)],
  [Map.prototype, openMap],
  [Dict.prototype, (w: Writer, v: Dict) => openEntries(w, entriesOf(v))],
  [OrderedDict.prototype, (w: Writer, v: OrderedDict) => openMarked(w, v, Subtype.ORDERED_DICT)],
  [Counter.prototype, (w: Writer, v: Counter) => openMarked(w, v, Subtype.COUNTER)],
  [ChainMap.prototype, openChainMap],
  [Deque.prototype, openDeque],
]);

/**
 * Writes the header of `value` if it is a container; its members have to follow.
 *
 * @param prototype its prototype
 * @returns `undefined` if it is none (nothing was written then)
 * @throws {EncodeFailure} if its keys or members cannot be those of a Python container
 */
export function openContainer(
  w: Writer,
  value: object,
  prototype: object | null,
): Members | undefined {
  if (prototype === null || prototype === Object.prototype) {
    return openObject(w, value as Record<string, unknown>);
  }
  if (prototype === Array.prototype) return openList(w, value);
  const opener = BY_PROTOTYPE.get(prototype);
  if (opener === undefined) {
    return isForeignArray(value, prototype) ? openList(w, value) : undefined;
  }
  try {
    // Found by the value's own prototype, so the opener takes this type.
    return (opener as (w: Writer, value: object) => Members)(w, value);
  } catch (error) {
    throw hollow(error);
  }
}

/** Whether an object is a plain array of another realm: its prototypes are an Array's, without a subclass between. */
function isForeignArray(value: object, prototype: object | null): value is unknown[] {
  return Array.isArray(value) && prototype !== null && Array.isArray(prototype);
}

function openList(w: Writer, value: object): Members {
  if (!Array.isArray(value)) refuse("unsupported_type", "an object that only inherits from Array");
  const count = value.length;
  writeListHeader(w, count);
  return { values: value, count, keyCount: 0 };
}

/** Writes the header of a list. */
export function writeListHeader(w: Writer, count: number): void {
  if (count < 16) {
    w.bytes[w.pos++] = Tag.FIXLIST + count;
  } else {
    w.bytes[w.pos++] = Tag.LISTV;
    writeLength(w, count - 16);
  }
}

/** Writes the header of a dict. */
export function writeDictHeader(w: Writer, count: number): void {
  if (count < 12) {
    w.bytes[w.pos++] = Tag.FIXDICT + count;
  } else {
    w.bytes[w.pos++] = Tag.DICTV;
    writeLength(w, count - 12);
  }
}

function openObject(w: Writer, value: Record<string, unknown>): Members {
  const keys = Object.keys(value);
  writeDictHeader(w, keys.length);
  return membersOf(keys, keys.map((key) => value[key]));
}

function membersOf(keys: readonly unknown[], values: readonly unknown[]): Members {
  return { values: [...keys, ...values], count: keys.length * 2, keyCount: keys.length };
}

function openTuple(w: Writer, value: Tuple): Members {
  if (!Array.isArray(value)) refuseHollow("Tuple");
  const count = value.length;
  if (count < 8) {
    w.bytes[w.pos++] = Tag.FIXTUPLE + count;
  } else {
    w.bytes[w.pos++] = Tag.TUPLEV;
    writeLength(w, count - 8);
  }
  return { values: value, count, keyCount: 0 };
}

function openNamedTuple(w: Writer, value: NamedTuple): Members {
  if (!Array.isArray(value)) refuseHollow("NamedTuple");
  writeSubtype(w, Subtype.NAMED_TUPLE);
  writeString(w, value.typeName);
  writeDictHeader(w, value.fieldNames.length);
  return membersOf(value.fieldNames, value);
}

function openSet(w: Writer, value: ReadonlySet<unknown>, tag: number): Members {
  const values = Array.from(value);
  checkKeys(values);
  w.bytes[w.pos++] = tag;
  writeLength(w, values.length);
  return { values, count: values.length, keyCount: 0 };
}

function openMap(w: Writer, value: ReadonlyMap<unknown, unknown>): Members {
  const entries = entriesOf(value);
  // Unmarked, a dict whose keys are all str comes back as a plain object.
  let isMarked = true;
  for (let i = 0; i < entries.keyCount && isMarked; i++) {
    isMarked = typeof entries.values[i] === "string";
  }
  if (isMarked) writeSubtype(w, Subtype.MAP);
  return openEntries(w, entries);
}

function openMarked(
  w: Writer,
  value: ReadonlyMap<unknown, unknown>,
  subtype: number,
): Members {
  writeSubtype(w, subtype);
  return openEntries(w, entriesOf(value));
}

function entriesOf(value: ReadonlyMap<unknown, unknown>): Members {
  return membersOf(Array.from(value.keys()), Array.from(value.values()));
}

function openEntries(w: Writer, entries: Members): Members {
  checkKeys(Array.prototype.slice.call(entries.values, 0, entries.keyCount));
  writeDictHeader(w, entries.keyCount);
  return entries;
}

function openChainMap(w: Writer, value: ChainMap): Members {
  const { maps } = value;
  if (maps.length > MAX_CHAINED_DICTS) {
    refuse("out_of_range", `a ChainMap of ${maps.length} dicts, at most ${MAX_CHAINED_DICTS}`);
  }
  for (const [index, map] of maps.entries()) {
    if (!(map instanceof Map) && !isPlainObject(map)) {
      refuse("unsupported_type", `member ${index} of a ChainMap is no dict`);
    }
  }
  writeSubtype(w, Subtype.CHAIN_MAP);
  writeListHeader(w, maps.length);
  return { values: maps, count: maps.length, keyCount: 0 };
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function openDeque(w: Writer, value: Deque): Members {
  const { maxLength } = value;
  const values = value.toArray();
  writeSubtype(w, maxLength === undefined ? Subtype.DEQUE : Subtype.DEQUE_MAX);
  if (typeof maxLength === "number") writeInt(w, maxLength);
  else if (maxLength !== undefined) writeBigInt(w, maxLength);
  writeListHeader(w, values.length);
  return { values, count: values.length, keyCount: 0 };
}

function writeSubtype(w: Writer, subtype: number): void {
  w.bytes[w.pos++] = Tag.XT;
  w.bytes[w.pos++] = subtype;
}

function checkKeys(keys: readonly unknown[]): void {
  const problem = keyProblem(keys);
  if (problem !== undefined) refuse(problem.code, problem.detail);
}
