/** What a run left in `/dev/shm`. Other programs may use membridge at the same time: what is theirs is not looked at. */
import { listDirectory } from "../../../membridge/libc/directory.ts";
import { HEADER_BYTES } from "../../../membridge/segment/header.ts";
import { Segment } from "../../../membridge/segment/segment.ts";
import { parseNamedFile, parseOwnFile, pathOfName } from "../../../membridge/segment/names.ts";
import { openPage, readIdentity } from "../../../membridge/peer/peer_page.ts";
import { cleanup, MembridgeError, remove } from "../../../membridge/mod.ts";
import { clear } from "../fixtures/attack.ts";

const ATTEMPTS = 100;
const PAUSE_MS = 50;

/** Returns the names that begin with `prefix`. */
export function namesOf(prefix: string): string[] {
  return listDirectory("/dev/shm").map(parseNamedFile)
    .filter((name) => name !== undefined && name.startsWith(`${prefix}.`)) as string[];
}

/**
 * Removes the names of a run as a user would, cleans up, and returns the files that are left.
 *
 * @param pids Whom it started.
 */
export async function removeAll(prefix: string, pids: ReadonlySet<number>): Promise<string[]> {
  let left: string[] = [];
  // What another program makes at the moment has no page yet, or no segment any more, but not for long.
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const problems = namesOf(prefix).flatMap(problemOf);
    cleanup();
    left = [...problems, ...listDirectory("/dev/shm").filter((file) => isOurs(file, prefix, pids))];
    if (left.length === 0) return left;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return left;
}

function problemOf(name: string): string[] {
  try {
    remove(name);
    return [];
  } catch (error) {
    return [`${name}: ${error}`];
  }
}

function isOurs(file: string, prefix: string, pids: ReadonlySet<number>): boolean {
  const own = parseOwnFile(file);
  if (own === undefined) return file.startsWith(`sysframe.${prefix.slice(1)}.`);
  const pid = pidOf(own.id);
  if (pid !== undefined) return pids.has(pid);
  // Nobody's: neither a participant's nor that of a segment that has a name.
  return !namedIds().has(own.id);
}

function pidOf(id: bigint): number | undefined {
  try {
    const page = openPage(id);
    if (page === undefined) return undefined;
    const { pid } = readIdentity(page.mapping.buffer);
    page.close();
    return pid;
  } catch (error) {
    if (error instanceof MembridgeError) return undefined;
    throw error;
  }
}

/** Returns the ids of the segments that have names, with `prefix` or any. */
export function namedIds(prefix = ""): Set<bigint> {
  const ids = new Set<bigint>();
  for (const name of listDirectory("/dev/shm").map(parseNamedFile)) {
    if (name === undefined || !name.startsWith(prefix)) continue;
    try {
      const segment = Segment.open(pathOfName(name), {
        name,
        minimumBytes: HEADER_BYTES,
        mode: 0o666,
      });
      if (segment === undefined) continue;
      ids.add(segment.id);
      segment.close();
    } catch (error) {
      if (!(error instanceof MembridgeError)) throw error;
    }
  }
  return ids;
}

/** Removes the files of a run by force, as far as they are told by their names. */
export function clearNames(prefix: string): void {
  for (const name of namesOf(prefix)) clear(pathOfName(name));
}
