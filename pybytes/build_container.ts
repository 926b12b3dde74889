/** Making containers of their members. */
import { Kind } from "./containers.ts";
import type { DecodeState } from "./decode_state.ts";
import { floods } from "./hash_flood.ts";
import type { KeyRun } from "./key_runs.ts";
import { areStrings, keyProblem } from "./keys.ts";
import { areSparse, emptyRecord, setOwn } from "./record_maker.ts";
import {
  ChainMap,
  Counter,
  Deque,
  Dict,
  Extension,
  Float,
  FrozenSet,
  NamedTuple,
  OrderedDict,
  Tuple,
} from "./types/mod.ts";
import type { PyObject, PyValue } from "./values.ts";
import { fail } from "./wire/failure.ts";

/** `new Array` of more makes a dictionary of it; growing is cheaper. */
const PREALLOCATED_ITEMS = 1 << 20;
/** V8's largest Map and Set. */
const MAX_HASH_ITEMS = 2 ** 24;

/** An array for `count` items, of exactly that capacity unless they are very many. */
export function itemArray(count: number): PyValue[] {
  return count > PREALLOCATED_ITEMS ? [] : new Array<PyValue>(count);
}

/** The same for floats: a place of its own, at which V8 learns that it should hold doubles, not objects of them. */
export function doubleArray(count: number): number[] {
  return count > PREALLOCATED_ITEMS ? [] : new Array<number>(count);
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
  side: number | bigint | string | undefined,
): PyValue {
  switch (kind) {
    case Kind.LIST:
      return members;
    case Kind.TUPLE:
      return Tuple.fromArray(members);
    case Kind.SET:
      checkKeys(s, start, kind, members);
      return new Set(members);
    case Kind.FROZEN_SET:
      checkKeys(s, start, kind, members);
      return new FrozenSet(members);
    case Kind.DEQUE:
      return new Deque(members, typeof side === "string" ? {} : { maxLength: side });
    case Kind.CHAIN_MAP:
      return chainMapOf(start, members);
    case Kind.EXTENSION:
      return extensionOf(s, Number(side), members[0]);
  }
  const count = members.length / 2;
  const keys = members.slice(0, count);
  if (kind === Kind.NAMED_TUPLE) {
    return namedTupleOf(s, start, String(side), keys, members.slice(count));
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
  checkKeys(s, start, kind, keys);
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
  return kind === Kind.DICT && s.plainDicts && areStrings(keys)
    ? emptyRecord(areSparse(keys))
    : newMap(s, kind);
}

/** The dict of these values with the keys of an earlier one. */
export function shapedDict(s: DecodeState, { keys }: KeyRun, values: readonly PyValue[]): PyValue {
  const dict = newDict(s, Kind.DICT, keys);
  if (dict instanceof Map) {
    for (let i = 0; i < keys.length; i++) dict.set(keys[i], values[i]);
  } else {
    for (let i = 0; i < keys.length; i++) setOwn(dict, keys[i], values[i]);
  }
  return dict;
}

/** The instance of a user type, or an `Extension` where the type was not given. */
export function extensionOf(s: DecodeState, id: number, content: PyValue): PyValue {
  const type = s.types?.get(id);
  // What the user's function returns is declared unknown; for the decoder it is a value like any other.
  if (type === undefined) return new Extension(id, content);
  const value = type.decode(content) as PyValue;
  if (s.bytes.length < s.inputBytes) {
    fail(
      "truncated",
      s.pos,
      `a user type left ${s.bytes.length} of ${s.inputBytes} bytes of input`,
    );
  }
  return value;
}

/** The empty dict for keys that are no property names, or where the kind or the options ask for a `Map`. */
export function newMap(s: DecodeState, kind: number): Map<PyValue, PyValue> {
  if (kind === Kind.ORDERED_DICT) return new OrderedDict<PyValue, PyValue>();
  if (kind === Kind.COUNTER) return new Counter<PyValue>() as Map<PyValue, PyValue>;
  return s.exact && kind === Kind.DICT ? new Dict<PyValue, PyValue>() : new Map<PyValue, PyValue>();
}

/**
 * Checks that keys or set members are hashable and distinct, and that a Map or Set can hold them.
 *
 * In exact mode -0.0 becomes a `Float`: as a number a Map or Set would make 0 of it.
 *
 * @throws {WireFailure} `duplicate_key`, `unhashable_key`, `count_too_large`
 */
export function checkKeys(s: DecodeState, start: number, kind: number, keys: PyValue[]): void {
  if (keys.length > MAX_HASH_ITEMS) {
    fail("count_too_large", start, `${keys.length} keys, at most ${MAX_HASH_ITEMS} here`);
  }
  const problem = keyProblem(keys);
  if (problem !== undefined) fail(problem.code, start, problem.detail);
  if (isHashed(s, kind, keys) && floods(keys)) {
    fail("count_too_large", start, "keys or members that collide in this host's hash tables");
  }
  if (!s.exact) return;
  for (let i = 0; i < keys.length; i++) {
    if (Object.is(keys[i], -0)) keys[i] = new Float(-0);
  }
}

/** Whether the keys become those of a `Map` or `Set`. */
function isHashed(s: DecodeState, kind: number, keys: readonly PyValue[]): boolean {
  if (kind === Kind.NAMED_TUPLE) return false;
  return kind !== Kind.DICT || !s.plainDicts || !areStrings(keys);
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
  s: DecodeState,
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
  checkKeys(s, start, Kind.NAMED_TUPLE, names);
  return NamedTuple.fromParts(typeName, names, values);
}
