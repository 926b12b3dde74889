/// <reference lib="deno.worker" />
/** A worker that is inside of a lock that is biased towards it, and says where. */
import { pathOfName } from "../../../membridge/segment/names.ts";
import { Segment } from "../../../membridge/segment/segment.ts";

self.onmessage = ({ data: name }) => {
  const { lock, words } = Segment.open(pathOfName(name), {
    kind: "value",
    name,
    minimumBytes: 64,
  })!;
  for (let i = 0; i < 20; i++) if (lock.tryAcquire()) lock.release();
  self.postMessage(lock.tryAcquire() ? words[108 / 4] : -1);
};
