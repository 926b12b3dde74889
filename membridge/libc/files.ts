/** Files, FIFOs and kernel locks, as JavaScript calls them: paths are strings, failures are `SystemError`s. */
import { SystemError } from "../errors.ts";
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  AT_SYMLINK_FOLLOW,
  AT_SYMLINK_NOFOLLOW,
  EAGAIN,
  EEXIST,
  EINTR,
  ENOENT,
  ENXIO,
  F_OFD_SETLK,
  F_UNLCK,
  F_WRLCK,
  LOCK_NB,
  LOCK_UN,
  O_CLOEXEC,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_RDWR,
  O_TMPFILE,
  O_WRONLY,
  STATX_BTIME,
  STATX_STATS,
} from "./constants.ts";
import { check, errno, libc, systemError } from "./libc.ts";

const utf8 = new TextEncoder();

/** Where paths are put for a call; no call takes more than two. A new array for each would be garbage of some hundred bytes. */
const PATH_BUFFERS = [new Uint8Array(512), new Uint8Array(512)];
let pathBuffer = 0;

/** Returns `text` as a NUL-terminated C string, which is good until the next but one. */
function cString(text: string): Uint8Array<ArrayBuffer> {
  pathBuffer ^= 1;
  const buffer = PATH_BUFFERS[pathBuffer];
  const { read, written } = utf8.encodeInto(text, buffer);
  if (read < text.length || written === buffer.length) return utf8.encode(text + "\0");
  buffer[written] = 0;
  return buffer;
}

/** What membridge needs to know of a file before it trusts it. */
export interface FileStatus {
  /** Owner. */
  readonly uid: number;
  /** Type and permission bits (`S_IFMT`, 0o777). */
  readonly mode: number;
  /** Inode number: with one file system (`/dev/shm`) it identifies the file. */
  readonly inode: bigint;
  /** Length in bytes. */
  readonly sizeBytes: number;
  /** When it was made, in milliseconds since 1970; 0 if the file system does not know. */
  readonly createdMs: number;
}

/**
 * Opens an existing file that is not a symbolic link; children do not inherit it, and it never blocks (a FIFO planted in its place).
 *
 * @throws {SystemError} as `open(2)`.
 */
export function openFile(path: string, flags: number = O_RDWR): number {
  return check(
    libc().open(cString(path), flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0),
    "open",
    path,
  );
}

/**
 * Like {@linkcode openFile}, but returns -1 when there is no such file, or when nobody reads a FIFO opened for writing.
 *
 * Opened otherwise, ENXIO means that something else has the name, such as a socket.
 */
export function openIfPresent(path: string, flags: number = O_RDWR): number {
  const fd = libc().open(cString(path), flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0);
  if (fd >= 0) return fd;
  const code = errno();
  if (code === ENOENT || (code === ENXIO && flags === O_WRONLY)) return -1;
  throw systemError("open", code, path);
}

/** Opens a new file without a name in `directory`: it is gone when its last descriptor is, until {@linkcode linkFile} names it. */
export function openUnnamed(directory: string, mode: number): number {
  const fd = check(
    libc().open(cString(directory), O_TMPFILE | O_RDWR | O_CLOEXEC, mode),
    "open",
    directory,
  );
  // The umask took bits away; the mode asked for is the mode meant.
  if (libc().fchmod(fd, mode) < 0) {
    const code = errno();
    closeFile(fd);
    throw systemError("fchmod", code, directory);
  }
  return fd;
}

/** Names an open file. Returns `false`, changing nothing, when the name is taken. */
export function linkFile(fd: number, path: string): boolean {
  const from = cString(`/proc/self/fd/${fd}`);
  if (libc().linkat(AT_FDCWD, from, AT_FDCWD, cString(path), AT_SYMLINK_FOLLOW) === 0) return true;
  const code = errno();
  if (code === EEXIST) return false;
  throw systemError("linkat", code, path);
}

/** Renames a file, replacing what had the new name in one step. */
export function renameFile(from: string, to: string): void {
  check(libc().rename(cString(from), cString(to)), "rename", to);
}

/** Removes a name. Returns `false` when there was none. */
export function unlinkFile(path: string): boolean {
  if (libc().unlink(cString(path)) === 0) return true;
  const code = errno();
  if (code === ENOENT) return false;
  throw systemError("unlink", code, path);
}

/** Makes a FIFO. */
export function makeFifo(path: string, mode: number): void {
  check(libc().mkfifo(cString(path), mode), "mkfifo", path);
}

/** Closes a descriptor; a failure has no consequence that a caller could mend. */
export function closeFile(fd: number): void {
  libc().close(fd);
}

/** `struct statx`, the same on every architecture: mask at 0, uid at 20, mode at 28, inode at 32, size at 40, time of birth at 80. */
const statxBuffer = new Uint8Array(256);
const statxView = new DataView(statxBuffer.buffer);

