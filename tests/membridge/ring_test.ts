import { assert, assertEquals, assertThrows } from "../helpers/assert.ts";
import { Random } from "../helpers/random.ts";
import {
  FIRST,
  type FrameHead,
  LAST,
  RingConsumer,
  RingCorruption,
  type RingPlace,
  RingProducer,
} from "../../membridge/sync/ring.ts";
import { Scratch } from "../../membridge/sync/scratch.ts";

const SCRATCH = new Scratch(1024);
const PLACE: RingPlace = {
  tailOffset: 0,
  wantedOffset: 4,
  movedOffset: 8,
  headOffset: 64,
  dataOffset: 128,
  sizeBytes: 1024,
};

function frame(id: number, total: number): FrameHead {
  return { type: 3, flags: FIRST | LAST, index: 500, id, total, timeout: 77, credit: 9 };
}

/** Takes the next frame; `undefined` when there is none. Small ones go through the scratch memory, as in the product. */
function take(consumer: RingConsumer, head: FrameHead): Uint8Array | undefined {
  const size = consumer.next(head);
  if (size < 0) return undefined;
  let payload = new Uint8Array(size);
  if (size % 2 === 0) consumer.copyTo(payload, size);
  else {
    consumer.copyToScratch(SCRATCH, size);
    payload = SCRATCH.view(size).slice();
  }
  consumer.done();
  return payload;
}

function newWords(start = 0): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array((PLACE.dataOffset + PLACE.sizeBytes) / 4);
  words[0] = start;
  words[16] = start;
  return words;
}

const NONE = { permissions: "none" } as const;

Deno.test(
  "ring: frames of every size arrive whole and in order, across the wrap of both words",
  NONE,
  () => {
    const random = new Random();
    console.log(`seed ${random.seed}`);
    // Eight bytes before the words wrap around: the first frames cross it.
    for (const start of [0, 0xfffffff8, 0x7ffffff8, 1016]) {
      const words = newWords(start);
      const producer = new RingProducer(words, PLACE);
      const consumer = new RingConsumer(words, PLACE);
      const sent: Uint8Array[] = [];
      let received = 0;
      let refused = 0;
      for (let step = 0; step < 5000; step++) {
        if (random.next() < 0.55) {
          const size = random.below(producer.maxPayloadBytes + 1);
          const payload = new Uint8Array(size).fill(sent.length & 0xff);
          SCRATCH.bytes.set(payload);
          const head = frame(sent.length, size);
          const hadRoom = producer.hasRoom(size);
          const written = step % 2 === 0
            ? producer.write(head, payload)
            : producer.writeScratch(head, SCRATCH, size);
          assertEquals(written, hadRoom);
          if (written) sent.push(payload);
          else refused++;
        } else {
          const head = frame(0, 0);
          const payload = take(consumer, head);
          if (payload !== undefined) {
            assertEquals(head, frame(received, sent[received].length));
            assertEquals(payload, sent[received]);
            received++;
          } else assertEquals(received, sent.length);
        }
      }
      assert(received > 1000 && refused > 0, `${received} received, ${refused} refused`);
    }
  },
);

Deno.test(
  "ring: frames stay whole and in order when the producer moves to larger memory",
  NONE,
  () => {
    const random = new Random();
    console.log(`seed ${random.seed}`);
    let left = 0;
    for (let round = 0; round < 300; round++) {
      const words = newWords(random.below(2) === 0 ? 0xfffffff8 : 0);
      const memory = new ArrayBuffer(8 * PLACE.sizeBytes);
      let asked = 0;
      const producer = new RingProducer(words, PLACE, () => (asked++, memory));
      const consumer = new RingConsumer(words, PLACE, () => memory);
      const head = frame(0, 0);
      let sent = 0, received = 0;
      for (let step = 0; step < 100; step++) {
        switch (random.below(4)) {
          case 0: {
            const size = random.below(producer.maxPayloadBytes + 1);
            if (producer.write(frame(sent, size), new Uint8Array(size).fill(sent))) sent++;
            break;
          }
          case 1:
            producer.enlarge();
            // Only with nothing left behind, and once.
            if (asked === 0) assert(sent > received);
            else if (sent > received) left++;
            assertEquals(words[PLACE.movedOffset / 4], asked);
            break;
          default: {
            const payload = take(consumer, head);
            assertEquals(payload === undefined, sent === received);
            if (payload === undefined) break;
            assertEquals(head.id, received);
            assert(payload.every((byte) => byte === (received & 0xff)));
            received++;
          }
        }
      }
      assertEquals(asked, 1);
      while (producer.write(frame(sent, 40), new Uint8Array(40).fill(sent))) sent++;
      assert(sent - received > 100, "the larger memory holds more");
    }
    assert(left > 100);
  },
);

Deno.test("ring: a producer that gets no larger memory stays, and asks once", NONE, () => {
  const words = newWords();
  let asked = 0;
  const producer = new RingProducer(words, PLACE, () => (asked++, undefined));
  const consumer = new RingConsumer(words, PLACE);
  producer.enlarge();
  producer.enlarge();
  assertEquals([asked, words[PLACE.movedOffset / 4]], [1, 0]);
  assert(producer.write(frame(0, 9), new Uint8Array(9)));
  assertEquals(take(consumer, frame(0, 0))?.length, 9);
});

Deno.test(
  "ring: a full ring has no room, an emptied one has room for the longest frame",
  NONE,
  () => {
    const words = newWords();
    const producer = new RingProducer(words, PLACE);
    const consumer = new RingConsumer(words, PLACE);
    let count = 0;
    while (producer.write(frame(count, 40), new Uint8Array(40))) count++;
    assertEquals(count, 16);
    producer.setWanted(true);
    assert(consumer.producerWaits);
    const head = frame(0, 0);
    while (take(consumer, head) !== undefined);
    producer.setWanted(false);
    assert(!consumer.producerWaits);
    assert(producer.hasRoom(producer.maxPayloadBytes));
  },
);

Deno.test(
  "ring: whatever the other side writes is a frame or RingCorruption, never a read outside",
  NONE,
  () => {
    const random = new Random();
    console.log(`seed ${random.seed}`);
    let corrupt = 0;
    let frames = 0;
    for (let round = 0; round < 3000; round++) {
      const words = newWords();
      const producer = new RingProducer(words, PLACE);
      const memory = random.below(2) === 0 ? undefined : new ArrayBuffer(4 * PLACE.sizeBytes);
      const consumer = new RingConsumer(words, PLACE, () => memory);
      for (let i = 0; i < 5; i++) {
        producer.write(frame(i, 30 + i), new Uint8Array(30 + i));
      }
      // Any word: tail, head (which the consumer must not believe either), sizes, payloads.
      const word = [0, PLACE.movedOffset / 4][random.below(8)] ?? random.below(words.length);
      words[word] = random.below(3) === 0 ? 0xffffffff : Math.floor(random.next() * 2 ** 32);
      const head = frame(0, 0);
      try {
        for (let i = 0; i < 100; i++) {
          if (take(consumer, head) === undefined) break;
          frames++;
        }
      } catch (error) {
        assert(error instanceof RingCorruption, String(error));
        corrupt++;
      }
    }
    assert(corrupt > 100 && frames > 1000, `${corrupt} corrupt, ${frames} frames`);
  },
);

Deno.test("ring: a head that the consumer never wrote stops the producer", NONE, () => {
  const words = newWords();
  const producer = new RingProducer(words, PLACE);
  words[16] = 8;
  assertThrows(() => producer.hasRoom(8), RingCorruption);
});
