/** What a consumer of a channel still has when another one took messages from it: the words are set, so that it is certain what happened. */
import { assertEquals } from "../helpers/assert.ts";
import { freshName, leavesNothing } from "../helpers/shm.ts";
import { ChannelMemory } from "../../membridge/channel/channel_memory.ts";
import { DONE } from "../../membridge/channel/frame_ring.ts";
import { Batch } from "../../membridge/channel/batch.ts";
import { Channel } from "../../membridge/mod.ts";

const FFI = { permissions: { ffi: true } } as const;

/** A channel of 4096 bytes with three messages of 500, all of them claimed by slot 0, of which it has delivered the first. */
function withBatch(test: (memory: ChannelMemory, batch: Batch) => void): () => Promise<void> {
  return () =>
    leavesNothing(() => {
      const name = freshName("recheck");
      const memory = ChannelMemory.open({
        name,
        create: true,
        capacityBytes: 4096,
        whenFull: "wait",
        mode: 0o600,
        codecName: "pybytes",
        timeoutMs: 1000,
      });
      try {
        for (let i = 0; i < 3; i++) memory.sending.append(new Uint8Array(500));
        const batch = new Batch();
        memory.receiving.claim(0, 3, batch);
        assertEquals([...batch.positions.subarray(0, batch.count)], [0, 520, 1040]);
        batch.index = 1;
        test(memory, batch);
      } finally {
        memory.close();
        Channel.remove(name);
      }
    });
}

Deno.test(
  "channel: of a batch that somebody died over who took it, the rest waits again",
  FFI,
  withBatch(({ ring, receiving }, batch) => {
    // It gave the second one back, and died before the third.
    ring.storeClaim(520, 0);
    receiving.recheck(0, batch);
    assertEquals(batch.count, 1);
    receiving.claim(0, 3, batch);
    assertEquals([...batch.positions.subarray(0, batch.count)], [520, 1040]);
  }),
);

Deno.test(
  "channel: a message whose place in the ring is another one's by now is not taken for one's own",
  FFI,
  withBatch(({ ring, receiving, sending }, batch) => {
    for (const position of [0, 520, 1040]) ring.storeClaim(position, DONE);
    receiving.reclaim();
    // Over the second one come bytes that would be a claim of slot 0.
    const bytes = new Uint8Array(new Uint32Array(250).fill(1).buffer);
    for (let i = 0; i < 3; i++) assertEquals(sending.append(bytes), true);
    assertEquals(ring.claimOf(520), 1);
    receiving.recheck(0, batch);
    assertEquals(batch.count, 1);
    receiving.claim(1, 3, batch);
    assertEquals(batch.count > 0, true);
  }),
);
