import { pythonKey } from "./python_key.ts";
import { AssumedEqual } from "./types/assumed_equal.ts";
import type { ChainMap } from "./types/chain_map.ts";
import type { Complex } from "./types/complex.ts";
import type { Decimal } from "./types/decimal.ts";
import type { Deque } from "./types/deque.ts";
import { Dict } from "./types/dict.ts";
import type { Extension } from "./types/extension.ts";
import { Float } from "./types/float.ts";
import { bitsOf } from "./types/float_text.ts";
import type { FrozenSet } from "./types/frozen_set.ts";
import { type Kind, kindOf } from "./types/kind.ts";
import { bytesView, memoryParts, sameBytes } from "./types/memory_parts.ts";
import type { MemoryView } from "./types/memory_view.ts";
import type { NamedTuple } from "./types/named_tuple.ts";
import type { PurePath } from "./types/pure_path.ts";
import type { Range } from "./types/range.ts";
import { Str } from "./types/str.ts";
import { temporalIdentity, type TemporalValue } from "./types/temporal_key.ts";
import type { UUID } from "./types/uuid.ts";

/** Options of {@linkcode equals}. */
export interface EqualsOptions {
  /** Whether dicts must have their entries in the same order; `false` unless given. */
  readonly order?: boolean;
  /**
   * Whether a plain object, a `Map` and a `Dict` with the same entries differ; `true` unless given.
   */
  readonly dictKinds?: boolean;
}

/** Two values of the same kind that hold other values and are still to be compared. */
interface Pair {
  readonly a: object;
  readonly b: object;
  readonly kind: Kind;
}

type Entry = readonly [key: unknown, value: unknown];

/** Pairs compared before the first one is remembered; below it nothing pays for cycles. */
const PAIRS_UNREMEMBERED = 10_000;

/**
 * Tells whether two values stand for the same Python value of the same Python type, as a value and
 * its copy from a lossless round trip do.
 *
 * Differ: the int 1 and the float 1.0 (`1` and `new Float(1)`), 0.0 and -0.0, list and tuple, set
 * and frozenset, bytes and bytearray, `Decimal` 1.0 and 1.00, memoryviews of other formats,
 * zones or folds of datetimes, `null` and `undefined`.
 *
 * Same: `5` and `5n`; NaNs with the same bits; sets and dicts in any order (an OrderedDict's counts);
 * JavaScript's several spellings of one Python value, such as a `Date` and the `Temporal.Instant` of
 * its moment, `CalendarDate` and `Temporal.PlainDate`, a `Uint8Array` and its `ArrayBuffer`.
 *
 * A plain object, a `Map` and a `Dict` are all dicts, but count as different unless `dictKinds` is
 * `false`. Members and keys are matched as Python matches them; those that Python cannot hash, in
 * the order in which they come. Functions, and objects of classes unknown to pybytes, equal
 * only themselves.
 *
 * Cost: near-linear, with cycles and shared parts too; any depth, the walk keeps its own stack.
 *
 * @example Type and value
 * ```ts
 * import { equals, Float, Tuple } from "@sysframe/sysframe/pybytes";
 * import { assertEquals } from "@std/assert/equals";
 *
 * assertEquals(equals({ a: [1, 5n] }, { a: [1n, 5] }), true);
 * assertEquals(equals(1, new Float(1)), false);
 * assertEquals(equals(Tuple.of(1), [1]), false);
 * ```
 */
export function equals(a: unknown, b: unknown, options: EqualsOptions = {}): boolean {
  const walk = new Walk(options);
  return walk.same(a, b) && walk.finish();
}

class Walk {
  readonly #order: boolean;
  readonly #dictKinds: boolean;
  readonly #pending: Pair[] = [];
  readonly #assumed = new AssumedEqual();
  #pairCount = 0;

  constructor({ order = false, dictKinds = true }: EqualsOptions) {
    this.#order = order;
    this.#dictKinds = dictKinds;
  }

  /** Compares two values; what they hold, if anything, is left to `finish`. */
  same(a: unknown, b: unknown): boolean {
    if (typeof a === "number" && typeof b === "number") return Object.is(a, b);
    if (a === b) return true;
    const kind = kindOf(a);
    if (kind !== kindOf(b)) return false;
    switch (kind) {
      case "list":
      case "tuple":
      case "namedtuple":
      case "set":
      case "frozenset":
      case "dict":
      case "ordereddict":
      case "counter":
      case "chainmap":
      case "deque":
      case "extension":
        this.#pending.push({ a: a as object, b: b as object, kind });
        return true;
      default:
        return sameScalar(a, b, kind);
    }
  }

