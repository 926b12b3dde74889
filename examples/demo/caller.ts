/** One of the demo's two callers, a program of its own: calls the service sync and async, and watches its status meanwhile. */
import { connect, RemoteError, SharedValue } from "@sysframe/sysframe/membridge";
import { expect, percentiles } from "./report.ts";
import type { Handlers, Status } from "./service.ts";

const name = Deno.args[0];
const say = (text: string) => console.log(`[${name} ${Deno.pid}] ${text}`);

// Whoever comes first waits for the service.
using tweets = connect<Handlers>("/demo.tweets", { waitMs: 10_000 });

const about = await tweets.call("about");
expect(about.pid !== Deno.pid, "the functions run in another process");
say(`the service is process ${about.pid} and has ${about.tweets} tweets; this one loaded none`);

// The status is read from shared memory: the service is not asked.
using status = SharedValue.open<Status>("/demo.status");
expect(status.get()!.pid === about.pid, "the status was written by the service");
const watching = new AbortController();
let changes = 0;
const watcher = (async () => {
  try {
    for await (const _change of status.watch({ signal: watching.signal })) changes++;
  } catch (reason) {
    if (reason !== watching.signal.reason) throw reason;
  }
})();

// Async: many calls on their way at once, answered as they are done.
const [found, newest, ...counts] = await Promise.all([
  tweets.api.search("今"),
  tweets.api.latest(3),
  ...Array.from({ length: 50 }, () => tweets.api.countByUser("ayuu0123")),
]);
expect(found.length > 0 && found.every((tweet) => tweet.text.includes("今")), "search finds");
expect(newest[0].at instanceof Temporal.Instant, "a datetime arrives as what it is");
expect(counts.every((count) => count === 1), "every call gets its own result");
say(`${found.length} tweets say 今 (now), the newest tweet is of ${newest[0].at}`);
expect((await tweets.call("byId", found[0].id)).text === found[0].text, "ids are exact");

// The function's own error, as if it had been thrown here.
try {
  await tweets.call("byId", 42n);
  expect(false, "an unknown id is an error");
} catch (error) {
  expect(error instanceof RemoteError && error.name === "RangeError", "the error keeps its name");
  const [, where] = (error as RemoteError).remoteStack.split("\n");
  say(
    `as expected, ${(error as RemoteError).name}: ${
      (error as RemoteError).message
    } (${where.trim()})`,
  );
}

// How long a call takes, one after the other: blocking this thread, and awaited.
const sync: number[] = [];
for (let i = 0; i < 5000; i++) {
  const start = performance.now();
  tweets.callSync("countByUser", "nobody");
  sync.push(performance.now() - start);
}
const async: number[] = [];
for (let i = 0; i < 5000; i++) {
  const start = performance.now();
  await tweets.call("countByUser", "nobody");
  async.push(performance.now() - start);
}
say(`5000 calls with callSync: ${percentiles(sync)}`);
say(`5000 calls with await:    ${percentiles(async)}`);

// Every search changed the status; the watch hears of the last change, however many there were.
for (const word of ["RT", "http", name]) await tweets.call("search", word);
const end = performance.now() + 5000;
while (changes === 0 && performance.now() < end) await new Promise((done) => setTimeout(done, 1));
watching.abort();
await watcher;
expect(changes > 0, "the watch reported changes");
say(`${changes} changes of the status were reported; ${status.get()!.calls} calls by its last one`);
