/**
 * A task that tells whoever is interested how far it is, and waits for none of them.
 *
 * Terminal 1: `deno run --allow-ffi examples/progress/task.ts`
 *
 * Terminals 2 and 3, also in the middle of it: `deno run --allow-ffi examples/progress/viewer.ts`
 */
import { Topic } from "@sysframe/sysframe/membridge";
import { NAME, type Progress } from "./progress.ts";

Topic.remove(NAME); // What is there was left by a task that was killed; its viewers end.
using progress = Topic.open<Progress>(NAME, { create: true });
console.log("begun");

for (let percent = 0; percent <= 100; percent += 5) {
  const step = percent < 50 ? "load" : "calculate";
  progress.publish({ step, percent });
  await new Promise((resolve) => setTimeout(resolve, 200)); // The work.
}
Topic.remove(NAME); // The viewers get what was published, then the end.
console.log("done");
