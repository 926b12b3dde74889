/** A channel within one process: order, policies, acknowledgement, ends, sizes, waiting. */
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertThrows,
} from "../helpers/assert.ts";
import { Random } from "../helpers/random.ts";
import { freshName, leavesNothing } from "../helpers/shm.ts";
import {
  BusyError,
  Channel,
  type ChannelOptions,
  ClosedError,
  EndedError,
  SegmentError,
  SharedValue,
  TimeoutError,
} from "../../membridge/mod.ts";
import { EncodeError } from "../../pybytes/mod.ts";
import { headerIdOf, patch, peek, shmPath, within } from "./fixtures/attack.ts";

const FFI = { permissions: { ffi: true } } as const;

/** Runs `body` with a new channel, and checks that nothing is left. */
function withChannel<T = unknown>(
  options: ChannelOptions<T>,
  body: (channel: Channel<T>, name: string) => Promise<void> | void,
): () => Promise<void> {
  return () =>
    leavesNothing(async () => {
      const name = freshName("channel");
      const channel = Channel.open<T>(name, { create: true, timeoutMs: 5000, ...options });
      try {
        await body(channel, name);
      } finally {
        channel.close();
        Channel.remove(name);
      }
    });
}

/** Takes what is there. */
function drain<T>(channel: Channel<T>): T[] {
  const values: T[] = [];
  for (let next; (next = channel.tryReceive()) !== undefined;) values.push(next.value);
  return values;
}

Deno.test(
  "channel: messages come out in the order in which they went in, whatever they are",
  FFI,
  withChannel({}, async (channel, name) => {
    using other = Channel.open(name);
    const values = [1, undefined, null, "", { a: [2n ** 80n] }, new Uint8Array(3), false, []];
    for (const value of values) await channel.send(value);
    assertEquals(channel.length, values.length);
    for (const value of values) assertEquals(other.tryReceive(), { value });
    assertEquals(other.tryReceive(), undefined);
    assertEquals(channel.length, 0);
    other.sendSync("sync");
    assertEquals(await channel.receive(), "sync");
    assertEquals(channel.trySend("try"), true);
    assertEquals(channel.receiveSync(), "try");
    await channel.sendAll(values);
    assertEquals(drain(other), values);
    await channel.sendAll([]);
    assertEquals(other.tryReceive(), undefined);
  }),
);

Deno.test(
  "channel: many messages through a small ring, one at a time and in bursts",
  FFI,
  withChannel<number>({ capacityBytes: 4096 }, async (channel, name) => {
    using other = Channel.open<number>(name);
    const count = 20_000;
    const sending = (async () => {
      for (let i = 0; i < count; i++) await channel.send(i);
      await channel.sendAll(Array.from({ length: count }, (_, i) => count + i));
      channel.end();
    })();
    let expected = 0;
    for await (const value of other) assertEquals(value, expected++);
    assertEquals(expected, 2 * count);
    await sending;
  }),
);

Deno.test(
  "channel: payloads of every size around a quarter of the ring, and around its end",
  FFI,
  withChannel<Uint8Array>({ capacityBytes: 4096, whenFull: "fail" }, (channel) => {
    const random = new Random();
    console.log(`seed ${random.seed}`);
    // pybytes takes some bytes of its own for the length.
    let most = 1024;
    while (most > 0) {
      try {
        channel.trySend(new Uint8Array(most));
        break;
      } catch (error) {
        assertInstanceOf(error, RangeError);
        most--;
      }
    }
    assert(most > 1000 && most < 1024, `${most}`);
    assertThrows(
      () => channel.trySend(new Uint8Array(most + 1)),
      RangeError,
      "quarter of the ring",
    );
    drain(channel);
    for (let round = 0; round < 3000; round++) {
      const size = random.below(3) === 0 ? most - random.below(24) : random.below(most + 1);
      const sent: Uint8Array[] = [];
      for (let i = 0;; i++) {
        const bytes = new Uint8Array(size).fill(round + i);
        if (!channel.trySend(bytes)) break;
        sent.push(bytes);
        if (random.below(4) === 0) break;
      }
      // Whatever lies where, an empty ring has room for one.
      assert(sent.length > 0, `round ${round}, size ${size}`);
      assertEquals(drain(channel), sent);
    }
  }),
);

