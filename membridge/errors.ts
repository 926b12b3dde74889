/**
 * Every condition that a caller of membridge may want to tell apart, a class each.
 *
 * Misuse (a bad name, a negative timeout) is a `TypeError` or `RangeError`; a value that cannot be encoded is pybytes' `EncodeError`.
 *
 * @module
 */

/** The base of every error that membridge itself raises. */
export class MembridgeError extends Error {
  /** The class name. */
  override readonly name: string = "MembridgeError";
}

/** A call to the operating system failed. */
export class SystemError extends MembridgeError {
  /** Always `"SystemError"`. */
  override readonly name = "SystemError";
  /** The C function, such as `"open"`. */
  readonly syscall: string;
  /** The error number, such as 2. */
  readonly errno: number;
  /** The error's C name, such as `"ENOENT"`. */
  readonly code: string;
  /** The file that the call was about, if there was one. */
  readonly path: string | undefined;

  /** Creates the error for one failed call. */
  constructor(init: { syscall: string; errno: number; code: string; path?: string }) {
    super(
      `${init.syscall}${
        init.path === undefined ? "" : ` of ${init.path}`
      } failed: ${init.code} (errno ${init.errno})`,
    );
    this.syscall = init.syscall;
    this.errno = init.errno;
    this.code = init.code;
    this.path = init.path;
  }
}

/** This platform or runtime cannot do shared memory: membridge needs Deno on Linux with `--allow-ffi`. */
export class UnsupportedPlatformError extends MembridgeError {
  /** Always `"UnsupportedPlatformError"`. */
  override readonly name = "UnsupportedPlatformError";
}

/**
 * What is wrong with a segment:
 * - `not_found`: no segment has this name;
 * - `wrong_kind`: the name holds another kind of segment (a service, not a value);
 * - `foreign`: not a regular file of this user, or open to more users than this handle asked for;
 * - `incompatible`: another layout version or codec, or made with other lengths or another policy than this handle asks for;
 * - `corrupt`: its words contradict each other or the size of the file;
 * - `removed`: the name was removed (and perhaps made anew) after this handle opened it.
 */
export type SegmentErrorCode =
  | "not_found"
  | "wrong_kind"
  | "foreign"
  | "incompatible"
  | "corrupt"
  | "removed";

/**
 * A shared-memory segment cannot be used as asked; nothing was changed.
 *
 * @example A value that is not there
 * ```ts
 * import { SegmentError, SharedValue } from "@sysframe/sysframe/membridge";
 * import { assertEquals } from "@std/assert/equals";
 * import { assertThrows } from "@std/assert/throws";
 *
 * const error = assertThrows(() => SharedValue.open("/doc.nothing"), SegmentError);
 * assertEquals([error.code, error.segment], ["not_found", "/doc.nothing"]);
 * ```
 */
export class SegmentError extends MembridgeError {
  /** Always `"SegmentError"`. */
  override readonly name = "SegmentError";
  /** What is wrong. */
  readonly code: SegmentErrorCode;
  /** The name that was opened, such as `"/thermostat"`. */
  readonly segment: string;

  /** Creates the error about one segment. */
  constructor(code: SegmentErrorCode, segment: string, detail: string, options?: ErrorOptions) {
    super(`Segment ${JSON.stringify(segment)} ${detail}`, options);
    this.code = code;
    this.segment = segment;
  }
}

/** The handle was closed. */
export class ClosedError extends MembridgeError {
  /** Always `"ClosedError"`. */
  override readonly name = "ClosedError";
}

/** The wait was longer than `timeoutMs`. The other side may still carry out what was asked. */
export class TimeoutError extends MembridgeError {
  /** Always `"TimeoutError"`. */
  override readonly name = "TimeoutError";
}

/**
 * What was waited for is no longer wanted.
 *
 * An aborted call rejects with the reason of the signal that aborted it; this is the reason that a handler's own signal gives.
 */
export class AbortError extends MembridgeError {
  /** Always `"AbortError"`. */
  override readonly name = "AbortError";
}

/** No living process serves the name. */
export class NoSuchServiceError extends MembridgeError {
  /** Always `"NoSuchServiceError"`. */
  override readonly name = "NoSuchServiceError";
}

/** The service has no function of that name. */
export class NoSuchFunctionError extends MembridgeError {
  /** Always `"NoSuchFunctionError"`. */
  override readonly name = "NoSuchFunctionError";
}

/** The process that served the name died while the call was in flight: it may or may not have run. */
export class OwnerDiedError extends MembridgeError {
  /** Always `"OwnerDiedError"`. */
  override readonly name = "OwnerDiedError";
}

/** A living process already serves the name. */
export class AlreadyServedError extends MembridgeError {
  /** Always `"AlreadyServedError"`. */
  override readonly name = "AlreadyServedError";
  /** The process that serves it. */
  readonly pid: number;

  /** Creates the error with the pid of the serving process. */
  constructor(message: string, pid: number) {
    super(message);
    this.pid = pid;
  }
}

/** Another process took the name over (`serve(..., { takeover: true })`); this owner's replies no longer reach anyone. */
export class SupersededError extends MembridgeError {
  /** Always `"SupersededError"`. */
  override readonly name = "SupersededError";
}

/** Every place is taken: callers at a service, watchers of a value, room of a channel that does not wait for more, waiters for a mutex, slots or readers of frames. */
export class BusyError extends MembridgeError {
  /** Always `"BusyError"`. */
  override readonly name = "BusyError";
}

/** The channel was ended: nothing more can be sent; for who receives, everything that had been sent was received. */
export class EndedError extends MembridgeError {
  /** Always `"EndedError"`. */
  override readonly name = "EndedError";
}

/** The wait could never end, because what it waits for would have to run on this very thread. */
export class DeadlockError extends MembridgeError {
  /** Always `"DeadlockError"`. */
  override readonly name = "DeadlockError";
}

/**
 * The function itself failed in the process that serves it.
 *
 * `name` and `message` are those of the error it threw, `cause` is that error's cause, and `remoteStack` its stack there; `stack` is
 * where it was called from here.
 *
 * @example An error from the other side
 * ```ts
 * import { connect, RemoteError, serve } from "@sysframe/sysframe/membridge";
 * import { assertEquals } from "@std/assert/equals";
 * import { assertRejects } from "@std/assert/rejects";
 *
 * const handlers = {
 *   fail() {
 *     throw new RangeError("too warm");
 *   },
 * };
 * await using service = serve("/doc.failing", handlers);
 * using client = connect("/doc.failing");
 * const error = await assertRejects(() => client.call("fail"), RemoteError);
 * assertEquals([error.name, error.message], ["RangeError", "too warm"]);
 * ```
 */
export class RemoteError extends MembridgeError {
  /** The name of the error that was thrown, such as `"RangeError"`. */
  override readonly name: string;
  /** The stack in the serving process. */
  readonly remoteStack: string;

  /** Creates the error from what the serving process sent. */
  constructor(init: { name: string; message: string; remoteStack: string; cause?: unknown }) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.name = init.name;
    this.remoteStack = init.remoteStack;
  }
}
