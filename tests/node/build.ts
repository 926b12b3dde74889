/** The sources and tests of pybytes as JavaScript, in a temporary folder, for a Node that knows no TypeScript. */
import { pathToFileURL } from "node:url";

/** What the module hooks in Node have to know; `build.json` in the folder holds it. */
export interface Build {
  /** The checkout's URL; a copy has the same path in the folder as its source has in the checkout. */
  readonly root: string;
  /** Files for the bare names of deno.json. */
  readonly imports: Readonly<Record<string, string>>;
}

/** The checkout. */
export const ROOT: URL = new URL("../../", import.meta.url);

const FOLDERS = ["pybytes", "tests/pybytes", "tests/helpers", "tests/node"];

/** All files below a folder of the checkout, sorted, as paths from the checkout. */
export function filesIn(folder: string, suffix: string): string[] {
  const paths: string[] = [];
  for (const { name, isDirectory } of Deno.readDirSync(new URL(folder, ROOT))) {
    const path = `${folder}/${name}`;
    if (isDirectory) paths.push(...filesIn(path, suffix));
    else if (name.endsWith(suffix)) paths.push(path);
  }
  return paths.sort();
}

/**
 * Transpiles everything that the tests of pybytes may import, file by file, and returns the folder's URL.
 *
 * The folder is the caller's to remove. Nothing is downloaded: the transpiler is Deno's own.
 */
export async function build(): Promise<URL> {
  const path = await Deno.makeTempDir({ prefix: "pybytes-node-" });
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["transpile", "--quiet", "--source-map", "inline", "--outdir", path].concat(
      FOLDERS.flatMap((folder) => filesIn(folder, ".ts")),
    ),
    cwd: ROOT,
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`deno transpile: ${new TextDecoder().decode(stderr)}`);
  const copy = pathToFileURL(`${path}/`);
  await Deno.writeTextFile(new URL("package.json", copy), `{ "type": "module" }`);
  const facts: Build = { root: ROOT.href, imports: await bareNames() };
  await Deno.writeTextFile(new URL("build.json", copy), JSON.stringify(facts));
  return copy;
}

/** The names that deno.json maps to packages, as files in Deno's cache. */
async function bareNames(): Promise<Record<string, string>> {
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const found: Record<string, string> = {};
  for (const name of Object.keys(imports)) {
    if (name.endsWith("/")) continue;
    const url = import.meta.resolve(name);
    if (url.startsWith("file:")) found[name] = url;
  }
  return found;
}
