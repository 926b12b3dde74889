/** Programs with fixed names in shared memory, such as the examples: those of one machine run one after the other, whoever tests. */
import { remove } from "../../membridge/mod.ts";
import { assertEquals } from "./assert.ts";
import { sharedFiles } from "./shm.ts";

/** The file whose lock is the turn; a test needs permission to write it. */
export const TURN_FILE = "/tmp/sysframe-examples-test.lock";

/**
 * Runs `body` while nobody else on this machine has the turn, and checks that it left no name.
 *
 * @param names What the files of its names look like.
 */
export async function inTurn(names: RegExp, body: () => Promise<void>): Promise<void> {
  using turn = await Deno.open(TURN_FILE, { create: true, write: true });
  await turn.lock(true);
  const present = () => sharedFiles().filter((file) => names.test(file));
  // What a test left that was killed.
  for (const file of present()) remove(file.replace("sysframe.", "/"));
  await body();
  assertEquals(present(), [], "names left");
}
