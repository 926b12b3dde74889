/** The README shows programs that exist: what a reader copies is what the type checker sees and the examples run. */
import { assert, assertEquals } from "./helpers/assert.ts";

const ROOT = new URL("../", import.meta.url);
const READ = { permissions: { read: [ROOT] } };

const read = (path: string) => Deno.readTextFile(new URL(path, ROOT));

/** The code of a program without its doc comment. */
function essence(code: string): string {
  return code.replace(/^\/\*\*.*?\*\/\n/s, "").trim();
}

Deno.test(
  "readme: the service and its client are the files in examples/thermostat",
  READ,
  async () => {
    const readme = await read("README.md");
    const blocks = [...readme.matchAll(/```ts[^\n]*\n(.*?)```/gs)].map((match) => match[1].trim());
    for (const file of ["thermostat.ts", "panel.ts"]) {
      const code = essence(await read(`examples/thermostat/${file}`));
      assert(blocks.includes(code), `${file} is not in the README as it is:\n${code}`);
    }
  },
);

Deno.test("readme: its links lead to files, its tasks exist", READ, async () => {
  const { tasks } = JSON.parse(await read("deno.json"));
  let links = 0;
  let commands = 0;
  for (
    const path of [
      "README.md",
      "pybytes/README_pybytes.md",
      "pybytes/FORMAT.md",
      "membridge/README_membridge.md",
    ]
  ) {
    const text = await read(path);
    for (const [, target] of text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
      await Deno.stat(new URL(target, new URL(path, ROOT)));
      links++;
    }
    for (const [, task] of text.matchAll(/deno(?:@[0-9.]+)? task (\w+)/g)) {
      assert(task in tasks, `${path}: deno task ${task}`);
      assert(tasks[task].description.length > 0, task);
      commands++;
    }
  }
  assert(links > 5 && commands > 5, `${links} links, ${commands} commands`);
  assertEquals(Object.keys(tasks).filter((task) => !tasks[task].description), []);
});
