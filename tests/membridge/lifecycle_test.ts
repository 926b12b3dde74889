/** When programs that use membridge end, how, and what they leave: real processes, small programs as a user writes them. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "../helpers/assert.ts";
import { freshName } from "../helpers/shm.ts";
import { connect, NoSuchServiceError, serve, SharedValue } from "../../membridge/mod.ts";
import { listDirectory } from "../../membridge/libc/directory.ts";
import { statPath } from "../../membridge/libc/files.ts";
import { filesOf, forgetting, peek, shmPath, until, within } from "./fixtures/attack.ts";
import { Program } from "./fixtures/program.ts";

const PROGRAMS: Omit<Deno.TestDefinition, "name" | "fn"> = {
  permissions: { ffi: true, run: true, read: true },
};

/** Clock ticks (10 ms) that a process has spent so far, in and out of the kernel. */
function ticksOf(pid: number): number {
  const stat = new TextDecoder().decode(peek(`/proc/${pid}/stat`, 4096, { readOnly: true }));
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

Deno.test(
  "lifecycle: an unref()ed service, an idle client, an unref()ed watch let the program end",
  PROGRAMS,
  async () => {
    const name = freshName("ends");
    using _left = forgetting(name);
    await using unref = new Program("program_unref_service.ts", [`${name}.own`]);
    await using _service = serve(name, { f: () => 1 });
    await using client = new Program("program_idle_client.ts", [name]);
    using _value = SharedValue.open(`${name}.value`, { create: true });
    await using watch = new Program("program_unref_watch.ts", [`${name}.value`]);
    for (
      const [program, said] of [[unref, "served"], [client, "1 1"], [watch, "watches"]] as const
    ) {
      const { code, stdout, stderr } = await program.ended();
      assertEquals({ code, stdout, stderr }, { code: 0, stdout: [said], stderr: "" });
      assertEquals(filesOf(`${name}.own`, [program.pid]), []);
    }
    assertEquals(statPath(shmPath(`${name}.own`)), undefined);
    SharedValue.remove(`${name}.value`);
  },
);

Deno.test(
  "lifecycle: an idle watch keeps the program running until it is aborted",
  PROGRAMS,
  async () => {
    const name = freshName("watch");
    using _left = forgetting(name);
    using value = SharedValue.open<string>(name, { create: true });
    await using program = new Program("program_idle_watch.ts", [name, "700"]);
    await program.says("watches");
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert(program.running);
    value.set("changed");
    await program.says("changed");
    const { code, stdout, stderr } = await program.ended();
    assertEquals(stdout, ["watches", "changed", "ended: enough"]);
    assertEquals([code, stderr], [0, ""]);
    SharedValue.remove(name);
  },
);

Deno.test(
  "lifecycle: a served process stays, idle, without CPU and without threads of its own",
  PROGRAMS,
  async () => {
    const name = freshName("idle");
    using _left = forgetting(name);
    await using program = new Program("program_serving.ts", [name]);
    await program.says("serves");
    using client = connect<{ f(): number; pid(): number }>(name);
    assertEquals(await client.call("pid"), program.pid);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const before = ticksOf(program.pid);
    const here = ticksOf(Deno.pid);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const [there, own] = [ticksOf(program.pid) - before, ticksOf(Deno.pid) - here];
    assert(there <= 2, `the service spent ${there} ticks of 10 ms in 2 s`);
    // An idle client costs as little. Others that use membridge in this process are none.
    assert(own <= 3, `the client spent ${own} ticks of 10 ms in 2 s`);
    // The threads with which Deno read the modules end after 10 s without work; one of ours would stay.
    const threads = () => listDirectory(`/proc/${program.pid}/task`).length - 2;
    const ofDeno = 10 + navigator.hardwareConcurrency;
    assert(await until(() => threads() <= ofDeno, 20_000), `${threads()} threads`);
    assert(program.running);
    assertEquals(await client.call("f"), 1);
  },
);

Deno.test(
  "lifecycle: a pending call keeps the program running until its timeout, unless unref()ed",
  PROGRAMS,
  async () => {
    const name = freshName("pending");
    using _left = forgetting(name);
    await using service = serve(name, { never: () => new Promise<never>(() => {}) });
    await using waiting = new Program("program_pending_call.ts", [name, "400"]);
    await using unref = new Program("program_pending_call.ts", [name, "60000", "unref"]);
    const { code, stdout, stderr } = await waiting.ended();
    assertEquals([code, stderr, stdout], [0, "", ["called", "TimeoutError true"]]);
    const other = await unref.ended();
    assertEquals([other.code, other.stderr, other.stdout], [0, "", ["called"]]);
    await service.close({ timeoutMs: 0 });
  },
);

Deno.test("lifecycle: using and await using leave nothing", PROGRAMS, async () => {
  const name = freshName("using");
  using _left = forgetting(name);
  await using program = new Program("program_using.ts", [name]);
  const { code, stdout, stderr } = await program.ended();
  assertEquals([code, stderr, stdout], [0, "", [`3 ${name}`]]);
  assertEquals(filesOf(name, [program.pid]), []);
});

Deno.test("lifecycle: Deno.exit with everything open leaves nothing", PROGRAMS, async () => {
  for (const [how, expected] of [["exit", 7], ["handler", 8]] as const) {
    const name = freshName("exit");
    using _left = forgetting(name);
    await using program = new Program("program_exit.ts", [name, how]);
    const { code, stderr } = await program.ended();
    assertEquals([code, stderr], [expected, ""]);
    assertEquals(filesOf(name, [program.pid]), []);
  }
});

Deno.test(
  "lifecycle: an uncaught error ends the program with its code, and the next user finds the name free",
  PROGRAMS,
  async () => {
    for (const how of ["throw", "reject"]) {
      const name = freshName("uncaught");
      using _left = forgetting(name);
      await using program = new Program("program_exit.ts", [name, how]);
      const { code, stderr } = await program.ended();
      assertEquals(code, 1);
      assertStringIncludes(stderr, "nobody catches this");
      using client = connect<{ f(): number }>(name);
      await assertRejects(() => client.call("f"), NoSuchServiceError, name);
      await using _service = serve(name, { f: () => 2 });
      assertEquals(await client.call("f"), 2);
      assertEquals(filesOf(`${name}.value`, [program.pid]), []);
    }
  },
);

Deno.test(
  "lifecycle: what a killed service leaves is swept by the next user",
  PROGRAMS,
  async () => {
    for (const signal of ["SIGTERM", "SIGKILL", "SIGINT"] as const) {
      const name = freshName("signal");
      using _left = forgetting(name);
      await using program = new Program("program_serving.ts", [name]);
      await program.says("serves");
      using client = connect<{ never(): void; f(): number }>(name);
      const call = client.call("never").then(() => "?", (error: Error) => error.name);
      assertEquals(await client.call("f"), 1);
      program.kill(signal);
      assertEquals(await within(1000, call, signal), "OwnerDiedError");
      await program.ended();
      await assertRejects(() => client.call("f"), NoSuchServiceError, name);
      assertEquals(filesOf(name, [program.pid]), [], signal);
    }
  },
);

Deno.test(
  "lifecycle: a grandchild that outlives the owner does not keep it alive",
  PROGRAMS,
  async () => {
    const name = freshName("grandchild");
    using _left = forgetting(name);
    await using program = new Program("program_grandchild.ts", [name], {
      flags: ["--allow-ffi", "--allow-run=sleep"],
    });
    await program.says("ready");
    using client = connect<{ never(): void }>(name);
    const call = client.call("never").then(() => "?", (error: Error) => error.name);
    await assertRejects(() => client.with({ timeoutMs: 50 }).call("never"));
    program.kill();
    const killed = performance.now();
    const { stdout } = await program.ended();
    const grandchild = Number(stdout[0].split(" ")[1]);
    try {
      assertEquals(await within(1000, call, "the caller"), "OwnerDiedError");
      assert(performance.now() - killed < 1000);
      assert(listDirectory(`/proc/${grandchild}/fd`).length > 0, "the grandchild lives");
      // Its lock is gone as well: the name can be served at once.
      await using _service = serve(name, { never: () => {} });
      assertEquals(await client.call("never"), undefined);
    } finally {
      Deno.kill(grandchild);
      SharedValue.remove(`${name}.value`);
    }
  },
);

Deno.test(
  "lifecycle: handles that were dropped and collected crash nothing",
  PROGRAMS,
  async () => {
    const name = freshName("dropped");
    using _left = forgetting(name);
    await using program = new Program("program_dropped.ts", [name], {
      flags: ["--allow-ffi", "--v8-flags=--expose-gc"],
    });
    const { code, signal, stdout, stderr } = await program.ended(10_000);
    assertEquals({ code, signal, stdout, stderr }, {
      code: 0,
      signal: null,
      stdout: ["50", "done"],
      stderr: "",
    });
    assertEquals(filesOf(name, [program.pid]), []);
  },
);

Deno.test("lifecycle: 600 handles take no thread and starve no file read", PROGRAMS, async () => {
  const name = freshName("many");
  using _left = forgetting(name);
  await using program = new Program("program_many.ts", [name, new URL(import.meta.url).pathname], {
    flags: ["--allow-ffi", "--allow-read"],
  });
  const { code, stdout, stderr } = await program.ended(40_000);
  assertEquals([code, stderr], [0, ""]);
  const { threads, tookMs, texts } = JSON.parse(stdout[0]);
  assertEquals(texts, 100);
  assert(threads < 16, `${threads} threads`);
  assert(tookMs < 1000, `100 reads took ${tookMs} ms`);
  assertEquals(filesOf(name, [program.pid]), []);
});
