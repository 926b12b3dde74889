/** Who lives and who is dead: the kernel's lock decides, never a number that may be another process's by now, and never a time. */
import { assert, assertEquals, assertRejects, assertThrows } from "../helpers/assert.ts";
import { Child } from "../helpers/child.ts";
import { freshName, leavesNothing } from "../helpers/shm.ts";
import { AlreadyServedError, connect, NoSuchServiceError, serve } from "../../membridge/mod.ts";
import { ownThread } from "../../membridge/libc/process.ts";
import { statPath } from "../../membridge/libc/files.ts";
import { sweepDeadPeers } from "../../membridge/peer/peer_page.ts";
import { pathOfId } from "../../membridge/segment/names.ts";
import { filesOf, forgetting, within } from "./fixtures/attack.ts";
import { Program } from "./fixtures/program.ts";
import { ForgedParticipant } from "./liveness/participant.ts";

const FILES = { permissions: { ffi: true } } as const;
const PROCESSES = { permissions: { ffi: true, run: true, read: true } } as const;

/** What a page says of its participant, and whether that is taken for alive when its lock is held; free, it never is. */
function identities() {
  const self = ownThread();
  const { pid, tid, startTicks, pidNamespace } = self;
  const own = { pid, tid, startTicks, pidNamespace };
  return [
    { what: "this very thread", identity: own, alive: true },
    { what: "another start time", identity: { ...own, startTicks: startTicks + 1n }, alive: false },
    { what: "an unknown start time", identity: { ...own, startTicks: 0n }, alive: true },
    { what: "a thread of another process", identity: { ...own, pid: 1 }, alive: false },
    { what: "numbers of nobody", identity: { ...own, pid: 4194303, tid: 4194303 }, alive: false },
    {
      what: "numbers of nobody in another pid namespace",
      identity: { pid: 4194303, tid: 4194303, startTicks: 5n, pidNamespace: pidNamespace + 1n },
      alive: true,
    },
    { what: "negative numbers", identity: { ...own, pid: -1, tid: -1 }, alive: true },
  ];
}

Deno.test(
  "liveness: a page whose lock is free is a dead one's, whatever numbers it has",
  FILES,
  () => {
    for (const { what, identity } of identities()) {
      const name = freshName("free");
      using _left = forgetting(name);
      using forged = new ForgedParticipant(identity, false);
      forged.own(name);
      using client = connect(name);
      assertThrows(() => client.callSync("f"), NoSuchServiceError, name, what);
      assertEquals(statPath(pathOfId(forged.id, "peer")), undefined, what);
      assertEquals(filesOf(name, []), [], what);
    }
  },
);

Deno.test(
  "liveness: with the lock held, only a thread that is certainly gone is dead",
  FILES,
  async () => {
    for (const { what, identity, alive } of identities()) {
      const name = freshName("held");
      using _left = forgetting(name);
      using forged = new ForgedParticipant(identity, true);
      forged.own(name);
      if (alive) {
        const error = assertThrows(
          () => serve(name, { f: () => 1 }),
          AlreadyServedError,
          name,
          what,
        );
        assertEquals(error.pid, 4242);
        sweepDeadPeers();
        for (const kind of ["peer", "bell", "life"] as const) {
          assert(statPath(pathOfId(forged.id, kind)) !== undefined, `${what}: ${kind} was swept`);
        }
      } else {
        await using _service = serve(name, { f: () => 1 });
        using client = connect(name);
        assertEquals(await client.call("f"), 1, what);
        sweepDeadPeers();
        assertEquals(statPath(pathOfId(forged.id, "peer")), undefined, what);
      }
    }
  },
);