Deno.test(
  "channel: positions and counts wrap around at 2^32",
  FFI,
  () =>
    leavesNothing(() => {
      const name = freshName("wrap");
      using channel = Channel.open<number[]>(name, { create: true, capacityBytes: 4096 });
      const own = `sysframe@${headerIdOf(shmPath(name))}.consumers`;
      const almost = new Uint8Array(Uint32Array.of(0xfffff000, 0xfffffffd).buffer);
      // tail and sent; head, next and taken
      patch(shmPath(name), 128, almost);
      patch(`/dev/shm/${own}`, 64, new Uint8Array(Uint32Array.of(0xfffff000).buffer));
      patch(`/dev/shm/${own}`, 68, almost);
      for (let i = 0; i < 300; i++) {
        assertEquals(channel.length, 0);
        assert(channel.trySend([i]) && channel.trySend([i, i]), `${i}`);
        assertEquals(channel.length, 2);
        assertEquals(drain(channel), [[i], [i, i]]);
      }
      const { buffer } = peek(shmPath(name), 136);
      assert(new DataView(buffer).getUint32(128, true) < 0xfffff000, "the tail wrapped");
      Channel.remove(name);
    }),
);

Deno.test(
  "channel: fail refuses what has no room, and takes it when there is some",
  FFI,
  withChannel<string>({ capacityBytes: 4096, whenFull: "fail" }, async (channel) => {
    const text = "x".repeat(984);
    for (let i = 0; i < 4; i++) await channel.send(text);
    await assertRejects(() => channel.send(text), BusyError, "is full");
    assertThrows(() => channel.sendSync(text), BusyError);
    assertEquals(channel.trySend(text), false);
    await assertRejects(() => channel.sendAll(["a", text, text]), BusyError);
    assertEquals(await channel.receive(), text);
    // It still has its room: it is not acknowledged.
    assertEquals(channel.trySend(text), false);
    assertEquals(await channel.receive(), text);
    assertEquals(channel.trySend(text), true);
    assertEquals(channel.dropped, 0);
    assertEquals(channel.whenFull, "fail");
  }),
);

Deno.test(
  "channel: drop_oldest keeps the newest, counts what it dropped, and lets a worker finish",
  FFI,
  withChannel<number[]>({ capacityBytes: 4096, whenFull: "drop_oldest" }, async (channel, name) => {
    using other = Channel.open<number[]>(name);
    await channel.send([-1]);
    const old = await other.receiveMessage();
    for (let i = 0; i < 1000; i++) await channel.send([i]);
    const left = drain(channel);
    assertEquals(left.at(-1), [999]);
    assert(left.length > 50 && left.length < 200, `${left.length}`);
    assertEquals(left, Array.from(left, (_, i) => [1000 - left.length + i]));
    assertEquals(channel.dropped, 1000 - left.length);
    assertEquals(channel.length, 0);
    // The oldest was being worked on: its room was taken, and acknowledging it harms nobody.
    assertEquals(old.value, [-1]);
    assertEquals(old.ack(), false);
    await channel.send([7]);
    const message = await other.receiveMessage();
    assertEquals([message.value, message.ack(), message.ack()], [[7], true, true]);
    assertEquals(drain(channel), []);
    // A consumer whose message was written over goes on without a look at what is there now.
    await channel.send([8]);
    const lost = await other.receiveMessage();
    for (let i = 0; i < 500; i++) await channel.send([i, i, i]);
    for (let i = 0; i < 50; i++) assert(other.tryReceive() !== undefined);
    assertEquals(lost.ack(), false);
    drain(channel);
  }),
);

Deno.test(
  "channel: drop_oldest: who kept a message that was dropped leaves the memory alone where it was",
  FFI,
  withChannel<Uint8Array>({
    capacityBytes: 4096,
    whenFull: "drop_oldest",
    codec: { encode: (bytes) => bytes, decode: (bytes) => bytes },
  }, async (channel) => {
    // Its words may be taken for the claim of the only consumer, or for one that means nothing.
    for (const word of [1, 0xffffffff]) {
      for (let round = 0; round < 20; round++) {
        const message = new Uint8Array(new Uint32Array(100 + 6 * round).fill(word).buffer);
        await channel.send(new Uint8Array(8));
        const kept = await channel.receiveMessage();
        for (let i = 0; i < 20; i++) await channel.send(message);
        const left = drain(channel);
        assert(left.length > 2);
        for (const each of left) assertEquals(each, message);
        assertEquals(kept.ack(), false);
      }
    }
  }),
);

