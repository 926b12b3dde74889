/** Whoever writes the bytes of a channel gets messages or typed errors out of its open handles, in bounded time. */
import { assert, assertEquals, assertThrows } from "../helpers/assert.ts";
import { Child } from "../helpers/child.ts";
import { Random } from "../helpers/random.ts";
import { freshName } from "../helpers/shm.ts";
import { Channel, SegmentError } from "../../membridge/mod.ts";
import {
  clear,
  forge,
  forgetting,
  headerIdOf,
  lengthOf,
  patch,
  peek,
  plant,
  shmPath,
  TYPED_NAMES,
  within,
} from "./fixtures/attack.ts";

const PROCESSES: Omit<Deno.TestDefinition, "name" | "fn"> = {
  permissions: { ffi: true, run: true, read: true },
};

/** The errors that a channel's user may get. */
const TYPED = new Set([...TYPED_NAMES, "EndedError"]);
const CAPACITY = 4096;

/** The bytes of a channel that is in use, and a child that has it open. */
interface Victim {
  readonly child: Child;
  readonly files: readonly { readonly path: string; readonly pristine: Uint8Array<ArrayBuffer> }[];
}

async function victimOf(name: string): Promise<Victim> {
  const child = new Child();
  await child.run(async ({ membridge, state }, name) => {
    state.channel = membridge.Channel.open(name, {
      create: true,
      capacityBytes: 4096,
      timeoutMs: 50,
    });
    state.other = membridge.Channel.open(name, { timeoutMs: 50 });
    for (let i = 0; i < 12; i++) await state.channel.send({ n: i, text: "some text" });
    for (let i = 0; i < 5; i++) await state.other.receive();
    state.held = await state.channel.receiveMessage();
  }, name);
  const paths = [shmPath(name), `/dev/shm/sysframe@${headerIdOf(shmPath(name))}.consumers`];
  return { child, files: paths.map((path) => ({ path, pristine: peek(path, 16384) })) };
}

/** What the child does with its handles after each change of the bytes; returns the names of the errors. */
async function useChannel(child: Child, waits: boolean): Promise<string[]> {
  return await child.run(
    async ({ membridge, state }, waits) => {
      const { channel, other } = state;
      const names: string[] = [];
      const uses: (() => unknown)[] = [
        () => channel.length + channel.dropped + Number(channel.ended),
        () => channel.trySend({ n: 1, text: "some text" }),
        () => channel.trySend(new Uint8Array(500)),
        () => channel.tryReceive(),
        () => other.tryReceive(),
        () => channel.sendSync("x", { timeoutMs: 5 }),
        () => other.receiveSync({ timeoutMs: 5 }),
      ];
      if (waits) {
        uses.push(
          () => channel.sendAll(new Array(10).fill(new Uint8Array(500)), { timeoutMs: 5 }),
          () => other.receiveMessage({ timeoutMs: 5 }),
          () => state.held.ack(),
          () => {
            using third = membridge.Channel.open(other.name, { timeoutMs: 50 });
            third.tryReceive();
          },
        );
      }
      for (const use of uses) {
        try {
          await use();
        } catch (error) {
          names.push((error as Error).name);
        }
      }
      return names;
    },
    waits,
  );
}

/** Lets a child use a channel after each of the changes that `change` makes, and puts everything right in between. */
async function besiege(
  rounds: number,
  change: (victim: Victim, round: number) => string,
): Promise<void> {
  const name = freshName("siege");
  using _left = forgetting(name);
  let victim = await victimOf(name);
  const wrong: string[] = [];
  try {
    for (let round = 0; round < rounds && wrong.length < 5; round++) {
      const what = change(victim, round);
      try {
        const names = await within(10_000, useChannel(victim.child, round % 4 === 0), what);
        for (const each of names) if (!TYPED.has(each)) wrong.push(`${what}: ${each}`);
        if (lengthOf(shmPath(name)) !== 4096 + CAPACITY) wrong.push(`${what}: another length`);
      } catch (error) {
        wrong.push((error as Error).message);
        victim.child.kill();
        await victim.child.ended();
        for (const { path } of victim.files) clear(path);
        victim = await victimOf(name);
      }
      for (const { path, pristine } of victim.files) patch(path, 0, pristine);
    }
    assertEquals(wrong, []);
  } finally {
    await victim.child[Symbol.asyncDispose]();
    for (const { path } of victim.files) clear(path);
  }
}

