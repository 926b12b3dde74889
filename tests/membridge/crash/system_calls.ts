/**
 * Makes the system calls that other processes can see points at which a victim may die, by standing between membridge and
 * `Deno.dlopen`: the product has no hook.
 *
 * A call that fails changes nothing, and neither do an open or a close of anything but a FIFO or a locked file. (The doorbell's
 * descriptor is the event loop's, which closes it by itself.)
 *
 * @module
 */
import { changed, tell } from "./kill_point.ts";

type Call = (...args: never[]) => unknown;
type Calls = Record<string, Call>;

const LOCK_UN = 8;
const utf8 = new TextDecoder();

/** Descriptors whose close others can notice: the ends of FIFOs, and files with a lock. */
const noticeable = new Map<number, string>();

function textOf(cString: unknown): string {
  const bytes = cString as Uint8Array;
  return utf8.decode(bytes.subarray(0, bytes.indexOf(0)));
}

function isFifo(path: string): boolean {
  return path.endsWith(".bell") || path.endsWith(".life");
}

/** For each call: what it changed, given its arguments and that it succeeded; `undefined` when nothing. */
const CHANGES: Record<string, (args: readonly unknown[], result: number) => string | undefined> = {
  linkat: ([, , , path]) => `linkat ${textOf(path)}`,
  rename: ([, path]) => `rename to ${textOf(path)}`,
  unlink: ([path]) => `unlink ${textOf(path)}`,
  mkfifo: ([path]) => `mkfifo ${textOf(path)}`,
  posix_fallocate: ([fd, , size]) => `posix_fallocate of ${fd} to ${size}`,
  fallocate: ([fd, , offset]) => `fallocate of ${fd} at ${offset}`,
  write: ([fd]) => `write to ${noticeable.get(fd as number) ?? fd}`,
  open([path, flags], fd) {
    const text = textOf(path);
    if (!isFifo(text)) return undefined;
    noticeable.set(fd, text);
    return `open of ${text} (${flags})`;
  },
  close([fd]) {
    const what = noticeable.get(fd as number);
    noticeable.delete(fd as number);
    return what === undefined ? undefined : `close of ${what}`;
  },
  flock([fd, operation]) {
    if (operation === LOCK_UN) noticeable.delete(fd as number);
    else noticeable.set(fd as number, `locked file ${fd}`);
    return `flock ${operation} of ${fd}`;
  },
  // The lock of a byte goes with the file, whose close is noticeable anyway or ends nobody's wait.
  fcntl: ([fd, , lock]) => {
    const [type, , , , start] = new Uint16Array((lock as Uint8Array).buffer);
    return `fcntl ${type} of byte ${start} of ${fd}`;
  },
};

/** Which argument of a call is the name that it gives to a file. */
const NAMES: Readonly<Record<string, number>> = { linkat: 3, rename: 1, mkfifo: 0 };

function watched(name: string, call: Call): Call {
  const change = CHANGES[name];
  return (...args) => {
    if (name in NAMES) tell({ made: textOf(args[NAMES[name]]) });
    const result = call(...args);
    // Nothing else may happen before a failed call's errno is read.
    if (Number(result) < 0 || (name === "posix_fallocate" && result !== 0)) return result;
    const what = change(args, Number(result));
    if (what !== undefined) changed(what);
    return result;
  };
}

/** From now on, every library that is opened has its calls watched. To be called before membridge needs libc. */
export function watchSystemCalls(): void {
  const { dlopen } = Deno;
  const watching = (path: string | URL, declarations: Deno.ForeignLibraryInterface) => {
    const library = dlopen(path, declarations);
    const calls = library.symbols as unknown as Calls;
    const symbols = Object.fromEntries(
      Object.entries(calls).map(([name, call]) => [
        name,
        name in CHANGES ? watched(name, call) : call,
      ]),
    );
    return { symbols, close: () => library.close() };
  };
  Object.defineProperty(Deno, "dlopen", { value: watching });
}
