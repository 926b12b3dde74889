/** Types of the user's own: how their instances become values of Python's types, and back. */

/** Ids are lengths on the wire; four bytes of them. */
const MAX_ID = 2 ** 32 - 1;

/** What {@linkcode defineType} is given. */
export interface UserTypeInit<T extends object> {
  /** The number that both sides know the type by, 0 to 2^32 - 1; below 248 it takes one byte. */
  readonly id: number;
  /** The class; instances of its subclasses are none of this type. */
  // deno-lint-ignore no-explicit-any -- a constructor with parameters of any kind, which only `any` says.
  readonly class: abstract new (...args: any[]) => T;
  /** Returns what stands for an instance: any value that can be encoded; bytes are stored so that others can skip them. */
  encode(instance: T): unknown;
  /**
   * Makes an instance of what {@linkcode encode} returned. The bytes may come from anybody: throw when they make no
   * sense; whatever is thrown passes through `decode` as it is.
   */
  decode(content: unknown): T;
}

/** A type that {@linkcode defineType} made. */
export interface UserType<T extends object = object> extends UserTypeInit<T> {}

/**
 * Defines a type of one's own for the option `types` of `encode` and `decode`.
 *
 * There is no global list: who does not pass a type gets an {@linkcode Extension} with its id and content, which encodes
 * to the same bytes.
 *
 * @throws {TypeError} if the class or a function is missing, or the class is Object's or Array's
 * @throws {RangeError} if the id is none
 * @example A class of one's own goes there and back
 * ```ts
 * import { decode, defineType, encode, Extension } from "@sysframe/sysframe/pybytes";
 * import { assertEquals } from "@std/assert/equals";
 *
 * class Celsius {
 *   constructor(readonly degrees: number) {}
 * }
 * const celsius = defineType({
 *   id: 1,
 *   class: Celsius,
 *   encode: (value) => value.degrees,
 *   decode: (content) => new Celsius(Number(content)),
 * });
 * const bytes = encode([new Celsius(21.5)], { types: [celsius] });
 * assertEquals(decode<Celsius[]>(bytes, { types: [celsius] }), [new Celsius(21.5)]);
 * assertEquals(decode<Extension[]>(bytes), [new Extension(1, 21.5)]);
 * ```
 */
export function defineType<T extends object>(init: UserTypeInit<T>): UserType<T> {
  const { id, class: made, encode, decode } = init;
  if (!Number.isInteger(id) || id < 0 || id > MAX_ID) {
    throw new RangeError(`Cannot define a type: an id of 0 to ${MAX_ID} expected, found ${id}`);
  }
  if (typeof made !== "function" || typeof made.prototype !== "object" || made.prototype === null) {
    throw new TypeError(`Cannot define type ${id}: a class expected`);
  }
  if (made.prototype === Object.prototype || made.prototype === Array.prototype) {
    throw new TypeError(`Cannot define type ${id}: plain objects and arrays are dicts and lists`);
  }
  if (typeof encode !== "function" || typeof decode !== "function") {
    throw new TypeError(`Cannot define type ${id}: the functions encode and decode expected`);
  }
  const type = Object.freeze({ id, class: made, encode, decode });
  defined.add(type);
  return type;
}

/** What {@linkcode defineType} returned: anything else was not checked, and might be written as no document. */
const defined = new WeakSet<object>();

/** The list of an option `types`, checked, by what `key` gives. */
function byKey<K>(types: unknown, what: string, key: (type: UserType) => K): Map<K, UserType> {
  if (!Array.isArray(types)) {
    throw new TypeError(`Invalid ${what} option types: an array of defined types expected`);
  }
  const found = new Map<K, UserType>();
  const ids = new Set<number>();
  for (const type of types as UserType[]) {
    if (typeof type !== "object" || type === null || !defined.has(type)) {
      throw new TypeError(`Invalid ${what} option types: what defineType returns expected`);
    }
    if (ids.has(type.id)) {
      throw new TypeError(`Invalid ${what} option types: two types have the id ${type.id}`);
    }
    ids.add(type.id);
    found.set(key(type), type);
  }
  if (found.size < ids.size) {
    throw new TypeError(`Invalid ${what} option types: two types have the same class`);
  }
  return found;
}

/**
 * The types for an `encode` call by the prototype of their instances.
 *
 * @throws {TypeError} if they are no types, or two have the same id or class
 */
export function typesByPrototype(types: readonly UserType[]): ReadonlyMap<object, UserType> {
  return byKey(types, "encode", (type) => type.class.prototype as object);
}

/**
 * The types for a `decode` call by their id.
 *
 * @throws {TypeError} if they are no types, or two have the same id
 */
export function typesById(types: readonly UserType[]): ReadonlyMap<number, UserType> {
  return byKey(types, "decode", (type) => type.id);
}
