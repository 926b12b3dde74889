/** Topics between processes: nothing is lost, doubled or out of order, whoever dies. */
import { assert, assertEquals } from "../helpers/assert.ts";
import { Child, type ChildEnv } from "../helpers/child.ts";
import { freshName, leavesNothing } from "../helpers/shm.ts";
import { Topic } from "../../membridge/mod.ts";
import { sweepDeadPeers } from "../../membridge/peer/peer_page.ts";
import { withLock } from "../../membridge/segment/lock.ts";
import { pathOfName } from "../../membridge/segment/names.ts";
import { Segment } from "../../membridge/segment/segment.ts";
import { ValueSegment } from "../../membridge/value/value_segment.ts";
import { ValueWriter } from "../../membridge/value/value_writer.ts";
import { encode } from "../../pybytes/mod.ts";
import { forgetting, until, within } from "./fixtures/attack.ts";

const PROCESSES = { permissions: { ffi: true, run: true, read: true } } as const;

/** A message: who published it, and which of that publisher's it is. */
interface Note {
  who: number;
  n: number;
}

const subscribe = ({ membridge, state }: ChildEnv, name: string) => {
  state.topic = membridge.Topic.open(name);
  state.subscription = state.topic.subscribe();
};

/** Takes messages up to a version; returns what the publishers' numbers were, and how many were missed. */
const collect = async ({ state }: ChildEnv, last: number) => {
  const notes: Note[] = [];
  let missed = 0, before = 0, gaps = 0;
  for (;;) {
    const { value } = await state.subscription.next();
    missed += value.missed;
    if (value.version !== before + 1 + value.missed) gaps++;
    before = value.version;
    notes.push(value.value);
    if (before >= last) break;
  }
  state.topic.close();
  return { notes, missed, gaps };
};

const publish = ({ membridge }: ChildEnv, name: string, who: number, count: number) => {
  using topic = membridge.Topic.open<Note>(name);
  for (let n = 0; n < count; n++) topic.publish({ who, n });
};

Deno.test(
  "topic processes: two subscribers get all that three publish, each publisher's in its order",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("all");
      const count = 3000;
      using _topic = Topic.open<Note>(name, { create: true, history: 3 * count });
      const subscribers = [new Child(), new Child()];
      for (const child of subscribers) await child.run(subscribe, name);
      const collected = subscribers.map((child) => child.run(collect, 3 * count));
      const publishers = [new Child(), new Child(), new Child()];
      await Promise.all(publishers.map((child, who) => child.run(publish, name, who, count)));
      for (const each of collected) {
        const { notes, missed, gaps } = await within(10_000, each, "the subscriber");
        assertEquals([notes.length, missed, gaps], [3 * count, 0, 0]);
        for (let who = 0; who < 3; who++) {
          const numbers = notes.filter((note) => note.who === who).map((note) => note.n);
          assertEquals(numbers, Array.from({ length: count }, (_, n) => n));
        }
      }
      for (const child of [...subscribers, ...publishers]) await child.finish();
      Topic.remove(name);
    }),
);

Deno.test(
  "topic processes: what a subscriber gets and what it missed is all that was published",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("missed");
      using topic = Topic.open<Note>(name, { create: true, history: 4 });
      await using subscriber = new Child();
      await subscriber.run(subscribe, name);
      const total = 60_000;
      const collected = subscriber.run(collect, total);
      for (let n = 0; n < total; n++) topic.publish({ who: 0, n });
      const { notes, missed, gaps } = await within(20_000, collected, "the subscriber");
      assertEquals(gaps, 0);
      assertEquals(notes.length + missed, total);
      assert(missed > 0, "it was too slow for some");
      assertEquals(notes.at(-1), { who: 0, n: total - 1 });
      assert(notes.every((note, i) => i === 0 || note.n > notes[i - 1].n), "in order");
      await subscriber.finish();
      Topic.remove(name);
    }),
);

Deno.test(
  "topic processes: publishers killed at any moment leave whole messages in order",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("killed");
      using topic = Topic.open<Note>(name, { create: true, history: 8, timeoutMs: 5000 });
      await using subscriber = new Child();
      await subscriber.run(subscribe, name);
      const collected = subscriber.run(async ({ state }) => {
        let before = 0, wrong = 0;
        for await (const { version, value, missed } of state.subscription) {
          if (version !== before + 1 + missed || typeof value.n !== "number") wrong++;
          before = version;
          if (value.who === -1) break;
        }
        state.topic.close();
        return { wrong, last: before };
      });
      for (let round = 0; round < 8; round++) {
        await using publisher = new Child();
        const before = topic.version;
        publisher.run(publish, name, round, 1e9);
        assert(await until(() => topic.version > before + 5, 5000));
        await new Promise((resolve) => setTimeout(resolve, 3 * round));
        publisher.kill();
        await publisher.ended();
        topic.publish({ who: 100, n: round });
      }
      const last = topic.publish({ who: -1, n: 0 });
      assertEquals(await within(5000, collected, "the subscriber"), { wrong: 0, last });
      await subscriber.finish();
      Topic.remove(name);
    }),
);

