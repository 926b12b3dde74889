/** Whoever writes the words of frames gets typed errors out of open handles, in bounded time, and never a view beyond a slot. */
import { assert, assertEquals, assertThrows } from "../helpers/assert.ts";
import { Child } from "../helpers/child.ts";
import { Random } from "../helpers/random.ts";
import { freshName } from "../helpers/shm.ts";
import { SegmentError, SharedFrames } from "../../membridge/mod.ts";
import { forgetting, patch, peek, shmPath, TYPED_NAMES, within } from "./fixtures/attack.ts";

const PROCESSES: Omit<Deno.TestDefinition, "name" | "fn"> = {
  permissions: { ffi: true, run: true, read: true },
};

/** Lends, publishes, borrows, watches; returns the names of the errors, and views that are longer than a slot. */
async function use(child: Child): Promise<string[]> {
  return await child.run(({ membridge, state }) => {
    const names: string[] = [];
    const check = (view: { byteLength: number }) => {
      if (view.byteLength > state.frames.slotBytes) names.push(`${view.byteLength} bytes`);
    };
    const uses: (() => unknown)[] = [
      () => state.frames.version,
      () => {
        using loan = state.frames.loan(Float64Array);
        check(loan.view);
        loan.view.fill(1);
        loan.publish();
      },
      () => {
        using frame = state.frames.borrow();
        if (frame === undefined) return;
        check(frame.view);
        frame.view.fill(frame.view.BYTES_PER_ELEMENT === 8 ? frame.view[0] : 1);
      },
      () => {
        const watch = state.frames.watch();
        watch.next().catch(() => {});
        watch.return();
      },
      () => {
        using other = membridge.SharedFrames.open(state.frames.name);
        using frame = other.borrow();
        if (frame !== undefined) check(frame.view);
        using loan = other.loan(Uint8Array);
        check(loan.view);
      },
    ];
    for (const use of uses) {
      try {
        use();
      } catch (error) {
        names.push((error as Error).name);
      }
    }
    return names;
  });
}

async function victimOf(name: string): Promise<Child> {
  const child = new Child();
  await child.run(({ membridge, state }, name) => {
    state.frames = membridge.SharedFrames.open(name, { create: true, slotBytes: 8192 });
    state.frames.loan(Float64Array).publish();
    state.frames.borrow().release();
  }, name);
  return child;
}

Deno.test("hostile: random words of frames, under an open handle", PROCESSES, async () => {
  const random = new Random();
  console.log(`seed ${random.seed}`);
  const name = freshName("words");
  using _left = forgetting(name);
  let child = await victimOf(name);
  let pristine = peek(shmPath(name), 24576);
  const notable = [0n, 1n, 2n, 255n, 256n, 0x103n, 1n << 31n, 1n << 32n, 1n << 53n, 1n << 63n, ~0n];
  // The header, the words, the slots, the readers, the watchers.
  const places = [[0, 64], [64, 32], [128, 96], [4096, 48], [20480, 24]];
  const wrong: string[] = [];
  try {
    for (let round = 0; round < 300 && wrong.length < 5; round++) {
      const [start, size] = places[random.below(places.length)];
      const at = start + 4 * random.below(size / 4);
      const word = random.below(4) > 0
        ? notable[random.below(notable.length)]
        : BigInt(random.below(2 ** 32)) << BigInt(random.below(33));
      const bytes = new Uint8Array(BigUint64Array.of(word).buffer, 0, random.below(2) ? 8 : 4);
      patch(shmPath(name), at, bytes);
      const what = `round ${round}: ${word} at ${at}`;
      let gone = false;
      try {
        const names = await within(5000, use(child), what);
        for (const each of names) if (!TYPED_NAMES.has(each)) wrong.push(`${what}: ${each}`);
        patch(shmPath(name), 0, pristine);
      } catch (error) {
        gone = true;
        // Somebody took it for removed, as its state said; anything else is wrong.
        if (!(at < 32 && at + bytes.length > 28)) wrong.push((error as Error).message);
      }
      if (gone) {
        await child[Symbol.asyncDispose]();
        child = await victimOf(name);
        pristine = peek(shmPath(name), 24576);
      }
    }
    assertEquals(wrong, []);
  } finally {
    await child[Symbol.asyncDispose]();
  }
});

Deno.test("hostile: a current slot, a type, a length that do not exist", PROCESSES, () => {
  const name = freshName("lies");
  using _left = forgetting(name);
  using frames = SharedFrames.open(name, { create: true, slotBytes: 4096 });
  frames.loan(Float64Array, 8).publish();
  const pristine = peek(shmPath(name), 256);
  const lies: [number, bigint][] = [
    [80, 0x103n], // Slot 3 of 3.
    [80, ~0n],
    [136, 513n], // The length of slot 0.
    [136, 1n << 32n],
    [136, ~0n],
    [144, 0n], // Its type.
    [144, 12n],
    [144, 0xffffffffn],
  ];
  for (const [at, word] of lies) {
    patch(shmPath(name), at, new Uint8Array(BigUint64Array.of(word).buffer));
    assertEquals(assertThrows(() => frames.borrow(), SegmentError).code, "corrupt", `${at}`);
    patch(shmPath(name), 0, pristine);
    using frame = frames.borrow();
    assertEquals(frame?.view.length, 8);
  }
  for (const [at, word] of [[64, 0n], [64, 1n << 40n], [64, ~0n], [72, 1n], [72, 33n]] as const) {
    patch(shmPath(name), at, new Uint8Array(BigUint64Array.of(word).buffer));
    assertEquals(assertThrows(() => SharedFrames.open(name), SegmentError).code, "corrupt");
    patch(shmPath(name), 0, pristine);
  }
  // The largest version is the last.
  patch(shmPath(name), 80, new Uint8Array(BigUint64Array.of((2n ** 45n - 1n) * 256n).buffer));
  const loan = frames.loan(Uint8Array);
  assert(frames.version === 2 ** 45 - 1);
  assertEquals(assertThrows(() => loan.publish(), SegmentError).code, "corrupt");
});
