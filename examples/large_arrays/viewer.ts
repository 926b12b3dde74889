/** Looks at the camera's frames where they lie, until the camera is off. See `camera.ts`, which is started first. */
import { SharedFrames } from "@sysframe/sysframe/membridge";
import { HEIGHT, NAME, WIDTH } from "./frame.ts";

using camera = SharedFrames.open(NAME);
for await (const version of camera.watch({ initial: true })) {
  // As long as it is borrowed nobody writes into it, however many come after it.
  using frame = camera.borrow();
  if (frame === undefined) continue;
  const middle = 4 * (WIDTH * Math.floor(HEIGHT / 2) + WIDTH / 2);
  const [red, green, blue] = frame.view.subarray(middle, middle + 3);
  console.log(`frame ${frame.version} (told of ${version}): the middle is ${red} ${green} ${blue}`);
}
console.log("the camera is off");
