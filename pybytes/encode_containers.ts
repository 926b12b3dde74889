/** Writing what stands before the members of a container, and finding the members. */
import { MAX_CHAINED_DICTS } from "./containers.ts";
import { hollow, refuse, refuseHollow } from "./encode_failure.ts";
import { MIN_PACKED_ITEMS, writeNumberList } from "./number_list.ts";
import type { EncodeState } from "./encode_state.ts";
import { writeRaw } from "./encode_views.ts";
import { areStrings, keyProblem } from "./keys.ts";
import {
  ChainMap,
  Counter,
  Deque,
  Dict,
  Extension,
  FrozenSet,
  NamedTuple,
  OrderedDict,
  Str,
  Tuple,
} from "./types/mod.ts";
import { writeBigInt, writeInt } from "./wire/integers.ts";
import { KIND_TUPLE } from "./wire/packed_list.ts";
import { writeString } from "./wire/strings.ts";
import { Subtype, Tag } from "./wire/tags.ts";
import { writeLength } from "./wire/writer.ts";
import { writeDictHeader, writeListHeader } from "./write_headers.ts";
import { writeEachKey, writeKeys } from "./write_keys.ts";

/** The members of a container that are still to be written. */
export interface Members {
  /** Read only below `count`: a getter that runs meanwhile may lengthen or shorten a list. */
  readonly values: ArrayLike<unknown>;
  /** How many members are to be written. */
  readonly count: number;
  /** How many of them are keys, each before all values; 0 for items, and where all keys are written already. */
  readonly keyCount: number;
  /** The keys that are written already; the members are their values. */
  readonly names?: readonly string[];
  /** Where the members (of a dict: the keys) begin, if they are to be sorted. */
  readonly starts?: Starts;
}

/** Where members begin that are to be sorted when all of them are written. */
export interface Starts {
  /** Positions in the document; the last one is where the last member ends. */
  readonly positions: number[];
  /** What the writer's count of padding was before the first. */
  paddedBytes: number;
}

const NO_MEMBERS: Members = { values: [], count: 0, keyCount: 0 };

/** Writes the header of one class of containers. */
type Opener = (e: EncodeState, value: never) => Members;

const BY_PROTOTYPE: ReadonlyMap<object, Opener> = new Map<object, Opener>([
  [Tuple.prototype, openTuple],
  [NamedTuple.prototype, openNamedTuple],
  [Set.prototype, (e: EncodeState, v: Set<unknown>) => openSet(e, v, Tag.SET)],
  [FrozenSet.prototype, (e: EncodeState, v: FrozenSet) => openSet(e, v, Tag.FSET)],
  [Map.prototype, openMap],
  [Dict.prototype, openDict],
  [OrderedDict.prototype, openOrderedDict],
  [Counter.prototype, openCounter],
  [ChainMap.prototype, openChainMap],
  [Deque.prototype, openDeque],
  [Extension.prototype, (e: EncodeState, v: Extension) => openExtension(e, v.id, v.content)],
]);

/**
 * Writes the header of `value` if it is a container; its members have to follow.
 *
 * @param prototype its prototype
 * @returns `undefined` if it is none (nothing was written then)
 * @throws {EncodeFailure} if its keys or members cannot be those of a Python container
 */
