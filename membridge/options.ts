/** Options that every kind of handle takes, and their checks. */

/** The longest wait unless a handle or a call says otherwise, in milliseconds. */
export const DEFAULT_TIMEOUT_MS = 30_000;

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
