/** The examples do what they say: each program as its header tells to start it, in a process of its own. */
import { assert, assertEquals, assertMatch } from "./helpers/assert.ts";
import { leavesNothing, startedProcesses } from "./helpers/shm.ts";
import { inTurn, TURN_FILE } from "./helpers/turn.ts";
import { Program } from "./membridge/fixtures/program.ts";
import { cleanup, connect } from "../membridge/mod.ts";
import type { Thermostat } from "../examples/thermostat/thermostat.ts";

const EXAMPLES = new URL("../examples/", import.meta.url);
const NAMES = /^sysframe\.(example\.|thermostat|demo\.)/;

/** Starts a program of the examples. */
function start(file: string, ...args: string[]): Program {
  return startWith(["--allow-ffi"], file, args);
}

function startWith(flags: string[], file: string, args: string[] = []): Program {
  const program = new Program(new URL(file, EXAMPLES).href, args, { flags });
  startedProcesses.add(program.pid);
  return program;
}

function example(what: string, run: () => Promise<void>): void {
  const permissions = { ffi: true, run: true, read: true, write: [TURN_FILE] };
  Deno.test(`examples: ${what}`, { permissions }, () =>
    leavesNothing(async () => {
      await inTurn(NAMES, run);
      cleanup(); // What the killed ones left.
    }));
}

async function endsWell(program: Program, last: string): Promise<string[]> {
  const { code, signal, stdout, stderr } = await program.ended(60_000);
  assertEquals({ code, signal, stderr, last: stdout.at(-1) }, {
    code: 0,
    signal: null,
    stderr: "",
    last,
  });
  return stdout;
}

example("singleton_service: one serves, one takes over, one is killed", async () => {
  await using client = start("singleton_service/client.ts");
  await using first = start("singleton_service/service.ts");
  await client.says(`process ${first.pid} answers`);
  await client.says("25 primes up to 100");

  await using second = start("singleton_service/service.ts");
  const { code, stdout } = await second.ended(60_000);
  assertEquals([code, stdout], [1, [`process ${first.pid} serves already`]]);

  await using third = start("singleton_service/service.ts", "--takeover");
  await client.says(`process ${third.pid} answers`);
  await endsWell(first, "SupersededError: Another process took /example.primes over");

  third.kill("SIGKILL");
  await using fourth = start("singleton_service/service.ts");
  await client.says(`process ${fourth.pid} answers`);
  client.kill("SIGINT");
  assertEquals((await client.ended(60_000)).code, 0);
  fourth.kill("SIGTERM");
  await endsWell(fourth, "closed");
});

example("configuration: readers follow what is published", async () => {
  const reader = () => start("configuration/reader.ts");
  await using early = reader();
  await early.says('begins with {"level":"info","workers":1}');
  await using change = start("configuration/publish.ts", "level=debug");
  await endsWell(change, 'version 1: {"level":"debug","workers":1}');
  await early.says("now level debug, 1 workers");

  await using late = reader();
  await late.says('begins with {"level":"debug","workers":1}');
  await using another = start("configuration/publish.ts", "workers=4");
  await endsWell(another, 'version 2: {"level":"debug","workers":4}');
  for (const each of [early, late]) await each.says("now level debug, 4 workers");

  await using wrong = start("configuration/publish.ts", "worker=4");
  assertMatch(
    (await wrong.ended(60_000)).stderr,
    /TypeError: Cannot use worker=4: expected level=TEXT/,
  );
  await using removal = start("configuration/publish.ts", "--remove");
  await endsWell(removal, "removed");
  for (const each of [early, late]) await endsWell(each, "the configuration was removed");
});

