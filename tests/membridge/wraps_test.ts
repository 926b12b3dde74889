/** Words that count up to their end, and begin anew. */
import { assert, assertEquals } from "../helpers/assert.ts";
import { freshName } from "../helpers/shm.ts";
import { connect, serve, SharedValue } from "../../membridge/mod.ts";
import { Inbox } from "../../membridge/call/inbox.ts";
import { MESSAGE, REPLIES, SERVICE } from "../../membridge/call/layout.ts";
import { Outbox } from "../../membridge/call/outbox.ts";
import { PYBYTES } from "../../membridge/codec.ts";
import { LOCK_EX, O_RDWR } from "../../membridge/libc/constants.ts";
import { closeFile, makeFifo, openFile, tryLockFile } from "../../membridge/libc/files.ts";
import { libc } from "../../membridge/libc/libc.ts";
import { ownThread } from "../../membridge/libc/process.ts";
import {
  PAGE_BYTES,
  PARKED_WORD,
  unlinkPeerFiles,
  writeIdentity,
} from "../../membridge/peer/peer_page.ts";
import { RemotePeer } from "../../membridge/peer/remote_peer.ts";
import { pathOfId, randomId } from "../../membridge/segment/names.ts";
import { Segment } from "../../membridge/segment/segment.ts";
import { storeU32 } from "../../membridge/sync/port.ts";
import { RingConsumer, RingProducer } from "../../membridge/sync/ring.ts";
import { decode } from "../../pybytes/mod.ts";
import { forgetting, patch, shmPath, within } from "./fixtures/attack.ts";

const FILES = { permissions: { ffi: true } } as const;
const NONE = { permissions: "none" } as const;

/** Where a u32 that counts is near its end, or becomes negative where it is taken for signed. */
const STARTS = [0xffff_ff00, 0x7fff_ff00];

Deno.test("wraps: messages of every length cross the end of a ring's words whole", NONE, () => {
  for (const start of STARTS) {
    const words = new Uint32Array((REPLIES.dataOffset + REPLIES.sizeBytes) / 4);
    words[REPLIES.tailOffset / 4] = start;
    words[REPLIES.headOffset / 4] = start;
    const outbox = new Outbox(new RingProducer(words, REPLIES), PYBYTES);
    const inbox = new Inbox(new RingConsumer(words, REPLIES), false);
    const sent: Uint8Array[] = [];
    let received = 0;
    for (let round = 0; round < 60; round++) {
      // From less than a frame to more than the ring.
      const bytes = new Uint8Array((round * 7919) % 200_000).fill(round);
      sent.push(bytes);
      outbox.send({ type: MESSAGE.result, index: 0, id: round, timeout: 0 }, bytes);
      do {
        inbox.drain((head, payload) => {
          assertEquals(head.id, received);
          assertEquals(decode(payload), sent[received]);
          received++;
        });
      } while (outbox.flush());
    }
    assertEquals(received, 60);
    const tail = words[REPLIES.tailOffset / 4];
    assert(start === STARTS[0] ? tail < start : tail > 0x8000_0000, `the tail is ${tail}`);
  }
});

Deno.test(
  "wraps: a value's version passes 2^31 and 2^32, and is exact up to 2^53",
  FILES,
  async () => {
    for (const before of [2 ** 31, 2 ** 32, 2 ** 53 - 20]) {
      const name = freshName("version");
      using _left = forgetting(name);
      using value = SharedValue.open<number>(name, { create: true });
      value.set(1);
      // Version 1 becomes one that shares its entry.
      const version = before - 7;
      assertEquals(version % 8, before === 2 ** 53 - 20 ? 5 : 1);
      const word = new BigUint64Array([BigInt(version)]);
      const entry = new BigUint64Array([256n, 1n]);
      patch(shmPath(name), 128 + 16 * (version % 8), new Uint8Array(entry.buffer));
      patch(shmPath(name), 72, new Uint8Array(word.buffer));
      patch(shmPath(name), 64, new Uint8Array(word.buffer));
      using other = SharedValue.open<number>(name);
      assertEquals([value.version, value.get(), other.get()], [version, 1, 1]);
      await using watch = other.watch();
      for (let i = 1; i <= 20; i++) {
        const next = watch.next();
        assertEquals(value.set(i), version + i);
        assertEquals((await within(2000, next, "the watch")).value, i);
        assertEquals([other.version, other.get()], [version + i, i]);
      }
    }
  },
);

Deno.test(
  "wraps: the number of registrations begins anew, and the owner sees each",
  FILES,
  async () => {
    const name = freshName("registrations");
    using _left = forgetting(name);
    await using _service = serve(name, { f: () => 1 });
    patch(shmPath(name), SERVICE.registrations, Uint8Array.of(0xfe, 0xff, 0xff, 0xff));
    for (let i = 0; i < 5; i++) {
      using client = connect<{ f(): number }>(name, { timeoutMs: 3000 });
      assertEquals(await client.call("f"), 1);
    }
  },
);

Deno.test("wraps: a sleeper's number passes 2^32, and each sleep is rung for once", FILES, () => {
  const id = randomId();
  const page = Segment.create({ kind: "peer", sizeBytes: PAGE_BYTES, id });
  writeIdentity(page, ownThread());
  tryLockFile(page.fd, LOCK_EX);
  page.publish(pathOfId(id, "peer"));
  const fds: number[] = [];
  try {
    for (const kind of ["bell", "life"] as const) {
      makeFifo(pathOfId(id, kind), 0o600);
      fds.push(openFile(pathOfId(id, kind), O_RDWR));
    }
    const peer = RemotePeer.acquire(id)!;
    const inbox = new Uint8Array(16);
    // How many bytes lie in the bell; without any, reading it is an error (-1).
    const rings = () => Math.max(0, Number(libc().read(fds[0], inbox, 16n)));
    for (const sleep of [0xffff_fffe, 0xffff_ffff, 1, 2]) {
      storeU32(page.words, PARKED_WORD, sleep);
      assertEquals([peer.wake(), rings()], [true, 1], `sleep ${sleep}`);
      assertEquals([peer.wake(), rings()], [true, 0], `sleep ${sleep}, once more`);
      storeU32(page.words, PARKED_WORD, 0);
      assertEquals([peer.wake(), rings()], [false, 0], `awake after ${sleep}`);
    }
    peer.release();
  } finally {
    unlinkPeerFiles(id);
    for (const fd of fds) closeFile(fd);
    page.close();
  }
});
