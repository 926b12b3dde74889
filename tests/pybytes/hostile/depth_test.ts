/** Row 1: values inside each other without end. */
import { decode, DecodeError, encode, equals, inspect } from "../../../pybytes/mod.ts";
import { assert, assertEquals, assertStringIncludes } from "../../helpers/assert.ts";
import { decodeErrorOf } from "../helpers/errors.ts";
import { joined, times } from "./bombs.ts";
import { assertUnharmed } from "./unharmed.ts";

const HEADS: Readonly<Record<string, string>> = {
  lists: "81",
  tuples: "91",
  "dict values": "a16161",
  "user types": "f905",
  "named tuples and deques": "f80c60a16161f80681",
  mixed: "8191a16161f90581f808a16162",
};
const LEVELS = 60_000;

Deno.test({
  name: "hostile 1: ten million nested lists decode",
  permissions: { run: [Deno.execPath()] },
  async fn() {
    const config = new URL("../../../deno.json", import.meta.url).pathname;
    const program = new URL("./depth_child.ts", import.meta.url).pathname;
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-check", "--config", config, program, "10000000"],
    }).output();
    assertEquals(JSON.parse(new TextDecoder().decode(stdout)), [10_000_000, 7, "8101"]);
  },
});

for (const [name, head] of Object.entries(HEADS)) {
  Deno.test({
    name: `hostile 1: many nested ${name} decode, encode, compare and have a limit`,
    permissions: "none",
    fn() {
      const bytes = joined(times(LEVELS, head), "00");
      const value = decode<unknown>(bytes), other = decode<unknown>(bytes);
      assert(equals(value, other));
      assertEquals(encode(value, { dedup: false }).length, bytes.length);
      const error = decodeErrorOf(bytes, { limits: { maxDepth: 1000 } });
      assertEquals(error.code, "depth_exceeded");
      assertUnharmed();
    },
  });
}

Deno.test({
  name: "hostile 1: inspect goes as deep, and cut-off depth is an error like any other",
  permissions: "none",
  fn() {
    for (const head of Object.values(HEADS)) {
      const bytes = times(5000, head);
      const text = inspect(bytes);
      assertStringIncludes(text.slice(-400), "!! truncated");
      assert(decodeErrorOf(bytes) instanceof DecodeError);
    }
    assertUnharmed();
  },
});