Deno.test(
  "channel: a message is acknowledged by the next receive, or the close",
  FFI,
  withChannel<number>({}, async (channel, name) => {
    await channel.sendAll([1, 2, 3]);
    const first = Channel.open<number>(name);
    assertEquals(await first.receive(), 1);
    assertEquals(await first.receive(), 2);
    first.close();
    using second = Channel.open<number>(name);
    const message = await second.receiveMessage();
    assertEquals([message.value, message.redelivered], [3, false]);
    message.ack();
    assertEquals(channel.length, 0);
    assertEquals(second.tryReceive(), undefined);
  }),
);

Deno.test(
  "channel: what was not acknowledged is delivered again, first, and says so",
  FFI,
  withChannel<number>({}, async (channel, name) => {
    await channel.sendAll([1, 2, 3, 4]);
    const first = Channel.open<number>(name);
    const messages = [await first.receiveMessage(), await first.receiveMessage()];
    messages.push(await first.receiveMessage());
    assertEquals(messages.map((message) => message.value), [1, 2, 3]);
    assertEquals(messages[1].ack(), true);
    first.close();
    assertEquals(messages[0].ack(), false);
    using second = Channel.open<number>(name);
    const again: [number, boolean][] = [];
    for (let i = 0; i < 3; i++) {
      const message = await second.receiveMessage();
      again.push([message.value, message.redelivered]);
      message.ack();
    }
    assertEquals(again, [[1, true], [3, true], [4, false]]);
    assertEquals(channel.length, 0);
    assertEquals(second.tryReceive(), undefined);
  }),
);

Deno.test(
  "channel: what a consumer claimed and did not come to goes to one that comes",
  FFI,
  withChannel<number>({}, async (channel, name) => {
    using busy = Channel.open<number>(name);
    const count = 4000;
    await channel.sendAll(Array.from({ length: count }, (_, i) => i));
    // Quick enough to claim several at a time.
    const taken: number[] = [];
    for (let i = 0; i < 1000; i++) taken.push(await busy.receive());
    using idle = Channel.open<number>(name);
    const others: number[] = [];
    for (let next; (next = await timed(idle)) !== undefined;) others.push(next);
    // Everything but what the busy one has in its hands, in order.
    assertEquals(others, Array.from({ length: count - 1000 }, (_, i) => 1000 + i));
    assertEquals(busy.tryReceive(), undefined);
    assertEquals(taken, Array.from({ length: 1000 }, (_, i) => i));
    // Among several, nobody claims more than it works on.
    await channel.sendAll([1, 2, 3]);
    assertEquals([idle.receiveSync(), busy.receiveSync(), idle.receiveSync()], [1, 2, 3]);
    assertThrows(() => idle.receiveSync({ timeoutMs: 10 }), TimeoutError);

    async function timed(channel: Channel<number>): Promise<number | undefined> {
      try {
        return await channel.receive({ timeoutMs: 100 });
      } catch (error) {
        assertInstanceOf(error, TimeoutError);
      }
    }
  }),
);

Deno.test(
  "channel: end lets consumers take what is there, then ends them all",
  FFI,
  withChannel<number>({}, async (channel, name) => {
    using other = Channel.open<number>(name);
    using third = Channel.open<number>(name);
    const waiting = other.receive();
    await channel.send(1);
    assertEquals(await waiting, 1);
    const idle = within(2000, Array.fromAsync(third), "an idle iteration");
    await channel.sendAll([2, 3]);
    channel.end();
    channel.end();
    assertEquals(other.ended, true);
    await assertRejects(() => other.send(4), EndedError, "end() was called");
    assertThrows(() => other.sendSync(4), EndedError);
    assertThrows(() => other.trySend(4), EndedError);
    const all = [...await Array.fromAsync(other), ...await idle];
    assertEquals(all.toSorted(), [2, 3]);
    await assertRejects(() => other.receive(), EndedError, "was ended");
    await assertRejects(() => other.receiveMessage(), EndedError);
    assertThrows(() => other.receiveSync(), EndedError);
    assertEquals(other.tryReceive(), undefined);
  }),
);

