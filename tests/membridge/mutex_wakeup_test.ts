/** Nobody who waits for a mutex sleeps through its release, with the look once a second that would hide it taken away. */
import { assert, assertEquals } from "../helpers/assert.ts";
import { Random } from "../helpers/random.ts";
import { freshName } from "../helpers/shm.ts";
import { Mutex } from "../../membridge/mod.ts";
import { filesOf, forgetting, within } from "./fixtures/attack.ts";
import { Program } from "./fixtures/program.ts";

const PROGRAMS: Omit<Deno.TestDefinition, "name" | "fn"> = {
  permissions: { ffi: true, run: true, read: true },
};

/** Far beyond what the rounds take. */
const HANG_MS = 30_000;

Deno.test(
  "mutex wake-up: none is lost, though nobody looks again after a second",
  PROGRAMS,
  async () => {
    const name = freshName("ring");
    using _left = forgetting(name);
    const { seed } = new Random();
    console.log(`seed ${seed}`);
    const args = [name, "2000", String(seed)];
    await using first = new Program("../wakeup/mutex_program.ts", ["0", ...args]);
    await first.says("ready");
    await using second = new Program("../wakeup/mutex_program.ts", ["1", ...args]);
    const ends = [first.ended(HANG_MS), second.ended(HANG_MS)];
    let intervals = 0;
    let sleeps = 0;
    for (const { code, stdout, stderr } of await within(HANG_MS, Promise.all(ends), "the two")) {
      assertEquals([code, stderr, stdout[0]], [0, "", "ready"]);
      const taken = JSON.parse(stdout[1]);
      intervals += taken.intervals;
      sleeps += taken.sleeps;
    }
    assert(intervals > 0, "no wait of the event loop was put to the test");
    assert(sleeps > 50, `${sleeps} blocking waits were put to the test`);
    for (let i = 0; i < 3; i++) assert(Mutex.remove(`${name}.${i}`));
    assertEquals(filesOf(name, [first.pid, second.pid]), []);
  },
);