  /** Compares the pairs that are left, and what they hold, and so on. */
  finish(): boolean {
    let pair: Pair | undefined;
    while ((pair = this.#pending.pop()) !== undefined) {
      if (++this.#pairCount > PAIRS_UNREMEMBERED && this.#assumed.check(pair.a, pair.b)) continue;
      if (!this.#sameContents(pair)) return false;
    }
    return true;
  }

  #sameContents({ a, b, kind }: Pair): boolean {
    switch (kind) {
      case "list":
      case "tuple":
        return this.#sameItems(a as unknown[], b as unknown[]);
      case "namedtuple":
        return sameNames(a as NamedTuple, b as NamedTuple) &&
          this.#sameItems(a as NamedTuple, b as NamedTuple);
      case "set":
      case "frozenset":
        return this.#sameMembers(a as Set<unknown> | FrozenSet, b as Set<unknown> | FrozenSet);
      case "chainmap":
        return this.#sameItems((a as ChainMap).maps, (b as ChainMap).maps);
      case "extension":
        return (a as Extension).id === (b as Extension).id &&
          this.same((a as Extension).content, (b as Extension).content);
      case "deque":
        return (a as Deque).maxLength === (b as Deque).maxLength &&
          this.#sameItems((a as Deque).toArray(), (b as Deque).toArray());
      default:
        return this.#sameDicts(a, b, kind);
    }
  }

  #sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
    if (a.length !== b.length) return false;
    for (let index = 0; index < a.length; index++) {
      if (!this.same(a[index], b[index])) return false;
    }
    return true;
  }

  #sameMembers(a: Set<unknown> | FrozenSet, b: Set<unknown> | FrozenSet): boolean {
    if (a.size !== b.size) return false;
    // A str is the only value that `has` finds exactly when Python does.
    const others: Entry[] = [];
    for (const member of a) {
      if (typeof member !== "string" || !b.has(member)) others.push([member, null]);
    }
    if (others.length === 0) return true;
    const candidates: Entry[] = [];
    for (const member of b) {
      if (typeof member !== "string" || !a.has(member)) candidates.push([member, null]);
    }
    return this.#sameUnordered(others, candidates);
  }

  #sameDicts(a: object, b: object, kind: Kind): boolean {
    if (kind === "dict" && this.#dictKinds && dictKind(a) !== dictKind(b)) return false;
    const first = entriesOf(a), second = entriesOf(b);
    if (first.length !== second.length) return false;
    if (!this.#order && kind !== "ordereddict") return this.#sameUnordered(first, second);
    return first.every(([key, value], index) =>
      this.same(key, second[index][0]) && this.same(value, second[index][1])
    );
  }

  /** Compares entries whose keys are equal in Python; the keys themselves must be the same, too. */
  #sameUnordered(a: readonly Entry[], b: readonly Entry[]): boolean {
    if (a.length !== b.length) return false;
    if (a.length === 1) return this.same(a[0][0], b[0][0]) && this.same(a[0][1], b[0][1]);
    const byKey = new Map<unknown, Entry[]>();
    for (const entry of b) {
      const key = matchKey(entry[0]);
      const entries = byKey.get(key);
      if (entries === undefined) byKey.set(key, [entry]);
      else entries.push(entry);
    }
    // Of several entries with one key the first is taken first.
    for (const entries of byKey.values()) entries.reverse();
    return a.every(([key, value]) => {
      const entry = byKey.get(matchKey(key))?.pop();
      return entry !== undefined && this.same(key, entry[0]) && this.same(value, entry[1]);
    });
  }
}

/** Stands for all keys that Python cannot hash. */
const UNHASHABLE = Symbol("unhashable");

function matchKey(value: unknown): unknown {
  const key = pythonKey(value);
  return typeof key === "object" && key !== null ? UNHASHABLE : key;
}

function dictKind(value: object): string {
  return value instanceof Dict ? "Dict" : value instanceof Map ? "Map" : "object";
}

function entriesOf(value: object): readonly Entry[] {
  return value instanceof Map ? [...value] : Object.entries(value);
}

function sameNames(a: NamedTuple, b: NamedTuple): boolean {
  return a.typeName === b.typeName && a.fieldNames.length === b.fieldNames.length &&
    a.fieldNames.every((name, index) => name === b.fieldNames[index]);
}

function sameScalar(a: unknown, b: unknown, kind: Kind): boolean {
  switch (kind) {
    case "int":
      // A bigint and a number that are the same int; `==` compares them exactly.
      return a == b;
    case "float":
      return floatBits(a as number | Float) === floatBits(b as number | Float);
    case "str":
      return sameStr(a as string | Str, b as string | Str);
    case "bytes":
      return sameBytes(bytesView(a as Uint8Array), bytesView(b as Uint8Array));
    case "bytearray":
      return sameBytes(a as Uint8Array, b as Uint8Array);
    case "memoryview":
      return sameMemory(a as ArrayBufferView | MemoryView, b as ArrayBufferView | MemoryView);
    case "complex":
    case "decimal":
    case "uuid":
    case "range":
    case "path":
      return (a as Complex | Decimal | UUID | Range | PurePath).equals(b);
    case "date":
    case "time":
    case "datetime":
    case "timedelta":
    case "yearmonth":
    case "monthday":
      return temporalIdentity(a as TemporalValue) === temporalIdentity(b as TemporalValue);
    default:
      return a === b;
  }
}

function floatBits(value: number | Float): bigint {
  return value instanceof Float ? value.bits : bitsOf(value);
}

function sameStr(a: string | Str, b: string | Str): boolean {
  const plainA = !(a instanceof Str) || a.isPlain;
  const plainB = !(b instanceof Str) || b.isPlain;
  if (plainA !== plainB) return false;
  return plainA ? String(a) === String(b) : (a as Str).equals(b);
}

function sameMemory(a: ArrayBufferView | MemoryView, b: ArrayBufferView | MemoryView): boolean {
  const first = memoryParts(a), second = memoryParts(b);
  return first.format === second.format && first.readonly === second.readonly &&
    first.shape.length === second.shape.length &&
    first.shape.every((count, index) => count === second.shape[index]) &&
    sameBytes(first.data, second.data);
}
