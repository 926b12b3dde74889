/** The demo's service: it alone loads the tweets, and hands out functions that search them and a status that others watch. */
import { serve, SharedValue } from "@sysframe/sysframe/membridge";
import twitter from "corpus/twitter.json" with { type: "json" };

/** What the callers get of a tweet. The time is a real instant, not a text. */
export interface Tweet {
  id: bigint;
  user: string;
  text: string;
  at: Temporal.Instant;
}

/** What everybody can see of the service without calling it. */
export interface Status {
  pid: number;
  calls: number;
  lastSearch: string | null;
}

const tweets: Tweet[] = twitter.statuses.map((status) => ({
  id: BigInt(status.id_str),
  user: status.user.screen_name,
  text: status.text,
  at: Temporal.Instant.fromEpochMilliseconds(Date.parse(status.created_at)),
}));

using status = SharedValue.open<Status>("/demo.status", { create: true });
let calls = 0;
let lastSearch: string | null = null;
const publish = () => status.set({ pid: Deno.pid, calls, lastSearch });
publish();

const handlers = {
  /** Returns the tweets that contain `text`. */
  search(text: string): Tweet[] {
    calls++;
    lastSearch = text;
    publish();
    return tweets.filter((tweet) => tweet.text.includes(text));
  },

  /** Returns how many tweets a user wrote. */
  countByUser(user: string): number {
    calls++;
    return tweets.filter((tweet) => tweet.user === user).length;
  },

  /** Returns the newest tweets, after something slow that does not keep the other callers waiting. */
  async latest(count: number): Promise<Tweet[]> {
    calls++;
    await new Promise((resolve) => setTimeout(resolve, 5));
    return tweets.toSorted((a, b) => Temporal.Instant.compare(b.at, a.at)).slice(0, count);
  },

  /** Returns a tweet; an unknown id is an error, which the caller gets. */
  byId(id: bigint): Tweet {
    calls++;
    const tweet = tweets.find((tweet) => tweet.id === id);
    if (tweet === undefined) throw new RangeError(`There is no tweet ${id}`);
    return tweet;
  },

  /** Returns what proves where all this runs. */
  about(): { pid: number; tweets: number; calls: number } {
    return { pid: Deno.pid, tweets: tweets.length, calls };
  },

  /** Ends the service once its callers have their answers. */
  stop(): void {
    publish();
    service.close();
  },
};

/** The type that callers pass to `connect`. */
export type Handlers = typeof handlers;

const service = serve("/demo.tweets", handlers);
await service.closed;
