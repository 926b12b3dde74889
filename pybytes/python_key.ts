import type { FrozenSet } from "./types/frozen_set.ts";
import { keyDigest } from "./types/key_digest.ts";
import { kindOf } from "./types/kind.ts";
import { type Key, markedKey, scalarKey, stringKey, UNHASHABLE } from "./types/scalar_key.ts";
import type { Tuple } from "./types/tuple.ts";

/** A nested container's text is longer than this: its digest stands for it. */
const LONG_TEXT = 64;
/** From this height on a container's text is remembered, so that going up level by level is linear. */
const REMEMBERED_HEIGHT = 32;

/** A tuple or frozenset whose items are being turned into text. */
interface Frame {
  readonly container: object;
  readonly isSet: boolean;
  readonly items: readonly unknown[];
  readonly texts: string[];
  height: number;
}

interface Remembered {
  readonly text: string;
  readonly height: number;
}

const remembered = new WeakMap<object, Remembered>();

/**
 * Returns a primitive that two hashable values share exactly if Python finds them equal, so that a
 * `Map` or `Set` of keys treats them as a Python dict or set would.
 *
 * A str is its own key, and so is every number that needs no other: `1`, `1n`, `true`, `Float(1)`,
 * `Decimal("1.00")` and `Complex(1, 0)` all have the key `1`. Tuples (named or not) and frozensets
 * count by their items, bytes and read-only memoryviews by their bytes, aware datetimes by their
 * moment. NaN has the key NaN, which a caller can tell: Python's NaN does not equal itself. A value
 * that Python cannot hash is returned as it is, which is then an object (or a function, or a symbol
 * other than Ellipsis).
 *
 * Keys are for comparing within one process; their text is no format.
 *
 * Cost: linear in the value's size (a frozenset's members are sorted); a str costs one test. Nested
 * containers take no recursion.
 *
 * @example Equal in Python, equal here
 * ```ts
 * import { Float, pythonKey, Tuple } from "@sysframe/sysframe/pybytes";
 * import { assertEquals } from "@std/assert/equals";
 *
 * assertEquals(pythonKey(Tuple.of<unknown>(1, "a")), pythonKey(Tuple.of<unknown>(new Float(1), "a")));
 * assertEquals(pythonKey(1) === pythonKey("1"), false);
 * ```
 */
export function pythonKey(value: unknown): unknown {
  if (typeof value === "string") return stringKey(value);
  const kind = kindOf(value);
  const key = isContainer(kind) ? containerKey(value as object) : scalarKey(value, kind);
  return key === UNHASHABLE ? value : key;
}

/**
 * Tells whether Python can hash the value: lists, dicts, sets, bytearrays, deques, writable
 * memoryviews, signaling NaNs, and tuples that hold one of these at any depth cannot be hashed.
 */
export function isHashable(value: unknown): boolean {
  if (typeof value === "string") return true;
  const kind = kindOf(value);
  return (isContainer(kind) ? containerKey(value as object) : scalarKey(value, kind)) !==
    UNHASHABLE;
}

function isContainer(kind: string): boolean {
  return kind === "tuple" || kind === "namedtuple" || kind === "frozenset";
}

function containerKey(root: object): Key {
  const known = remembered.get(root);
  if (known !== undefined) return markedKey(known.text);
  const frames = [frameOf(root)];
  while (true) {
    const frame = frames[frames.length - 1];
    if (frame.texts.length < frame.items.length) {
      const item = frame.items[frame.texts.length];
      const kind = kindOf(item);
      if (isContainer(kind)) {
        const below = remembered.get(item as object);
        if (below === undefined) frames.push(frameOf(item as object));
        else addNested(frame, below);
        continue;
      }
      const key = scalarKey(item, kind);
      if (key === UNHASHABLE) return UNHASHABLE;
      frame.texts.push(itemText(key));
      continue;
    }
    frames.pop();
    const done = finish(frame);
    const outer = frames[frames.length - 1];
    if (outer === undefined) return markedKey(done.text);
    addNested(outer, done);
  }
}

function frameOf(container: object): Frame {
  const isSet = kindOf(container) === "frozenset";
  const items = isSet ? [...container as FrozenSet] : container as Tuple;
  return { container, isSet, items, texts: [], height: 1 };
}

function finish({ container, isSet, texts, height }: Frame): Remembered {
  if (isSet) texts.sort();
  const done = { text: `${isSet ? "f" : "t"}${texts.join("")}`, height };
  if (height >= REMEMBERED_HEIGHT) remembered.set(container, done);
  return done;
}

function addNested(outer: Frame, inner: Remembered): void {
  const { text, height } = inner;
  outer.texts.push(text.length > LONG_TEXT ? `#${keyDigest(text)}` : `(${text})`);
  if (outer.height <= height) outer.height = height + 1;
}

/** Writes a key so that the texts of several, put together, say where each one ends. */
function itemText(key: Key): string {
  switch (typeof key) {
    case "string":
      return `"${key.length}:${key}`;
    case "number":
      return `${key};`;
    case "bigint":
      return `x${key.toString(16)};`;
    case "symbol":
      return ".";
    default:
      return key === null ? "!" : "?";
  }
}
