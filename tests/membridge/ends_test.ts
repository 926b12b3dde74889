/** The end of a process, of a handle, of a Worker: what stays behind holds nothing, and what is used afterwards says so. */
import { assert, assertEquals } from "../helpers/assert.ts";
import { freshName } from "../helpers/shm.ts";
import { connect, serve, SharedValue } from "../../membridge/mod.ts";
import { listDirectory } from "../../membridge/libc/directory.ts";
import { sweepDeadPeers } from "../../membridge/peer/peer_page.ts";
import { filesOf, forgetting, targetOf, until, within } from "./fixtures/attack.ts";
import { Program } from "./fixtures/program.ts";

const PROGRAMS = { permissions: { ffi: true, run: true, read: true } } as const;
const WORKERS = { permissions: { ffi: true, read: true } } as const;

const FLAGS = ["--allow-ffi", "--allow-run=sleep"];

/** What a process has open of shared memory. */
function sharedOf(pid: number): string[] {
  return listDirectory(`/proc/${pid}/fd`).map((entry) => targetOf(`/proc/${pid}/fd/${entry}`) ?? "")
    .filter((target) => target.startsWith("/dev/shm/"));
}

/** Starts the program and waits until its child process runs; returns that one's number. */
async function childOf(program: Program): Promise<number> {
  const line = await program.saysLike(/^child \d+$/);
  const pid = Number(line.split(" ")[1]);
  // Between fork and exec it still has what its parent has.
  assert(await until(() => sharedOf(pid).length === 0, 5000), `${sharedOf(pid)}`);
  return pid;
}

Deno.test(
  "ends: a child process inherits no descriptor, and keeps nothing alive",
  PROGRAMS,
  async () => {
    const name = freshName("inherits");
    using _left = forgetting(name);
    await using program = new Program("../ends/program.ts", [name], {
      flags: FLAGS,
      stdin: "piped",
    });
    const child = await childOf(program);
    try {
      assert(sharedOf(program.pid).length >= 8, `${sharedOf(program.pid)}`);
      using client = connect<{ f(): number }>(name);
      assertEquals(await client.call("f"), 1);
      program.kill();
      await program.ended();
      assert(listDirectory(`/proc/${child}/fd`).length > 2, "the child lives on");
      // Its parent's page, lock, bell, sign of life and lane are all free.
      await using _heir = serve(name, { f: () => 2 });
      assertEquals(await within(5000, client.call("f").catch(() => client.call("f")), "a call"), 2);
      using value = SharedValue.open<number>(`${name}.value`, { timeoutMs: 2000 });
      assertEquals(value.update((old) => old! + 1), 2);
      sweepDeadPeers();
      assertEquals(filesOf("/no name", [program.pid]), []);
    } finally {
      Deno.kill(child);
    }
  },
);

Deno.test(
  "ends: what is used after its end says so, and the program ends well",
  PROGRAMS,
  async () => {
    const name = freshName("after");
    using _left = forgetting(name);
    await using program = new Program("../ends/program.ts", [name], {
      flags: FLAGS,
      stdin: "piped",
    });
    await childOf(program);
    program.endInput();
    const { code, signal, stdout, stderr } = await program.ended(10_000);
    assertEquals({ code, signal, stderr }, { code: 0, signal: null, stderr: "" });
    assertEquals(stdout.slice(1), [
      "length [0,0,0]",
      "read [null,null]",
      'write "TypeError"',
      'load "TypeError"',
      'store "TypeError"',
      'view "TypeError"',
      'set "TypeError"',
      'slice "TypeError"',
      'get "ClosedError"',
      'setValue "ClosedError"',
      'version "ClosedError"',
      'update "ClosedError"',
      'watch "ClosedError"',
      'callSync "ClosedError"',
      'next {"done":true}',
    ]);
    assertEquals(filesOf(name, [program.pid]), []);
  },
);

Deno.test(
  "ends: a terminated worker that held everything gives everything back",
  WORKERS,
  async () => {
    const base = freshName("everything");
    using _left = forgetting(base);
    const [served, called, watched, locked] = ["served", "called", "value", "locked"].map((what) =>
      `${base}.${what}`
    );
    using value = SharedValue.open<number>(watched, { create: true });
    using lock = SharedValue.open<number>(locked, { create: true, timeoutMs: 5000 });
    lock.set(1);
    let aborted = false;
    await using service = serve(called, {
      f: () => 1,
      wait() {
        const { signal } = this;
        return new Promise<void>((resolve) =>
          signal.addEventListener("abort", () => {
            aborted = true;
            resolve();
          })
        );
      },
    });
    const worker = new Worker(new URL("./ends/worker.ts", import.meta.url), { type: "module" });
    const ready = new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = reject;
    });
    worker.postMessage({ served, called, value: watched, locked });
    assertEquals(await within(30_000, ready, "the worker"), true);
    using client = connect<{ f(): number; never(): void }>(served);
    assertEquals(await client.call("f"), 1);
    const call = client.call("never").then(() => "?", (error: Error) => error.name);
    worker.terminate();
    // Who waits for it is told; who runs something for it is told; its lock and its name go to the next one; writers wake nobody in vain.
    assertEquals(await within(5000, call, "the caller"), "OwnerDiedError");
    assert(await until(() => aborted, 5000), "its call goes on");
    assertEquals(lock.update((old) => old! + 1), 2);
    await using _heir = serve(served, { f: () => 2 });
    assertEquals(await client.call("f"), 2);
    value.set(5);
    await using watch = value.watch();
    const next = watch.next();
    value.set(6);
    assertEquals((await within(2000, next, "the watch")).value, 6);
    await watch.return!();
    await within(2000, service.close(), "the service's end");
  },
);
