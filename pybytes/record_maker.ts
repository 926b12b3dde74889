/** Making plain objects that have the same keys, as fast as the runtime allows. */
import { type PlainClass, plainClass } from "./plain_class.ts";
import type { PyObject, PyValue } from "./values.ts";

/** Reads the next value of whatever `S` is. */
export type ValueReader<S> = (state: S, depth: number) => PyValue;

/** Reads all values of one record and returns it. */
type Compiled = (state: unknown, depth: number) => PyObject;

/**
 * Records that are made one property at a time before code is generated for their keys: generating takes some 20 us,
 * which 40 records of six properties win back.
 */
const COMPILED_FROM = 40;
/** Keys for which code is generated in the life of a program; whoever invents ever new ones cannot keep us compiling. */
const MAX_COMPILED = 1000;
const MAX_COMPILED_KEYS = 128;

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
  #uses = 0;
  #plain: PlainClass | undefined = undefined;
  #compiled: Compiled | undefined = undefined;

  /** Makes nothing yet. */
  constructor(keys: readonly string[]) {
    this.keys = keys;
  }

  /** Reads as many values as there are keys and makes the object of them; all calls have the same reader. */
  make<S>(read: ValueReader<S>, state: S, depth: number): PyObject {
    if (this.#compiled !== undefined) return this.#compiled(state, depth);
    const uses = ++this.#uses;
    if (uses === COMPILED_FROM) this.#compiled = compile(this.keys, read);
    const { keys } = this;
    // The very first object of its kind is often the only one.
    const target = uses === 1 ? {} : new (this.#plain ??= plainClass())();
    for (let i = 0; i < keys.length; i++) setOwn(target, keys[i], read(state, depth));
    return target;
  }
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
function compile<S>(keys: readonly string[], read: ValueReader<S>): Compiled | undefined {
  if (isForbidden || compiledCount >= MAX_COMPILED || keys.length > MAX_COMPILED_KEYS) {
    return undefined;
  }
  // In a literal `__proto__: x` is no property.
  if (keys.includes("__proto__")) return undefined;
  const properties = keys.map((key) => `${JSON.stringify(key)}:read(state,depth)`);
  try {
    compiledCount++;
    return new Function("read", `return (state,depth)=>({${properties.join()}})`)(read) as Compiled;
  } catch {
    isForbidden = true;
    return undefined;
  }
}