Deno.test(
  "topic processes: a message whose publisher died before it woke anybody arrives within a second or two",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("unwoken");
      using topic = Topic.open<Note>(name, { create: true });
      await using subscriber = new Child();
      await subscriber.run(subscribe, name);
      const next = subscriber.run(async ({ state }) => (await state.subscription.next()).value);
      // It sleeps by then; that a message was published is what it has to find by itself.
      await new Promise((resolve) => setTimeout(resolve, 100));
      const segment = Segment.open(pathOfName(name), { kind: "topic", name, minimumBytes: 64 })!;
      const writer = new ValueWriter(new ValueSegment(segment, name));
      withLock(segment, name, 1000, () => writer.publish(encode({ who: 1, n: 1 })));
      segment.close();
      assertEquals(await within(4000, next, "the message"), {
        version: 1,
        value: { who: 1, n: 1 },
        missed: 0,
      });
      assertEquals(topic.version, 1);
      await subscriber.run(({ state }) => state.topic.close());
      await subscriber.finish();
      Topic.remove(name);
    }),
);

Deno.test(
  "topic processes: a subscription keeps its program running until it is closed, or unref'd",
  PROCESSES,
  () =>
    leavesNothing(async () => {
      const name = freshName("ends");
      using topic = Topic.open<Note>(name, { create: true });
      const [idle, closing] = [new Child(), new Child()];
      for (const child of [idle, closing]) await child.run(subscribe, name);
      await idle.run(({ state }) => {
        state.topic.unref();
        state.subscription.next();
      });
      assertEquals((await within(5000, idle.finish(), "the unref'd program")).code, 0);
      await closing.run(({ state }) => {
        state.subscription.next().then(() => state.topic.close());
      });
      const ended = closing.finish();
      const early = await Promise.race([
        ended.then(() => "ended"),
        new Promise((resolve) => setTimeout(resolve, 300, "runs")),
      ]);
      assertEquals(early, "runs");
      topic.publish({ who: 0, n: 0 });
      assertEquals((await within(5000, ended, "the program that got its message")).code, 0);
      Topic.remove(name);
    }),
);

Deno.test(
  "topic processes: a worker subscribes and publishes, and its termination disturbs nobody",
  { permissions: { ffi: true, read: true } },
  async () => {
    const [asked, answered] = [freshName("asked"), freshName("answered")];
    using _asked = forgetting(asked);
    using _answered = forgetting(answered);
    using questions = Topic.open<string>(asked, { create: true });
    using answers = Topic.open<string>(answered, { create: true });
    const start = async () => {
      const worker = new Worker(new URL("./fixtures/topic_worker.ts", import.meta.url), {
        type: "module",
      });
      const said = () =>
        new Promise((resolve) => worker.onmessage = ({ data }) => resolve(data as string));
      const subscribed = said();
      worker.postMessage({ asked, answered });
      assertEquals(await within(15_000, subscribed, "the worker"), "subscribed");
      return { worker, said };
    };
    await using subscription = answers.subscribe();
    const { worker, said } = await start();
    for (const text of ["a", "b", "c"]) questions.publish(text);
    for (const text of ["a!", "b!", "c!"]) {
      assertEquals((await within(2000, subscription.next(), text)).value.value, text);
    }
    const ended = said();
    questions.publish("end");
    assertEquals(await within(2000, ended, "the end"), "ended");
    worker.terminate();
    // One that is gone without a word leaves a place in the table, which the next publishers clear.
    const gone = await start();
    gone.worker.terminate();
    for (let n = 0; n < 20; n++) questions.publish("nobody");
    const heir = await start();
    questions.publish("d");
    // The one that was terminated may have answered some before it was gone.
    let answer: string;
    do answer = (await within(2000, subscription.next(), "d!")).value.value; while (
      answer === "nobody!"
    );
    assertEquals(answer, "d!");
    heir.worker.terminate();
    assertEquals(Topic.remove(asked), true);
    assertEquals(Topic.remove(answered), true);
    await subscription.return!();
    sweepDeadPeers();
  },
);