Deno.test("hostile: any byte of a channel's words, under open handles", PROCESSES, async () => {
  const random = new Random();
  console.log(`seed ${random.seed}`);
  const offsets: [file: number, offset: number][] = [];
  for (let i = 0; i < 64; i++) offsets.push([0, i], [0, 64 + i], [1, i], [1, 64 + i % 24]);
  for (let i = 0; i < 16; i++) offsets.push([0, 128 + i], [0, 192 + i], [0, 256 + i]);
  for (let slot = 0; slot < 3; slot++) {
    for (let i = 0; i < 20; i++) offsets.push([1, 256 + 64 * slot + i]);
  }
  // A state that is not live means that somebody began to remove the channel: whoever opens it goes on with that.
  const kept = offsets.filter(([file, offset]) => file === 1 || offset < 28 || offset >= 32);
  await besiege(2 * kept.length, ({ files }, round) => {
    const [file, offset] = kept[round >> 1];
    const byte = (round & 1) === 0 ? 0xff : random.below(256);
    patch(files[file].path, offset, Uint8Array.of(byte));
    return `file ${file}, byte ${offset} = ${byte}`;
  });
});

Deno.test("hostile: random words in a channel and in its ring", PROCESSES, async () => {
  const random = new Random();
  console.log(`seed ${random.seed}`);
  // Likely places for mistakes: around zero, the sizes of messages and of the ring, the claims, 2^31, 2^32.
  const notable = [0, 1, 7, 8, 16, 24, 48, 1008, 1009, 4080, 4088, 4096, 4104, 8192, 0x7fffffff];
  notable.push(0x80000000, 0xfffff000, 0xfffffff8, 0xffffffff, 0x10001, 0x20000, 0x40000, 0x40001);
  await besiege(500, ({ files }, round) => {
    const changes: string[] = [];
    for (let i = 1 + random.below(3); i > 0; i--) {
      const word = random.below(4) > 0
        ? notable[random.below(notable.length)]
        : random.next() * 2 ** 32;
      const file = random.below(2);
      const offset = file === 1
        ? [64, 256, 320][random.below(3)] + 4 * random.below(6)
        : random.below(2) === 0
        ? 128 + 4 * random.below(4)
        : 4096 + 4 * random.below(180);
      patch(files[file].path, offset, new Uint8Array(Uint32Array.of(word).buffer));
      changes.push(`file ${file}, word at ${offset} = ${word >>> 0}`);
    }
    return `round ${round}: ${changes.join("; ")}`;
  });
});

Deno.test(
  "hostile: a forged channel is a SegmentError, and so is one without its receiving end",
  PROCESSES,
  () => {
    const name = freshName("forged");
    using _left = forgetting(name);
    for (
      const [sizeBytes, capacity, policy] of [
        [8192, 0, 0],
        [8192, 4096, 3],
        [8192, 8192, 0],
        [8192, 5000, 0],
        [8192, 2 ** 31, 0],
        // Room for more: those who have it open would take another length for the ring's.
        [12288, 4096, 0],
      ]
    ) {
      const bytes = forge({ kind: "channel", sizeBytes });
      const words = new Uint32Array(bytes.buffer);
      words[16] = capacity;
      words[17] = policy;
      plant(shmPath(name), bytes);
      const error = assertThrows(() => Channel.open(name), SegmentError);
      assertEquals(error.code, "corrupt", `${capacity} ${policy}`);
      assert(Channel.remove(name));
    }
    using channel = Channel.open<number>(name, { create: true });
    channel.trySend(1);
    const id = headerIdOf(shmPath(name));
    clear(`/dev/shm/sysframe@${id}.consumers`);
    const error = assertThrows(() => Channel.open(name), SegmentError, "lost its receiving end");
    assertEquals(error.code, "corrupt");
    // Those who have it open go on.
    assertEquals(channel.tryReceive(), { value: 1 });
    assert(Channel.remove(name));
  },
);
