/** Who runs: process, thread, user, and whether they still do. */
import { EINTR, POLLERR, POLLHUP, POLLIN, SYS_gettid, SYS_tgkill } from "./constants.ts";
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

/** Returns the identity of the calling thread. */
export function thisThread(): ThreadIdentity {
  const pid = libc().getpid();
  const tid = Number(libc().syscall(SYS_gettid, 0n, 0n, 0n));
  return {
    pid,
    tid,
    startTicks: startTicksOf(pid, tid),
    pidNamespace: ownPidNamespace(),
  };
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
  const ESRCH = 3;
  const alive = libc().syscall(SYS_tgkill, BigInt(thread.pid), BigInt(thread.tid), 0n) === 0n;
  if (!alive) return errno() === ESRCH;
  if (thread.startTicks === 0n) return false;
  const now = startTicksOf(thread.pid, thread.tid);
  return now !== 0n && now !== thread.startTicks;
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

/** Puts the thread to sleep. */
export function sleep(durationMs: number): void {
  pollInput([], durationMs);
}
