/** Options that every kind of handle takes, and their checks. */

/** Longest time of a timer, 24 days: whoever waits for longer waits for ever. */
export const MAX_TIMER_MS = 0x7fffffff;

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
    throw new TypeError(`Cannot use ${show(options)} as options of ${what}: expected an object`);
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
  name = "timeoutMs",
): number {
  if (timeoutMs === undefined) return fallback;
  if (typeof timeoutMs !== "number" || !(timeoutMs >= 0)) {
    throw new RangeError(
      `Cannot use ${
        show(timeoutMs)
      } as ${name}: expected a number of milliseconds, at least 0 (Infinity never gives up)`,
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
        typeof mode === "number" ? `0o${mode.toString(8)}` : show(mode)
      } as mode: expected 0o600 and any of 0o066`,
    );
  }
  return mode;
}

/**
 * Returns the count to use.
 *
 * @throws {RangeError} if it is no whole number of at least `minimum`; `Infinity` is one where the fallback is.
 */
export function resolveCount(
  name: string,
  count: number | undefined,
  fallback: number,
  minimum: number,
): number {
  if (count === undefined) return fallback;
  const whole = Number.isSafeInteger(count) || (count === Infinity && fallback === Infinity);
  if (!whole || count < minimum) {
    throw new RangeError(
      `Cannot use ${show(count)} as ${name}: expected a whole number, at least ${minimum}`,
    );
  }
  return count;
}

/**
 * Returns the yes or no to use.
 *
 * @throws {TypeError} if it is neither.
 */
export function resolveBoolean(
  name: string,
  value: boolean | undefined,
  fallback: boolean,
): boolean {
  if (value === undefined) return fallback;
  if (typeof value === "boolean") return value;
  throw new TypeError(`Cannot use ${show(value)} as ${name}: expected true or false`);
}

/**
 * Returns the signal to use.
 *
 * @throws {TypeError} if it is none, such as the controller that has it.
 */
export function resolveSignal(signal: AbortSignal | undefined): AbortSignal | undefined {
  if (signal === undefined || signal instanceof AbortSignal) return signal;
  throw new TypeError(
    `Cannot use ${show(signal)} as signal: expected an AbortSignal, such as controller.signal`,
  );
}

/** A value as a message shows it: a string in quotes, so that it does not look like something else. */
function show(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
