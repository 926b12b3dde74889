/** Streams: what a generator in another place yields, item by item, as fast as it is taken. */
import { assert, assertEquals, assertRejects } from "../helpers/assert.ts";
import { Child } from "../helpers/child.ts";
import { freshName, leavesNothing } from "../helpers/shm.ts";
import {
  type CallContext,
  type Client,
  ClosedError,
  connect,
  OwnerDiedError,
  RemoteError,
  serve,
  TimeoutError,
} from "../../membridge/mod.ts";
import { EncodeError } from "../../pybytes/mod.ts";
import { until, within } from "./fixtures/attack.ts";

const FFI = { permissions: { ffi: true } } as const;
const PROCESSES = { permissions: { ffi: true, run: true, read: true } } as const;

/** What the generators saw. */
const seen = { yielded: 0, finished: 0, aborted: "" };

const handlers = {
  *count(to: number) {
    try {
      for (let i = 0; i < to; i++) {
        seen.yielded++;
        yield i;
      }
      return "counted";
    } finally {
      seen.finished++;
    }
  },
  async *slowly(to: number, delayMs: number) {
    try {
      for (let i = 0; i < to; i++) {
        await new Promise((resolve) => setTimeout(resolve, delayMs));
        seen.yielded++;
        yield i;
      }
    } finally {
      seen.finished++;
    }
  },
  *failing(after: number) {
    for (let i = 0; i < after; i++) yield i;
    throw new RangeError("far enough");
  },
  *large(count: number, sizeBytes: number) {
    for (let i = 0; i < count; i++) yield new Uint8Array(sizeBytes).fill(i);
  },
  *uncarriable() {
    try {
      yield 1;
      yield () => {};
      yield 3;
    } finally {
      seen.finished++;
    }
  },
  list: () => [1, "two", null],
  eventually: async () => {
    await Promise.resolve();
    return new Set(["a", "b"]);
  },
  plain: () => 5,
  async *watching(this: CallContext) {
    const { signal } = this;
    signal.addEventListener("abort", () => seen.aborted = signal.reason.message);
    yield "first";
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    seen.finished++;
  },
};

type Handlers = typeof handlers;

function withClient(body: (client: Client<Handlers>, name: string) => Promise<void>) {
  return () =>
    leavesNothing(async () => {
      Object.assign(seen, { yielded: 0, finished: 0, aborted: "" });
      const name = freshName("stream");
      await using service = serve(name, handlers);
      using client = connect<Handlers>(name, { timeoutMs: 5000 });
      await body(client, name);
      await service.close({ timeoutMs: 0 });
    });
}

Deno.test(
  "stream: every item in its order, whatever yields them",
  FFI,
  withClient(async (client) => {
    for (const count of [0, 1, 63, 64, 65, 1000]) {
      const items = await Array.fromAsync(client.stream("count", count));
      assertEquals(items, Array.from({ length: count }, (_, i) => i));
    }
    assertEquals(await Array.fromAsync(client.stream("slowly", 5, 1)), [0, 1, 2, 3, 4]);
    assertEquals(await Array.fromAsync<unknown>(client.stream("list")), [1, "two", null]);
    assertEquals(await Array.fromAsync(client.stream("eventually")), ["a", "b"]);
    assertEquals(seen.finished, 7);
  }),
);

Deno.test(
  "stream: the value of the last step is what the generator returned, and after it there is nothing",
  FFI,
  withClient(async (client) => {
    const stream = client.stream("count", 1);
    assertEquals(await stream.next(), { done: false, value: 0 });
    assertEquals(await stream.next(), { done: true, value: "counted" as never });
    assertEquals(await stream.next(), { done: true, value: undefined });
  }),
);

Deno.test(
  "stream: steps that overlap get an item each, in order",
  FFI,
  withClient(async (client) => {
    const stream = client.stream("slowly", 4, 1);
    const steps = await Promise.all(Array.from({ length: 6 }, () => stream.next()));
    assertEquals(steps.map(({ value }) => value), [0, 1, 2, 3, undefined, undefined]);
    assertEquals(steps.map(({ done }) => done === true), [false, false, false, false, true, true]);
  }),
);