function fileStatus(): FileStatus {
  return {
    uid: statxView.getUint32(20, true),
    mode: statxView.getUint16(28, true),
    inode: statxView.getBigUint64(32, true),
    sizeBytes: Number(statxView.getBigUint64(40, true)),
    createdMs: (statxView.getUint32(0, true) & STATX_BTIME) === 0
      ? 0
      : Number(statxView.getBigInt64(80, true)) * 1000 + statxView.getUint32(88, true) / 1e6,
  };
}

const EMPTY_PATH = new Uint8Array(1);

/** Returns the status of an open file. */
export function statFile(fd: number): FileStatus {
  check(
    libc().statx(fd, EMPTY_PATH, AT_EMPTY_PATH, STATX_STATS, statxBuffer),
    "statx",
  );
  return fileStatus();
}

/** Returns the status of what has a name, without following a symbolic link; `undefined` when nothing has. */
export function statPath(path: string): FileStatus | undefined {
  return statAt(path, AT_SYMLINK_NOFOLLOW);
}

/** Like {@linkcode statPath}, but of what a symbolic link leads to. */
export function statTarget(path: string): FileStatus | undefined {
  return statAt(path, 0);
}

function statAt(path: string, flags: number): FileStatus | undefined {
  if (libc().statx(AT_FDCWD, cString(path), flags, STATX_STATS, statxBuffer) === 0) {
    return fileStatus();
  }
  const code = errno();
  if (code === ENOENT) return undefined;
  throw systemError("statx", code, path);
}

/**
 * Makes a file so long that it holds `sizeBytes` from `offset` on, with all of these backed by memory, so that no later access can fail.
 *
 * @throws {SystemError} `ENOSPC` when shared memory is full; the file keeps its length.
 */
export function reserve(fd: number, sizeBytes: number, offset = 0): void {
  for (;;) {
    const code = libc().posix_fallocate(fd, BigInt(offset), BigInt(sizeBytes));
    if (code === 0) return;
    if (code !== EINTR) throw systemError("posix_fallocate", code);
  }
}

/** `FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE` */
const PUNCH_HOLE = 3;

/** Gives the memory behind a range of the file back to the system; it reads as zeros from then on. Best effort. */
export function discard(fd: number, offset: number, sizeBytes: number): void {
  libc().fallocate(fd, PUNCH_HOLE, BigInt(offset), BigInt(sizeBytes));
}

/**
 * Tries to take the kernel's lock on an open file; it is released by {@linkcode unlockFile} or by the kernel when the process dies.
 *
 * @param operation `LOCK_EX` or `LOCK_SH`
 * @returns whether this descriptor now holds it
 */
export function tryLockFile(fd: number, operation: number): boolean {
  for (;;) {
    if (libc().flock(fd, operation | LOCK_NB) === 0) return true;
    const code = errno();
    if (code === EAGAIN) return false;
    if (code !== EINTR) throw systemError("flock", code);
  }
}

/** Releases the kernel's lock. */
export function unlockFile(fd: number): void {
  libc().flock(fd, LOCK_UN);
}

/** `struct flock`: `short l_type, l_whence; off_t l_start, l_len; pid_t l_pid`. */
const byteLock = new ArrayBuffer(32);
const byteLockBytes = new Uint8Array(byteLock);
const byteLockShorts = new Int16Array(byteLock);
const byteLockLongs = new BigInt64Array(byteLock);

function setByteLock(fd: number, byte: number, type: number): boolean {
  byteLockShorts[0] = type;
  byteLockLongs[1] = BigInt(byte);
  byteLockLongs[2] = 1n;
  for (;;) {
    if (libc().fcntl(fd, F_OFD_SETLK, byteLockBytes) === 0) return true;
    const code = errno();
    if (code === EAGAIN) return false;
    if (code !== EINTR) throw systemError("fcntl", code);
  }
}

/** Tries to take the kernel's lock on one byte of an open file, which has nothing to do with that of the file; it ends with the descriptor. */
export function tryLockByte(fd: number, byte: number): boolean {
  return setByteLock(fd, byte, F_WRLCK);
}

/** Releases the lock on a byte. */
export function unlockByte(fd: number, byte: number): void {
  setByteLock(fd, byte, F_UNLCK);
}

const ringByte = new Uint8Array(1);

/** Writes one byte to a FIFO. Returns `false` when nobody has it open for reading any more; a full FIFO is as good as rung. */
export function ringFifo(fd: number): boolean {
  if (libc().write(fd, ringByte, 1n) === 1n) return true;
  const code = errno();
  return code === EAGAIN || code === EINTR;
}

const drainBuffer = new Uint8Array(512);

/** Reads away what lies in a non-blocking FIFO. */
export function drainFifo(fd: number): void {
  while (libc().read(fd, drainBuffer, 512n) === 512n);
}

/** Reads the beginning of a small file, such as one of `/proc`; `undefined` when it cannot be read. */
export function readSmallFile(path: string): Uint8Array | undefined {
  let fd: number;
  try {
    fd = openFile(path, 0);
  } catch (error) {
    if (error instanceof SystemError) return undefined;
    throw error;
  }
  const buffer = new Uint8Array(4096);
  const count = Number(libc().read(fd, buffer, 4096n));
  closeFile(fd);
  return count < 0 ? undefined : buffer.subarray(0, count);
}
