/** Names in shared memory for tests, and the check that nothing stays behind. */
import { listDirectory } from "../../membridge/libc/directory.ts";
import { openPage, readIdentity } from "../../membridge/peer/peer_page.ts";
import { parseOwnFile } from "../../membridge/segment/names.ts";
import { SegmentError } from "../../membridge/errors.ts";
import type { Segment } from "../../membridge/segment/segment.ts";
import { assertEquals, assertInstanceOf } from "./assert.ts";

let count = 0;
const NAME_PREFIX = `test-${Deno.pid}-`;

/** The processes that this one started; `Child` adds its own. */
export const startedProcesses: Set<number> = new Set([Deno.pid]);

/** Returns a name that no other test uses. */
export function freshName(what: string): string {
  return `/${NAME_PREFIX}${count++}.${what}`;
}

/** Returns the files of membridge in `/dev/shm`. */
export function sharedFiles(): string[] {
  return listDirectory("/dev/shm").filter((file) => /^sysframe[.@]/.test(file)).sort();
}

/** Tells whether a file can be that of a test of this process: other programs may use membridge meanwhile. */
function mayBeOurs(file: string): boolean {
  const own = parseOwnFile(file);
  if (own === undefined) return file.startsWith(`sysframe.${NAME_PREFIX}`);
  let page: Segment | undefined;
  try {
    if (own.kind !== "watch") page = openPage(own.id);
  } catch (error) {
    assertInstanceOf(error, SegmentError); // Something that a test put there.
  }
  if (page === undefined) return true;
  const { pid } = readIdentity(page.mapping.buffer);
  page.close();
  return startedProcesses.has(pid);
}

/**
 * Runs `body` and checks that it left no file behind.
 *
 * Test files run one after the other, so what appears meanwhile is the body's, unless another program made it. What a killed child
 * left is swept by the next participant that starts; `body` has one start where it matters.
 */
export async function leavesNothing(body: () => Promise<void> | void): Promise<void> {
  const before = new Set(sharedFiles());
  await body();
  let left: string[] = [];
  for (let attempt = 0; attempt < 60; attempt++) {
    left = sharedFiles().filter((file) => !before.has(file) && mayBeOurs(file));
    if (left.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assertEquals(left, [], "files left in /dev/shm");
}
