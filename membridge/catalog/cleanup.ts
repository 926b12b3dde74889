/** Taking away what dead processes left. */
import { MembridgeError } from "../errors.ts";
import { listDirectory } from "../libc/directory.ts";
import { unlinkFile } from "../libc/files.ts";
import { sweepDeadPeers } from "../peer/peer_page.ts";
import {
  parseNamedFile,
  parseOwnFile,
  SEGMENT_FILE_KINDS,
  SHM_DIRECTORY,
} from "../segment/names.ts";
import { HEADER_BYTES } from "../segment/header.ts";
import { Segment } from "../segment/segment.ts";
import { removeDeadService } from "../call/service_lookup.ts";

/** What {@linkcode cleanup} took away. */
export interface Cleaned {
  /** Names of services whose owners are dead. */
  readonly services: readonly string[];
  /** How many of membridge's own files: participants', and those of segments that have no name any more. */
  readonly files: number;
}

/**
 * Takes away what dead processes left: names of services whose owners are dead, and membridge's own files that belong to nobody.
 *
 * It never touches what is in use: whether an owner is dead is judged under the lock that its successor needs, too. Values, topics,
 * channels, mutexes, memories and frames outlive their processes by design and stay. Nobody needs to call this: whoever starts, serves or calls
 * tidies up what it comes across. It is for tools, and for an empty `/dev/shm` after tests.
 *
 * @throws {SystemError} if shared memory cannot be listed.
 *
 * @example After a crash
 * ```ts
 * import { cleanup } from "@sysframe/sysframe/membridge";
 * import { assert } from "@std/assert/assert";
 *
 * const { services, files } = cleanup();
 * assert(services.length >= 0 && files >= 0);
 * ```
 */
export function cleanup(): Cleaned {
  const services: string[] = [];
  let files = sweepDeadPeers();
  for (const name of listDirectory(SHM_DIRECTORY).map(parseNamedFile)) {
    if (name !== undefined && skippingErrors(() => removeDeadService(name))) services.push(name);
  }
  files += sweepOrphans();
  return { services, files };
}

/** One of membridge's own files. */
interface OwnFile {
  readonly file: string;
  readonly id: bigint;
  readonly kind: string;
}

/** The kind of a file that holds nothing and is only locked. */
const LOCK = "lock";

function ownFiles(): OwnFile[] {
  return listDirectory(SHM_DIRECTORY).flatMap((file) => {
    const own = parseOwnFile(file);
    return own === undefined ? [] : [{ file, ...own }];
  });
}

// Files that belong to a segment. They are listed before the segments: each is made while its segment has a name, so one whose segment
// has none now will not be needed any more.
function sweepOrphans(): number {
  const files = ownFiles().filter(({ kind }) => SEGMENT_FILE_KINDS.has(kind));
  const named = files.length === 0
    ? undefined
    : idsIn(listDirectory(SHM_DIRECTORY).filter(isNamed));
  if (named === undefined) return 0;
  const isLock = ({ kind }: OwnFile) => kind === LOCK;
  const swept = sweep(files.filter((each) => !isLock(each)), named);
  // What is left of them are segments as well, each with a lock of its own.
  const parts = ownFiles().filter((each) => SEGMENT_FILE_KINDS.has(each.kind) && !isLock(each));
  const unnamed = idsIn(parts.map(({ file }) => file));
  if (unnamed === undefined) return swept;
  return swept + sweep(files.filter(isLock), named.union(unnamed));
}

function isNamed(file: string): boolean {
  return parseNamedFile(file) !== undefined;
}

function sweep(files: readonly OwnFile[], ids: ReadonlySet<bigint>): number {
  return files.filter(({ file, id }) =>
    !ids.has(id) && skippingErrors(() => unlinkFile(`${SHM_DIRECTORY}/${file}`))
  ).length;
}

// `undefined` if one cannot be read: its files cannot be told from orphans then.
function idsIn(files: readonly string[]): Set<bigint> | undefined {
  const ids = new Set<bigint>();
  for (const file of files) {
    let segment: Segment | undefined;
    try {
      segment = Segment.open(`${SHM_DIRECTORY}/${file}`, {
        name: file,
        minimumBytes: HEADER_BYTES,
        mode: 0o666,
      });
    } catch (error) {
      if (error instanceof MembridgeError) return undefined;
      throw error;
    }
    if (segment !== undefined) ids.add(segment.id);
    segment?.close();
  }
  return ids;
}

// What is another user's, or damaged, stays: it is not ours to judge.
function skippingErrors(remove: () => boolean): boolean {
  try {
    return remove();
  } catch (error) {
    if (error instanceof MembridgeError) return false;
    throw error;
  }
}
