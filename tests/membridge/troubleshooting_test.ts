/** The messages in OPERATION.md are those that the code gives: each is provoked, and nothing else is in its tables. */
import { assert, assertEquals } from "../helpers/assert.ts";
import { Child } from "../helpers/child.ts";
import { freshName, leavesNothing } from "../helpers/shm.ts";
import {
  Channel,
  type Client,
  connect,
  Mutex,
  remove,
  serve,
  SharedFrames,
  SharedMemory,
  SharedValue,
  SystemError,
  UnsupportedPlatformError,
} from "../../membridge/mod.ts";
import { effectiveUid } from "../../membridge/libc/process.ts";
import { pathOfId } from "../../membridge/segment/names.ts";
import {
  clear,
  forge,
  forgetting,
  giveAway,
  headerIdOf,
  holdLock,
  makeDirectory,
  patch,
  plant,
  shmPath,
} from "./fixtures/attack.ts";
import { Program } from "./fixtures/program.ts";

const DOCUMENT = new URL("../../membridge/OPERATION.md", import.meta.url);

/** Messages with other names and numbers are the same. */
function normalised(message: string): string {
  return message.replace(/\/test-\d+-\d+\./g, "/").replace(/@[0-9a-f]{16}/, "@ID")
    .replace(/\d+/g, "N");
}

