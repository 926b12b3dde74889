/** Taking away what dead processes left. */
import { MembridgeError } from "../errors.ts";
import { listDirectory } from "../libc/directory.ts";
import { unlinkFile } from "../libc/files.ts";
import { sweepDeadPeers } from "../peer/peer_page.ts";
import {
  parseNamedFile,
  parseOwnFile,
  pathOfName,
  SEGMENT_FILE_KINDS,
  SHM_DIRECTORY,
} from "../segment/names.ts";
import { HEADER_BYTES, Segment } from "../segment/segment.ts";
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
 * channels, mutexes and memories outlive their processes by design and stay. Nobody needs to call this: whoever starts, serves or calls
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

function ownFiles(): { file: string; id: bigint; kind: string }[] {
  return listDirectory(SHM_DIRECTORY).flatMap((file) => {
    const own = parseOwnFile(file);
    return own === undefined ? [] : [{ file, ...own }];
  });
}

// Files that belong to a segment. They are listed before the segments: each is made while its segment has a name, so one whose segment
// has none now will not be needed any more.
function sweepOrphans(): number {
  const files = ownFiles().filter(({ kind }) => SEGMENT_FILE_KINDS.has(kind));
  const ids = files.length === 0 ? undefined : namedIds();
  if (ids === undefined) return 0;
  return files.filter(({ file, id }) =>
    !ids.has(id) && skippingErrors(() => unlinkFile(`${SHM_DIRECTORY}/${file}`))
  ).length;
}

// `undefined` if one cannot be read: its files cannot be told from orphans then.
function namedIds(): Set<bigint> | undefined {
  const ids = new Set<bigint>();
  for (const name of listDirectory(SHM_DIRECTORY).map(parseNamedFile)) {
    if (name === undefined) continue;
    let segment: Segment | undefined;
    try {
      segment = Segment.open(pathOfName(name), { name, minimumBytes: HEADER_BYTES, mode: 0o666 });
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
