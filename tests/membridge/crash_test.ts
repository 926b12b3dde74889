/**
 * A process is killed after any change that others can see, in whatever it does: `crash/` has the scenarios and what must hold afterwards.
 *
 * Here a part of the points is drawn; `deno task crash` kills at every one of them, and two victims one after the other at pairs of them.
 *
 * @module
 */
import { assert, assertEquals } from "../helpers/assert.ts";
import { Random } from "../helpers/random.ts";
import * as port from "../../membridge/sync/port.ts";
import { runAll } from "./crash/campaign.ts";
import * as countingPort from "./crash/counting_port.ts";
import { SCENARIOS } from "./crash/scenarios.ts";

const PROCESSES = { permissions: { ffi: true, run: true, read: true } } as const;
const READ = { permissions: { read: true, ffi: true } } as const;

const ROOT = new URL("../../", import.meta.url);

/** How many points of each scenario are tried here. */
const MAX_POINTS = 8;

Deno.test("crash: the port that counts has the functions of the one that does not", READ, () => {
  const names = Object.keys(port).toSorted();
  assert(names.length >= 6, `${names}`);
  assertEquals(Object.keys(countingPort).toSorted(), names);
  for (const name of names as (keyof typeof port)[]) {
    assertEquals(countingPort[name].length, port[name].length, name);
  }
});

Deno.test("crash: a victim has the imports of the project, and another port", READ, () => {
  const read = (path: string) => JSON.parse(Deno.readTextFileSync(new URL(path, ROOT))).imports;
  const { "../../../membridge/sync/port.ts": replacement, ...imports } = read(
    "tests/membridge/crash/crash.json",
  );
  assertEquals(replacement, "./counting_port.ts");
  assertEquals(imports, read("deno.json"));
});

Deno.test("crash: every scenario has a name of its own", READ, () => {
  assert(SCENARIOS.length >= 20);
  assertEquals(new Set(SCENARIOS.map(({ name }) => name)).size, SCENARIOS.length);
});

Deno.test("crash: the tests that the list of failure modes names exist", READ, () => {
  const text = Deno.readTextFileSync(new URL("tests/membridge/README.md", ROOT));
  const modes = text.match(/^\d+\. .*(?:\n {3}.*)*/gm) ?? [];
  assertEquals(modes.length, 17);
  for (const mode of modes) {
    const files = mode.match(/\w+_test\.ts/g) ?? [];
    assert(files.length > 0, mode);
    for (const file of files) {
      assert(Deno.statSync(new URL(`tests/membridge/${file}`, ROOT)).isFile, file);
    }
  }
});

for (const scenario of SCENARIOS) {
  Deno.test(`crash: ${scenario.name}`, PROCESSES, async () => {
    const random = new Random();
    console.log(`seed ${random.seed}`);
    const { changes, kills } = await runAll(scenario, {
      random,
      maxPoints: MAX_POINTS,
      pairs: 0,
    });
    assertEquals(kills, Math.min(changes, MAX_POINTS));
    assert(kills >= 5, `${kills} kills`);
  });
}
