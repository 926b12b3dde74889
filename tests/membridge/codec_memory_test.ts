/** Another codec may encode into the same memory each time: nothing of it is looked at after the next value was encoded. */
import { assertEquals } from "../helpers/assert.ts";
import { freshName, leavesNothing } from "../helpers/shm.ts";
import { Channel, connect, serve, SharedValue, Topic } from "../../membridge/mod.ts";

const FFI = { permissions: { ffi: true } } as const;

/** A codec with one buffer for all values; it returns `buffer`'s kind of view. */
function reusing(buffer: Uint8Array) {
  return {
    name: "reusing",
    encode(value: unknown): Uint8Array {
      const { written } = new TextEncoder().encodeInto(JSON.stringify(value), buffer);
      return buffer.subarray(0, written);
    },
    // deno-lint-ignore no-explicit-any -- whatever it was
    decode: (bytes: Uint8Array): any => JSON.parse(new TextDecoder().decode(bytes)),
  };
}

/** Node's `Buffer`, whose `slice` is a view. */
class Viewing extends Uint8Array<ArrayBuffer> {
  override slice(start?: number, end?: number): Uint8Array<ArrayBuffer> {
    return this.subarray(start, end);
  }
}

for (
  const [what, codec] of [
    ["Uint8Array", reusing(new Uint8Array(1 << 20))],
    ["a class with views for slices", reusing(new Viewing(new ArrayBuffer(1 << 20)))],
  ] as const
) {
  Deno.test(
    `codec memory: calls that wait for room, ${what}`,
    FFI,
    () =>
      leavesNothing(async () => {
        const name = freshName("calls");
        await using _service = serve(name, { same: (text: string) => text }, { codec });
        using client = connect<{ same(text: string): string }>(name, { codec });
        const texts = Array.from(
          { length: 150 },
          (_, i) => String.fromCharCode(97 + i % 26).repeat(60_000),
        );
        const answers = await Promise.all(texts.map((text) => client.call("same", text)));
        for (const [i, answer] of answers.entries()) {
          assertEquals(answer === texts[i], true, `${i}`);
        }
      }),
  );

  Deno.test(
    `codec memory: messages sent together, or waiting for room, ${what}`,
    FFI,
    () =>
      leavesNothing(async () => {
        const name = freshName("channel");
        using channel = Channel.open<number>(name, { create: true, codec, capacityBytes: 4096 });
        await channel.sendAll([1, 2, 3, 4]);
        const sends = Promise.all(Array.from({ length: 400 }, (_, i) => channel.send(5 + i)));
        for (let i = 1; i < 405; i++) assertEquals(await channel.receive(), i);
        await sends;
        channel.sendSync(7);
        assertEquals([channel.trySend(8), channel.receiveSync()], [true, 7]);
        assertEquals(channel.tryReceive(), { value: 8 });
        Channel.remove(name);
      }),
  );

  Deno.test(`codec memory: values and topics, ${what}`, FFI, () =>
    leavesNothing(async () => {
      const name = freshName("value");
      using value = SharedValue.open<number>(name, { create: true, codec, history: 3 });
      for (const each of [1, 2, 3]) value.set(each);
      value.update((old) => old! + 1);
      assertEquals(value.history().map((each) => each.value), [2, 3, 4]);
      using topic = Topic.open<number>(`${name}.topic`, { create: true, codec });
      for (const each of [1, 2, 3]) topic.publish(each);
      const seen = [];
      for await (
        const { value } of topic.subscribe({ from: "oldest" })
      ) if (seen.push(value) === 3) break;
      assertEquals(seen, [1, 2, 3]);
      SharedValue.remove(name);
      Topic.remove(`${name}.topic`);
    }));
}
