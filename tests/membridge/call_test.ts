import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "../helpers/assert.ts";
import { freshName, leavesNothing } from "../helpers/shm.ts";
import {
  AlreadyServedError,
  type CallContext,
  ClosedError,
  connect,
  DeadlockError,
  NoSuchFunctionError,
  NoSuchServiceError,
  RemoteError,
  SegmentError,
  serve,
  SharedValue,
  SupersededError,
  TimeoutError,
} from "../../membridge/mod.ts";
import { pathOfName } from "../../membridge/segment/names.ts";
import { STATE } from "../../membridge/segment/header.ts";
import { Segment } from "../../membridge/segment/segment.ts";
import { EncodeError } from "../../pybytes/mod.ts";

const FFI = { permissions: { ffi: true } } as const;

const handlers = {
  add: (a: number, b: number) => a + b,
  async later<T>(value: T, delayMs: number): Promise<T> {
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    return value;
  },
  echo: (...values: unknown[]) => values,
  fail(message: string): never {
    throw new RangeError(message, { cause: new TypeError("the cause") });
  },
  async failLater(): Promise<never> {
    await Promise.resolve();
    throw { not: "an error" };
  },
  unserialisable: () => () => {},
  never: () => new Promise<never>(() => {}),
  who(this: CallContext) {
    return [this.pid, this.uid, this.deadline];
  },
};

function withService(
  body: (client: ReturnType<typeof connect<typeof handlers>>, name: string) => Promise<void>,
) {
  return leavesNothing(async () => {
    const name = freshName("service");
    await using _service = serve(name, handlers);
    using client = connect<typeof handlers>(name);
    await body(client, name);
    await _service.close({ timeoutMs: 0 });
  });
}

Deno.test(
  "call: results of sync and async functions, by name and through the api",
  FFI,
  () =>
    withService(async (client) => {
      assertEquals(await client.call("add", 1, 2), 3);
      assertEquals(await client.api.add(3, 4), 7);
      assertEquals(await client.call("later", "x", 5), "x");
      assertEquals(await client.api.later([1n << 70n], 1), [1n << 70n]);
      assertEquals(await client.call("echo"), []);
      assertEquals(await client.call("echo", null, undefined, [true]), [null, undefined, [true]]);
    }),
);

Deno.test(
  "call: a thousand in flight, answered out of order, each gets its own",
  FFI,
  () =>
    withService(async (client) => {
      const calls = Array.from(
        { length: 1000 },
        (_, i) => i % 10 === 0 ? client.call("later", i, (i * 7) % 20) : client.call("add", i, 0),
      );
      assertEquals(await Promise.all(calls), Array.from({ length: 1000 }, (_, i) => i));
    }),
);

Deno.test(
  "call: the function's own error comes with name, message, cause and remote stack",
  FFI,
  () =>
    withService(async (client) => {
      const error = await assertRejects(
        () => client.call("fail", "out of range"),
        RemoteError,
        "out of range",
      );
      assertEquals(error.name, "RangeError");
      assertStringIncludes(error.remoteStack, ".fail (");
      assertStringIncludes(error.remoteStack, "call_test.ts");
      assertInstanceOf(error.cause, RemoteError);
      assertEquals(error.cause.name, "TypeError");
      assertEquals(error.cause.message, "the cause");
      const thrown = await assertRejects(() => client.api.failLater(), RemoteError);
      assertEquals(thrown.cause, { not: "an error" });
      const result = await assertRejects(() => client.call("unserialisable"), RemoteError);
      assertEquals(result.name, "EncodeError");
      // The service goes on.
      assertEquals(await client.call("add", 1, 1), 2);
    }),
);

Deno.test(
  "call: an argument that cannot be carried fails here, with its path, and nothing is sent",
  FFI,
  () =>
    withService(async (client) => {
      const error = await assertRejects(() => client.call("echo", { f: () => {} }), EncodeError);
      assertEquals(error.path, "$[0].f");
      assertEquals(await client.call("add", 1, 1), 2);
    }),
);

Deno.test(
  "call: no such function, no such service, and their names",
  FFI,
  () =>
    withService(async (client, name) => {
      const unknown = client as unknown as { call(name: string): Promise<unknown> };
      await assertRejects(() => unknown.call("subtract"), NoSuchFunctionError, '"subtract"');
      await assertRejects(() => unknown.call("toString"), NoSuchFunctionError, name);
      const absent = freshName("absent");
      using nobody = connect(absent);
      await assertRejects(() => nobody.call("x"), NoSuchServiceError, absent);
      assertThrows(() => nobody.callSync("x"), NoSuchServiceError, absent);
      assertThrows(() => connect("no-slash"), TypeError, "as a name");
    }),
);

