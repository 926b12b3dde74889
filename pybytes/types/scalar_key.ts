import type { Complex } from "./complex.ts";
import type { Decimal } from "./decimal.ts";
import { Ellipsis } from "./ellipsis.ts";
import type { Float } from "./float.ts";
import type { Kind } from "./kind.ts";
import { bytesView, memoryParts } from "./memory_parts.ts";
import { MemoryView } from "./memory_view.ts";
import { bigintKey, complexKey, decimalKey, numberKey } from "./number_key.ts";
import type { PurePath } from "./pure_path.ts";
import type { Range } from "./range.ts";
import { Str } from "./str.ts";
import { temporalKey, type TemporalValue } from "./temporal_key.ts";
import type { UUID } from "./uuid.ts";

/** What stands before the text of every key that is not a str; a str that begins so is marked. */
const MARK = "\u0000py:";

/** A JavaScript primitive that stands for a hashable Python value. */
export type Key = string | number | bigint | boolean | symbol | null | undefined;

/** Stands for a value that Python cannot hash; no key. */
export const UNHASHABLE: unique symbol = Symbol("unhashable");

/** Returns the key of a str; nearly always the str. */
export function stringKey(text: string): string {
  return text.charCodeAt(0) === 0 && text.startsWith(MARK) ? `${MARK}s${text}` : text;
}

/** Makes a key of a text that is not a str's. */
export function markedKey(text: string): string {
  return MARK + text;
}

/**
 * Returns the key of a value that holds no other values, or {@linkcode UNHASHABLE}.
 *
 * Every kind of text begins with a letter of its own: `n`, `c`, `d` numbers, `b` bytes, `i` UUID, `r`
 * range, `p` path, `q` str in halves, `@` dates and times. `t` and `f` are left to containers.
 */
export function scalarKey(value: unknown, kind: Kind): Key {
  switch (kind) {
    case "str":
      return strKey(value as string | Str | string & object);
    case "int":
      return marked(
        typeof value === "bigint" ? bigintKey(value) : numberKey(value as number),
      );
    case "bool":
      return value ? 1 : 0;
    case "float":
      return marked(numberKey(typeof value === "number" ? value : (value as Float).value));
    case "complex":
      return marked(complexKey(value as Complex));
    case "decimal":
      return (value as Decimal).kind === "snan" ? UNHASHABLE : marked(decimalKey(value as Decimal));
    case "bytes":
      return MARK + "b" + latin1(bytesView(value as Uint8Array | ArrayBuffer));
    case "memoryview":
      return memoryKey(value as ArrayBufferView | MemoryView);
    case "uuid": {
      const { a, b, c, d } = value as UUID;
      return `${MARK}i${a},${b},${c},${d}`;
    }
    case "range":
      return MARK + rangeText(value as Range);
    case "path":
      return MARK + pathText(value as PurePath);
    case "date":
    case "time":
    case "datetime":
    case "timedelta":
      return `${MARK}@${temporalKey(value as TemporalValue)}`;
    case "none":
      return null;
    case "undefined":
      return undefined;
    case "symbol":
      return value === Ellipsis ? Ellipsis : UNHASHABLE;
    default:
      return UNHASHABLE;
  }
}

function marked(key: string | number | bigint): Key {
  return typeof key === "string" ? MARK + key : key;
}

function strKey(value: string | Str | string & object): Key {
  if (!(value instanceof Str)) return stringKey(String(value));
  return value.isPlain ? stringKey(value.toString()) : `${MARK}q${value.codePoints.join()}`;
}

/** A memoryview equals the bytes it shows; Python hashes read-only ones of format `B` alone. */
function memoryKey(value: ArrayBufferView | MemoryView): Key {
  const { format, shape, data } = memoryParts(value);
  // DataView and Uint8ClampedArray cannot say whether they are read-only in Python.
  if (format !== "B" || (value instanceof MemoryView && !value.readonly)) return UNHASHABLE;
  return shape.length === 1 ? `${MARK}b${latin1(data)}` : `${MARK}m${shape.join()}:${latin1(data)}`;
}

/** Ranges are equal if they have the same members. */
function rangeText(range: Range): string {
  const { length, start, step } = range;
  if (length === 0) return "r0";
  return length === 1 ? `r1,${start}` : `r${length},${start},${step}`;
}

/** Paths are equal if their parts are, without regard to case on Windows. */
function pathText(path: PurePath): string {
  const parts = JSON.stringify(path.parts);
  return path.flavour === "windows" ? `pw${parts.toLowerCase()}` : `pp${parts}`;
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  // In portions: too many arguments overflow the stack.
  for (let start = 0; start < bytes.length; start += 4096) {
    text += String.fromCharCode(...bytes.subarray(start, start + 4096));
  }
  return text;
}
