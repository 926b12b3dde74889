/** Nobody sleeps through what it waits for: with the looks that would hide it taken away, and with signals that end system calls early. */
import { assert, assertEquals } from "../helpers/assert.ts";
import { Random } from "../helpers/random.ts";
import { freshName } from "../helpers/shm.ts";
import { SharedValue } from "../../membridge/mod.ts";
import { filesOf, forgetting, within } from "./fixtures/attack.ts";
import { Program } from "./fixtures/program.ts";

const PROGRAMS = { permissions: { ffi: true, run: true, read: true } } as const;

/** Far beyond what the rounds take. */
const HANG_MS = 30_000;

/** What a program that calls tells at its end. */
interface Told {
  readonly intervals: number;
  readonly sleeps: number;
  readonly signals: number;
}

async function wakeEachOther(rounds: number, storm: boolean): Promise<Told> {
  const name = freshName("wake");
  using _left = forgetting(name);
  const { seed } = new Random();
  console.log(`seed ${seed}`);
  const args = [name, String(rounds), String(seed)];
  await using server = new Program("../wakeup/program.ts", ["serve", ...args]);
  await server.says("ready");
  await using caller = new Program("../wakeup/program.ts", ["call", ...args]);
  await caller.says("ready");
  const timer = storm
    ? setInterval(() => {
      for (const { pid } of [server, caller]) {
        try {
          Deno.kill(pid, "SIGUSR2");
        } catch {
          // It has just ended.
        }
      }
    }, 1)
    : undefined;
  try {
    const { code, stdout, stderr } = await within(HANG_MS, caller.ended(HANG_MS), "the caller");
    assertEquals([code, stderr], [0, ""]);
    clearInterval(timer);
    assertEquals((await server.ended()).code, 0);
    SharedValue.remove(`${name}.value`);
    SharedValue.remove(`${name}.large`);
    assertEquals(filesOf(name, [server.pid, caller.pid]), []);
    return JSON.parse(stdout[1]);
  } finally {
    clearInterval(timer);
  }
}

Deno.test("wake-up: none is lost, though nobody looks again after a second", PROGRAMS, async () => {
  const { intervals, sleeps } = await wakeEachOther(1000, false);
  assert(intervals > 0, "no wait of the event loop was put to the test");
  assert(sleeps > 50, `${sleeps} blocking waits were put to the test`);
});

Deno.test(
  "wake-up: none is lost in a storm of signals, and every call ends",
  PROGRAMS,
  async () => {
    const { signals, sleeps } = await wakeEachOther(300, true);
    assert(signals > 20, `${signals} signals`);
    assert(sleeps > 20, `${sleeps} blocking waits were put to the test`);
  },
);

Deno.test(
  "wake-up: who waits in vain looks around less often, until something comes",
  PROGRAMS,
  async () => {
    const name = freshName("quiet");
    using _left = forgetting(name);
    using value = SharedValue.open<number>(name, { create: true });
    await using program = new Program("../wakeup/quiet_program.ts", [name]);
    await program.says("every 3000");
    value.set(1);
    await program.says("1");
    await new Promise((resolve) => setTimeout(resolve, 500));
    value.set(2);
    const { code, stdout, stderr } = await program.ended();
    assertEquals([code, stderr], [0, ""]);
    const quiet = ["every 1000", "every 3000"];
    assertEquals(stdout.slice(0, 6), [...quiet, "every 1000", "1", "every 3000", "every 1000"]);
    assertEquals(stdout.at(-1), "2");
  },
);

/** Who compares the times of different processes, to be fair to who waited longest: a clock that jumps changes the order, and nothing else. */
const FOR_FAIRNESS_ALONE = ["mutex/mutex_segment.ts"];

Deno.test("wake-up: no time is taken from the wall clock, which may jump", PROGRAMS, () => {
  const root = new URL("../../membridge/", import.meta.url);
  let clocks = 0;
  const look = (folder: URL) => {
    for (const entry of Deno.readDirSync(folder)) {
      const url = new URL(entry.name + (entry.isDirectory ? "/" : ""), folder);
      if (entry.isDirectory) look(url);
      else if (entry.name.endsWith(".ts")) {
        const text = Deno.readTextFileSync(url).replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, " ");
        const wall = /\bDate\b|\bTemporal\.Now\b|AbortSignal\.timeout/.test(text);
        assertEquals(wall, FOR_FAIRNESS_ALONE.includes(url.href.slice(root.href.length)), url.href);
        clocks += text.split("performance.now()").length - 1;
      }
    }
  };
  look(root);
  assert(clocks > 10, `${clocks} uses of the monotonic clock`);
});
