/**
 * Jobs for any number of workers, of which any may be killed: each job is done all the same.
 *
 * Terminal 1: `deno run --allow-ffi examples/job_queue/submit.ts 20`
 *
 * Terminals 2 and 3: `deno run --allow-ffi examples/job_queue/worker.ts` (kill one of them with `kill -9`)
 */
import { Channel } from "@sysframe/sysframe/membridge";
import { type Job, JOBS, type Result, RESULTS } from "./jobs.ts";

const count = Number(Deno.args[0] ?? 20);
using jobs = Channel.open<Job>(JOBS, { create: true });
using results = Channel.open<Result>(RESULTS, { create: true });

await jobs.sendAll(Array.from({ length: count }, (_, id) => ({ id, text: "x".repeat(id) })));
console.log(`${count} jobs wait for workers`);

// A worker that was killed between its result and its acknowledgement leaves a job that is done twice: the id tells.
const done = new Set<number>();
while (done.size < count) {
  const { id, length, pid } = await results.receive();
  if (!done.has(id)) console.log(`job ${id}: ${length} characters, says process ${pid}`);
  done.add(id);
}
jobs.end(); // The workers' loops end.
Channel.remove(JOBS);
Channel.remove(RESULTS);
console.log(`all ${count} jobs are done`);