/** The messages in the first columns of the document's tables. */
function documented(text: string): string[] {
  return [...text.matchAll(/^\| (`+) ?(.+?) ?\1 +\|/gm)].map((match) => normalised(match[2]));
}

const messages = new Set<string>();

/** Adds the message of the error in which an action ends. */
async function provoke(action: () => unknown): Promise<void> {
  try {
    await action();
  } catch (error) {
    messages.add(normalised((error as Error).message));
    return;
  }
  throw new Error(`No error from ${action}`);
}

// deno-lint-ignore no-explicit-any -- what these callers do wrong has no type
type AnyClient = Client<any>;

async function provokeCalls(): Promise<void> {
  const name = freshName("thermostat");
  const handlers = {
    setTarget: (celsius: number) => celsius,
    slow: () => new Promise(() => {}),
    *history() {
      yield 1;
    },
  };
  const client: AnyClient = connect(name);
  await provoke(() => client.call("setTarget"));
  await provoke(() => client.with({ waitMs: 1 }).call("setTarget"));
  const service = serve(name, handlers, { maxConcurrent: 1, maxQueued: 0 });
  await provoke(() => client.call("setTraget"));
  await provoke(() => client.call("setTarget", () => {}));
  await provoke(() => client.call("history"));
  await provoke(() => Array.fromAsync(client.stream("setTarget", 1)));
  await provoke(() => client.callSync("setTarget", 1));
  await provoke(() => serve(name, handlers));
  await provoke(() => remove(name));
  await provoke(() => client.with({ timeoutMs: 1 }).call("slow")); // Runs on.
  await provoke(() => client.call("setTarget", 1));
  await provoke(() => SharedValue.open(name));
  const heir = serve(name, handlers, { takeover: true });
  await provoke(() => service.closed);
  const call = client.call("slow");
  await client.call("setTarget", 1); // Now that one is running as well.
  await Promise.all([provoke(() => call), heir.close({ timeoutMs: 1 })]);
  await using last = serve(name, handlers);
  const abandoned = client.call("slow");
  client.close();
  await provoke(() => abandoned);
  await provoke(() => client.call("setTarget"));
  await last.close({ timeoutMs: 1 });
  await provoke(() => connect(name, { timeout: 5 } as never));
}

async function provokeDeaths(): Promise<void> {
  const name = freshName("thermostat");
  using client: AnyClient = connect(name);
  await using child = new Child();
  const begin = async () => {
    await child.run(({ membridge, state }, name) => {
      state.service ??= membridge.serve(name, { slow: () => new Promise(() => {}), ping: () => 1 });
    }, name);
    const call = client.call("slow");
    call.catch(() => {});
    await client.call("ping");
    return { call };
  };
  const superseded = await begin();
  const service = serve(name, { f: () => 1 }, { takeover: true });
  await provoke(() => superseded.call);
  await service.close();
  await child.run(({ state }) => void delete state.service);
  const orphaned = await begin();
  child.kill();
  await provoke(() => orphaned.call);
  remove(name);
}

async function provokeSegments(): Promise<void> {
  const name = freshName("thermostat.status");
  using _left = forgetting(name);
  const path = shmPath(name);
  await provoke(() => SharedValue.open(name));
  await provoke(() => SharedValue.open("thermostat"));
  plant(path, new Uint8Array(3));
  await provoke(() => SharedValue.open(name));
  plant(path, new Uint8Array(64), 0o660);
  await provoke(() => SharedValue.open(name));
  // Who may not give a file away cannot be given one either: then the words are those of the source.
  if (!giveAway(path, effectiveUid() + 1)) {
    messages.add(normalised('Segment "/thermostat.status" belongs to user 1, not to user 2'));
  } else await provoke(() => SharedValue.open(name));
  clear(path);
  makeDirectory(path);
  await provoke(() => SharedValue.open(name));
  clear(path);
  plant(path, forge({ kind: "value", version: 99, sizeBytes: 4096 }));
  await provoke(() => SharedValue.open(name));
  clear(path);

  const value = SharedValue.open<number>(name, { create: true, timeoutMs: 1 });
  const codec = { name: "json", encode: () => new Uint8Array(), decode: () => 1 };
  await provoke(() => SharedValue.open(name, { codec }));
  await provoke(() => value.update(() => value.set(1)));
  const release = holdLock(path);
  await provoke(() => value.set(1));
  release();
  value.set(1);
  patch(path, 128 + 16, new Uint8Array(new BigUint64Array([1n << 40n, 8n]).buffer));
  await provoke(() => value.get());
  SharedValue.remove(name);
  await provoke(() => value.set(1));
  value.close();
  await provoke(() => value.get());

  const memory = freshName("thermostat.memory");
  using _memory = SharedMemory.open(memory, { create: true, sizeBytes: 4096 });
  await provoke(() => SharedMemory.open(memory, { sizeBytes: 8192 }));
  SharedMemory.remove(memory);
}

async function provokeQueues(): Promise<void> {
  const jobs = freshName("jobs");
  {
    using channel = Channel.open<unknown>(jobs, { create: true, capacityBytes: 4096 });
    await provoke(() => channel.send("x".repeat(4096)));
    await provoke(() => channel.receive({ timeoutMs: 1 }));
    await provoke(async () => {
      for (;;) await channel.send("x".repeat(900), { timeoutMs: 1 });
    });
    Channel.remove(jobs);
  }
  using channel = Channel.open<unknown>(jobs, {
    create: true,
    capacityBytes: 4096,
    whenFull: "fail",
  });
  await provoke(() => Channel.open(jobs, { whenFull: "wait" }));
  await provoke(async () => {
    for (;;) await channel.send("x".repeat(900));
  });
  clear(pathOfId(BigInt(`0x${headerIdOf(shmPath(jobs))}`), "consumers"));
  await provoke(() => Channel.open(jobs));
  channel.end();
  await provoke(() => channel.send(1));
  for await (const _message of channel);
  await provoke(() => channel.receive());
  Channel.remove(jobs);

  const turn = freshName("machine.turn");
  using mutex = Mutex.open(turn, { create: true });
  {
    using _guard = mutex.lockSync();
    await provoke(() => mutex.lockSync());
    await provoke(() => mutex.lock({ timeoutMs: 1 }));
  }
  Mutex.remove(turn);

  const frames = freshName("camera");
  using camera = SharedFrames.open(frames, { create: true, slotBytes: 16 });
  await provoke(() => SharedFrames.open(frames, { slotBytes: 32 }));
  const loans = [1, 2, 3].map(() => camera.loan(Uint8Array));
  await provoke(() => camera.loan(Uint8Array));
  for (const loan of loans) loan.discard();
  camera.loan(Uint8Array).publish();
  await provoke(() => camera.borrow(Float64Array));
  SharedFrames.remove(frames);
}

/** What the system would have to be driven to has its words from the class, or from another process. */
async function provokeSystem(): Promise<void> {
  const directory = "/dev/shm";
  for (
    const init of [
      { syscall: "posix_fallocate", errno: 28, code: "ENOSPC" },
      { syscall: "open", errno: 24, code: "EMFILE", path: `${directory}/sysframe.thermostat` },
      { syscall: "open", errno: 30, code: "EROFS", path: directory },
    ]
  ) await provoke(() => Promise.reject(new SystemError(init)));
  await using program = new Program("program_serving.ts", [freshName("denied")], { flags: [] });
  const { stderr } = await program.ended(20_000);
  messages.add(stderr.match(/NotCapable: (.*)/)![1]);
  const source = await Deno.readTextFile(new URL("../../membridge/libc/libc.ts", import.meta.url));
  const other = source.match(/`(membridge needs Deno on Linux.*)`/)![1];
  await provoke(() =>
    Promise.reject(new UnsupportedPlatformError(other.replace("${os}", "darwin")))
  );
}

Deno.test(
  "troubleshooting: every message in the tables is one that the code gives, and says it so",
  { permissions: { ffi: true, run: true, read: true } },
  () =>
    leavesNothing(async () => {
      const text = await Deno.readTextFile(DOCUMENT);
      for (
        const part of [
          provokeCalls,
          provokeDeaths,
          provokeSegments,
          provokeQueues,
          provokeSystem,
        ]
      ) await part();
      const told = documented(text);
      assert(told.length > 35, `${told.length} messages`);
      assertEquals(told.toSorted(), [...messages].toSorted());
    }),
);
