/** Runs files of tests in Node. */
import { fileURLToPath } from "node:url";
import { ROOT } from "./build.ts";
import { END, isFailed, type Outcome } from "./outcome.ts";

/** How to run files. */
export interface RunOptions {
  /** The folder that `build` has made. */
  readonly copy: URL;
  /** Modules to load first: URLs, or paths from the checkout. */
  readonly preload?: readonly string[];
}

/**
 * Runs files in one Node, one after the other, and returns what became of each test, file by file.
 *
 * A file in which no test has run has failed; so has the first one if the process ended badly without having
 * said which test failed. What the process has printed is with the first failure.
 *
 * @param paths Paths from the checkout.
 */
export async function runInNode(
  paths: readonly string[],
  options: RunOptions,
): Promise<Outcome[][]> {
  const urls = paths.map((path) => new URL(path, ROOT).href);
  const { code, printed, lines } = await execute(urls, options);
  const isWhole = lines.at(-1) === END;
  const outcomes = lines.filter((line) => line.startsWith("{")).map((line): Outcome =>
    JSON.parse(line)
  );
  const isBad = !isWhole || (code !== 0 && !outcomes.some(isFailed));
  const files = urls.map((url) => outcomes.filter((each) => each.url === url));
  files.forEach((file, index) => {
    if (file.length > 0 && !(isBad && index === 0)) return;
    const failure = isBad ? `Node ended with code ${code}` : "has no tests";
    file.push({ url: urls[index], name: "the whole file", failure });
  });
  const first = files.flat().find(isFailed);
  if (first !== undefined) first.failure += `\nNode printed:\n${printed}`;
  return files;
}

/** Runs Node to its end, two minutes at most, and returns what it printed and the lines of its report. */
async function execute(
  urls: readonly string[],
  { copy, preload = [] }: RunOptions,
): Promise<{ code: number; printed: string; lines: string[] }> {
  const inside = (name: string) => new URL(`tests/node/inside/${name}`, ROOT);
  const report = await Deno.makeTempFile({ prefix: "pybytes-node-" });
  try {
    const { code, stdout, stderr } = await new Deno.Command("node", {
      args: [
        "--enable-source-maps",
        // What makes the rest loadable has to be JavaScript already.
        `--import=${new URL("tests/node/inside/register.js", copy)}`,
        ...preload.map((module) => `--import=${new URL(module, ROOT)}`),
        `--import=${inside("globals.ts")}`,
        `--test-reporter=${inside("reporter.ts")}`,
        `--test-reporter-destination=${report}`,
        fileURLToPath(inside("main.ts")),
        ...urls,
      ],
      signal: AbortSignal.timeout(120_000),
    }).output();
    const printed = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
    return { code, printed, lines: (await Deno.readTextFile(report)).trimEnd().split("\n") };
  } finally {
    await Deno.remove(report);
  }
}
