/**
 * libc, opened on first use, and the one place where errno becomes an error.
 *
 * Importing this file does nothing: on another platform, or without `--allow-ffi`, the first call that needs libc says so.
 */
import { SystemError, UnsupportedPlatformError } from "../errors.ts";
import { ARM64, ERRNO_NAMES } from "./constants.ts";
import { SYMBOLS, type Symbols } from "./symbols.ts";

/** glibc first, then musl by its loader's two names. Names, not paths: they resolve inside a compiled binary as well. */
const LIBC_NAMES = [
  "libc.so.6",
  `libc.musl-${ARM64 ? "aarch64" : "x86_64"}.so.1`,
  "libc.so",
];

let symbols: Symbols | undefined;
let errnoWord: Int32Array;

/**
 * Returns libc's functions, opening the library on the first call in this thread.
 *
 * @throws {UnsupportedPlatformError} outside Deno on 64-bit little-endian Linux.
 * @throws {Deno.errors.NotCapable} without `--allow-ffi`.
 */
export function libc(): Symbols {
  return symbols ?? openLibc();
}

function openLibc(): Symbols {
  const os = globalThis.Deno?.build.os ?? "a runtime that is not Deno";
  if (os !== "linux") {
    throw new UnsupportedPlatformError(
      `membridge needs Deno on Linux (named shared memory and FIFOs in /dev/shm, flock); this is ${os}`,
    );
  }
  requireFfi();
  let failure: unknown;
  for (const name of LIBC_NAMES) {
    try {
      symbols = Deno.dlopen(name, SYMBOLS).symbols;
      break;
    } catch (error) {
      failure ??= error;
    }
  }
  if (symbols === undefined) {
    throw new UnsupportedPlatformError(`No usable libc among ${LIBC_NAMES.join(", ")}`, {
      cause: failure,
    });
  }
  // errno's address never changes within a thread, so one view of it serves every later read.
  const address = symbols.__errno_location();
  if (address === null) throw new UnsupportedPlatformError("libc has no errno");
  errnoWord = new Int32Array(Deno.UnsafePointerView.getArrayBuffer(address, 4));
  return symbols;
}

// Asked for as a whole and once: the prompt of `dlopen` itself would be for one library by its name, which views of memory do not accept.
function requireFfi(): void {
  if (Deno.permissions.requestSync({ name: "ffi" }).state === "granted") return;
  throw new Deno.errors.NotCapable(
    "membridge calls libc to share memory and needs the ffi permission as a whole: run with --allow-ffi (with --allow-ffi=PATH Deno refuses views of foreign memory)",
  );
}

/** Returns errno. Only right directly after a synchronous call of this thread that failed. */
export function errno(): number {
  return errnoWord[0];
}

/** Creates the error for a call that failed with `code`. */
export function systemError(syscall: string, code: number, path?: string): SystemError {
  return new SystemError({
    syscall,
    errno: code,
    code: ERRNO_NAMES[code] ?? `E${code}`,
    path,
  });
}

/** Returns `result`, or throws the error that errno names when it is negative. */
export function check(result: number, syscall: string, path?: string): number {
  if (result < 0) throw systemError(syscall, errno(), path);
  return result;
}