Deno.test(
  "stream: the function runs on no further than the reader's window",
  FFI,
  withClient(async (client) => {
    const stream = client.stream("count", 10_000);
    assertEquals((await stream.next()).value, 0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert(seen.yielded <= 64, `${seen.yielded} items without being asked`);
    for (let i = 1; i < 1000; i++) assertEquals((await stream.next()).value, i);
    assert(seen.yielded <= 1000 + 64, `${seen.yielded} items`);
    await stream.return!();
    assert(await until(() => seen.finished === 1, 2000), "the generator was not returned from");
  }),
);

Deno.test(
  "stream: items larger than the ring, and more of them than it holds",
  FFI,
  withClient(async (client) => {
    let count = 0;
    for await (const item of client.stream("large", 40, 300_000)) {
      assertEquals([item.length, item[0], item[299_999]], [300_000, count, count]);
      count++;
    }
    assertEquals(count, 40);
  }),
);

Deno.test(
  "stream: breaking out of the loop returns from the generator; so does dropping it with using",
  FFI,
  withClient(async (client) => {
    for await (const item of client.stream("count", 1e9)) if (item === 100) break;
    assert(await until(() => seen.finished === 1, 2000));
    {
      await using stream = client.stream("slowly", 1e9, 1);
      await stream.next();
    }
    assert(await until(() => seen.finished === 2, 2000));
    // One that was never begun does not begin.
    await client.stream("count", 3).return!();
    assertEquals(client.describe().functions[0].calls, 1);
  }),
);

Deno.test(
  "stream: an error comes after the items before it, once",
  FFI,
  withClient(async (client) => {
    const stream = client.stream("failing", 3);
    const items: number[] = [];
    const error = await assertRejects(async () => {
      for await (const item of stream) items.push(item);
    }, RemoteError);
    assertEquals([error.name, error.message], ["RangeError", "far enough"]);
    assertEquals(items, [0, 1, 2]);
    assertEquals(await stream.next(), { done: true, value: undefined });
  }),
);

Deno.test(
  "stream: an item that cannot be carried ends it with an error, and the generator is returned from",
  FFI,
  withClient(async (client) => {
    const stream = client.stream("uncarriable");
    assertEquals((await stream.next()).value as unknown, 1);
    const error = await assertRejects(() => stream.next(), RemoteError);
    assertEquals(error.name, EncodeError.name);
    assertEquals(seen.finished, 1);
  }),
);

Deno.test(
  "stream: call and stream each say when the other is meant",
  FFI,
  withClient(async (client) => {
    await assertRejects(() => client.call("count", 3), RemoteError, "stream()");
    await assertRejects(() => client.call("slowly", 3, 1), RemoteError, "stream()");
    await assertRejects(() => client.stream("plain").next(), RemoteError, "call()");
    await assertRejects(
      () => client.stream("nothing" as "plain").next(),
      Error,
      "nothing",
    );
  }),
);

Deno.test(
  "stream: the timeout is for each item, and reaches the function",
  FFI,
  withClient(async (client) => {
    const patient = client.with({ timeoutMs: 60 });
    // In all it takes longer than one item may.
    assertEquals((await Array.fromAsync(patient.stream("slowly", 12, 10))).length, 12);
    const stream = patient.stream("watching");
    assertEquals((await stream.next()).value as string, "first");
    await new Promise((resolve) => setTimeout(resolve, 100)); // Nobody waits, so no time runs.
    await assertRejects(() => stream.next(), TimeoutError, "watching");
    assert(await until(() => seen.finished === 2, 2000));
    assertEquals(seen.aborted, "The caller gave up");
  }),
);

Deno.test(
  "stream: an aborted signal ends the wait with its reason, and reaches the function",
  FFI,
  withClient(async (client) => {
    const controller = new AbortController();
    const stream = client.with({ signal: controller.signal }).stream("watching");
    assertEquals((await stream.next()).value as string, "first");
    const next = stream.next();
    controller.abort(new Error("enough"));
    await assertRejects(() => next, Error, "enough");
    assertEquals(await stream.next(), { done: true, value: undefined });
    assert(await until(() => seen.aborted !== "" && seen.finished === 1, 2000));
  }),
);

Deno.test(
  "stream: closing the client, and closing the service, end it",
  FFI,
  withClient(async (client, name) => {
    using other = connect<Handlers>(name);
    const mine = other.stream("watching");
    await mine.next();
    const next = mine.next();
    other.close();
    await assertRejects(() => next, ClosedError);
    const stream = client.stream("watching");
    await stream.next();
    assert(await until(() => seen.finished === 1, 2000));
    const last = stream.next();
    const second = serve(name, handlers, { takeover: true });
    await assertRejects(() => last, Error, "took");
    await second.close();
  }),
);

Deno.test(
  "stream: one whose client is closed at once ends like any other",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("stream");
      await using child = new Child();
      await child.run(({ membridge, state }, name) => {
        state.service = membridge.serve(name, { *count() {} });
      }, name);
      for (const waitMs of [0, 1000]) {
        using client = connect<Handlers>(name, { waitMs });
        const ended = assertRejects(() => client.stream("count", 3).next(), ClosedError);
        client.close();
        await within(2000, ended, "the stream");
      }
      await child.run(({ state }) => state.service.close());
      await child.finish();
    }),
);

Deno.test(
  "stream: between processes; killing the service ends it promptly",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("stream");
      await using child = new Child();
      await child.run(({ membridge, state }, name) => {
        state.service = membridge.serve(name, {
          async *numbers(to: number) {
            for (let i = 0; i < to; i++) {
              if (i % 1000 === 999) await new Promise((resolve) => setTimeout(resolve, 1));
              yield i;
            }
            await new Promise(() => {});
          },
        });
      }, name);
      using client = connect<{ numbers(to: number): AsyncGenerator<number> }>(name);
      const stream = client.stream("numbers", 20_000);
      for (let i = 0; i < 20_000; i++) assertEquals((await stream.next()).value, i);
      const next = stream.next();
      child.kill();
      await assertRejects(() => within(2000, next, "a stream of a dead service"), OwnerDiedError);
      // The next participant sweeps what the killed one left.
      await using _service = serve(name, { nothing: () => 0 });
    }),
);