Deno.test(
  "liveness: a stopped owner is not dead, however long it stands still",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("stopped");
      await using owner = new Child();
      await using caller = new Child();
      await owner.run(({ membridge, state }, name) => {
        state.service = membridge.serve(name, { add: (a: number, b: number) => a + b });
      }, name);
      using client = connect<{ add(a: number, b: number): number }>(name);
      assertEquals(await client.call("add", 1, 1), 2);
      owner.kill("SIGSTOP");
      const calls = [client.call("add", 1, 2), client.call("add", 3, 4)];
      const blocking = caller.run(({ membridge }, name) => {
        using client = membridge.connect(name);
        return client.callSync("add", 5, 6);
      }, name);
      // Two looks at everybody, which come once a second.
      const early = await Promise.race([
        ...calls,
        blocking,
        new Promise((resolve) => setTimeout(() => resolve("nothing yet"), 2500)),
      ]);
      assertEquals(early, "nothing yet");
      assertThrows(() => serve(name, { f: () => 1 }), AlreadyServedError, String(owner.pid));
      owner.kill("SIGCONT");
      assertEquals(await within(5000, Promise.all(calls), "the calls"), [3, 7]);
      assertEquals(await within(5000, blocking, "the blocking call"), 11);
      await owner.run(({ state }) => state.service.close());
      client.close();
      await owner.finish();
      await caller.finish();
    }),
);

Deno.test(
  "liveness: a killed owner that its parent has not waited for is dead",
  PROCESSES,
  async () => {
    const name = freshName("zombie");
    using _left = forgetting(name);
    // `sleep` never waits for the child that it has become the parent of.
    await using program = new Program("../liveness/program.ts", [name, `${name}.nobody`], {
      under: ["bash", "-c", `"$0" "$@" & exec sleep 60`],
    });
    await program.says("serves");
    using client = connect<{ pid(): number; never(): void }>(name);
    const pid = await client.call("pid");
    const call = client.call("never");
    await client.call("pid"); // Now the other one has begun.
    Deno.kill(pid, "SIGKILL");
    await assertRejects(() => within(2000, call, "the caller"), Error, "died");
    Deno.kill(pid, "SIGCONT"); // Its number is still in use: it can be signalled.
    await using _heir = serve(name, { pid: () => 0 });
    assertEquals(await client.call("pid"), 0);
  },
);

/** Tells whether this user may make pid namespaces here. */
function namespacesPermitted(): boolean {
  try {
    return new Deno.Command("unshare", { args: [...UNSHARE, "true"], stderr: "null" })
      .outputSync().success;
  } catch {
    return false;
  }
}

const UNSHARE = ["--pid", "--fork", "--kill-child"];

Deno.test(
  "liveness: processes of different pid namespaces serve and call each other",
  PROCESSES,
  async (test) => {
    if (!namespacesPermitted()) {
      await test.step({ name: "unshare --pid is not permitted here", ignore: true, fn: () => {} });
      return;
    }
    const [inner, outer] = [freshName("inner"), freshName("outer")];
    using _left = forgetting(inner);
    using _right = forgetting(outer);
    await using _service = serve(outer, { add: (a: number, b: number) => a + b });
    // One in a namespace of its own, and one in another: each has numbers that mean somebody else to all others.
    const names = [inner, `${inner}.second`];
    const programs = names.map((name) =>
      new Program("../liveness/program.ts", [name, outer], { under: ["unshare", ...UNSHARE] })
    );
    try {
      for (const program of programs) await program.says("serves");
      for (const [i, name] of names.entries()) {
        using client = connect<{
          pid(): number;
          add(a: number, b: number): number;
          addSync(a: number, b: number): number;
          never(): void;
        }>(name);
        assert(await client.call("pid") < 100, "it is not in a namespace of its own");
        assertEquals(await client.call("add", 1, 2), 3);
        assertEquals(await client.call("addSync", 3, 4), 7);
        // Whoever starts sweeps: nobody is mistaken for a dead one.
        sweepDeadPeers();
        using another = connect<{ pid(): number }>(name);
        assert(await another.call("pid") < 100);
        assertThrows(() => serve(name, { f: () => 1 }), AlreadyServedError);
        const call = client.call("never");
        await client.call("pid");
        programs[i].kill();
        await assertRejects(() => within(5000, call, "the caller"), Error, "died");
        await assertRejects(() => client.call("pid"), NoSuchServiceError);
      }
    } finally {
      for (const program of programs) await program[Symbol.asyncDispose]();
    }
  },
);
