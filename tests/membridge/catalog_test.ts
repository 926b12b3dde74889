/** `list`, `remove` and `cleanup`: what is there, and what dead processes left. */
import { assert, assertEquals, assertThrows } from "../helpers/assert.ts";
import { Child } from "../helpers/child.ts";
import { freshName, leavesNothing, sharedFiles } from "../helpers/shm.ts";
import { statPath } from "../../membridge/libc/files.ts";
import {
  AlreadyServedError,
  Channel,
  cleanup,
  connect,
  type Entry,
  list,
  Mutex,
  remove,
  SegmentError,
  serve,
  SharedValue,
  Topic,
} from "../../membridge/mod.ts";
import {
  clear,
  filesOf,
  forge,
  headerIdOf,
  patch,
  plant,
  shmPath,
  until,
  within,
} from "./fixtures/attack.ts";

const FFI = { permissions: { ffi: true } } as const;
const PROCESSES = { permissions: { ffi: true, run: true, read: true } } as const;

function entry(name: string): Entry | undefined {
  return list().find((each) => each.name === name);
}

Deno.test(
  "catalog: every name with its kind, size, owner and version",
  FFI,
  () =>
    leavesNothing(async () => {
      const [value, topic, service] = ["value", "topic", "service"].map(freshName);
      using status = SharedValue.open<number>(value, { create: true });
      using news = Topic.open<number>(topic, { create: true });
      await using served = serve(service, { add: (a: number, b: number) => a + b });
      for (let i = 0; i < 3; i++) status.set(i);
      news.publish(1);
      const own = () => sharedFiles().filter((file) => file.includes(`test-${Deno.pid}-`));
      const before = own();
      const [v, t, s] = [value, topic, service].map((name) => entry(name)!);
      assertEquals(own(), before, "listing changed something");
      assertEquals([v.kind, v.version, v.codec, v.mode], ["value", 3, "pybytes", 0o600]);
      assertEquals([t.kind, t.version], ["topic", 1]);
      assertEquals([s.kind, s.pid, s.alive], ["service", Deno.pid, true]);
      for (const each of [v, t, s]) {
        assertEquals(each.problem, undefined);
        assert(each.sizeBytes >= 4096);
        assert(each.createdMs === 0 || Math.abs(each.createdMs - Date.now()) < 60_000);
      }
      const names = list().map(({ name }) => name);
      assertEquals(names, names.toSorted());
      assertThrows(() => remove(service), AlreadyServedError, String(Deno.pid));
      assertEquals([remove(value), remove(topic), remove(value)], [true, true, false]);
      assertThrows(() => status.set(1), SegmentError);
      await served.close();
      assertEquals(remove(service), false);
      assertThrows(() => remove("no slash"), TypeError);
    }),
);

Deno.test(
  "catalog: what is no segment of ours is listed with what is wrong, and stays",
  FFI,
  () =>
    leavesNothing(() => {
      const name = freshName("odd");
      const path = shmPath(name);
      const cases = [
        ["corrupt", new Uint8Array(100)],
        ["incompatible", forge({ kind: "value", sizeBytes: 4096, version: 99 })],
        ["corrupt", new Uint8Array(3)],
      ] as const;
      for (const [code, bytes] of cases) {
        plant(path, bytes);
        const found = entry(name)!;
        assertEquals([found.kind, found.sizeBytes], ["unknown", bytes.length]);
        assert(found.problem !== undefined && found.problem.includes(name), found.problem);
        const error = assertThrows(() => remove(name), SegmentError);
        assertEquals(error.code, code);
        cleanup();
        assert(entry(name) !== undefined);
        clear(path);
      }
      // A peer's page under a user's name.
      plant(path, forge({ kind: "peer", sizeBytes: 4096 }));
      assertThrows(() => remove(name), SegmentError);
      clear(path);
      assertEquals(entry(name), undefined);
    }),
);

