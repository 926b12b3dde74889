/** Options that are not what they should be, and what else users do to a queue and to the end of a service. */
import { assert, assertEquals, assertRejects, assertThrows } from "../helpers/assert.ts";
import { freshName, leavesNothing } from "../helpers/shm.ts";
import {
  Channel,
  ClosedError,
  connect,
  Mutex,
  NoSuchServiceError,
  remove,
  serve,
  SharedFrames,
  SharedMemory,
  SharedValue,
  Topic,
} from "../../membridge/mod.ts";
import { forgetting, within } from "./fixtures/attack.ts";
import { Program } from "./fixtures/program.ts";

const FFI = { permissions: { ffi: true } } as const;
const PROGRAMS = { permissions: { ffi: true, run: true, read: true } } as const;

/** What some take for a signal. */
const signal = new AbortController() as unknown as AbortSignal;
// deno-lint-ignore no-explicit-any -- what the types forbid
const wrong = (value: unknown): any => value;

Deno.test(
  "misuse: a controller in the place of its signal is a TypeError that says so, everywhere",
  FFI,
  () =>
    leavesNothing(async () => {
      const name = freshName("signal");
      const options = { create: true };
      using value = SharedValue.open(`${name}.value`, options);
      using topic = Topic.open(`${name}.topic`, options);
      using channel = Channel.open(`${name}.channel`, options);
      using mutex = Mutex.open(`${name}.mutex`, options);
      using frames = SharedFrames.open(`${name}.frames`, { ...options, slotBytes: 64 });
      for (
        const use of [
          () => value.watch({ signal }),
          () => topic.subscribe({ signal }),
          () => channel.messages({ signal }),
          () => frames.watch({ signal }),
          () => connect(name, { signal }),
          () => connect(name).with({ signal }),
        ]
      ) assertThrows(use, TypeError, "controller.signal");
      for (
        const use of [
          () => channel.send(1, { signal }),
          () => channel.sendAll([1], { signal }),
          () => channel.receive({ signal }),
          () => channel.receiveMessage({ signal }),
          () => mutex.lock({ signal }),
        ]
      ) await assertRejects(use, TypeError, "controller.signal");
      assertEquals(channel.length, 0);
      for (const each of [value, topic, channel, mutex, frames]) assert(remove(each.name));
    }),
);

Deno.test(
  "misuse: what is neither true nor false is a TypeError, and nothing happened",
  FFI,
  () =>
    leavesNothing(async () => {
      const name = freshName("boolean");
      for (const create of ["no", 1, 0, null, {}]) {
        const options = wrong({ create, slotBytes: 64, sizeBytes: 64 });
        const { slotBytes: _a, sizeBytes: _b, ...plain } = options;
        assertThrows(() => SharedValue.open(name, plain), TypeError, "create");
        assertThrows(() => Topic.open(name, plain), TypeError, "create");
        assertThrows(() => Channel.open(name, plain), TypeError, "create");
        assertThrows(() => Mutex.open(name, plain), TypeError, "create");
        assertThrows(
          () => SharedMemory.open(name, { ...plain, sizeBytes: 64 }),
          TypeError,
          "create",
        );
        assertThrows(
          () => SharedFrames.open(name, { ...plain, slotBytes: 64 }),
          TypeError,
          "create",
        );
      }
      await using service = serve(name, { f: () => 1 });
      assertThrows(() => serve(name, { f: () => 2 }, wrong({ takeover: "no" })), TypeError, '"no"');
      using client = connect<{ f(): number }>(name);
      assertEquals(await client.call("f"), 1);
      client.close();
      await service.close();
      using value = SharedValue.open(name, { create: true });
      assertThrows(() => value.watch(wrong({ initial: "no" })), TypeError, "initial");
      SharedValue.remove(name);
      assertThrows(() => connect(name, { waitMs: -1 }), RangeError, "waitMs");
      assertThrows(() => connect(name, wrong({ timeoutMs: "5" })), RangeError, '"5"');
    }),
);

Deno.test("misuse: what is no iterable is not sent silently", FFI, () =>
  leavesNothing(async () => {
    const name = freshName("sendall");
    using channel = Channel.open<unknown>(name, { create: true });
    async function* later() {
      await Promise.resolve();
      yield 1;
    }
    for (const values of [later(), 5, { length: 2 }, null, undefined]) {
      await assertRejects(() => channel.sendAll(wrong(values)), TypeError, "iterable");
    }
    assertEquals(channel.length, 0);
    await channel.sendAll(new Set([1, 2]));
    await channel.sendAll("ab");
    assertEquals(channel.length, 4);
    Channel.remove(name);
  }));

