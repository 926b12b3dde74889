/** LAYOUT.md says what the memory looks like, byte for byte: these are its worked examples. */
import { assert, assertEquals } from "../helpers/assert.ts";
import { freshName, leavesNothing } from "../helpers/shm.ts";
import { connect, serve, SharedValue } from "../../membridge/mod.ts";
import { LANE_BYTES, REPLIES, REQUESTS } from "../../membridge/call/layout.ts";
import { readSmallFile } from "../../membridge/libc/files.ts";
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

Deno.test("layout: the document's offsets and limits are the code's", FFI, async () => {
  const text = (await Deno.readTextFile(LAYOUT)).replaceAll(/\s+/g, " ");
  for (
    const part of [
      `### Lanes (${LANE_BYTES} bytes)`,
      `| ${REQUESTS.tailOffset} | u32 \`requestTail\`, ${REQUESTS.wantedOffset} u32 \`requestWanted\``,
      `| ${REQUESTS.headOffset} | u32 \`requestHead\``,
      `| ${REPLIES.tailOffset} | u32 \`replyTail\`, ${REPLIES.wantedOffset} u32 \`replyWanted\``,
      `| ${REPLIES.headOffset} | u32 \`replyHead\``,
      `| ${REQUESTS.dataOffset} | ring of requests, ${REQUESTS.sizeBytes} bytes`,
      `| ${REPLIES.dataOffset} | ring of replies, ${REPLIES.sizeBytes} bytes`,
      `up to ${MAX_WATCHES.toLocaleString("en")} slots`,
    ]
  ) assert(text.includes(part), part);
});
