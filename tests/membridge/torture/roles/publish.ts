/** Publishers of a topic. */
import { Topic } from "../../../../membridge/mod.ts";
import { makePayload, type Payload } from "../payload.ts";
import type { Stage } from "../stage.ts";
import { MAY_WRITE, WRITE_MS } from "./write.ts";

/** The topic, and how many messages it keeps. */
export const TOPIC = { what: "topic", history: 32 } as const;

/** Opens the topic. */
export async function openTopic(stage: Stage): Promise<Topic<Payload> | undefined> {
  const topic = await stage.attempt(
    { what: "Topic.open", boundMs: WRITE_MS, may: MAY_WRITE },
    () =>
      Topic.open<Payload>(stage.name(TOPIC.what), {
        create: true,
        history: TOPIC.history,
        timeoutMs: WRITE_MS,
      }),
  );
  if (topic === undefined) await stage.sleep(20);
  return topic;
}

/** Publishes numbered messages, without a gap. */
export async function publish(stage: Stage): Promise<void> {
  let number = 1;
  while (await stage.begins()) {
    const topic = await openTopic(stage);
    if (topic === undefined) continue;
    for (let i = stage.times(300); i > 0 && stage.goesOn; i--) {
      const payload = makePayload(stage.random, { by: stage.number, number, maxBytes: 10_000 });
      const version = stage.attemptSync(
        { what: "publish", boundMs: WRITE_MS, may: MAY_WRITE },
        () => topic.publish(payload),
      );
      // What was not published takes its number to the next one.
      if (version !== undefined) number++;
      await stage.pause();
    }
    topic.close();
  }
}
