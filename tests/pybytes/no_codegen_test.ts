/** Where no code may be generated from strings, decoding gives the same. */
import { assert, assertEquals } from "../helpers/assert.ts";

interface Output {
  readonly generatesCode: boolean;
  /** For each kind of keys: what two documents decode to, and what comes after failures. */
  readonly lines: readonly (readonly unknown[])[];
}

async function outputWith(flags: readonly string[]): Promise<Output> {
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const program = new URL("./hostile/records_child.ts", import.meta.url).pathname;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--config", config, ...flags, program],
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test({
  name: "without generated code records decode to the same keys, order, prototypes and bytes",
  permissions: { run: [Deno.execPath()] },
  async fn() {
    const [free, forbidden] = await Promise.all([
      outputWith([]),
      outputWith(["--v8-flags=--disallow-code-generation-from-strings"]),
    ]);
    assertEquals([free.generatesCode, forbidden.generatesCode], [true, false]);
    assert(free.lines.length >= 3 * 12, `${free.lines.length} lines`);
    assertEquals(forbidden.lines, free.lines);
    for (const [index, line] of free.lines.entries()) {
      // The first value and the two hundredth are the same; all cut documents fail.
      if (index % 3 < 2) assertEquals([index, line.length], [index, 1]);
      else assertEquals([line[0], line[2]], [20, null]);
    }
  },
});