Deno.test(
  "channel: an ended iteration waits for what others still work on",
  FFI,
  withChannel<number>({}, async (channel, name) => {
    const worker = Channel.open<number>(name);
    using other = Channel.open<number>(name);
    await channel.sendAll([1, 2]);
    channel.end();
    const [one, two] = [await worker.receiveMessage(), await worker.receiveMessage()];
    let over = false;
    const rest = Array.fromAsync(other).finally(() => over = true);
    one.ack();
    await new Promise((resolve) => setTimeout(resolve, 30));
    assertEquals([over, two.value], [false, 2]);
    // Its own unfinished work keeps no consumer waiting.
    assertEquals(await within(1000, Array.fromAsync(worker), "the worker's own loop"), []);
    worker.close();
    assertEquals(await within(1000, rest, "the other loop"), [2]);
  }),
);

Deno.test(
  "channel: a send waits for room, in order, and gives up by timeout, signal or close",
  FFI,
  withChannel<string>({ capacityBytes: 4096 }, async (channel, name) => {
    const sender = Channel.open<string>(name);
    const text = "x".repeat(984);
    for (let i = 0; i < 4; i++) await sender.send(text);
    await assertRejects(() => sender.send(text, { timeoutMs: 10 }), TimeoutError, "stayed full");
    assertThrows(() => sender.sendSync(text, { timeoutMs: 10 }), TimeoutError, "stayed full");
    const controller = new AbortController();
    const aborted = sender.send(text, { signal: controller.signal });
    const [a, b, c] = [sender.send("a" + text), sender.send("b"), sender.sendAll(["c", "d", text])];
    // Nothing overtakes what waits.
    assertEquals(sender.trySend("e"), false);
    controller.abort(new Error("enough"));
    await assertRejects(() => aborted, Error, "enough");
    const got: string[] = [];
    for (let i = 0; i < 9; i++) {
      got.push((await within(2000, channel.receive(), `${i}`)).slice(0, 1));
    }
    assertEquals(got.join(""), "xxxxabcdx");
    await Promise.all([a, b, c]);
    while (sender.trySend(text));
    const ends = [sender.send(text), sender.send("b")].map((send) =>
      assertRejects(() => send, ClosedError)
    );
    sender.close();
    await Promise.all(ends);
    await assertRejects(() => sender.send("x"), ClosedError);
  }),
);

Deno.test(
  "channel: a send that waits fails when the channel is ended or removed",
  FFI,
  withChannel<string>({ capacityBytes: 4096 }, async (channel, name) => {
    const text = "x".repeat(984);
    while (channel.trySend(text));
    const waiting = channel.send(text);
    channel.end();
    await within(1000, assertRejects(() => waiting, EndedError), "a send after the end");
    Channel.remove(name);
    using again = Channel.open<string>(name, { create: true, capacityBytes: 4096 });
    while (again.trySend(text));
    const other = again.send(text);
    const receiving = (async () => {
      let count = 0;
      for await (const _text of again) count++;
      return count;
    })();
    Channel.remove(name);
    await within(1000, assertRejects(() => other, SegmentError, "removed"), "a send after removal");
    // What was sent is still received; then the loop ends by itself.
    assertEquals(await within(1000, receiving, "a loop after removal"), 4);
    await assertRejects(() => again.receive(), SegmentError, "removed");
    assertThrows(() => again.trySend("x"), SegmentError, "removed");
  }),
);

