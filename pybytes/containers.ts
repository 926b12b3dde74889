/** Containers between the header on the wire and the value: what kinds there are, and how to make one of its members. */
import { type DecodeState, readIntValue, readStringValue } from "./decode_state.ts";
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
import type { PyObject, PyValue } from "./values.ts";
import { readLength, readTag, truncated } from "./wire/cursor.ts";
import { fail } from "./wire/failure.ts";
import { Subtype, Tag } from "./wire/tags.ts";

/** What a container becomes. From DICT on, the members are all keys and then all values. */
export const Kind = {
  LIST: 0,
  TUPLE: 1,
  SET: 2,
  FROZEN_SET: 3,
  DEQUE: 4,
  CHAIN_MAP: 5,
  DICT: 6,
  MAP: 7,
  ORDERED_DICT: 8,
  COUNTER: 9,
  NAMED_TUPLE: 10,
} as const;

/** The most dicts of a ChainMap: they are passed as arguments, which the stack must hold. */
export const MAX_CHAINED_DICTS = 4096;
/** `new Array` of more makes a dictionary of it; growing is cheaper. */
const PREALLOCATED_ITEMS = 1 << 20;
/** V8's largest array, and its largest Map and Set. */
const MAX_ARRAY_ITEMS = 2 ** 32 - 2, MAX_HASH_ITEMS = 2 ** 24;

const { FIXLIST, FIXTUPLE, FIXDICT, LISTV, TUPLEV, DICTV, SET, FSET, XT } = Tag;

/** Whether a tag may start a container; of XT the subtype decides. */
export function isContainerTag(tag: number): boolean {
  return (tag >= FIXLIST && tag < FIXTUPLE + 8) || (tag >= FIXDICT && tag < FIXDICT + 12) ||
    (tag >= LISTV && tag <= FSET) || tag === XT;
}

/**
 * Reads what stands before a container's members and leaves their number in `s.count`.
 *
 * @returns its kind, or -1 (with nothing read) when `tag` is no container's
 * @throws {WireFailure} `truncated` if fewer bytes remain than members are claimed, `count_too_large`,
 * `invalid_value`, `reserved_tag`
 */
export function enterContainer(s: DecodeState, start: number, tag: number): number {
  if (tag < FIXLIST) return -1;
  let kind: number = -1;
  if (tag < FIXTUPLE) {
    s.count = tag - FIXLIST;
    kind = Kind.LIST;
  } else if (tag < FIXTUPLE + 8) {
    s.count = tag - FIXTUPLE;
    kind = Kind.TUPLE;
  } else if (tag >= FIXDICT && tag < FIXDICT + 12) {
    s.count = tag - FIXDICT;
    kind = Kind.DICT;
  } else if (tag === XT) {
    kind = enterExtended(s, start);
  } else if (tag === LISTV) {
    s.count = readLength(s, start) + 16;
    kind = Kind.LIST;
  } else if (tag === DICTV) {
    s.count = readLength(s, start) + 12;
    kind = Kind.DICT;
  } else if (tag === TUPLEV) {
    s.count = readLength(s, start) + 8;
    kind = Kind.TUPLE;
  } else if (tag === SET || tag === FSET) {
    s.count = readLength(s, start);
    kind = tag === SET ? Kind.SET : Kind.FROZEN_SET;
  }
  if (kind >= 0) claim(s, start, kind);
  return kind;
}

function enterExtended(s: DecodeState, start: number): number {
  if (s.pos >= s.end) return -1;
  const subtype = s.bytes[s.pos];
  switch (subtype) {
    case Subtype.DEQUE:
    case Subtype.DEQUE_MAX:
    case Subtype.CHAIN_MAP:
    case Subtype.ORDERED_DICT:
    case Subtype.COUNTER:
    case Subtype.NAMED_TUPLE:
    case Subtype.MAP:
      break;
    default:
      return -1;
  }
  s.pos++;
  switch (subtype) {
    case Subtype.DEQUE:
      s.side = undefined;
      return enterInner(s, LISTV, Kind.DEQUE);
    case Subtype.DEQUE_MAX: {
      const limit = readIntValue(s);
      if (typeof limit !== "number" || limit < 0) {
        fail("invalid_value", start, `a deque's limit of 0..2^53-1 expected, found ${limit}`);
      }
      const kind = enterInner(s, LISTV, Kind.DEQUE);
      if (s.count > limit) {
        fail("invalid_value", start, `a deque of at most ${limit} items has ${s.count}`);
      }
      s.side = limit;
      return kind;
    }
    case Subtype.CHAIN_MAP: {
      const kind = enterInner(s, LISTV, Kind.CHAIN_MAP);
      if (s.count === 0) fail("invalid_value", start, "a ChainMap has at least one dict");
      if (s.count > MAX_CHAINED_DICTS) {
        fail(
          "count_too_large",
          start,
          `a ChainMap of ${s.count} dicts, at most ${MAX_CHAINED_DICTS}`,
        );
      }
      return kind;
    }
    case Subtype.NAMED_TUPLE: {
      const name = readStringValue(s);
      const kind = enterInner(s, DICTV, Kind.NAMED_TUPLE);
      s.side = name;
      return kind;
    }
    case Subtype.ORDERED_DICT:
      return enterInner(s, DICTV, Kind.ORDERED_DICT);
    case Subtype.COUNTER:
      return enterInner(s, DICTV, Kind.COUNTER);
  }
  return enterInner(s, DICTV, Kind.MAP);
}

