import { type ReprParts, reprParts } from "./repr.ts";
import { Tuple } from "./tuple.ts";

/**
 * Holds a Python named tuple: a tuple whose items also have names.
 *
 * The names belong to the value, not to a class: no class is looked up or made when one is decoded.
 *
 * @example Fields by name
 * ```ts
 * import { NamedTuple } from "@sysframe/sysframe/pybytes";
 * import { assertEquals } from "@std/assert/equals";
 *
 * const point = NamedTuple.create("Point", { x: 1, y: 2 });
 * assertEquals([point[0], point.get("y")], [1, 2]);
 * assertEquals(point.toString(), "Point(x=1, y=2)");
 * ```
 */
export class NamedTuple<T = unknown> extends Tuple<T> {
  /** The name of the Python class. */
  readonly typeName: string;
  /** The names of the items, in their order. */
  readonly fieldNames: readonly string[];

  private constructor(typeName: string, fieldNames: readonly string[], values: readonly T[]) {
    super();
    for (let index = 0; index < values.length; index++) this[index] = values[index];
    this.typeName = typeName;
    this.fieldNames = Object.freeze(fieldNames.slice());
    Object.freeze(this);
  }

  /**
   * Not for named tuples, which need names: use {@linkcode NamedTuple.create}.
   *
   * @throws {TypeError} always
   */
  static override of(): never {
    throw new TypeError("A NamedTuple needs names: use NamedTuple.create(typeName, fields)");
  }

  /**
   * Not for named tuples, which need names: use {@linkcode NamedTuple.fromParts}.
   *
   * @throws {TypeError} always
   */
  static override from(): never {
    throw new TypeError(
      "A NamedTuple needs names: use NamedTuple.fromParts(typeName, fieldNames, values)",
    );
  }

  /** Makes a named tuple from a class name and an object of its fields, in the object's order. */
  static create<T>(typeName: string, fields: Readonly<Record<string, T>>): NamedTuple<T> {
    return new NamedTuple(typeName, Object.keys(fields), Object.values(fields));
  }

  /**
   * Makes a named tuple from a class name, the names and the values; neither array is kept.
   *
   * @throws {RangeError} if there are more or fewer names than values, or a name occurs twice
   */
  static fromParts<T>(
    typeName: string,
    fieldNames: readonly string[],
    values: readonly T[],
  ): NamedTuple<T> {
    if (fieldNames.length !== values.length) {
      throw new RangeError(
        `Cannot make named tuple ${typeName}: expected ${fieldNames.length} values, found ${values.length}`,
      );
    }
    if (new Set(fieldNames).size !== fieldNames.length) {
      throw new RangeError(`Cannot make named tuple ${typeName}: a field name occurs twice`);
    }
    return new NamedTuple(typeName, fieldNames, values);
  }

  /** Returns the item with this name, `undefined` if there is none. */
  get(field: string): T | undefined {
    const index = this.fieldNames.indexOf(field);
    return index < 0 ? undefined : this[index];
  }

  /** Returns the fields as a plain object; any name becomes an own property. */
  toObject(): Record<string, T> {
    return Object.fromEntries(this.fieldNames.map((name, index) => [name, this[index]]));
  }

  /** @internal */
  override [reprParts](): ReprParts {
    return {
      open: `${this.typeName}(`,
      close: ")",
      items: this,
      labels: this.fieldNames.map((name) => `${name}=`),
      cycle: "(...)",
    };
  }
}
