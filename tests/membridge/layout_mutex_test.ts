/** LAYOUT.md's worked examples of mutexes and frames, and the numbers that it names. */
import { assert, assertEquals } from "../helpers/assert.ts";
import { freshName, leavesNothing } from "../helpers/shm.ts";
import { Mutex, SharedFrames } from "../../membridge/mod.ts";
import { readSmallFile } from "../../membridge/libc/files.ts";
import { MAX_FRAME_WATCHES, MAX_READERS } from "../../membridge/memory/frames_layout.ts";
import { WAITERS } from "../../membridge/mutex/mutex_files.ts";
import { PATIENCE_MS } from "../../membridge/mutex/mutex_segment.ts";
import { pathOfId, pathOfName } from "../../membridge/segment/names.ts";

const LAYOUT = new URL("../../membridge/LAYOUT.md", import.meta.url);
const FFI = { permissions: { ffi: true, read: [LAYOUT] } };

/** The hexadecimal code spans of the paragraph that begins with `start`. */
async function example(start: string): Promise<string[][]> {
  const text = await Deno.readTextFile(LAYOUT);
  const from = text.indexOf(start);
  assert(from >= 0, start);
  const paragraph = text.slice(from, text.indexOf("\n\n", from));
  return [...paragraph.matchAll(/`([0-9a-f][0-9a-f\s]+)`/g)].map((match) => match[1].split(/\s+/));
}

/** What lies at an offset, in pieces as long as those of the example. */
function found(file: Uint8Array, offset: number, like: string[]): string[] {
  return like.map((piece) => {
    const bytes = file.subarray(offset, offset += piece.length / 2);
    return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  });
}

Deno.test("layout: the worked example of a mutex", FFI, () =>
  leavesNothing(async () => {
    const name = freshName("layout");
    using mutex = Mutex.open(name, { create: true });
    mutex.lockSync().release();
    const id = new DataView(readSmallFile(pathOfName(name))!.buffer).getBigUint64(16, true);
    const hold = readSmallFile(pathOfId(id, "hold"))!;
    const [words] = await example("**Worked example.** A mutex");
    assertEquals(words.length, 3);
    assertEquals(found(hold, 64, words), words);
    const guard = mutex.lockSync();
    assert(new DataView(readSmallFile(pathOfId(id, "hold"))!.buffer).getBigUint64(64, true) !== 0n);
    guard.release();
    Mutex.remove(name);
  }));

Deno.test("layout: the worked example of frames", FFI, () =>
  leavesNothing(async () => {
    const name = freshName("layout");
    using frames = SharedFrames.open(name, { create: true, slotBytes: 1 });
    frames.loan(Uint8Array).publish();
    const file = readSmallFile(pathOfName(name))!;
    const [current, slot] = await example("**Worked example.** A Uint8Array");
    assertEquals(found(file, 80, current), current);
    assertEquals(found(file, 128, slot), slot);
    SharedFrames.remove(name);
  }));

Deno.test("layout: the limits of mutexes and frames are the code's", FFI, async () => {
  const text = (await Deno.readTextFile(LAYOUT)).replaceAll(/\s+/g, " ");
  for (
    const part of [
      `| 128 | ${
        WAITERS.capacity.toLocaleString("en")
      } slots of u64: the ID of a waiting participant`,
      `${PATIENCE_MS} ms ago or more`,
      `| 4096 | ${MAX_READERS.toLocaleString("en")} times u64 reader's ID`,
      `| 20480 | ${MAX_FRAME_WATCHES} slots of u64`,
    ]
  ) assert(text.includes(part), part);
});