Deno.test(
  "channel: a receive gives up by timeout, signal or close, and loses nothing",
  FFI,
  withChannel<number>({}, async (channel, name) => {
    const other = Channel.open<number>(name);
    await assertRejects(() => other.receive({ timeoutMs: 10 }), TimeoutError, "No message");
    await assertRejects(() => other.receive({ timeoutMs: 0 }), TimeoutError);
    assertThrows(() => other.receiveSync({ timeoutMs: 10 }), TimeoutError, "No message");
    const reason = new Error("enough");
    await assertRejects(
      () => other.receive({ signal: AbortSignal.abort(reason) }),
      Error,
      "enough",
    );
    const controller = new AbortController();
    const aborted = other.receive({ signal: controller.signal });
    const [first, second] = [other.receive(), other.receive()];
    controller.abort(reason);
    await assertRejects(() => aborted, Error, "enough");
    await channel.sendAll([1, 2, 3]);
    assertEquals(await within(1000, Promise.all([first, second]), "two receives"), [1, 2]);
    assertEquals(await other.receive(), 3);
    const closed = [other.receive(), other.receiveMessage()];
    const loop = Array.fromAsync(other);
    other.close();
    other.close();
    for (const each of closed) await assertRejects(() => each, ClosedError);
    assertEquals(await loop, []);
    for (const use of [() => other.tryReceive(), () => other.receiveSync(), () => other.length]) {
      assertThrows(use, ClosedError);
    }
    for (const use of [() => other.messages(), () => other.end(), () => other.trySend(1)]) {
      assertThrows(use, ClosedError);
    }
    await assertRejects(() => other.receive(), ClosedError);
    await channel.send(4);
    assertEquals(await channel.receive(), 4);
  }),
);

Deno.test(
  "channel: breaking out of a loop, and an aborted one, leave the rest to others",
  FFI,
  withChannel<number>({}, async (channel, name) => {
    using other = Channel.open<number>(name);
    await channel.sendAll([1, 2, 3, 4, 5]);
    for await (const value of other) if (value === 2) break;
    const controller = new AbortController();
    const seen: number[] = [];
    const loop = (async () => {
      for await (const message of other.messages({ signal: controller.signal })) {
        seen.push(message.value);
        message.ack();
      }
    })();
    await channel.send(6);
    while (seen.length < 4) await new Promise((resolve) => setTimeout(resolve, 1));
    controller.abort(new Error("enough"));
    await assertRejects(() => loop, Error, "enough");
    assertEquals(seen, [3, 4, 5, 6]);
    const iteration = other[Symbol.asyncIterator]();
    const next = iteration.next();
    await iteration.return!();
    assertEquals(await within(1000, next, "next"), { done: true, value: undefined });
    assertEquals(await iteration.next(), { done: true, value: undefined });
    await channel.send(7);
    assertEquals(await channel.receive(), 7);
  }),
);

Deno.test(
  "channel: a loop over what is there lets timers have their turn",
  FFI,
  withChannel<number>({}, async (channel) => {
    let timers = 0;
    const timer = setInterval(() => timers++, 1);
    const end = performance.now() + 200;
    let count = 0;
    while (performance.now() < end) {
      await channel.send(count);
      assertEquals(await channel.receive(), count++);
    }
    clearInterval(timer);
    assert(timers > 5, `${timers} timers in ${count} messages`);
  }),
);

Deno.test(
  "channel: what cannot be encoded is not sent, and a value's own code may use the channel",
  FFI,
  withChannel<unknown>({}, async (channel) => {
    await assertRejects(() => channel.send(() => 1), EncodeError);
    await assertRejects(() => channel.sendAll([1, () => 1]), EncodeError);
    assertThrows(() => channel.trySend(Symbol()), EncodeError);
    assertEquals(channel.length, 0);
    const nested = {
      get inner() {
        channel.sendSync("inner");
        return 1;
      },
    };
    await channel.send(nested);
    assertEquals(drain(channel), ["inner", { inner: 1 }]);
    const closing = {
      get inner() {
        channel.close();
        return 1;
      },
    };
    await assertRejects(() => channel.send(closing), ClosedError);
  }),
);

Deno.test(
  "channel: a codec of one's own, which may keep its bytes",
  FFI,
  () =>
    leavesNothing(async () => {
      const name = freshName("codec");
      const kept: Uint8Array[] = [];
      const codec = {
        encode: (value: string) => new TextEncoder().encode(value),
        decode: (bytes: Uint8Array) => (kept.push(bytes), new TextDecoder().decode(bytes)),
      };
      using channel = Channel.open<string>(name, { create: true, codec });
      for (let i = 0; i < 200; i++) await channel.send(`message ${i}`);
      for (let i = 0; i < 200; i++) assertEquals(await channel.receive(), `message ${i}`);
      assertEquals(kept.map((bytes) => new TextDecoder().decode(bytes))[3], "message 3");
      const error = assertThrows(() => Channel.open(name), SegmentError);
      assertEquals(error.code, "incompatible");
      Channel.remove(name);
    }),
);

