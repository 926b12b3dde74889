/** Shows the progress of the task, from its beginning, whenever this starts. See `task.ts`. */
import { SegmentError, Topic } from "@sysframe/sysframe/membridge";
import { NAME, type Progress } from "./progress.ts";

using progress = openOrEnd();
for await (const { value, missed } of progress.subscribe({ from: "oldest" })) {
  // The last 64 messages are kept, so only a longer pause than those would leave some out.
  if (missed > 0) console.log(`(${missed} messages missed)`);
  console.log(`${value.step}: ${value.percent} %`);
}
console.log("the task ended");

function openOrEnd(): Topic<Progress> {
  try {
    return Topic.open<Progress>(NAME);
  } catch (error) {
    if (!(error instanceof SegmentError && error.code === "not_found")) throw error;
    console.log("no task runs");
    Deno.exit(1);
  }
}
