/** What stands in for a larger thing says so when more of it is asked for. */

/** A test uses something that a stand-in does not have. */
export class Missing extends Error {
  override readonly name = "Missing";
}

/** Returns `object`, but to read a name that it has not throws {@linkcode Missing}. */
export function withMissing(name: string, object: object): object {
  return new Proxy(object, {
    get(target, key) {
      if (Reflect.has(target, key)) return Reflect.get(target, key);
      throw new Missing(`needs ${name}.${String(key)}`);
    },
  });
}
