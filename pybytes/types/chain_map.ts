import { repr, type ReprParts, reprParts } from "./repr.ts";

/** One of the dicts that a {@linkcode ChainMap} searches: a `Map` or a plain object. */
export type ChainLink<K, V> = ReadonlyMap<K, V> | Readonly<Record<string, V>>;

/**
 * Holds a Python `collections.ChainMap`: dicts that are searched one after the other.
 *
 * Keeps the given dicts, it does not copy them.
 *
 * @example The first dict that has the key wins
 * ```ts
 * import { ChainMap } from "@sysframe/sysframe/pybytes";
 * import { assertEquals } from "@std/assert/equals";
 *
 * const settings = new ChainMap({ color: "red" }, { color: "blue", size: 1 });
 * assertEquals([settings.get("color"), settings.get("size")], ["red", 1]);
 * ```
 */
export class ChainMap<K = unknown, V = unknown> {
  /** The dicts in the order in which they are searched. */
  readonly maps: ReadonlyArray<ChainLink<K, V>>;

  /** Chains the dicts; without any there is one empty dict, as in Python. */
  constructor(...maps: ChainLink<K, V>[]) {
    this.maps = Object.freeze(maps.length === 0 ? [new Map<K, V>()] : maps);
    Object.freeze(this);
  }

  /** Returns the value of the first dict that has the key, `undefined` if none has. */
  get(key: K): V | undefined {
    for (const map of this.maps) {
      if (map instanceof Map) {
        if (map.has(key)) return map.get(key);
      } else if (typeof key === "string" && Object.hasOwn(map, key)) {
        return (map as Readonly<Record<string, V>>)[key];
      }
    }
    return undefined;
  }

  /** Tells whether any of the dicts has the key. */
  has(key: K): boolean {
    return this.maps.some((map) =>
      map instanceof Map ? map.has(key) : typeof key === "string" && Object.hasOwn(map, key)
    );
  }

  /** Returns Python's text: `"ChainMap({'a': 1}, {})"`. */
  toString(): string {
    return repr(this);
  }

  /** @internal */
  [reprParts](): ReprParts {
    return { open: "ChainMap(", close: ")", items: this.maps, cycle: "..." };
  }
}
