/** Options that every kind of handle takes, and their checks. */

/** The longest wait unless a handle or a call says otherwise, in milliseconds. */
export const DEFAULT_TIMEOUT_MS = 30_000;

/**
 * Checks that options are an object with known names only: a misspelt `timeout` would otherwise wait for 30 seconds.
 *
 * @param what Whose options they are, for the message.
 * @throws {TypeError} if not
 */
export function checkOptions(what: string, options: object, known: readonly string[]): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`Cannot use ${String(options)} as options of ${what}: expected an object`);
  }
  for (const name in options) {
    if (!known.includes(name)) {
      throw new TypeError(
        `Unknown option ${JSON.stringify(name)} of ${what}: expected ${known.join(", ")}`,
      );
    }
  }
}

/**
 * Returns the timeout to use.
 *
 * @throws {RangeError} if it is negative or not a number; `Infinity` never gives up.
 */
export function resolveTimeout(
  timeoutMs: number | undefined,
  fallback = DEFAULT_TIMEOUT_MS,
): number {
  if (timeoutMs === undefined) return fallback;
  if (typeof timeoutMs !== "number" || !(timeoutMs >= 0)) {
    throw new RangeError(
      `Cannot use ${
        String(timeoutMs)
      } as timeoutMs: expected a number of milliseconds, at least 0 (Infinity never gives up)`,
    );
  }
  return timeoutMs;
}

/**
 * Returns the permission bits to use.
 *
 * @throws {RangeError} if they are no permission bits, or lock the user out.
 */
export function resolveMode(mode: number | undefined): number {
  if (mode === undefined) return 0o600;
  if (!Number.isInteger(mode) || (mode & ~0o666) !== 0 || (mode & 0o600) !== 0o600) {
    throw new RangeError(
      `Cannot use ${
        typeof mode === "number" ? `0o${mode.toString(8)}` : String(mode)
      } as mode: expected 0o600 and any of 0o066`,
    );
  }
  return mode;
}
