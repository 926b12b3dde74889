/** Topics in one process: every subscriber gets every message in order, and is told what it missed. */
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertThrows,
} from "../helpers/assert.ts";
import { freshName, leavesNothing } from "../helpers/shm.ts";
import { SegmentError, SharedValue, Topic, type TopicDelivery } from "../../membridge/mod.ts";
import { withLock } from "../../membridge/segment/lock.ts";
import { pathOfName } from "../../membridge/segment/names.ts";
import { Segment } from "../../membridge/segment/segment.ts";
import { ValueSegment } from "../../membridge/value/value_segment.ts";
import { ValueWriter } from "../../membridge/value/value_writer.ts";
import { ClosedError } from "../../membridge/errors.ts";
import { DecodeError, EncodeError } from "../../pybytes/mod.ts";
import { forgetting, within } from "./fixtures/attack.ts";

const FFI = { permissions: { ffi: true } } as const;

function withTopic(
  history: number | undefined,
  body: (topic: Topic<unknown>, name: string) => Promise<void> | void,
) {
  return leavesNothing(async () => {
    const name = freshName("topic");
    const topic = Topic.open<unknown>(name, { create: true, history });
    try {
      await body(topic, name);
    } finally {
      topic.close();
      Topic.remove(name);
    }
  });
}

/** Takes so many messages of a subscription. */
async function take(
  subscription: AsyncIterator<TopicDelivery<unknown>>,
  count: number,
): Promise<TopicDelivery<unknown>[]> {
  const taken: TopicDelivery<unknown>[] = [];
  while (taken.length < count) {
    const { done, value } = await within(2000, subscription.next(), "the next message");
    assert(!done, "the subscription ended");
    taken.push(value);
  }
  return taken;
}

Deno.test(
  "topic: every subscriber gets every message, in order",
  FFI,
  () =>
    withTopic(undefined, async (topic, name) => {
      assertEquals([topic.version, topic.latest(), topic.historyLimit], [0, undefined, 64]);
      using other = Topic.open<unknown>(name);
      await using first = topic.subscribe();
      await using second = other.subscribe();
      for (let i = 1; i <= 40; i++) {
        assertEquals((i % 2 ? topic : other).publish({ i }), i);
      }
      const expected = Array.from({ length: 40 }, (_, i) => ({
        version: i + 1,
        value: { i: i + 1 },
        missed: 0,
      }));
      assertEquals(await take(first, 40), expected);
      const waiting = first.next();
      assertEquals(await take(second, 40), expected);
      topic.publish("later");
      assertEquals(await waiting, {
        done: false,
        value: { version: 41, value: "later", missed: 0 },
      });
      assertEquals(topic.latest(), { version: 41, value: "later" });
      assertEquals(other.version, 41);
    }),
);

Deno.test(
  "topic: a subscription begins now, at the oldest, or at a version",
  FFI,
  () =>
    withTopic(5, async (topic) => {
      const versions = async (from: "now" | "oldest" | number, count: number) => {
        await using subscription = topic.subscribe({ from });
        return (await take(subscription, count)).map(({ version, missed }) => [version, missed]);
      };
      await using early = topic.subscribe({ from: "oldest" });
      await using future = topic.subscribe({ from: 32 });
      for (let i = 1; i <= 30; i++) topic.publish(i);
      assertEquals(await versions("oldest", 5), [[26, 0], [27, 0], [28, 0], [29, 0], [30, 0]]);
      assertEquals(await versions(29, 2), [[29, 0], [30, 0]]);
      // Some more than are kept may still be there; whatever is not is said to be missed.
      const [[version, missed]] = await versions(1, 1);
      assert(version > 1 && version <= 26 && missed === version - 1, `${version}, ${missed}`);
      const [late] = await take(early, 1);
      assertEquals(late.missed, late.version - 1);
      const now = versions("now", 1);
      topic.publish(31);
      assertEquals(await now, [[31, 0]]);
      topic.publish(32);
      assertEquals(await take(future, 1), [{ version: 32, value: 32, missed: 0 }]);
    }),
);

Deno.test(
  "topic: a slow subscriber is told what it missed, and gets what is kept",
  FFI,
  () =>
    withTopic(16, async (topic) => {
      await using subscription = topic.subscribe();
      topic.publish(1);
      assertEquals(await take(subscription, 1), [{ version: 1, value: 1, missed: 0 }]);
      for (let i = 2; i <= 1000; i++) topic.publish(i);
      const next = await take(subscription, 16);
      assert(next[0].missed > 900 && next[0].missed === next[0].version - 2);
      next.forEach((each, i) => {
        assertEquals(each.value, next[0].version + i);
        assert(i === 0 || each.missed === 0);
      });
      // What was taken out of the memory together is safe from publishers.
      await using other = topic.subscribe({ from: "oldest" });
      const [first] = await take(other, 1);
      assertEquals(first.version, 985);
      for (let i = 1001; i <= 2000; i++) topic.publish(i);
      const rest = await take(other, 15);
      assertEquals(rest.map((each) => each.version), Array.from({ length: 15 }, (_, i) => 986 + i));
      const [after] = await take(other, 1);
      assertEquals(after.missed, after.version - 1001);
    }),
);

