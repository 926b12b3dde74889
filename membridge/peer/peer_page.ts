/**
 * What every participant (a thread that runs JavaScript, or a Python process) shows the others of itself.
 *
 * Three files with one random id in their names:
 * - `.peer`, the page below; its kernel lock is held as long as the participant lives: the ground truth of liveness;
 * - `.bell`, a FIFO that the participant reads in its event loop: others write a byte to wake it;
 * - `.life`, a FIFO that the participant holds open and never writes: who reads it is told of its end by the kernel.
 *
 * Layout of the page, after the header: `parked:u32  pid:u32  tid:u32  zero:u32  startTicks:u64  pidNamespace:u64  sent:u32`, and from 128
 * `hints:32*u32`
 *
 * `parked` is written by the participant alone: 0 while it is awake and will look at everything by itself before it sleeps, else a
 * number that is new each time that it went to sleep. `sent` and `hints` are its own as well: how many messages it sent through lanes whose
 * other end has several of its lanes, and the numbers of the last of these.
 *
 * @module
 */
import { LOCK_SH, O_RDONLY, S_IFIFO, S_IFMT } from "../libc/constants.ts";
import {
  closeFile,
  openIfPresent,
  statFile,
  tryLockFile,
  unlinkFile,
  unlockFile,
} from "../libc/files.ts";
import { listDirectory } from "../libc/directory.ts";
import { isThreadGone, type ThreadIdentity } from "../libc/process.ts";
import { SystemError } from "../errors.ts";
import { putU32, putU64 } from "../sync/port.ts";
import { HEADER_BYTES } from "../segment/header.ts";
import { Segment } from "../segment/segment.ts";
import { parseOwnFile, PARTICIPANT_FILE_KINDS, pathOfId, SHM_DIRECTORY } from "../segment/names.ts";

/** Offset of the `parked` word, in u32 words. */
export const PARKED_WORD = HEADER_BYTES / 4;
/** Offset of the `sent` word, in u32 words. */
export const SENT_WORD = 96 / 4;
/** Offset of the first hint, in u32 words. */
export const HINTS_WORD = 128 / 4;
/** How many hints there are, a power of two. */
export const HINTS = 32;
/** Length of a page file. */
export const PAGE_BYTES = 256;

/** Writes who the participant is into a new page. */
export function writeIdentity({ words, words64 }: Segment, thread: ThreadIdentity): void {
  putU32(words, HEADER_BYTES / 4 + 1, thread.pid);
  putU32(words, HEADER_BYTES / 4 + 2, thread.tid);
  putU64(words64, HEADER_BYTES / 8 + 2, thread.startTicks);
  putU64(words64, HEADER_BYTES / 8 + 3, thread.pidNamespace);
}

/** Reads who a participant says it is. */
export function readIdentity(buffer: ArrayBuffer): ThreadIdentity {
  const view = new DataView(buffer);
  return {
    pid: view.getInt32(HEADER_BYTES + 4, true),
    tid: view.getInt32(HEADER_BYTES + 8, true),
    startTicks: view.getBigUint64(HEADER_BYTES + 16, true),
    pidNamespace: view.getBigUint64(HEADER_BYTES + 24, true),
  };
}

/** Opens another participant's page; `undefined` when there is none. */
export function openPage(id: bigint): Segment | undefined {
  return Segment.open(pathOfId(id, "peer"), {
    kind: "peer",
    name: pathOfId(id, "peer"),
    minimumBytes: PAGE_BYTES,
  });
}

/** Tells whether the participant of an open page is dead: its lock is free, or (a terminated Worker) its thread is gone. */
export function isPageDead(page: Segment): boolean {
  if (tryLockFile(page.fd, LOCK_SH)) {
    unlockFile(page.fd);
    return true;
  }
  return isThreadGone(readIdentity(page.mapping.buffer));
}

/** Removes a participant's files. The page goes last: as long as it is there, the others can be found. */
export function unlinkPeerFiles(id: bigint): void {
  unlinkFile(pathOfId(id, "bell"));
  unlinkFile(pathOfId(id, "life"));
  unlinkFile(pathOfId(id, "peer"));
}

/**
 * Removes what participants left behind that died without doing so themselves.
 *
 * A page gets its name when its lock is held, before the participant's other files, and loses it after them: so a file without a
 * page is nobody's, and no page of a starting participant is mistaken for a dead one's.
 *
 * @returns how many files it removed
 */
export function sweepDeadPeers(): number {
  let swept = 0;
  const files = listDirectory(SHM_DIRECTORY).map((file) => ({ file, own: parseOwnFile(file) }));
  const alive = new Map<bigint, boolean>();
  for (const { file, own } of files) {
    if (own === undefined || !PARTICIPANT_FILE_KINDS.has(own.kind)) continue;
    let lives = alive.get(own.id);
    if (lives === undefined) alive.set(own.id, lives = isPeerAlive(own.id));
    if (!lives && trySweep(`${SHM_DIRECTORY}/${file}`)) swept++;
  }
  return swept;
}

// A directory, or another user's file, stays: it must not keep this thread from starting.
function trySweep(path: string): boolean {
  try {
    return unlinkFile(path);
  } catch (error) {
    if (error instanceof SystemError) return false;
    throw error;
  }
}

/** Tells whether a participant lives, or cannot be judged: another user's, or another version's. It only reads. */
export function isPeerAlive(id: bigint): boolean {
  let page: Segment | undefined;
  try {
    page = openPage(id);
  } catch {
    return true;
  }
  if (page === undefined) return false;
  try {
    return !isPageDead(page);
  } finally {
    page.close();
  }
}

/** How a system call ends that there are no means for. */
const SCARCITY: ReadonlySet<string> = new Set(["EMFILE", "ENFILE", "ENOMEM"]);

/** Opens one of a participant's FIFOs; -1 when it is gone or, for writing, when nobody reads it. */
export function openPeerFifo(id: bigint, kind: "bell" | "life", flags: number = O_RDONLY): number {
  let fd: number;
  try {
    fd = openIfPresent(pathOfId(id, kind), flags);
  } catch (error) {
    // Want of descriptors or memory says nothing about that participant.
    if (error instanceof SystemError && !SCARCITY.has(error.code)) return -1;
    throw error;
  }
  if (fd >= 0 && (statFile(fd).mode & S_IFMT) !== S_IFIFO) {
    closeFile(fd);
    return -1;
  }
  return fd;
}

/** Closes a descriptor unless it is -1. */
export function closeIfOpen(fd: number): void {
  if (fd >= 0) closeFile(fd);
}
