/** A document takes a bounded multiple of its size of memory, whatever is in it. */
import { decode, encode } from "../../pybytes/mod.ts";
import { assert, assertEquals } from "../helpers/assert.ts";
import { newSeed } from "./helpers/random.ts";
import { decodeErrorOf } from "./helpers/errors.ts";
import { bombs, deep, joined, length32, times } from "./hostile/bombs.ts";
import type { Measurement } from "./hostile/memory_child.ts";

/** What `DecodeLimits.maxMembers` promises. */
const MAX_RATIO = 256;
/** A few documents of 32 to 64 KB at the promised ratio, and what Deno and the program take themselves. */
const SMALL_HEAP_MIB = 80;

const RUN: Deno.PermissionOptions = { run: [Deno.execPath()] };

/** Runs a program in the folder hostile without permissions, and returns what it writes. */
async function outputOf(program: string, flags: string, ...args: string[]): Promise<string> {
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const path = new URL(`./hostile/${program}`, import.meta.url).pathname;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-check",
      "--config",
      config,
      `--v8-flags=${flags}`,
      path,
      ...args,
    ],
  }).output();
  assert(success, new TextDecoder().decode(stderr).slice(0, 2000));
  return new TextDecoder().decode(stdout);
}

Deno.test({
  name: "memory: no document takes more than 256 bytes of heap for each of its bytes",
  permissions: RUN,
  async fn() {
    const seed = newSeed("memory");
    const output = await outputOf("memory_child.ts", "--expose-gc", String(seed));
    const measured: Measurement[] = JSON.parse(output);
    assert(measured.length > 200, `${measured.length} measurements`);
    measured.sort((a, b) => b.ratio - a.ratio);
    // The measuring sees something: a list of empty sets is no small thing.
    const sets = measured.find(({ name }) => name === "empty set (default)");
    assert(sets !== undefined && sets.ratio > 30, `empty sets: ${sets?.ratio}`);
    const tooLarge = measured.filter(({ ratio }) => ratio > MAX_RATIO);
    const shown = tooLarge.map(({ name, ratio, hex }) => `${name}: ${Math.round(ratio)}, ${hex}`);
    assertEquals(shown, []);
  },
});

Deno.test({
  name: "memory: the worst documents decode in a heap that holds no more than was promised",
  permissions: RUN,
  async fn() {
    const output = await outputOf("survivor.ts", `--max-old-space-size=${SMALL_HEAP_MIB}`);
    assertEquals(Number(output), bombs().size * 2 * 4);
  },
});

Deno.test({
  name: "memory: maxMembers bounds it, in every kind of container and at every depth",
  permissions: "none",
  fn() {
    // Members as they count: 1000 each.
    const thousand = length32(1000), half = length32(500);
    const keys = Array.from({ length: 500 }, (_, i) => encode(i));
    const rows: Readonly<Record<string, Uint8Array>> = {
      list: joined("e7", length32(1000 - 16), times(1000, "c0")),
      tuple: joined("e8", length32(1000 - 8), times(1000, "c0")),
      set: joined("ea", half, ...keys),
      frozenset: joined("eb", half, ...keys),
      dict: joined("e9", length32(500 - 12), ...keys, times(500, "c0")),
      Map: joined("f81e e9", length32(500 - 12), ...keys, times(500, "c0")),
      OrderedDict: joined("f808 e9", length32(500 - 12), ...keys, times(500, "c0")),
      deque: joined("f806 e7", length32(1000 - 16), times(1000, "c0")),
      "packed bools": joined("ed00", thousand, new Uint8Array(125)),
      "packed tuple": joined("ed21", thousand, new Uint8Array(1000)),
      "lists in a list": joined("e7", length32(500 - 16), times(499, "81c0"), "80"),
    };
    for (const [name, document] of Object.entries(rows)) {
      const members = name.includes("set") ? 500 : name === "lists in a list" ? 999 : 1000;
      for (const levels of [0, 256]) {
        const bytes = levels === 0 ? document : deep(document, levels);
        const least = members + levels;
        const value = decode<unknown>(bytes, { limits: { maxMembers: least } });
        assert(value !== undefined);
        const error = decodeErrorOf(bytes, { limits: { maxMembers: least - 1 } });
        assertEquals([name, error.code], [name, "size_exceeded"]);
      }
    }
    // What bounds members bounds memory: 4,000,000 bools in half a megabyte.
    const bools = joined("ed00", length32(4_000_000), new Uint8Array(500_000));
    assertEquals(decodeErrorOf(bools, { limits: { maxMembers: 1e6 } }).code, "size_exceeded");
  },
});