example("job_queue: a killed worker's job is done by another one", async () => {
  await using submit = start("job_queue/submit.ts", "8");
  await submit.says("8 jobs wait for workers");
  await using victim = start("job_queue/worker.ts");
  await victim.saysLike(/^job \d+/);
  victim.kill("SIGKILL");
  await using heir = start("job_queue/worker.ts");
  await heir.saysLike(/^job \d+ again: its worker is gone$/);
  await using helper = start("job_queue/worker.ts");
  const lines = await endsWell(submit, "all 8 jobs are done");
  const results = lines.slice(1, -1).toSorted();
  assertEquals(
    results.map((line) => line.replace(/, says process \d+/, "")),
    [
      ..."01234567",
    ].map((id) => `job ${id}: ${id} characters`),
  );
  await endsWell(heir, "no more jobs");
  // The second one may have been too late to open the queue.
  await helper.ended(60_000);
});

example("progress: every viewer sees all of it, whenever it comes", async () => {
  await using nobody = start("progress/viewer.ts");
  const { code, stdout } = await nobody.ended(60_000);
  assertEquals([code, stdout], [1, ["no task runs"]]);

  await using task = start("progress/task.ts");
  await task.says("begun");
  await using viewers = new AsyncDisposableStack();
  const both = [1, 2].map(() => viewers.use(start("progress/viewer.ts")));
  const expected = Array.from(
    { length: 21 },
    (_, i) => `${i < 10 ? "load" : "calculate"}: ${5 * i} %`,
  );
  for (const viewer of both) {
    assertEquals(await endsWell(viewer, "the task ended"), [...expected, "the task ended"]);
  }
  await endsWell(task, "done");
});

example("large_arrays: viewers see frames as they were published", async () => {
  await using camera = start("large_arrays/camera.ts");
  await camera.says("frames of 8294400 bytes");
  await using viewers = new AsyncDisposableStack();
  const both = [1, 2].map(() => viewers.use(start("large_arrays/viewer.ts")));
  for (const viewer of both) await viewer.saysLike(/^frame /);
  const [sees] = both;
  const line = await sees.saysLike(/^frame /);
  const version = Number(line.match(/^frame (\d+)/)![1]);
  await sees.saysLike(new RegExp(`^frame ${version + 5} |^frame ${version + 6} `));
  camera.kill("SIGINT");
  await endsWell(camera, "the camera is off");
  for (const viewer of both) {
    const lines = await endsWell(viewer, "the camera is off");
    const numbers = lines.slice(0, -1).map((line) => {
      const found = line.match(/^frame (\d+) \(told of (\d+)\): the middle is (\d+) (\d+) (\d+)$/);
      assert(found !== null, line);
      const [frame, told, red, green, blue] = found.slice(1).map(Number);
      assert(told <= frame && red === frame % 256 && green === red && blue === red, line);
      return frame;
    });
    assertEquals(numbers, [...new Set(numbers)].toSorted((a, b) => a - b));
  }
});

example("thermostat: the panel sets and follows the target", async () => {
  await using thermostat = start("thermostat/thermostat.ts");
  using client = connect<Thermostat>("/thermostat", { waitMs: 10_000 });
  await client.call("setTarget", 19);
  await using panel = start("thermostat/panel.ts");
  await panel.says("{ target: 23 }");
  // It begins to watch a moment after it said that.
  let heard = false;
  const hears = panel.says("now 25 °C").then(() => heard = true);
  while (!heard) {
    await client.call("setTarget", 25);
    await Promise.race([hears, new Promise((resolve) => setTimeout(resolve, 20))]);
  }
  thermostat.kill("SIGINT");
  assertEquals((await thermostat.ended(60_000)).code, 0);
  assertEquals([...new Set(await endsWell(panel, "now 25 °C"))], [
    "RangeError: 99 °C is too warm",
    "{ target: 23 }",
    "now 25 °C",
  ]);
});

example("demo: everything is as expected", async () => {
  await using demo = startWith(["--allow-ffi", "--allow-run"], "demo/main.ts");
  const { code, stdout, stderr } = await demo.ended(180_000);
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout.at(-1)!, /^\[demo \d+\] everything was as expected$/);
});