Deno.test(
  "channel: opening: found, made, of another kind, of another policy, removed and made anew",
  FFI,
  () =>
    leavesNothing(() => {
      const name = freshName("open");
      assertEquals(assertThrows(() => Channel.open(name), SegmentError).code, "not_found");
      assertEquals(Channel.remove(name), false);
      using channel = Channel.open<number>(name, { create: true, whenFull: "fail" });
      using same = Channel.open<number>(name, { create: true, capacityBytes: 1 << 24 });
      assertEquals(same.whenFull, "fail");
      const code = assertThrows(() => Channel.open(name, { whenFull: "wait" }), SegmentError).code;
      assertEquals(code, "incompatible");
      assertEquals(assertThrows(() => SharedValue.open(name), SegmentError).code, "wrong_kind");
      assertThrows(() => SharedValue.remove(name), SegmentError, "holds a channel, not a value");
      same.trySend(1);
      assertEquals(Channel.remove(name), true);
      assertEquals(Channel.remove(name), false);
      using anew = Channel.open<number>(name, { create: true });
      assertEquals(anew.tryReceive(), undefined);
      assertEquals(channel.tryReceive(), { value: 1 });
      assertThrows(() => channel.trySend(2), SegmentError, "removed");
      Channel.remove(name);
      using value = SharedValue.open(name, { create: true });
      assertThrows(() => Channel.open(name), SegmentError, "holds a value, not a channel");
      assertThrows(() => Channel.remove(name), SegmentError);
      value.set(1);
      SharedValue.remove(name);
    }),
);

Deno.test(
  "channel: misuse is a TypeError or a RangeError that says what was expected",
  FFI,
  withChannel({}, async (channel, name) => {
    for (
      const [options, type, text] of [
        [{ whenFull: "drop" }, TypeError, "wait, fail, drop_oldest"],
        [{ capacityBytes: 0 }, RangeError, "from 1 to"],
        [{ capacityBytes: 1.5 }, RangeError, "1.5"],
        [{ capacityBytes: 2 ** 30 + 1 }, RangeError, "1073741824"],
        [{ capacity: 1 }, TypeError, "capacityBytes"],
        [{ mode: 0o777 }, RangeError, "mode"],
        [{ timeoutMs: -1 }, RangeError, "timeoutMs"],
      ] as const
    ) assertThrows(() => Channel.open(name, options as ChannelOptions<unknown>), type, text);
    assertThrows(() => Channel.open("jobs"), TypeError, "as a name");
    assertThrows(() => Channel.remove("jobs"), TypeError, "as a name");
    await assertRejects(() => channel.send(1, { timeout: 1 } as never), TypeError, "timeoutMs");
    await assertRejects(() => channel.receive({ timeoutMs: NaN }), RangeError, "NaN");
    assertThrows(() => channel.receiveSync({ signal: 1 } as never), TypeError, "signal");
    assertThrows(() => channel.sendSync(1, { signal: 1 } as never), TypeError, "signal");
    assertThrows(() => channel.messages({ timeoutMs: 1 } as never), TypeError, "timeoutMs");
    assertEquals(channel.length, 0);
  }),
);

Deno.test(
  "channel: nobody overtakes a receive of the same handle that waits already",
  FFI,
  () =>
    leavesNothing(async () => {
      const name = freshName("overtake");
      using channel = Channel.open<number>(name, { create: true });
      const waiting = channel.receive();
      channel.sendSync(1);
      channel.sendSync(2);
      channel.sendSync(3);
      assertEquals(channel.tryReceive(), undefined);
      assertEquals(channel.receiveSync({ timeoutMs: 1000 }), 2);
      assertEquals(await waiting, 1);
      assertEquals(channel.tryReceive(), { value: 3 });
      Channel.remove(name);
    }),
);
