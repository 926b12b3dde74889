/**
 * Returns the runtime's `Temporal`, looked up when it is needed so that the module loads without.
 *
 * @throws {TypeError} if the runtime has none
 */
export function requireTemporal(): typeof Temporal {
  const found = (globalThis as { Temporal?: typeof Temporal }).Temporal;
  if (found === undefined) throw new TypeError("This runtime has no Temporal");
  return found;
}
