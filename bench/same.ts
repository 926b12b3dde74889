/** Whether what came back is what went in, decided without the code that is measured. */

/**
 * Returns where two values differ, or `undefined` when they are the same.
 *
 * Numbers must be identical (-0 is not 0), byte arrays need the same bytes whatever their class, plain objects the
 * same entries in any order, dates the same millisecond; instances of other classes need the same class and the same
 * text.
 */
export function difference(actual: unknown, expected: unknown, path = "$"): string | undefined {
  if (Object.is(actual, expected)) return undefined;
  if (!isObject(actual) || !isObject(expected)) return path;
  if (expected instanceof Uint8Array) return sameBytes(actual, expected) ? undefined : path;
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) return path;
    for (let i = 0; i < expected.length; i++) {
      const found = difference(actual[i], expected[i], `${path}[${i}]`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (Object.getPrototypeOf(expected) === Object.prototype) {
    return differentEntry(actual, expected as Record<string, unknown>, path);
  }
  if (expected instanceof Date) {
    // The text of a Date has no milliseconds.
    return actual instanceof Date && actual.getTime() === expected.getTime() ? undefined : path;
  }
  return actual.constructor === expected.constructor && String(actual) === String(expected)
    ? undefined
    : path;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function sameBytes(actual: object, expected: Uint8Array): boolean {
  return actual instanceof Uint8Array && actual.length === expected.length &&
    expected.every((byte, index) => byte === actual[index]);
}

function differentEntry(
  actual: object,
  expected: Record<string, unknown>,
  path: string,
): string | undefined {
  if (Array.isArray(actual) || actual instanceof Map) return path;
  const keys = Object.keys(expected);
  if (Object.keys(actual).length !== keys.length) return path;
  for (const key of keys) {
    const property = Object.getOwnPropertyDescriptor(actual, key);
    if (property === undefined) return `${path}.${key}`;
    const found = difference(property.value, expected[key], `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}
