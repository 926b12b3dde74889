/** What comes from outside: no memory left, files that grow while they are read, and files that somebody removes. */
import { assert, assertEquals, assertRejects, assertThrows } from "../helpers/assert.ts";
import { Child } from "../helpers/child.ts";
import { freshName, leavesNothing } from "../helpers/shm.ts";
import {
  connect,
  NoSuchServiceError,
  SegmentError,
  serve,
  SharedValue,
} from "../../membridge/mod.ts";
import { reactor } from "../../membridge/peer/reactor.ts";
import { pathOfId } from "../../membridge/segment/names.ts";
import { clear, filesOf, forgetting, peek, shmPath, within } from "./fixtures/attack.ts";
import { Program } from "./fixtures/program.ts";

const FILES = { permissions: { ffi: true } } as const;
const PROCESSES = { permissions: { ffi: true, run: true, read: true } } as const;

/** Runs the rest of its arguments with a `/dev/shm` of its own, of one MiB. */
const SMALL_SHM = [
  "unshare",
  "--mount",
  "bash",
  "-c",
  `mount -t tmpfs -o size=1m,mode=1777 tmpfs /dev/shm && exec "$0" "$@"`,
];

function mountPermitted(): boolean {
  try {
    const [command, ...args] = SMALL_SHM;
    return new Deno.Command(command, { args: [...args, "true"], stderr: "null" }).outputSync()
      .success;
  } catch {
    return false;
  }
}

Deno.test("outside: a full /dev/shm is ENOSPC, and nothing changed", PROCESSES, async (test) => {
  if (!mountPermitted()) {
    await test.step({ name: "unshare --mount is not permitted here", ignore: true, fn: () => {} });
    return;
  }
  await using program = new Program("full.ts", [freshName("full")], { under: SMALL_SHM });
  const { code, signal, stdout, stderr } = await program.ended(20_000);
  assertEquals({ code, signal, stderr }, { code: 0, signal: null, stderr: "" });
  assertEquals(JSON.parse(stdout[0]), {
    error: "SystemError ENOSPC",
    unchanged: true,
    works: true,
    call: "SystemError ENOSPC",
  });
});

Deno.test(
  "outside: a value grows from 1 KiB to 64 MiB while four processes read it",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("growing");
      using value = SharedValue.open<Uint8Array>(name, { create: true });
      value.set(new Uint8Array(1024).fill(10));
      const readers = Array.from({ length: 4 }, () => new Child());
      const read = Promise.all(readers.map((reader) =>
        reader.run(async ({ membridge }, name) => {
          using value = membridge.SharedValue.open<Uint8Array>(name);
          const lengths = new Set<number>();
          for (;;) {
            const bytes = value.get()!;
            // All bytes of a value are the logarithm of its length.
            const expected = Math.log2(bytes.length);
            for (let i = 0; i < bytes.length; i += 1021) {
              if (bytes[i] !== expected) throw new Error(`${bytes[i]} at ${i} of ${bytes.length}`);
            }
            if (bytes[bytes.length - 1] !== expected) throw new Error("the end");
            lengths.add(bytes.length);
            if (bytes.length === 64 << 20) return lengths.size;
            await new Promise((resolve) => setTimeout(resolve, 0));
          }
        }, name)
      ));
      for (let power = 11; power <= 26; power++) {
        value.set(new Uint8Array(2 ** power).fill(power));
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      const seen = await within(20_000, read, "the readers");
      assert(seen.every((lengths) => lengths >= 1) && Math.max(...seen) > 2, `${seen}`);
      for (const reader of readers) await reader.finish();
      SharedValue.remove(name);
    }),
);

Deno.test(
  "outside: a value whose file was removed goes on among those who have it",
  FILES,
  async () => {
    const name = freshName("gone");
    using _left = forgetting(name);
    using one = SharedValue.open<number>(name, { create: true });
    using two = SharedValue.open<number>(name);
    one.set(1);
    await using watch = two.watch();
    const table = pathOfId(new BigUint64Array(peek(shmPath(name), 24).buffer)[2], "watch");
    clear(shmPath(name));
    const next = watch.next();
    assertEquals(one.update((old) => old! + 1), 2);
    assertEquals([two.get(), (await within(2000, next, "the watch")).value], [2, 2]);
    // Who opens it now is told that there is none, or makes another one: that is not theirs.
    const error = assertThrows(() => SharedValue.open(name), SegmentError, name);
    assertEquals(error.code, "not_found");
    using other = SharedValue.open<number>(name, { create: true });
    assertEquals(other.get(), undefined);
    other.set(100);
    assertEquals([one.get(), two.get(), other.get()], [2, 2, 100]);
    await watch.return!();
    clear(table);
    assert(SharedValue.remove(name));
  },
);

Deno.test(
  "outside: a service whose files were removed goes on with its callers",
  PROCESSES,
  async () => {
    const name = freshName("gone");
    using _left = forgetting(name);
    const service = serve(name, { add: (a: number, b: number) => a + b });
    using client = connect<{ add(a: number, b: number): number }>(name);
    assertEquals(await client.call("add", 1, 2), 3);
    const own = (["bell", "life", "peer"] as const).map((kind) => pathOfId(reactor.id, kind));
    for (const path of [shmPath(name), ...own]) clear(path);
    // Those who are connected have it all open.
    assertEquals(await client.call("add", 3, 4), 7);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assertEquals(await client.call("add", 5, 6), 11);
    // Who comes now finds nobody; who serves the name now has it.
    using late = connect<{ add(a: number, b: number): number }>(name);
    await assertRejects(() => late.call("add", 1, 1), NoSuchServiceError, name);
    const heir = serve(name, { add: () => -1 });
    assertEquals(await late.call("add", 1, 1), -1);
    // Another process cannot reach this thread, whose page is gone: that is as good as dead, and is said.
    await using stranger = new Child();
    const found = await stranger.run(
      ({ membridge }, name) =>
        membridge.connect(name).call("add", 1, 1).then(() => "?", (error: Error) => error.name),
      name,
    );
    assertEquals(found, "NoSuchServiceError");
    await service.close();
    await heir.close();
    client.close();
    late.close();
    // With the last handle closed, the next first one makes the files anew.
    await using again = serve(name, { add: (a: number, b: number) => a + b });
    using fresh = connect<{ add(a: number, b: number): number }>(name);
    assertEquals(await fresh.call("add", 1, 1), 2);
    await again.close();
    fresh.close();
    assertEquals(filesOf(name, [Deno.pid]), []);
  },
);