Deno.test(
  "call: timeouts and signals end the wait at once, and the service goes on",
  FFI,
  () =>
    withService(async (client) => {
      const start = performance.now();
      await assertRejects(
        () => client.with({ timeoutMs: 20 }).call("never"),
        TimeoutError,
        "never",
      );
      await assertRejects(
        () => client.with({ signal: AbortSignal.timeout(20) }).call("never"),
        DOMException,
      );
      const reason = new RangeError("changed my mind");
      await assertRejects(
        () => client.with({ signal: AbortSignal.abort(reason) }).call("add", 1, 1),
        RangeError,
        "changed my mind",
      );
      assert(performance.now() - start < 5000);
      assertThrows(() => client.with({ timeoutMs: -1 }), RangeError, "timeoutMs");
      assertEquals(await client.with({ timeoutMs: Infinity }).call("add", 1, 1), 2);
    }),
);

Deno.test(
  "call: giving up reaches the function's own signal",
  FFI,
  () =>
    leavesNothing(async () => {
      const name = freshName("cancel");
      const aborted = Promise.withResolvers<string>();
      await using _service = serve(name, {
        async wait() {
          const context = this as unknown as CallContext;
          await new Promise<void>((resolve) =>
            context.signal.addEventListener("abort", () => {
              aborted.resolve(String(context.signal.reason));
              resolve();
            })
          );
        },
      });
      using client = connect(name);
      const controller = new AbortController();
      const call = client.with({ signal: controller.signal }).call("wait");
      setTimeout(() => controller.abort(new Error("stop")), 10);
      await assertRejects(() => call, Error, "stop");
      assertStringIncludes(await aborted.promise, "gave up");
    }),
);

Deno.test(
  "call: a handler's context says who calls and until when they wait",
  FFI,
  () =>
    withService(async (client) => {
      const [pid, uid, deadline] = await client.with({ timeoutMs: 60_000 }).call("who");
      assertEquals(pid, Deno.pid);
      assert(uid >= 0);
      assert(Math.abs(deadline - performance.now() - 60_000) < 5000);
      const [, , none] = await client.with({ timeoutMs: Infinity }).call("who");
      assertEquals(none, Infinity);
    }),
);

Deno.test(
  "call: waiting for this very thread is a DeadlockError",
  FFI,
  () =>
    withService((client) => {
      assertThrows(() => client.callSync("add", 1, 2), DeadlockError, "add");
      return Promise.resolve();
    }),
);

Deno.test(
  "call: arguments and results of 64 MiB, and two large ones at a time",
  FFI,
  () =>
    withService(async (client) => {
      const big = new Uint8Array(64 << 20);
      for (let i = 0; i < big.length; i += 4096) big[i] = i >> 12;
      const [copy] = await client.call("echo", big) as [Uint8Array];
      assertEquals(copy.length, big.length);
      for (let i = 0; i < big.length; i += 4096) assert(copy[i] === big[i]);
      const text = "é".repeat(300_000);
      const both = await Promise.all([client.call("echo", text), client.call("echo", text + "!")]);
      assert(both[0][0] === text && both[1][0] === text + "!");
    }),
);

Deno.test(
  "call: a getter that calls while its object is being sent breaks nothing",
  FFI,
  () =>
    withService(async (client) => {
      const inner: Promise<number>[] = [];
      const tricky = {
        before: "x".repeat(1000),
        get value() {
          inner.push(client.call("add", 20, 22));
          return 7;
        },
      };
      assertEquals(await client.call("echo", tricky), [{ before: "x".repeat(1000), value: 7 }]);
      assertEquals(await Promise.all(inner), inner.map(() => 42));
      assert(inner.length > 0);
    }),
);

Deno.test(
  "call: after close every call is a ClosedError, in flight and later; twice is fine",
  FFI,
  () =>
    withService(async (_client, name) => {
      const client = connect<typeof handlers>(name);
      await client.call("add", 1, 1);
      const inFlight = client.call("never");
      client.close();
      client.close();
      await assertRejects(() => inFlight, ClosedError, name);
      await assertRejects(() => client.call("add", 1, 1), ClosedError, name);
      await assertRejects(() => client.with({ timeoutMs: 5 }).api.add(1, 1), ClosedError, name);
      assertThrows(() => client.callSync("add", 1, 1), ClosedError, name);
    }),
);

Deno.test(
  "call: closing a service waits for what runs, refuses what comes, and frees the name",
  FFI,
  () =>
    leavesNothing(async () => {
      const name = freshName("closing");
      const service = serve(name, handlers);
      using client = connect<typeof handlers>(name);
      const running = client.call("later", "done", 30);
      await client.call("add", 1, 1);
      const closing = service.close();
      await assertRejects(() => client.call("add", 1, 1), NoSuchServiceError, name);
      await using again = serve(name, { add: (a: number, b: number) => a * b });
      assertEquals(await running, "done");
      await closing;
      await service.close();
      await service.closed;
      assertEquals(await client.call("add", 3, 4), 12);
      await again.close();
      await assertRejects(() => client.call("add", 3, 4), NoSuchServiceError, name);
    }),
);

Deno.test(
  "call: a function may close its own service; its caller still gets the result",
  FFI,
  () =>
    leavesNothing(async () => {
      const name = freshName("last-words");
      const service = serve(name, {
        stop() {
          service.close();
          return "stopped";
        },
      });
      using client = connect<{ stop(): string }>(name);
      assertEquals(await client.call("stop"), "stopped");
      await service.closed;
      await assertRejects(() => client.call("stop"), NoSuchServiceError, name);
    }),
);

