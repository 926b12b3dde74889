/**
 * pybytes' own tests in a second runtime.
 *
 * Each file runs in the Node on the path as it is. If a test of it had to be skipped there, because it uses
 * something that only a newer Node has, the file runs again in a Node that was given these things: a
 * polyfill of Temporal, and stand-ins for the rest.
 */
import "temporal-polyfill/full/global"; // Does nothing in Deno, but brings the files into Deno's cache.
import { assert, assertEquals } from "../helpers/assert.ts";
import { build, filesIn } from "./build.ts";
import { findNode, type Node } from "./find_node.ts";
import { isFailed, isPassed, isSkipped } from "./outcome.ts";
import { runInNode } from "./run.ts";
import { type FileResult, runSuite } from "./suite.ts";

const node = await findNode();
const title = typeof node === "string" ? `Node, skipped: ${node}` : `Node ${node.version}`;

/** What gives Node what it lacks: that file of the polyfill which imports no other, and our stand-ins. */
const ADDITIONS: readonly string[] = [
  new URL("./global.js", import.meta.resolve("temporal-polyfill/full/global")).href,
  "tests/node/inside/complete.ts",
];

const options = {
  ignore: typeof node === "string",
  permissions: { read: true, write: true, run: ["node", Deno.execPath()] },
} satisfies Partial<Deno.TestDefinition>;

/** Calls `body` with the transpiled sources and removes these. */
async function withBuild(body: (copy: URL) => Promise<void>): Promise<void> {
  const copy = await build();
  try {
    await body(copy);
  } finally {
    await Deno.remove(copy, { recursive: true });
  }
}

Deno.test(`${title}: pybytes passes its own tests`, options, async (t) => {
  await withBuild(async (copy) => {
    const paths = filesIn("tests/pybytes", "_test.ts");
    assert(paths.length > 30, `${paths.length} files`);
    const total = { plain: 0, complete: 0, skipped: 0 };
    for (const result of await runSuite(paths, { copy, additions: ADDITIONS })) {
      const { plain, complete } = result;
      const passed = new Set(plain.filter(isPassed).map(({ name }) => name));
      const more = complete.filter(({ name }) => !passed.has(name));
      total.plain += passed.size;
      total.complete += more.filter(isPassed).length;
      total.skipped += more.filter(isSkipped).length;
      await t.step(describe(result), async (t) => {
        for (const { name, skipped } of more.filter(isSkipped)) {
          await t.step({ name: `${name} (${skipped})`, ignore: true, fn() {} });
        }
        const failures = [...plain, ...complete].filter(isFailed);
        const texts = failures.map(({ name, failure }) => `${name}: ${failure}`);
        assert(failures.length === 0, texts.join("\n\n"));
      });
    }
    const { plain, complete, skipped } = total;
    const summary = `${plain} tests passed, ${complete} more with additions, ${skipped} skipped`;
    await t.step(summary, () => assert(plain > 80 && plain + complete > 20 * skipped));
  });
});

/** The file, how many tests it has, and why it had to run again. */
function describe({ path, plain, complete }: FileResult): string {
  if (complete.length === 0) return `${path}: ${plain.length} tests`;
  const reasons = new Set(plain.filter(isSkipped).map(({ skipped }) => skipped));
  return `${path}: ${complete.length} tests (with additions: ${[...reasons].join(", ")})`;
}

Deno.test(`${title}: what fails is told from what cannot run`, options, async () => {
  const { hasTemporal } = node as Node;
  await withBuild(async (copy) => {
    const run = async (names: readonly string[], preload: readonly string[] = []) => {
      const paths = names.map((name) => `tests/node/fixtures/${name}`);
      const files = await runInNode(paths, { copy, preload });
      return files.flat().map(({ name, skipped, failure }) => [
        name,
        skipped ?? failure?.split("\n")[0] ?? "passed",
      ]);
    };
    const files = ["outcomes.ts", "unloadable.ts", "empty.ts", "temporal_at_once.ts"];
    const expected = (temporal: string) => [
      ["passes", "passed"],
      ["passes later", "passed"],
      ["fails", "AssertionError: Values are not equal."],
      ["failsLater", "ReferenceError: absent is not defined"],
      ["is ignored", "ignored by its own condition"],
      ["needs more of Deno", "needs Deno.pid"],
      ["needs steps", "needs TestContext.step"],
      ["needs Temporal", temporal],
      ["the whole file", "Error: fails while loading"],
      ["the whole file", "has no tests"],
      [temporal === "passed" ? "passes" : "the whole file", temporal],
    ];
    assertEquals(await run(files), expected(hasTemporal ? "passed" : "uses Temporal"));
    assertEquals(await run(files, ADDITIONS), expected("passed"));
    assertEquals(await run(["ends_early.ts"]), [["the whole file", "Node ended with code 0"]]);
  });
});
