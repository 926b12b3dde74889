/** Whoever writes the bytes of a service's segment gets typed errors out of those who serve and call. */
import { assert, assertEquals, assertRejects, assertThrows } from "../helpers/assert.ts";
import { Child } from "../helpers/child.ts";
import { Random } from "../helpers/random.ts";
import { freshName } from "../helpers/shm.ts";
import {
  BusyError,
  connect,
  NoSuchServiceError,
  SegmentError,
  serve,
  SupersededError,
} from "../../membridge/mod.ts";
import { statPath } from "../../membridge/libc/files.ts";
import { LANE_CAPACITY } from "../../membridge/call/layout.ts";
import {
  clear,
  filesOf,
  forge,
  forgetting,
  lengthOf,
  openDescriptors,
  patch,
  plant,
  shmPath,
  TYPED_NAMES,
  until,
  within,
} from "./fixtures/attack.ts";

const FILES: TestOptions = { permissions: { ffi: true } };
const PROCESSES: TestOptions = { permissions: { ffi: true, run: true, read: true } };

type TestOptions = Omit<Deno.TestDefinition, "name" | "fn">;

/** Calls a function of the victim's service through a handle that stays, and through a fresh one. */
function callBoth(child: Child, name: string): Promise<string[]> {
  return child.run(async ({ membridge, state }, name) => {
    const names: string[] = [];
    using fresh = membridge.connect(name, { timeoutMs: 150 });
    for (const client of [state.client, fresh]) {
      try {
        await client.call("add", 1, 2);
      } catch (error) {
        names.push((error as Error).name);
      }
    }
    try {
      await membridge.serve(name, { f: () => 1 }).close();
    } catch (error) {
      names.push((error as Error).name);
    }
    return names;
  }, name);
}

Deno.test(
  "hostile: any byte of a service's segment, while it is served and called",
  PROCESSES,
  async () => {
    const random = new Random();
    console.log(`seed ${random.seed}`);
    const wrong: string[] = [];
    await using caller = new Child();
    const owners = [new Child()];
    try {
      // The header, the words, the first slot, and the list ["add"] behind the slots.
      const offsets = [...Array(144).keys(), 16512, 16513, 16514, 16515, 16516];
      for (const offset of offsets) {
        if (wrong.length > 5) break;
        const name = freshName("service");
        using _left = forgetting(name);
        const owner = owners.at(-1)!;
        await owner.run(({ membridge, state }, name) => {
          state.service = membridge.serve(name, { add: (a: number, b: number) => a + b });
        }, name);
        await caller.run(async ({ membridge, state }, name) => {
          state.client = membridge.connect(name, { timeoutMs: 150 });
          await state.client.call("add", 1, 1);
        }, name);
        const bytes = offset % 3 === 0 ? [0x00] : offset % 3 === 1 ? [0xff] : [random.below(256)];
        assert(lengthOf(shmPath(name)) > offset);
        patch(shmPath(name), offset, Uint8Array.from(bytes));
        const what = `byte ${offset} = ${bytes[0]}`;
        const names = await within(3000, callBoth(caller, name), what);
        for (const each of names) if (!TYPED_NAMES.has(each)) wrong.push(`${what}: ${each}`);
        await caller.run(({ state }) => state.client.close());
        try {
          await within(
            2000,
            owner.run(({ state }) => state.service.close({ timeoutMs: 50 })),
            "the owner",
          );
        } catch (error) {
          wrong.push(`${what}: ${error}`);
          owners.push(new Child());
        }
        clear(shmPath(name));
      }
      assertEquals(wrong, []);
    } finally {
      for (const owner of owners) await owner[Symbol.asyncDispose]();
    }
  },
);

