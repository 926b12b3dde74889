/** What membridge needs: nothing to be imported, `--allow-ffi` to be used, and Linux. */
import { assertEquals } from "../helpers/assert.ts";
import { freshName } from "../helpers/shm.ts";
import { filesOf, forgetting } from "./fixtures/attack.ts";
import { Program } from "./fixtures/program.ts";

const PROGRAMS: Omit<Deno.TestDefinition, "name" | "fn"> = {
  permissions: { ffi: true, run: true, read: true },
};

const ENTRIES = ["../../../mod.ts", "../../../pybytes/mod.ts", "../../../membridge/mod.ts"];
const USES = ["create", "open", "remove", "serve", "call", "callSync"];

Deno.test(
  "platform: importing any entry point needs no permission and does nothing",
  PROGRAMS,
  async () => {
    for (const entry of ENTRIES) {
      await using program = new Program(entry, [], { flags: [] });
      const { code, stdout, stderr } = await program.ended();
      // Without permission the first dlopen, read or write would have thrown.
      assertEquals([code, stdout, stderr], [0, [], ""], entry);
      assertEquals(filesOf("/nothing", [program.pid]), []);
    }
  },
);

Deno.test(
  "platform: without the whole of --allow-ffi every first use is NotCapable",
  PROGRAMS,
  async () => {
    const name = freshName("denied");
    using _left = forgetting(name);
    const everythingElse = [
      "--allow-read",
      "--allow-write",
      "--allow-env",
      "--allow-net",
      "--allow-sys",
      "--allow-run",
    ];
    for (const flags of [[], everythingElse, ["--deny-ffi"], ["--allow-ffi=/nowhere/lib.so"]]) {
      await using program = new Program("program_use.ts", [name], { flags });
      const { code, stdout, stderr } = await program.ended();
      const expected = USES.map((use) => `${use} NotCapable true`);
      assertEquals([code, stderr, stdout], [0, "", ["imported", ...expected, "close ok"]]);
    }
  },
);

Deno.test("platform: --allow-ffi is enough for everything", PROGRAMS, async () => {
  const name = freshName("alone");
  using _left = forgetting(name);
  const denied = ["read", "write", "env", "net", "sys", "run"].map((each) => `--deny-${each}`);
  for (const flags of [["--allow-ffi"], ["--allow-ffi", ...denied]]) {
    await using program = new Program("program_using.ts", [name], { flags });
    const { code, stdout, stderr } = await program.ended();
    assertEquals([code, stderr, stdout], [0, "", [`3 ${name}`]]);
    assertEquals(filesOf(name, [program.pid]), []);
  }
});

Deno.test(
  "platform: elsewhere importing works, and the first use says what is missing",
  PROGRAMS,
  async () => {
    const name = freshName("elsewhere");
    using _left = forgetting(name);
    // The error names the platform it found.
    for (const platform of ["darwin", "windows", "freebsd", "none"]) {
      await using program = new Program("program_use.ts", [name, platform]);
      const { code, stdout, stderr } = await program.ended();
      assertEquals([code, stderr], [0, ""], platform);
      assertEquals(stdout[0], "imported");
      assertEquals(stdout.length, USES.length + 2);
      for (const [i, use] of USES.entries()) {
        const named = platform === "none" ? "false" : "true";
        assertEquals(stdout[1 + i], `${use} UnsupportedPlatformError ${named}`, platform);
      }
      assertEquals(filesOf(name, [program.pid]), []);
    }
  },
);
