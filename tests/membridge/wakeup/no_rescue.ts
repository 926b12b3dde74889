/**
 * Takes away what would hide a lost wake-up: the looks every second or three of a waiting event loop, and the second after which a blocking
 * wait looks again. To be imported before membridge needs libc; who is not woken now, hangs.
 *
 * @module
 */

const CHECK_MS = 1000;
const QUIET_CHECK_MS = 3000;

/** How often something was about to be looked at once a second, or to sleep for as long: the wake-ups that were put to the test. */
export const taken = { intervals: 0, sleeps: 0 };

const { setInterval: start, Deno: { dlopen } } = globalThis;

globalThis.setInterval = ((callback: () => void, delayMs: number) => {
  if (delayMs !== CHECK_MS && delayMs !== QUIET_CHECK_MS) return start(callback, delayMs);
  taken.intervals++;
  return start(() => {}, 0x7fffffff);
}) as typeof setInterval;

type Call = (...args: unknown[]) => unknown;

Object.defineProperty(Deno, "dlopen", {
  value(path: string, declarations: Deno.ForeignLibraryInterface) {
    const library = dlopen(path, declarations);
    const symbols: Record<string, Call> = { ...library.symbols as unknown as Record<string, Call> };
    const { poll } = symbols;
    symbols.poll = (set, count, timeoutMs) => {
      if (timeoutMs !== CHECK_MS) return poll(set, count, timeoutMs);
      taken.sleeps++;
      return poll(set, count, -1);
    };
    return { symbols, close: () => library.close() };
  },
});
