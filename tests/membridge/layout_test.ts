/** LAYOUT.md says what the memory looks like, byte for byte: these are its worked examples. */
import { assert, assertEquals } from "../helpers/assert.ts";
import { freshName, leavesNothing } from "../helpers/shm.ts";
import { Channel, connect, serve, SharedValue } from "../../membridge/mod.ts";
import {
  LANE_BYTES,
  LANE_CLOSED,
  LARGE_REPLIES_OFFSET,
  LARGE_REQUESTS_OFFSET,
  LARGE_RING_BYTES,
  REPLIES,
  REQUESTS,
} from "../../membridge/call/layout.ts";
import {
  CHANNEL,
  CONSUMERS,
  CONSUMERS_BYTES,
  MAX_CONSUMERS,
  SLOT_BYTES,
  SLOTS_OFFSET,
  WAITING_PRODUCERS,
} from "../../membridge/channel/layout.ts";
import { readSmallFile } from "../../membridge/libc/files.ts";
import { BIAS_WORDS } from "../../membridge/segment/bias.ts";
import { pathOfName } from "../../membridge/segment/names.ts";
import { Segment } from "../../membridge/segment/segment.ts";
import { MAX_WATCHES } from "../../membridge/value/watch_table.ts";

const LAYOUT = new URL("../../membridge/LAYOUT.md", import.meta.url);
const FFI = { permissions: { ffi: true, read: [LAYOUT] } };

function hex(bytes: Uint8Array, offset: number, count: number): string {
  return [...bytes.subarray(offset, offset + count)].map((b) => b.toString(16).padStart(2, "0"))
    .join("");
}

/** The code spans of the paragraph that begins with `start`, without spaces. */
async function spans(start: string): Promise<string[]> {
  const text = await Deno.readTextFile(LAYOUT);
  const from = text.indexOf(start);
  assert(from >= 0, start);
  const paragraph = text.slice(from, text.indexOf("\n\n", from));
  return [...paragraph.matchAll(/`([^`]+)`/g)].map((match) => match[1].replaceAll(" ", ""));
}

Deno.test("layout: the worked example of a value", FFI, () =>
  leavesNothing(async () => {
    const name = freshName("layout");
    using value = SharedValue.open(name, { create: true });
    value.set(5);
    const file = readSmallFile(pathOfName(name))!;
    const example = await spans("**Worked example.** A value");
    assertEquals([
      hex(file, 256, 1),
      hex(file, 64, 8),
      hex(file, 72, 8),
      hex(file, 80, 8),
      hex(file, 88, 8),
    ], [
      example[0],
      ...example.slice(1, 5),
    ]);
    assertEquals(hex(file, 144, 16), example[5]);
    assertEquals(hex(file, 256, 1), example[6]);
    const [header] = await spans("`53595346");
    assertEquals(hex(file, 0, 16), header);
    SharedValue.remove(name);
  }));

Deno.test("layout: the worked example of a call", FFI, () =>
  leavesNothing(async () => {
    const name = freshName("layout");
    // The lane's memory as this process made it: the last one of its kind.
    const lanes: Segment[] = [];
    const create = Segment.create;
    Segment.create = (init) => {
      const segment = create(init);
      if (init.kind === "lane") lanes.push(segment);
      return segment;
    };
    try {
      await using _service = serve(name, { add: (a: number, b: number) => a + b });
      using client = connect<{ add(a: number, b: number): number }>(name);
      assertEquals(await client.call("add", 1, 2), 3);
      const [lane] = lanes;
      const example = await spans("**Worked example.** The first call");
      const frame = example.find((span) => span.startsWith("03000000"))!;
      assertEquals(hex(lane.bytes, 4096, frame.length / 2), frame);
      assertEquals(lane.words[REQUESTS.tailOffset / 4], 32);
      assertEquals(lane.words[REQUESTS.headOffset / 4], 32);
    } finally {
      Segment.create = create;
    }
  }));

Deno.test("layout: the worked example of a channel", FFI, () =>
  leavesNothing(async () => {
    const name = freshName("layout");
    using channel = Channel.open(name, { create: true, capacityBytes: 4096 });
    const segment = Segment.open(pathOfName(name), { kind: "channel", name, minimumBytes: 8192 })!;
    const example = await spans("**Worked example.** A channel");
    channel.trySend(5);
    const message = await channel.receiveMessage();
    assertEquals(hex(segment.bytes, 4096, 17), example.find((span) => span.startsWith("01000000")));
    assertEquals(segment.words[CHANNEL.tail], 24);
    message.ack();
    assertEquals(hex(segment.bytes, 4100, 4), example.at(-1));
    segment.close();
    Channel.remove(name);
  }));

Deno.test("layout: the document's offsets and limits are the code's", FFI, async () => {
  const text = (await Deno.readTextFile(LAYOUT)).replaceAll(/\s+/g, " ");
  const { value, channel, consumers } = BIAS_WORDS as Required<typeof BIAS_WORDS>;
  for (
    const part of [
      `### Lanes (${LANE_BYTES} bytes)`,
      `| ${REQUESTS.tailOffset} | u32 \`requestTail\`, ${REQUESTS.wantedOffset} u32 \`requestWanted\`, ${LANE_CLOSED} u32 \`closed\`, ${REQUESTS.movedOffset} u32 \`requestMoved\``,
      `| ${REQUESTS.headOffset} | u32 \`requestHead\``,
      `| ${REPLIES.tailOffset} | u32 \`replyTail\`, ${REPLIES.wantedOffset} u32 \`replyWanted\`, ${REPLIES.movedOffset} u32 \`replyMoved\``,
      `| ${REPLIES.headOffset} | u32 \`replyHead\``,
      `| ${REQUESTS.dataOffset} | ring of requests, ${REQUESTS.sizeBytes} bytes`,
      `| ${REPLIES.dataOffset} | ring of replies, ${REPLIES.sizeBytes} bytes`,
      `| ${LARGE_REQUESTS_OFFSET} | larger ring of requests, ${LARGE_RING_BYTES} bytes`,
      `| ${LARGE_REPLIES_OFFSET} | larger ring of replies, ${LARGE_RING_BYTES} bytes`,
      `| ${4 * CHANNEL.tail} | u32 \`tail\`, ${4 * CHANNEL.sent} u32 \`sent\`, ${
        4 * CHANNEL.ended
      } u32 \`ended\``,
      `| ${4 * CONSUMERS.head} | u32 \`head\`, ${4 * CONSUMERS.next} u32 \`next\`, ${
        4 * CONSUMERS.taken
      } u32 \`taken\`, ${4 * CONSUMERS.dropped} u32 \`dropped\``,
      `| ${SLOTS_OFFSET} | ${MAX_CONSUMERS} slots of ${SLOT_BYTES} bytes`,
      `| ${WAITING_PRODUCERS.slotsOffset} | ${WAITING_PRODUCERS.capacity} slots of u64`,
      `| ${4 * value.bias} | ${4 * channel.bias} | ${4 * consumers.bias} | u32 \`bias\``,
      `| ${
        [value, channel, consumers].map(({ inside }) => `${8 * inside}, ${8 * inside + 8}`)
          .join(" | ")
      } | u64 \`inside\` of place 0, of place 1`,
      `\`sysframe@ID.consumers\`, ${CONSUMERS_BYTES} bytes`,
      `up to ${MAX_WATCHES.toLocaleString("en")} slots`,
    ]
  ) assert(text.includes(part), part);
});
