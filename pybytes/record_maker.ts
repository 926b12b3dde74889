/** Making plain objects that have the same keys, as fast as the runtime allows. */
import type { DecodeState } from "./decode_state.ts";
import { type PlainClass, plainClass } from "./plain_class.ts";
import { compileRecord, type RecordReader, type ValueReader } from "./record_code.ts";
import type { PyObject, PyValue } from "./values.ts";

/**
 * Records that are made one property at a time before code is generated for their keys: generating takes some 20 us,
 * which is won back by some two hundred records, and who sends forty mostly sends more.
 */
const COMPILED_FROM = 40;
/** Keys for which code is generated in the life of a program; whoever invents ever new ones cannot keep us compiling. */
const MAX_COMPILED = 1000;
const MAX_COMPILED_KEYS = 128;
/** The largest array index. */
const FAR_INDEX = 2 ** 32 - 2;

let compiledCount = 0;
/** Whether the host forbids generating code, as a Content Security Policy does. */
let isForbidden = false;

/**
 * Makes objects with these keys.
 *
 * Stores under names that are only known at run time take 17 ns each in V8, those of an object literal 2: so for keys
 * that come often a function is generated that holds the literal (`new Function`), where the host allows it. It has
 * nothing of the input in it but the keys, as JSON writes them. The objects are the same either way.
 */
export class RecordMaker {
  /** The keys, in the dict's order. */
  readonly keys: readonly string[];
  /** How many there are. */
  readonly count: number;
  /** Reads the values and makes the object, once the keys have come often enough. */
  compiled: RecordReader | undefined = undefined;
  /** Whether the objects would take much more memory than they hold. */
  readonly isSparse: boolean;
  #uses = 0;
  #plain: PlainClass | undefined = undefined;

  /** Makes nothing yet. */
  constructor(keys: readonly string[]) {
    this.keys = keys;
    this.count = keys.length;
    this.isSparse = areSparse(keys);
  }

  /** Reads as many values as there are keys and makes the object of them; all calls have the same reader. */
  make(read: ValueReader, s: DecodeState, depth: number): PyObject {
    if (this.compiled !== undefined) return this.compiled(s, depth);
    const uses = ++this.#uses;
    if (uses === COMPILED_FROM && !this.isSparse) return this.#makeAndCompile(read, s, depth);
    const { keys } = this;
    // The very first object of its kind is often the only one.
    const target = uses === 1 || this.isSparse
      ? emptyRecord(this.isSparse)
      : new (this.#plain ??= plainClass())();
    for (let i = 0; i < keys.length; i++) setOwn(target, keys[i], read(s, depth));
    return target;
  }

  #makeAndCompile(read: ValueReader, s: DecodeState, depth: number): PyObject {
    const { keys } = this;
    const target: PyObject = {};
    const tags = new Uint8Array(keys.length);
    for (let i = 0; i < keys.length; i++) {
      tags[i] = s.bytes[s.pos];
      setOwn(target, keys[i], read(s, depth));
    }
    this.compiled = compile(keys, tags, read);
    return target;
  }
}

/**
 * Whether keys are indexes far apart. V8 keeps integer-like names in an array with a place for each number below them: an
 * object with the key "1023" takes 8 KiB.
 */
export function areSparse(keys: readonly unknown[]): boolean {
  const limit = 4 * keys.length + 16;
  for (const key of keys) {
    if (typeof key !== "string" || key.length > 4) continue;
    const first = key.charCodeAt(0);
    if (first >= 0x31 && first <= 0x39 && Number(key) > limit) return true;
  }
  return false;
}

/** An object without properties; a sparse one has a hash table for those with integer-like names. */
export function emptyRecord(isSparse: boolean): PyObject {
  const target: PyObject = {};
  if (isSparse) {
    // Beyond what an array may have a place for; the hash table stays.
    target[FAR_INDEX] = null;
    delete target[FAR_INDEX];
  }
  return target;
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

/** The function whose object literal has these keys, or `undefined` where there should be none. */
function compile(
  keys: readonly string[],
  tags: ArrayLike<number>,
  read: ValueReader,
): RecordReader | undefined {
  if (isForbidden || compiledCount >= MAX_COMPILED || keys.length > MAX_COMPILED_KEYS) {
    return undefined;
  }
  // In a literal `__proto__: x` is no property.
  if (keys.includes("__proto__")) return undefined;
  try {
    compiledCount++;
    return compileRecord(keys, tags, read);
  } catch (error) {
    // Anything else, such as a full stack, says nothing about the next time.
    isForbidden = error instanceof EvalError;
    return undefined;
  }
}
