/** Subscribers of a topic: they see every message, in order, or are told how many they missed. */
import type { TopicDelivery } from "../../../../membridge/mod.ts";
import { faultOf, type Payload } from "../payload.ts";
import type { Stage } from "../stage.ts";
import { openTopic } from "./publish.ts";

/** Subscribes for a while, again and again, at times where it left off. */
export async function subscribe(stage: Stage): Promise<void> {
  let follower = new Follower(stage);
  while (await stage.begins()) {
    const topic = await openTopic(stage);
    if (topic === undefined) continue;
    const from = stage.pick(["now", "oldest", "resume"] as const);
    if (from !== "resume" || follower.version === 0) follower = new Follower(stage);
    const durationMs = stage.random.below(3000);
    const signal = AbortSignal.any([stage.ending, AbortSignal.timeout(durationMs)]);
    await stage.attempt(
      { what: "subscribe", boundMs: durationMs, may: ["TimeoutError", "AbortError"] },
      async () => {
        const start = follower.version > 0
          ? follower.version + 1
          : from === "now"
          ? "now"
          : "oldest";
        for await (const delivery of topic.subscribe({ from: start, signal })) {
          stage.count("topic message");
          follower.see(delivery);
          if (stage.once(200)) await stage.sleep(stage.random.below(300));
        }
      },
    );
    stage.attemptSync({ what: "latest" }, () => topic.latest());
    topic.close();
  }
}

/** What one subscriber has seen. */
class Follower {
  readonly #stage: Stage;
  readonly #numbers = new Map<number, number>();
  /** The last one seen; 0 before the first. */
  version = 0;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  see({ version, value, missed }: TopicDelivery<Payload>): void {
    const stage = this.#stage;
    if (stage.hostile) return;
    const fault = faultOf(value);
    if (fault !== undefined) stage.fault("torn", `topic: ${fault}`);
    if (this.version > 0 && version !== this.version + 1 + missed) {
      stage.fault("lost", `topic: ${version} after ${this.version}, ${missed} missed`);
    }
    // Its publisher counts without a gap: what a subscriber that missed nothing sees does so, too.
    if (missed > 0) this.#numbers.clear();
    const last = this.#numbers.get(value.by);
    if (last !== undefined && value.number !== last + 1) {
      stage.fault("lost", `topic: ${value.by}.${value.number} after ${value.by}.${last}`);
    }
    this.#numbers.set(value.by, value.number);
    this.version = version;
  }
}