Deno.test(
  "call: waiting for the receiver of an argument from within it is a DeadlockError",
  FFI,
  () =>
    leavesNothing(async () => {
      const name = freshName("getter");
      await using _service = serve(name, handlers);
      using client = connect<typeof handlers>(name);
      const argument = {
        get value(): unknown {
          return client.callSync("add", 1, 1);
        },
      };
      await assertRejects(() => client.call("echo", argument), DeadlockError);
      assertEquals(await client.call("add", 1, 1), 2);
    }),
);

Deno.test(
  "call: what does not end in time when a service closes is a ClosedError",
  FFI,
  () =>
    leavesNothing(async () => {
      const name = freshName("impatient");
      const service = serve(name, handlers);
      using client = connect<typeof handlers>(name);
      const never = client.call("never");
      await client.call("add", 1, 1);
      await service.close({ timeoutMs: 10 });
      await assertRejects(() => never, ClosedError, name);
    }),
);

Deno.test(
  "call: a name is served once; a takeover supersedes the old owner and its calls",
  FFI,
  () =>
    leavesNothing(async () => {
      const name = freshName("taken");
      const first = serve(name, handlers);
      const error = assertThrows(() => serve(name, handlers), AlreadyServedError, name);
      assertEquals(error.pid, Deno.pid);
      using client = connect<typeof handlers>(name);
      const inFlight = client.call("never");
      await client.call("add", 1, 1);
      await using _second = serve(name, { ...handlers, add: () => 1000 }, { takeover: true });
      await assertRejects(() => inFlight, SupersededError, name);
      await assertRejects(() => first.closed, SupersededError, name);
      assertEquals(await client.call("add", 1, 1), 1000);
      await first.close();
      assertEquals(await client.call("add", 1, 1), 1000);
    }),
);

Deno.test(
  "call: a name of another kind is a typed error, both ways",
  FFI,
  () =>
    withService(async (_client, name) => {
      assertEquals(assertThrows(() => SharedValue.open(name), SegmentError).code, "wrong_kind");
      assertEquals(assertThrows(() => SharedValue.remove(name), SegmentError).code, "wrong_kind");
      const valueName = freshName("value");
      using _value = SharedValue.open(valueName, { create: true });
      assertEquals(assertThrows(() => serve(valueName, handlers), SegmentError).code, "wrong_kind");
      using client = connect(valueName);
      assertEquals((await assertRejects(() => client.call("x"), SegmentError)).code, "wrong_kind");
      SharedValue.remove(valueName);
    }),
);

Deno.test("call: what cannot be served is a TypeError", FFI, () =>
  leavesNothing(() => {
    const name = freshName("bad");
    assertThrows(() => serve(name, {}), TypeError, "without functions");
    assertThrows(() => serve(name, { x: 5 } as never), TypeError, '"x"');
    assertThrows(() => serve("bad", handlers), TypeError, "as a name");
  }));

Deno.test("call: bytes and another codec", FFI, () =>
  leavesNothing(async () => {
    const name = freshName("json");
    const json = {
      name: "json",
      encode: (value: unknown) => new TextEncoder().encode(JSON.stringify(value)),
      decode: (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes)),
    };
    await using _service = serve(name, handlers, { codec: json });
    using client = connect<typeof handlers>(name, { codec: json });
    assertEquals(await client.call("add", 1, 2), 3);
    const long = "x".repeat(100_000);
    assertEquals(await client.call("echo", long), [long]);
    await assertRejects(() => client.call("fail", "m"), RemoteError, "m");
    using other = connect<typeof handlers>(name);
    assertEquals(
      (await assertRejects(() => other.call("add", 1, 2), SegmentError)).code,
      "incompatible",
    );
  }));

Deno.test(
  "call: a client waits for a service that comes later, if told so",
  FFI,
  () =>
    leavesNothing(async () => {
      const name = freshName("late");
      using client = connect<typeof handlers>(name, { waitMs: 5000 });
      const call = client.call("add", 1, 2);
      await new Promise((resolve) => setTimeout(resolve, 30));
      await using _service = serve(name, handlers);
      assertEquals(await call, 3);
      using hasty = connect(freshName("never"), { waitMs: 10 });
      await assertRejects(() => hasty.call("x"), NoSuchServiceError);
      assertThrows(() => hasty.callSync("x"), NoSuchServiceError);
    }),
);

Deno.test(
  "call: a takeover that was cut short leaves the name to the next owner",
  FFI,
  () =>
    leavesNothing(async () => {
      const name = freshName("half-taken");
      const first = serve(name, handlers);
      using client = connect<typeof handlers>(name);
      assertEquals(await client.call("add", 1, 1), 2);
      // What is left when the new owner is killed between its two steps.
      const segment = Segment.open(pathOfName(name), {
        kind: "service",
        name,
        minimumBytes: 4096,
      })!;
      segment.setState(STATE.superseded);
      segment.close();
      await using _second = serve(name, { ...handlers, add: () => 1000 });
      await assertRejects(() => first.closed, SupersededError, name);
      assertEquals(await client.call("add", 1, 1), 1000);
    }),
);
