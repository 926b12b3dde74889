/// <reference lib="deno.worker" />
/** A worker that holds everything that one can hold, and says when it does. */
import { connect, serve, SharedValue } from "../../../membridge/mod.ts";
import { pathOfName } from "../../../membridge/segment/names.ts";
import { Segment } from "../../../membridge/segment/segment.ts";

self.onmessage = async ({ data: { served, called, value, locked } }) => {
  serve(served, { f: () => 1, never: () => new Promise<never>(() => {}) });
  const client = connect(called);
  await client.call("f");
  client.call("wait").catch(() => {});
  const shared = SharedValue.open<number>(value);
  shared.watch().next();
  const segment = Segment.open(pathOfName(locked), {
    kind: "value",
    name: locked,
    minimumBytes: 64,
  });
  self.postMessage(segment!.lock.tryAcquire());
};