Deno.test(
  "topic: large messages are kept as well, and taken with bounded memory",
  FFI,
  () =>
    withTopic(12, async (topic) => {
      await using subscription = topic.subscribe();
      for (let i = 1; i <= 12; i++) topic.publish(new Uint8Array(200_000).fill(i));
      for (const { version, value, missed } of await take(subscription, 12)) {
        assertInstanceOf(value, Uint8Array);
        assertEquals([value.length, missed], [200_000, 0]);
        assert(value.every((byte) => byte === version));
      }
    }),
);

Deno.test(
  "topic: removed, its subscribers get the rest, and then the end",
  FFI,
  () =>
    withTopic(undefined, async (topic, name) => {
      const subscription = topic.subscribe();
      const idle = topic.subscribe();
      const ends = idle.next().then(() => idle.next()).then(() => idle.next());
      topic.publish(1);
      topic.publish(2);
      assertEquals(Topic.remove(name), true);
      assertEquals((await take(subscription, 2)).map((each) => each.value), [1, 2]);
      assertEquals((await within(1000, subscription.next(), "the end")).done, true);
      assertEquals((await within(1000, ends, "the end")).done, true);
      assertEquals(topic.latest()?.value, 2);
      assertEquals(assertThrows(() => topic.publish(3), SegmentError).code, "removed");
      assertEquals(Topic.remove(name), false);
      using fresh = Topic.open<unknown>(name, { create: true });
      assertEquals(fresh.publish("anew"), 1);
    }),
);

Deno.test(
  "topic: close, break and abort end a subscription",
  FFI,
  () =>
    withTopic(undefined, async (topic, name) => {
      const handle = Topic.open<number>(name);
      const closed = handle.subscribe();
      const next = closed.next();
      handle.close();
      handle.close();
      assertEquals((await next).done, true);
      for (
        const use of [
          () => handle.publish(1),
          () => handle.latest(),
          () => handle.version,
          () => handle.historyLimit,
          () => handle.subscribe(),
          () => handle.subscribe({ from: "oldest" }),
        ]
      ) assertThrows(use, ClosedError, name);
      const controller = new AbortController();
      const aborted = topic.subscribe({ signal: controller.signal });
      const waiting = aborted.next();
      controller.abort(new RangeError("enough"));
      await assertRejects(() => waiting, RangeError, "enough");
      assertEquals((await aborted.next()).done, true);
      assertThrows(() => topic.subscribe({ signal: controller.signal }), RangeError, "enough");
      topic.publish(1);
      for await (const { value } of topic.subscribe({ from: 1 })) {
        assertEquals(value, 1);
        break;
      }
    }),
);

Deno.test(
  "topic: misuse is an error of its kind",
  FFI,
  () =>
    withTopic(undefined, (topic, name) => {
      for (const from of [0, -1, 1.5, NaN, 2 ** 53, "new"]) {
        assertThrows(() => topic.subscribe({ from: from as number }), RangeError, String(from));
      }
      assertThrows(() => topic.subscribe({ form: 1 } as unknown as { from: number }), TypeError);
      assertThrows(() => Topic.open(name, { histroy: 1 } as unknown as object), TypeError);
      assertThrows(() => Topic.open(name, { history: 0 }), RangeError);
      assertThrows(() => topic.publish(() => {}), EncodeError);
      assertEquals(topic.version, 0);
      assertEquals(assertThrows(() => SharedValue.open(name), SegmentError).code, "wrong_kind");
      assertEquals(assertThrows(() => SharedValue.remove(name), SegmentError).code, "wrong_kind");
      const value = freshName("value");
      using _left = forgetting(value);
      using _value = SharedValue.open(value, { create: true });
      assertEquals(
        assertThrows(() => Topic.open(value, { create: true }), SegmentError).code,
        "wrong_kind",
      );
      assertEquals(
        assertThrows(() => Topic.open(freshName("none")), SegmentError).code,
        "not_found",
      );
    }),
);

Deno.test(
  "topic: a message that cannot be decoded comes in its turn, and ends the loop",
  FFI,
  () =>
    withTopic(undefined, async (topic, name) => {
      const subscription = topic.subscribe();
      topic.publish("good");
      const segment = Segment.open(pathOfName(name), { kind: "topic", name, minimumBytes: 64 })!;
      const writer = new ValueWriter(new ValueSegment(segment, name));
      withLock(segment, name, 1000, () => writer.publish(Uint8Array.of(0xff, 0xff)));
      segment.close();
      topic.publish("after");
      assertEquals((await take(subscription, 1))[0].value, "good");
      await assertRejects(() => subscription.next(), DecodeError);
      assertEquals((await subscription.next()).done, true);
      await using after = topic.subscribe({ from: 3 });
      assertEquals((await take(after, 1))[0].value, "after");
    }),
);
