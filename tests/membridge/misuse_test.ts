/** The mistakes that users make: each ends in an error that says so, and nothing else breaks or stays behind. */
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "../helpers/assert.ts";
import { freshName } from "../helpers/shm.ts";
import {
  ClosedError,
  connect,
  MembridgeError,
  SegmentError,
  serve,
  SharedValue,
} from "../../membridge/mod.ts";
import { statPath } from "../../membridge/libc/files.ts";
import { withLock } from "../../membridge/segment/lock.ts";
import { pathOfName } from "../../membridge/segment/names.ts";
import { Segment } from "../../membridge/segment/segment.ts";
import { ValueSegment } from "../../membridge/value/value_segment.ts";
import { ValueWriter } from "../../membridge/value/value_writer.ts";
import { WatchTable } from "../../membridge/value/watch_table.ts";
import { forgetting, openDescriptors, peek, shmPath, within } from "./fixtures/attack.ts";
import { Program } from "./fixtures/program.ts";

const PROGRAMS: Omit<Deno.TestDefinition, "name" | "fn"> = {
  permissions: { ffi: true, run: true, read: true },
};

const HERE: Omit<Deno.TestDefinition, "name" | "fn"> = { permissions: { ffi: true } };

/** What a careless or odd handler does; none of it may end the service. */
const ODD_RESULTS: Record<string, () => unknown> = {
  "a then that throws": () => ({
    then() {
      throw new Error("from then");
    },
  }),
  "a getter of then that throws": () => ({
    get then(): never {
      throw new Error("from the getter");
    },
  }),
  "a then that settles twice": () => ({
    then(resolve: (value: string) => void, reject: (error: Error) => void) {
      resolve("first");
      resolve("second");
      reject(new Error("third"));
    },
  }),
  "a function": () => () => 1,
  "a symbol": () => Symbol("odd"),
  "a cycle": () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    return cycle;
  },
  "a getter that throws": () => ({
    get x(): never {
      throw new Error("from the getter");
    },
  }),
  "throws undefined": () => {
    throw undefined;
  },
  "throws a symbol": () => {
    throw Symbol("odd");
  },
  "throws an error that cannot be read": () => {
    const error = new Error("x");
    Object.defineProperty(error, "message", {
      get() {
        throw new Error("unreadable");
      },
    });
    throw error;
  },
  "throws a revoked proxy": () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    throw proxy;
  },
  "rejects with a function": () => Promise.reject(() => 1),
  "throws a long chain of causes": () => {
    let error = new Error("0");
    for (let i = 1; i < 100; i++) error = new Error(String(i), { cause: error });
    throw error;
  },
  "throws an error that causes itself": () => {
    const error = new Error("self");
    error.cause = error;
    throw error;
  },
};

Deno.test(
  "misuse: no result and no error of a function ends its service",
  PROGRAMS,
  async () => {
    const name = freshName("odd");
    using _left = forgetting(name);
    const labels = Object.keys(ODD_RESULTS);
    assert(labels.length > 10);
    // A program of its own: what nobody catches ends it.
    await using program = new Program("program_odd.ts", [
      name,
      JSON.stringify(Object.entries(ODD_RESULTS).map(([label, make]) => [label, make.toString()])),
    ]);
    await program.says("serves");
    using client = connect(name, { timeoutMs: 1000 });
    for (const label of labels) {
      for (const how of ["now", "later"]) {
        const outcome = await client.call(label, how).then(
          (value) => `value ${value}`,
          (e: Error) => e.name,
        );
        assert(
          outcome !== "TimeoutError" && outcome !== "OwnerDiedError",
          `${label} ${how}: ${outcome}`,
        );
        if (label === "a then that settles twice") assertEquals(outcome, "value first");
        else assert(!outcome.startsWith("value"), `${label}: ${outcome}`);
      }
    }
    program.kill();
  },
);

