/** Names in shared memory for tests, and the check that nothing stays behind. */
import { listDirectory } from "../../membridge/libc/directory.ts";
import { assertEquals } from "./assert.ts";

let count = 0;

/** Returns a name that no other test uses. */
export function freshName(what: string): string {
  return `/test-${Deno.pid}-${count++}.${what}`;
}

/** Returns the files of membridge in `/dev/shm`. */
export function sharedFiles(): string[] {
  return listDirectory("/dev/shm").filter((file) => /^sysframe[.@]/.test(file)).sort();
}

/**
 * Runs `body` and checks that it left no file behind.
 *
 * Test files run one after the other, so what appears meanwhile is the body's. What a killed child left is swept by the next
 * participant that starts; `body` has one start where it matters.
 */
export async function leavesNothing(body: () => Promise<void> | void): Promise<void> {
  const before = sharedFiles();
  await body();
  let left: string[] = [];
  for (let attempt = 0; attempt < 40; attempt++) {
    left = sharedFiles().filter((file) => !before.includes(file));
    if (left.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assertEquals(left, [], "files left in /dev/shm");
}