export function openContainer(
  e: EncodeState,
  value: object,
  prototype: object | null,
): Members | undefined {
  if (prototype === null || prototype === Object.prototype) {
    return openObject(e, value as Record<string, unknown>);
  }
  if (prototype === Array.prototype) return openList(e, value);
  const type = e.types?.get(prototype);
  if (type !== undefined) {
    const content = type.encode(value);
    if (isObject(content) && Object.getPrototypeOf(content) === prototype) {
      refuse("invalid_value", `type ${type.id}, whose encode returns an instance of its class`);
    }
    return openExtension(e, type.id, content);
  }
  const opener = BY_PROTOTYPE.get(prototype);
  if (opener === undefined) {
    return isForeignArray(value, prototype) ? openList(e, value) : undefined;
  }
  try {
    // Found by the value's own prototype, so the opener takes this type.
    return (opener as (e: EncodeState, value: object) => Members)(e, value);
  } catch (error) {
    throw hollow(error);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Whether an object is a plain array of another realm: its prototypes are an Array's, without a subclass between. */
function isForeignArray(value: object, prototype: object | null): value is unknown[] {
  return Array.isArray(value) && prototype !== null && Array.isArray(prototype);
}

function openList(e: EncodeState, value: object): Members {
  if (!Array.isArray(value)) refuse("unsupported_type", "an object that only inherits from Array");
  const count = value.length;
  if (count >= MIN_PACKED_ITEMS && !e.canonical && writeNumberList(e, value, count)) {
    return NO_MEMBERS;
  }
  writeListHeader(e, count);
  return { values: value, count, keyCount: 0 };
}

function openObject(e: EncodeState, value: Record<string, unknown>): Members {
  const keys = Object.keys(value);
  return openEntries(e, keys, keys.map((key) => value[key]));
}

function openTuple(e: EncodeState, value: Tuple): Members {
  if (!Array.isArray(value)) refuseHollow("Tuple");
  const count = value.length;
  if (
    count >= MIN_PACKED_ITEMS && !e.canonical && writeNumberList(e, value, count, KIND_TUPLE)
  ) return NO_MEMBERS;
  if (count < 8) {
    e.bytes[e.pos++] = Tag.FIXTUPLE + count;
  } else {
    e.bytes[e.pos++] = Tag.TUPLEV;
    writeLength(e, count - 8);
  }
  return { values: value, count, keyCount: 0 };
}

function openNamedTuple(e: EncodeState, value: NamedTuple): Members {
  if (!Array.isArray(value)) refuseHollow("NamedTuple");
  const names = value.fieldNames;
  writeSubtype(e, Subtype.NAMED_TUPLE);
  writeString(e, value.typeName);
  writeEachKey(e, names);
  return { values: value, count: names.length, keyCount: 0, names };
}

function openSet(e: EncodeState, value: ReadonlySet<unknown>, tag: number): Members {
  const values = Array.from(value);
  checkKeys(values);
  e.bytes[e.pos++] = tag;
  writeLength(e, values.length);
  const members = { values, count: values.length, keyCount: 0 };
  return e.canonical ? { ...members, starts: { positions: [], paddedBytes: 0 } } : members;
}

function openMap(e: EncodeState, value: ReadonlyMap<unknown, unknown>): Members {
  const keys = keysOf(value);
  // Unmarked, a dict whose keys are all str comes back as a plain object.
  if (!areStrings(keys) || e.canonical) return openChecked(e, keys, value);
  writeSubtype(e, Subtype.MAP);
  return openMarked(e, keys, value);
}

function openDict(e: EncodeState, value: Dict): Members {
  return openChecked(e, keysOf(value), value);
}

function openOrderedDict(e: EncodeState, value: OrderedDict): Members {
  writeSubtype(e, Subtype.ORDERED_DICT);
  return openMarked(e, keysOf(value), value);
}

function openCounter(e: EncodeState, value: Counter): Members {
  writeSubtype(e, Subtype.COUNTER);
  const keys = keysOf(value);
  return e.canonical ? openChecked(e, keys, value) : openMarked(e, keys, value);
}

/** The keys of a map, with primitive strings for all that are strs. */
function keysOf(value: ReadonlyMap<unknown, unknown>): unknown[] {
  return Array.from(value.keys(), (key) => {
    if (key instanceof Str) return key.isPlain ? key.toString() : key;
    return isObject(key) && Object.getPrototypeOf(key) === String.prototype
      ? String.prototype.valueOf.call(key)
      : key;
  });
}

/** Checks the keys, and writes the header of a dict without subtype. */
function openChecked(
  e: EncodeState,
  keys: readonly unknown[],
  value: ReadonlyMap<unknown, unknown>,
): Members {
  checkKeys(keys);
  return openEntries(e, keys, Array.from(value.values()));
}

/** Writes the header of a dict, and the keys too if all are strs and need no sorting. */
function openEntries(e: EncodeState, keys: readonly unknown[], values: unknown[]): Members {
  if (!e.canonical && areStrings(keys)) {
    writeKeys(e, keys);
    return { values, count: values.length, keyCount: 0, names: keys };
  }
  writeDictHeader(e, keys.length);
  const members = {
    values: [...keys, ...values],
    count: 2 * keys.length,
    keyCount: keys.length,
  };
  return e.canonical ? { ...members, starts: { positions: [], paddedBytes: 0 } } : members;
}

/** Checks the keys, and writes the header of the dict after a subtype: in its own order, and never referred to. */
function openMarked(
  e: EncodeState,
  keys: readonly unknown[],
  value: ReadonlyMap<unknown, unknown>,
): Members {
  checkKeys(keys);
  const values = Array.from(value.values());
  if (areStrings(keys)) {
    writeEachKey(e, keys);
    return { values, count: values.length, keyCount: 0, names: keys };
  }
  writeDictHeader(e, keys.length);
  return { values: [...keys, ...values], count: 2 * keys.length, keyCount: keys.length };
}

function openExtension(e: EncodeState, id: number, content: unknown): Members {
  if (typeof id !== "number") refuseHollow("Extension");
  const isBytes = isObject(content) && Object.getPrototypeOf(content) === Uint8Array.prototype;
  e.bytes[e.pos++] = isBytes ? Tag.EXTB : Tag.EXTV;
  writeLength(e, id);
  if (!isBytes) return { values: [content], count: 1, keyCount: 0 };
  const bytes = content as Uint8Array;
  writeLength(e, bytes.length);
  writeRaw(e, bytes);
  return NO_MEMBERS;
}

function openChainMap(e: EncodeState, value: ChainMap): Members {
  const { maps } = value;
  if (maps.length > MAX_CHAINED_DICTS) {
    refuse("out_of_range", `a ChainMap of ${maps.length} dicts, at most ${MAX_CHAINED_DICTS}`);
  }
  for (const [index, map] of maps.entries()) {
    if (!(map instanceof Map) && !isPlainObject(map)) {
      refuse("unsupported_type", `member ${index} of a ChainMap is no dict`);
    }
  }
  writeSubtype(e, Subtype.CHAIN_MAP);
  writeListHeader(e, maps.length);
  return { values: maps, count: maps.length, keyCount: 0 };
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function openDeque(e: EncodeState, value: Deque): Members {
  const { maxLength } = value;
  const values = value.toArray();
  writeSubtype(e, maxLength === undefined ? Subtype.DEQUE : Subtype.DEQUE_MAX);
  if (typeof maxLength === "number") writeInt(e, maxLength);
  else if (maxLength !== undefined) writeBigInt(e, maxLength);
  writeListHeader(e, values.length);
  return { values, count: values.length, keyCount: 0 };
}

function writeSubtype(e: EncodeState, subtype: number): void {
  e.bytes[e.pos++] = Tag.XT;
  e.bytes[e.pos++] = subtype;
}

function checkKeys(keys: readonly unknown[]): void {
  const problem = keyProblem(keys);
  if (problem !== undefined) refuse(problem.code, problem.detail);
}