Deno.test(
  "misuse: failed attempts to serve or to connect leave no descriptor",
  HERE,
  async () => {
    const name = freshName("leak");
    using _left = forgetting(name);
    await using _service = serve(name, { f: () => 1 });
    using client = connect(name);
    assertEquals(await client.call("f"), 1);
    const attempts: (() => unknown)[] = [
      () => serve(name, { f: () => 1 }),
      () => SharedValue.open(name, { create: true }),
      () => SharedValue.open(`${name}.none`),
      () => connect(`${name}.none`).callSync("f"),
      () => connect(name, { codec: OTHER }).callSync("f"),
      () => serve(`${name}.none`, {}),
    ];
    for (const attempt of attempts) {
      const before = openDescriptors();
      for (let i = 0; i < 10; i++) assertThrows(attempt);
      assertEquals(openDescriptors(), before, attempt.toString());
    }
  },
);

const OTHER = { name: "other", encode: () => new Uint8Array(0), decode: () => 0 };

Deno.test("misuse: two waits on one watch get a change each", HERE, async () => {
  const name = freshName("two");
  using _left = forgetting(name);
  using value = SharedValue.open<number>(name, { create: true });
  await using watch = value.watch();
  const [first, second] = [watch.next(), watch.next()];
  value.set(1);
  assertEquals((await within(1000, first, "the first")).value, 1);
  value.set(2);
  assertEquals((await within(1000, second, "the second")).value, 2);
  SharedValue.remove(name);
  assertEquals((await within(1000, watch.next(), "after remove")).done, true);
});

Deno.test(
  "misuse: a watch that ends in an error is over, and does not keep the program",
  PROGRAMS,
  async () => {
    const name = freshName("broken");
    using _left = forgetting(name);
    using _value = SharedValue.open<unknown>(name, { create: true });
    await using program = new Program("program_idle_watch.ts", [name, "60000"]);
    await program.says("watches");
    // A writer that publishes what no codec wrote.
    const segment = Segment.open(pathOfName(name), { kind: "value", name, minimumBytes: 4096 })!;
    const broken = new ValueSegment(segment, name);
    withLock(segment, name, 1000, () => new ValueWriter(broken).publish(Uint8Array.of(0xff, 0xff)));
    const table = WatchTable.open(segment.id, name)!;
    table.wakeAll();
    table.close();
    segment.close();
    const { code, stdout, stderr } = await program.ended();
    assertStringIncludes(stdout[1], "ended: ");
    // The timer of the program's own keeps it no longer than the loop runs.
    assertEquals([code, stderr], [0, ""]);
    SharedValue.remove(name);
  },
);

Deno.test("misuse: watching what was removed leaves no file", HERE, async () => {
  for (const watchedBefore of [false, true]) {
    const name = freshName("gone");
    using _left = forgetting(name);
    using value = SharedValue.open<number>(name, { create: true });
    using other = SharedValue.open<number>(name);
    const id = new DataView(peek(shmPath(name), 64).buffer).getBigUint64(16, true);
    const table = `/dev/shm/sysframe@${id.toString(16).padStart(16, "0")}.watch`;
    if (watchedBefore) await other.watch().return!();
    SharedValue.remove(name);
    assertEquals(statPath(table), undefined);
    try {
      await using watch = value.watch();
      assertEquals((await within(1000, watch.next(), "a watch of a removed value")).done, true);
    } catch (error) {
      assert(error instanceof SegmentError && error.code === "removed", String(error));
    }
    assertEquals(statPath(table), undefined, `watched before: ${watchedBefore}`);
  }
});

Deno.test(
  "misuse: a value that closes its handle while it is encoded is a ClosedError",
  HERE,
  () => {
    const name = freshName("closing");
    using _left = forgetting(name);
    const value = SharedValue.open<unknown>(name, { create: true });
    const again = SharedValue.open<unknown>(name);
    const closes = {
      get x() {
        value.close();
        again.close();
        return 1;
      },
    };
    assertThrows(() => value.set(closes), ClosedError);
    assertThrows(() => again.update(() => closes), ClosedError);
    const third = SharedValue.open<unknown>(name);
    assertThrows(() =>
      third.update(() => {
        third.close();
        return 1;
      }), ClosedError);
    using last = SharedValue.open<unknown>(name);
    assertEquals([last.get(), last.version], [undefined, 0]);
    last.set(1);
    SharedValue.remove(name);
  },
);