Deno.test(
  "misuse: a message that cannot be decoded is done with, however it is received",
  FFI,
  () =>
    leavesNothing(async () => {
      const name = freshName("poison");
      const codec = {
        name: "picky",
        encode: (value: unknown) => new TextEncoder().encode(JSON.stringify(value ?? "")),
        decode(bytes: Uint8Array) {
          const value = JSON.parse(new TextDecoder().decode(bytes));
          if (value === "") throw new SyntaxError("nothing");
          return value;
        },
      };
      using channel = Channel.open<unknown>(name, { create: true, codec });
      await channel.sendAll([undefined, 1, undefined, 2, undefined, 3]);
      channel.end();
      await assertRejects(() => channel.receiveMessage(), SyntaxError);
      using messages = Channel.open<unknown>(name, { codec });
      channel.close();
      const seen: unknown[] = [];
      for (let worker = 0; worker < 4; worker++) {
        try {
          for await (const message of messages.messages()) {
            seen.push(message.value);
            message.ack();
          }
        } catch (error) {
          assert(error instanceof SyntaxError, String(error));
        }
      }
      assertEquals(seen, [1, 2, 3]);
      Channel.remove(name);
    }),
);

Deno.test(
  "misuse: a close may take longer than a timer, and be made shorter",
  FFI,
  () =>
    leavesNothing(async () => {
      const name = freshName("close");
      let end = () => {};
      const handlers = {
        slow: () => new Promise<string>((resolve) => end = () => resolve("done")),
      };
      using client = connect<typeof handlers>(name, { timeoutMs: 5000 });
      const long = serve(name, handlers);
      const call = client.call("slow");
      while (long.describe().functions[0].calls === 0) await new Promise((r) => setTimeout(r, 1));
      const closing = long.close({ timeoutMs: 25 * 24 * 3_600_000 });
      await new Promise((resolve) => setTimeout(resolve, 30));
      end();
      assertEquals(await call, "done");
      await within(2000, closing, "the long close");
      const hurried = serve(name, handlers);
      const cut = client.call("slow");
      while (hurried.describe().functions[0].calls === 0) {
        await new Promise((r) => setTimeout(r, 1));
      }
      const patient = hurried.close({ timeoutMs: Infinity });
      const rejection = assertRejects(() => within(2000, cut, "the call"), ClosedError);
      await within(1000, hurried.close({ timeoutMs: 0 }), "the second close");
      await rejection;
      await within(1000, patient, "the first close");
    }),
);

Deno.test("misuse: who waits for nobody does not keep the program running", PROGRAMS, async () => {
  const name = freshName("nobody");
  using _left = forgetting(name);
  await using program = new Program("program_waiting.ts", [name]);
  const { code, stdout, stderr } = await within(10_000, program.ended(10_000), "the program");
  assertEquals([code, stdout, stderr], [0, ["true"], ""]);
});

Deno.test(
  "misuse: a stream waits for its service no longer than for an item",
  FFI,
  () =>
    leavesNothing(async () => {
      using client = connect(freshName("late"), { waitMs: 60_000, timeoutMs: 50 });
      await assertRejects(
        () => within(2000, client.stream("f").next(), "the stream"),
        NoSuchServiceError,
      );
    }),
);

Deno.test(
  "misuse: what is served under a name is called by that name in errors",
  FFI,
  () =>
    leavesNothing(async () => {
      const name = freshName("names");
      function* listJobs() {
        yield 1;
      }
      const handlers = {
        list: listJobs,
        odd: () => ({ [Symbol.iterator]: () => ({}) }) as unknown as Iterable<number>,
      };
      await using service = serve(name, handlers);
      using client = connect<typeof handlers>(name);
      await assertRejects(() => client.call("list"), Error, "list returns a stream");
      await assertRejects(() => client.stream("odd").next(), Error, "odd does not return a stream");
      client.close();
      await service.close();
    }),
);

/** The functions of a service as an interface declares them: it type-checks as handlers, too. */
interface Declared {
  add(a: number, b: number): number;
}

Deno.test("misuse: handlers may be typed by an interface", FFI, () =>
  leavesNothing(async () => {
    const name = freshName("interface");
    const handlers: Declared = { add: (a, b) => a + b };
    await using service = serve(name, handlers);
    using client = connect<Declared>(name);
    assertEquals(await client.call("add", 1, 2), 3);
    client.close();
    await service.close();
  }));