Deno.test("hostile: a service's list of functions that is none", FILES, async () => {
  const lists: Record<string, number[]> = {
    "a number": [0x05],
    "an unknown tag": [0xff, 0xff],
    "truncated text": [0x8f, 0x41],
    "zeros": [0, 0, 0],
  };
  for (const [what, bytes] of Object.entries(lists)) {
    const name = freshName("functions");
    using _left = forgetting(name);
    await using _service = serve(name, { f: () => 1 });
    patch(shmPath(name), 16512, Uint8Array.from(bytes));
    patch(shmPath(name), 64 + 20, Uint8Array.of(bytes.length, 0, 0, 0));
    using client = connect(name);
    const error = await assertRejects(() => client.call("f"), SegmentError, name, what);
    assertEquals(error.code, "corrupt", what);
  }
});

Deno.test("hostile: an owner that is nobody is reaped, and the name is free", FILES, async () => {
  const name = freshName("nobody");
  using _left = forgetting(name);
  for (const use of ["call", "callSync", "serve"]) {
    const forged = forge({ kind: "service", sizeBytes: 20000 });
    new DataView(forged.buffer).setBigUint64(64, 0xdead_beefn, true);
    plant(shmPath(name), forged);
    if (use !== "serve") {
      using client = connect(name);
      if (use === "call") await assertRejects(() => client.call("f"), NoSuchServiceError, name);
      else assertThrows(() => client.callSync("f"), NoSuchServiceError, name);
      assertEquals(statPath(shmPath(name)), undefined);
    }
    await using _service = serve(name, { f: () => 1 });
    using client = connect(name);
    assertEquals(await client.call("f"), 1);
  }
});

Deno.test(
  "hostile: a service ends although somebody in its table has a page that cannot be used",
  FILES,
  async () => {
    const name = freshName("unreachable");
    using _left = forgetting(name);
    const page = forge({ kind: "peer", sizeBytes: 128, magic: "SYSFRAMF" });
    const pagePath = "/dev/shm/sysframe@00000000000000fe.peer";
    plant(pagePath, page);
    try {
      const before = openDescriptors();
      const first = serve(name, { f: () => 1 });
      // One slot was used, and its participant is registered.
      const slot = new Uint8Array(16);
      new DataView(slot.buffer).setBigUint64(0, 0xfen, true);
      new DataView(slot.buffer).setUint32(12, 1, true);
      patch(shmPath(name), 92, Uint8Array.of(1, 0, 0, 0));
      patch(shmPath(name), 128, slot);
      const second = serve(name, { f: () => 2 }, { takeover: true });
      await assertRejects(() => within(3000, first.closed, "the first one"), SupersededError);
      patch(shmPath(name), 92, Uint8Array.of(1, 0, 0, 0));
      patch(shmPath(name), 128, slot);
      await within(3000, second.close(), "the end of the second one");
      await within(3000, second.closed, "what tells of its end");
      assert(await until(() => openDescriptors() <= before, 3000), "descriptors are left");
      assertEquals(filesOf(name, [Deno.pid]), []);
    } finally {
      clear(pagePath);
    }
  },
);

Deno.test("hostile: 1,024 callers, then BusyError, then room again", PROCESSES, async () => {
  const name = freshName("busy");
  using _left = forgetting(name);
  await using owner = new Child();
  await owner.run(({ membridge, state }, name) => {
    state.service = membridge.serve(name, { f: () => 1 });
  }, name);
  const before = openDescriptors();
  const clients = Array.from({ length: LANE_CAPACITY }, () => connect<{ f(): number }>(name));
  using last = connect<{ f(): number }>(name);
  for (const client of clients) assertEquals(client.callSync("f"), 1);
  assertThrows(() => last.callSync("f"), BusyError, name);
  await assertRejects(() => last.call("f"), BusyError, String(LANE_CAPACITY));
  for (const client of clients.slice(0, 10)) client.close();
  const waiting = async () => {
    for (;;) {
      try {
        return await last.call("f");
      } catch (error) {
        if (!(error instanceof BusyError)) throw error;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
  };
  assertEquals(await within(2000, waiting(), "room after ten were closed"), 1);
  for (const client of clients) client.close();
  last.close();
  assertEquals(openDescriptors(), before, "descriptors of closed clients");
  await owner.run(({ state }) => state.service.close());
  assertEquals(filesOf(name, [Deno.pid, owner.pid]), []);
});