Deno.test(
  "misuse: arguments that close their client while they are encoded are a ClosedError",
  HERE,
  async () => {
    const name = freshName("closing");
    using _left = forgetting(name);
    await using _service = serve(name, { f: (value: unknown) => value });
    for (const how of ["call", "callSync"] as const) {
      const client = connect(name);
      assertEquals(await client.call("f", 1), 1);
      const closes = {
        get x() {
          client.close();
          return "x".repeat(1000);
        },
      };
      if (how === "call") await assertRejects(() => client.call("f", closes), ClosedError);
      else assertThrows(() => client.callSync("f", closes), MembridgeError);
    }
    using client = connect(name);
    assertEquals(await client.call("f", 2), 2);
  },
);

Deno.test(
  "misuse: a codec that returns no bytes is a TypeError, and changes nothing",
  HERE,
  async () => {
    const name = freshName("codec");
    using _left = forgetting(name);
    for (
      const wrong of [
        "text",
        undefined,
        new ArrayBuffer(8),
        [1, 2],
        new DataView(new ArrayBuffer(4)),
      ]
    ) {
      const codec = {
        name: "wrong",
        encode: (value: unknown) => (value === "wrong" ? wrong : new Uint8Array(8)) as Uint8Array,
        decode: () => "right",
      };
      using value = SharedValue.open<unknown>(name, { create: true, codec });
      value.set("right");
      const { version } = value;
      assertThrows(() => value.set("wrong"), TypeError, "Uint8Array");
      assertEquals([value.version, value.get()], [version, "right"]);
      await using _service = serve(`${name}.service`, { f: () => 1 }, { codec });
      using client = connect(`${name}.service`, { codec });
      await assertRejects(() => client.call("f"), Error);
      SharedValue.remove(name);
    }
  },
);

Deno.test("misuse: a misspelt option is a TypeError that lists the known ones", HERE, async () => {
  const name = freshName("options");
  const wrong = { timeout: 5 } as Record<string, unknown>;
  assertThrows(() => SharedValue.open(name, { create: true, ...wrong }), TypeError, "timeoutMs");
  assertThrows(() => SharedValue.open(name, null as never), TypeError, "expected an object");
  assertThrows(() => connect(name, wrong), TypeError, "timeoutMs");
  assertThrows(() => connect(name).with(wrong), TypeError, '"timeout"');
  assertThrows(() => serve(name, { f: () => 1 }, wrong), TypeError, "takeover");
  using value = SharedValue.open(name, { create: true });
  assertThrows(() => value.watch(wrong), TypeError, "signal");
  await using service = serve(freshName("options"), { f: () => 1 });
  await assertRejects(() => service.close(wrong), TypeError, "timeoutMs");
  SharedValue.remove(name);
});

Deno.test("misuse: a codec cannot pass for the built-in one", HERE, () => {
  const codec = { name: "pybytes", encode: () => new Uint8Array(1), decode: () => 1 };
  assertThrows(() => connect(freshName("codec"), { codec }), TypeError, "built-in");
  assertThrows(() => connect(freshName("codec"), { codec: {} as never }), TypeError, "encode");
});

Deno.test("misuse: an update that closes its handle releases nobody else's lock", HERE, () => {
  const [name, otherName] = [freshName("closing"), freshName("other")];
  const value = SharedValue.open<number>(name, { create: true });
  using rival = SharedValue.open<number>(name, { timeoutMs: 50 });
  using other = SharedValue.open<number>(otherName, { create: true });
  other.update(() => {
    assertThrows(() =>
      value.update(() => {
        value.close();
        return 1;
      }), ClosedError);
    return 2;
  });
  assertEquals(other.get(), 2);
  assertEquals(rival.set(3), 1);
  SharedValue.remove(name);
  SharedValue.remove(otherName);
});