/** Reads the header of the list or dict that has to follow a subtype; its members become the outer value's. */
function enterInner(s: DecodeState, expected: number, kind: number): number {
  const start = s.pos;
  const tag = readTag(s);
  const first = expected === LISTV ? FIXLIST : FIXDICT;
  const few = expected === LISTV ? 16 : 12;
  if (tag >= first && tag < first + few) {
    s.count = tag - first;
  } else if (tag === expected) {
    s.count = readLength(s, start) + few;
  } else if (expected === DICTV && (tag === Tag.DREFV || (tag >= Tag.DREF && tag < Tag.DREF + 8))) {
    fail("reserved_tag", start, `tag 0x${tag.toString(16)} is reserved`);
  } else {
    const what = expected === LISTV ? "list" : "dict";
    fail("invalid_value", start, `a ${what} expected, found tag 0x${tag.toString(16)}`);
  }
  return kind;
}

function claim(s: DecodeState, start: number, kind: number): void {
  const members = kind >= Kind.DICT ? 2 * s.count : s.count;
  if (members > MAX_ARRAY_ITEMS) {
    fail("count_too_large", start, `${s.count} members, more than any container holds here`);
  }
  if (members > s.end - s.pos) truncated(s, start, members);
  s.budget -= members;
  if (s.budget < 0) {
    fail("truncated", start, `all containers together claim more members than there are bytes`);
  }
}

/** An array for `count` items, of exactly that capacity unless they are very many. */
export function itemArray(count: number): PyValue[] {
  return count > PREALLOCATED_ITEMS ? [] : new Array<PyValue>(count);
}

/**
 * Makes the container of its members: the items, or all keys and then all values.
 *
 * @throws {WireFailure} `duplicate_key`, `unhashable_key`, `count_too_large`, `invalid_value`
 */
export function buildContainer(
  s: DecodeState,
  start: number,
  kind: number,
  members: PyValue[],
  side: number | string | undefined,
): PyValue {
  switch (kind) {
    case Kind.LIST:
      return members;
    case Kind.TUPLE:
      return Tuple.fromArray(members);
    case Kind.SET:
      checkKeys(start, members);
      return new Set(members);
    case Kind.FROZEN_SET:
      checkKeys(start, members);
      return new FrozenSet(members);
    case Kind.DEQUE:
      return new Deque(members, typeof side === "number" ? { maxLength: side } : {});
    case Kind.CHAIN_MAP:
      return chainMapOf(start, members);
  }
  const count = members.length / 2;
  const keys = members.slice(0, count);
  if (kind === Kind.NAMED_TUPLE) {
    return namedTupleOf(start, String(side), keys, members.slice(count));
  }
  return dictOf(s, start, kind, keys, members.slice(count));
}

/**
 * Makes the dict of its keys and values.
 *
 * @throws {WireFailure} as {@linkcode buildContainer}
 */
function dictOf(
  s: DecodeState,
  start: number,
  kind: number,
  keys: PyValue[],
  values: PyValue[],
): PyValue {
  checkKeys(start, keys);
  const dict = newDict(s, kind, keys);
  if (dict instanceof Map) {
    for (let i = 0; i < keys.length; i++) dict.set(keys[i], values[i]);
  } else {
    for (let i = 0; i < keys.length; i++) setOwn(dict, keys[i] as string, values[i]);
  }
  return dict;
}

/** The empty dict for these keys: of the class that kind and options ask for. */
export function newDict(
  s: DecodeState,
  kind: number,
  keys: readonly PyValue[],
): Map<PyValue, PyValue> | PyObject {
  if (kind === Kind.ORDERED_DICT) return new OrderedDict<PyValue, PyValue>();
  if (kind === Kind.COUNTER) return new Counter<PyValue>() as Map<PyValue, PyValue>;
  if (kind === Kind.MAP) return new Map<PyValue, PyValue>();
  if (s.exact) return new Dict<PyValue, PyValue>();
  if (s.maps) return new Map<PyValue, PyValue>();
  for (const key of keys) if (typeof key !== "string") return new Map<PyValue, PyValue>();
  return {};
}

/** Sets an own property whatever its name is. */
export function setOwn(target: PyObject, key: string, value: PyValue): void {
  if (key === "__proto__") {
    Object.defineProperty(target, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  } else {
    target[key] = value;
  }
}

/**
 * Checks that keys or set members are hashable and distinct, and that a Map or Set can hold them.
 *
 * @throws {WireFailure} `duplicate_key`, `unhashable_key`, `count_too_large`
 */
export function checkKeys(start: number, keys: readonly PyValue[]): void {
  if (keys.length > MAX_HASH_ITEMS) {
    fail("count_too_large", start, `${keys.length} keys, at most ${MAX_HASH_ITEMS} here`);
  }
  const problem = keyProblem(keys);
  if (problem !== undefined) fail(problem.code, start, problem.detail);
}

function chainMapOf(start: number, maps: PyValue[]): PyValue {
  const links: (Map<PyValue, PyValue> | PyObject)[] = [];
  for (const [index, map] of maps.entries()) {
    if (!(map instanceof Map) && !isPlainObject(map)) {
      fail("invalid_value", start, `member ${index} of a ChainMap is no dict`);
    }
    // A Counter's values are declared unknown; the decoder put PyValues there.
    links.push(map as Map<PyValue, PyValue> | PyObject);
  }
  return new ChainMap<PyValue, PyValue>(...links);
}

function isPlainObject(value: PyValue): value is PyObject {
  return typeof value === "object" && value !== null &&
    Object.getPrototypeOf(value) === Object.prototype;
}

function namedTupleOf(
  start: number,
  typeName: string,
  keys: readonly PyValue[],
  values: readonly PyValue[],
): PyValue {
  const names: string[] = [];
  for (const key of keys) {
    if (typeof key !== "string") return fail("invalid_value", start, "a field name that is no str");
    names.push(key);
  }
  checkKeys(start, names);
  return NamedTuple.fromParts(typeName, names, values);
}
