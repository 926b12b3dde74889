/** The README shows programs that exist: what a reader copies is what the type checker sees and the examples run. */
import { assert, assertEquals, assertStringIncludes } from "./helpers/assert.ts";
import { leavesNothing, startedProcesses } from "./helpers/shm.ts";
import { inTurn } from "./helpers/turn.ts";

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

/** The anchors of a document's headings, as GitHub makes them. */
function anchorsOf(text: string): Set<string> {
  return new Set(
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
      heading.replace(/\]\([^)]*\)/g, "").toLowerCase().replace(/[^\w\- ]/g, "").replaceAll(
        " ",
        "-",
      )
    ),
  );
}

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
      "membridge/OPERATION.md",
    ]
  ) {
    const text = await read(path);
    for (const [, file, , anchor] of text.matchAll(/\]\(([^)#:]*)(#([^)]*))?\)/g)) {
      const target = new URL(file, new URL(path, ROOT));
      await Deno.stat(target);
      if (anchor !== undefined) {
        const found = anchorsOf(file === "" ? text : await Deno.readTextFile(target));
        assert(found.has(anchor), `${path}: ${file}#${anchor}`);
      }
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

/** What stands between the backticks behind some words. */
function blockAfter(text: string, words: string): string {
  const [, block] = text.slice(text.indexOf(words)).match(/```[^\n]*\n(.*?)```/s)!;
  return block;
}

/** What a terminal shows: commands and what each of them prints. */
function commandsIn(terminal: string): { command: string; output: string }[] {
  return terminal.split(/^\$ /m).slice(1).map((part) => {
    const end = part.indexOf("\n");
    return { command: part.slice(0, end), output: part.slice(end + 1) };
  });
}

/** Runs one of the document's commands in a directory. */
function run(command: string, directory: string): Deno.ChildProcess {
  const [program, ...args] = command.split(" ");
  assertEquals(program, "deno");
  const child = new Deno.Command(Deno.execPath(), {
    args,
    cwd: directory,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  startedProcesses.add(child.pid);
  return child;
}

/** Runs a command to its end. */
async function outputOf(command: string, directory: string) {
  const child = run(command, directory);
  const [stdout, stderr] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { code: (await child.status).code, stdout, stderr };
}

Deno.test(
  "readme: the two terminals, in an empty directory that links the package",
  { permissions: { ffi: true, run: true, read: true, write: ["/tmp"] } },
  () =>
    leavesNothing(() =>
      inTurn(/^sysframe\.hello/, async () => {
        const document = await read("membridge/README_membridge.md");
        const directory = await Deno.makeTempDir({ dir: "/tmp" });
        const file = (name: string, text: string) =>
          Deno.writeTextFile(`${directory}/${name}`, text);
        const install = blockAfter(await read("README.md"), "link\nit in your `deno.json`");
        assertStringIncludes(install, "/path/to/sysframe");
        await file("deno.json", install.replace("/path/to/sysframe", ROOT.pathname));
        for (const name of ["hello.ts", "visitor.ts"]) {
          await file(name, blockAfter(document, `\`${name}\`, `));
        }
        const first = commandsIn(blockAfter(document, "Terminal 1:"));
        const second = commandsIn(blockAfter(document, "Terminal 2:"));
        assertEquals([first.length, second.length], [1, 2]);

        const checked = await outputOf("deno check hello.ts visitor.ts", directory);
        assertEquals(checked.code, 0, checked.stderr);
        const service = run(first[0].command, directory);
        try {
          let shown = "";
          for await (const text of service.stdout.pipeThrough(new TextDecoderStream())) {
            shown += text;
            if (shown.length >= first[0].output.length) break;
          }
          assertEquals(shown, first[0].output);
          for (const { command, output } of second) {
            const { code, stdout, stderr } = await outputOf(command, directory);
            assertEquals([code, stdout, stderr], [0, output, ""]);
          }
        } finally {
          service.kill("SIGINT");
        }
        assertEquals((await service.status).code, 0);
        assertEquals(await new Response(service.stderr).text(), "");
        const late = await outputOf(second[0].command, directory);
        assertEquals(late.code, 1);
        assertStringIncludes(late.stderr, "NoSuchServiceError: Nobody serves /hello\n");
        await Deno.remove(directory, { recursive: true });
      })
    ),
);
