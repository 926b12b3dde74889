/** Who runs: process, thread, user, and whether they still do. */
import {
  EINTR,
  ESRCH,
  POLLERR,
  POLLHUP,
  POLLIN,
  SYS_gettid,
  SYS_tgkill,
  SYS_tkill,
} from "./constants.ts";
import { readSmallFile, statTarget } from "./files.ts";
import { errno, libc, systemError } from "./libc.ts";

/** What identifies a thread of a process, also after its numbers were given to another one. */
export interface ThreadIdentity {
  /** Process id. */
  readonly pid: number;
  /** Thread id: a Worker is a thread of its own. */
  readonly tid: number;
  /** When the thread started, in clock ticks since boot (`/proc/<pid>/task/<tid>/stat`, field 22); 0n when unknown. */
  readonly startTicks: bigint;
  /** The pid namespace in which the numbers mean something, by its inode number. */
  readonly pidNamespace: bigint;
}

/** This thread's identity, with what is written beside a lock that it holds. */
export interface OwnThread extends ThreadIdentity {
  /** All of it in one u64 that is not 0: `tid:22 bits  pidNamespace:its low 16 bits  startTicks:its low 26 bits`, the lowest first. */
  readonly signature: bigint;
}

let own: OwnThread | undefined;

/** Returns the identity of the calling thread. Cost: five system calls the first time, nothing later. */
export function ownThread(): OwnThread {
  return own ??= findOwnThread();
}

function findOwnThread(): OwnThread {
  const pid = libc().getpid();
  const tid = Number(libc().syscall(SYS_gettid, 0n, 0n, 0n));
  const startTicks = startTicksOf(pid, tid);
  const pidNamespace = ownPidNamespace();
  return {
    pid,
    tid,
    startTicks,
    pidNamespace,
    signature: BigInt(tid) | lowBits(pidNamespace, NAMESPACE_BITS) << TID_BITS |
      lowBits(startTicks, START_BITS) << (TID_BITS + NAMESPACE_BITS),
  };
}

/** Linux gives no thread a number of more bits. */
const TID_BITS = 22n;
const NAMESPACE_BITS = 16n;
const START_BITS = 26n;

function lowBits(value: bigint, count: bigint): bigint {
  return value & ((1n << count) - 1n);
}

/** Returns the effective user id. */
export function effectiveUid(): number {
  return libc().geteuid();
}

let pidNamespace: bigint | undefined;

function ownPidNamespace(): bigint {
  return pidNamespace ??= statTarget("/proc/self/ns/pid")?.inode ?? 0n;
}

function startTicksOf(pid: number, tid: number): bigint {
  const stat = readSmallFile(`/proc/${pid}/task/${tid}/stat`);
  if (stat === undefined) return 0n;
  const text = new TextDecoder().decode(stat);
  // The command in field 2 may hold spaces and parentheses: count fields from its last parenthesis.
  const field = text.slice(text.lastIndexOf(")") + 2).split(" ")[19];
  return field !== undefined && /^\d+$/.test(field) ? BigInt(field) : 0n;
}

/**
 * Tells whether a thread is certainly gone. `false` is no proof of life (another pid namespace, another user); the kernel lock is.
 *
 * Cost: one system call, and a read of `/proc` when the numbers are in use.
 */
export function isThreadGone(thread: ThreadIdentity): boolean {
  if (thread.pid <= 0 || thread.tid <= 0 || thread.pidNamespace !== ownPidNamespace()) return false;
  const alive = libc().syscall(SYS_tgkill, BigInt(thread.pid), BigInt(thread.tid), 0n) === 0n;
  if (!alive) return errno() === ESRCH;
  if (thread.startTicks === 0n) return false;
  const now = startTicksOf(thread.pid, thread.tid);
  return now !== 0n && now !== thread.startTicks;
}

/**
 * Like {@linkcode isThreadGone}, for a thread of which only the signature is known.
 *
 * @param signature See {@linkcode OwnThread.signature}.
 */
export function isSignerGone(signature: bigint): boolean {
  const tid = lowBits(signature, TID_BITS);
  const namespace = lowBits(signature >> TID_BITS, NAMESPACE_BITS);
  if (tid === 0n || namespace !== lowBits(ownPidNamespace(), NAMESPACE_BITS)) return false;
  if (libc().syscall(SYS_tkill, tid, 0n, 0n) !== 0n) return errno() === ESRCH;
  const start = signature >> (TID_BITS + NAMESPACE_BITS);
  // `/proc/<tid>` answers for any thread, though it lists only the first of each process.
  const now = lowBits(startTicksOf(Number(tid), Number(tid)), START_BITS);
  return start !== 0n && now !== 0n && now !== start;
}

/** Sleeps until one of the descriptors has input or lost its other end, or the time is over. Blocks the thread. */
export function pollInput(fds: readonly number[], timeoutMs: number): void {
  const set = new Int32Array(2 * fds.length);
  for (let i = 0; i < fds.length; i++) {
    // struct pollfd: int fd; short events; short revents
    set[2 * i] = fds[i];
    set[2 * i + 1] = POLLIN;
  }
  if (libc().poll(set, BigInt(fds.length), Math.ceil(Math.min(timeoutMs, 0x7fffffff))) < 0) {
    const code = errno();
    if (code !== EINTR) throw systemError("poll", code);
  }
}

const hangUp = new Int16Array(4);

/** Tells whether the last writer of a FIFO is gone. Cost: one system call. */
export function isHungUp(fd: number): boolean {
  new Int32Array(hangUp.buffer)[0] = fd;
  hangUp[2] = 0;
  hangUp[3] = 0;
  libc().poll(hangUp, 1n, 0);
  return (hangUp[3] & (POLLHUP | POLLERR)) !== 0;
}

/** Lets another thread have this core, if one waits for it. */
export function yieldCore(): void {
  libc().sched_yield();
}

/** Puts the thread to sleep for less than a second, to the microsecond as far as the kernel can. */
export function nap(durationMs: number): void {
  libc().usleep(Math.ceil(1000 * durationMs));
}

/** Puts the thread to sleep. */
export function sleep(durationMs: number): void {
  pollInput([], durationMs);
}