Deno.test(
  "catalog: a dead owner's name is listed as such, and goes with cleanup",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const [dead, alive, kept] = ["dead", "alive", "kept"].map(freshName);
      await using child = new Child();
      await child.run(
        ({ membridge, state }, dead, kept) => {
          state.service = membridge.serve(dead, { f: () => 1 });
          state.value = membridge.SharedValue.open(kept, { create: true });
          state.value.set(1);
          state.changes = state.value.watch();
          state.changes.next();
        },
        dead,
        kept,
      );
      await using service = serve(alive, { f: () => 2 });
      child.kill();
      await child.ended();
      assert(await until(() => entry(dead)?.alive === false, 1000));
      assertEquals(entry(alive)?.alive, true);
      const { services, files } = cleanup();
      assert(services.includes(dead) && !services.includes(alive), services.join());
      // Somebody else who starts sweeps, too.
      assert(files >= 0);
      assertEquals(filesOf(dead, [child.pid]), []);
      assertEquals([entry(dead), entry(alive)?.alive], [undefined, true]);
      // Values outlive their processes.
      assertEquals(entry(kept)?.version, 1);
      using client = connect<{ f(): number }>(alive);
      assertEquals(client.describe().functions.length, 1);
      SharedValue.remove(kept);
      await service.close();
    }),
);

Deno.test(
  "catalog: files of segments that have no name any more go with cleanup",
  FFI,
  () =>
    leavesNothing(async () => {
      const name = freshName("gone");
      using value = SharedValue.open<number>(name, { create: true });
      value.set(1);
      const watch = value.watch();
      const watchFile = `sysframe@${headerIdOf(shmPath(name))}.watch`;
      cleanup();
      assert(sharedFiles().includes(watchFile), "the table of a living value");
      await watch.return!();
      // Removed from outside, as `rm` does it.
      clear(shmPath(name));
      cleanup();
      assert(!sharedFiles().includes(watchFile));
    }),
);

Deno.test(
  "catalog: cleanup leaves the locks alone that were moved to files of their own",
  FFI,
  () =>
    leavesNothing(() => {
      const name = freshName("moved");
      using mutex = Mutex.open(name, { create: true });
      using channel = Channel.open<number>(`${name}.channel`, { create: true });
      using value = SharedValue.open<number>(`${name}.value`, { create: true });
      const watch = value.watch();
      const ownPath = (ofName: string, kind: string) =>
        `/dev/shm/sysframe@${headerIdOf(shmPath(ofName))}.${kind}`;
      const segments = [
        shmPath(name),
        ownPath(name, "hold"),
        ownPath(channel.name, "consumers"),
        ownPath(value.name, "watch"),
      ];
      // Where a lock goes whose holder was terminated.
      const locks = segments.map((path) => `/dev/shm/sysframe@${headerIdOf(path)}.lock1`);
      const orphan = "/dev/shm/sysframe@00000000000000ff.lock1";
      for (const path of [...locks, orphan]) plant(path, new Uint8Array(0));
      for (const path of segments) patch(path, 48, Uint8Array.of(1));
      assertEquals(mutex.tryLock()?.previousOwnerDied, false);
      cleanup();
      assertEquals(locks.filter((path) => statPath(path) === undefined), []);
      assertEquals(statPath(orphan), undefined);
      using other = Mutex.open(name);
      assertEquals(other.tryLock(), undefined, "two own the mutex");
      channel.trySend(1);
      assertEquals(channel.tryReceive(), { value: 1 });
      watch.return!();
      for (const each of [name, channel.name, value.name]) assert(remove(each));
      assertEquals(locks.filter((path) => statPath(path) !== undefined), []);
    }),
);

Deno.test(
  "catalog: cleanup, takeovers, kills and opens at once: nobody loses a name that is served",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("contested");
      await using sweeper = new Child();
      await sweeper.run(({ membridge, state }) => {
        state.sweeps = 0;
        state.stop = false;
        state.done = (async () => {
          while (!state.stop) {
            membridge.cleanup();
            state.sweeps++;
            await new Promise((resolve) => setTimeout(resolve, 0));
          }
        })();
      });
      for (let round = 0; round < 12; round++) {
        await using owner = new Child();
        await owner.run(({ membridge, state }, name) => {
          state.service = membridge.serve(name, { round: () => Deno.pid }, { takeover: true });
        }, name);
        using client = connect<{ round(): number }>(name, { timeoutMs: 3000 });
        for (let i = 0; i < 20; i++) {
          assertEquals(await within(3000, client.call("round"), "a call"), owner.pid);
        }
        owner.kill();
        await owner.ended();
      }
      const sweeps = await sweeper.run(async ({ state }) => {
        state.stop = true;
        await state.done;
        return state.sweeps;
      });
      assert(sweeps > 12, `${sweeps} sweeps`);
      cleanup();
      assertEquals(entry(name), undefined);
      await sweeper.finish();
    }),
);
