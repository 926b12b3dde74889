/** A process dies while it publishes in a topic, or subscribes to it. */
import { assert, assertEquals } from "../../helpers/assert.ts";
import { Topic } from "../../../membridge/mod.ts";
import { within } from "../fixtures/attack.ts";
import { type Scenario, type Stamped, stamped } from "./scenario.ts";

/** Longest time after which a subscriber must have heard of a message whose publisher died: some looks, one a second. */
const NOTICED_MS = 5000;

/** Message number `n`; the third is longer than the topic's first memory. */
const message = (n: number) => stamped(n, n % 3 === 0 ? 2000 : 100);

const publish: Scenario = {
  name: "topic: publish, the publisher dies",
  alone: true,
  victim({ name }) {
    const topic = Topic.open<Stamped>(name);
    return () => {
      for (let i = 0; i < 3; i++) topic.publish(message(topic.version + 1));
    };
  },
  others(name) {
    const topic = Topic.open<Stamped>(name, { create: true, history: 16 });
    topic.publish(message(1));
    const subscription = topic.subscribe();
    // Asleep when the victim comes.
    let next = subscription.next();
    return {
      async afterwards() {
        const { version } = topic;
        assert(version >= 1 && version <= 7, `version ${version}`);
        using late = Topic.open<Stamped>(name);
        assertEquals(late.latest()?.value, message(version));
        // What the victim published is heard of though it may not have woken anybody; then comes what others publish.
        for (let n = 2; n <= version + 3; n++) {
          if (n > version) late.publish(message(n));
          const { value } = await within(NOTICED_MS, next, `message ${n} of ${version}`);
          assertEquals(value, { version: n, value: message(n), missed: 0 });
          next = subscription.next();
        }
        const everything = [];
        for await (const each of late.subscribe({ from: "oldest" })) {
          everything.push(each);
          if (each.version === version + 3) break;
        }
        assertEquals(everything.map((each) => each.value.n), everything.map((_, i) => i + 1));
        topic.close();
        assertEquals((await within(NOTICED_MS, next, "the end")).done, true);
        assert(Topic.remove(name));
      },
    };
  },
};

const subscribe: Scenario = {
  name: "topic: subscribe and receive, the subscriber dies",
  victim({ name, say }) {
    const topic = Topic.open<Stamped>(name);
    return async () => {
      const subscription = topic.subscribe({ from: "oldest" });
      await subscription.next();
      const next = subscription.next();
      say("subscribed");
      await next;
      await subscription.return!();
      topic.close();
    };
  },
  others(name) {
    const topic = Topic.open<Stamped>(name, { create: true });
    topic.publish(message(1));
    return {
      async meanwhile(victim) {
        if (!await victim.says("subscribed")) return;
        const { version } = topic;
        for (let n = version + 1; n <= version + 3; n++) topic.publish(message(n));
      },
      async afterwards() {
        using other = Topic.open<Stamped>(name);
        await using subscription = other.subscribe();
        const next = subscription.next();
        const version = topic.publish(message(99));
        assertEquals((await within(NOTICED_MS, next, "another")).value.version, version);
        await subscription.return!();
        topic.close();
        other.close();
        assert(Topic.remove(name));
      },
    };
  },
};

/** Every scenario of a topic. */
export const TOPIC_SCENARIOS: readonly Scenario[] = [publish, subscribe];
