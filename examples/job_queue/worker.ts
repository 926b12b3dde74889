/** Does jobs until there are no more. See `submit.ts`, which is started first. */
import { Channel, SegmentError } from "@sysframe/sysframe/membridge";
import { type Job, JOBS, type Result, RESULTS } from "./jobs.ts";

using jobs = Channel.open<Job>(JOBS);
using results = Channel.open<Result>(RESULTS);
// A job in work goes to another worker when the handle is closed.
Deno.addSignalListener("SIGINT", () => jobs.close());

for await (const message of jobs.messages()) {
  const { id, text } = message.value;
  console.log(message.redelivered ? `job ${id} again: its worker is gone` : `job ${id}`);
  await new Promise((resolve) => setTimeout(resolve, 200)); // The work.
  try {
    await results.send({ id, length: text.length, pid: Deno.pid });
  } catch (error) {
    // It had been done before, and all results are there.
    if (!(error instanceof SegmentError && error.code === "removed")) throw error;
  }
  message.ack(); // Not before the result is sent: a job of which nobody heard has not been done.
}
console.log("no more jobs");
