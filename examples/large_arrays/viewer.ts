/** Looks at the camera's frames where they lie, until the camera is off. See `camera.ts`, which is started first. */
import { SharedFrames } from "@sysframe/sysframe/membridge";
import { HEIGHT, NAME, WIDTH } from "./frame.ts";

using camera = SharedFrames.open(NAME);
let seen = 0;
for await (const version of camera.watch({ initial: true })) {
  // As long as it is borrowed nobody writes into it, however many come after it.
  using frame = camera.borrow(Uint8ClampedArray);
  // The current frame may be newer than the version that woke this up; the next one tells of it again.
  if (frame === undefined || frame.version === seen) continue;
  seen = frame.version;
  const middle = 4 * (WIDTH * Math.floor(HEIGHT / 2) + WIDTH / 2);
  const [red, green, blue] = frame.view.subarray(middle, middle + 3);
  console.log(`frame ${frame.version} (told of ${version}): the middle is ${red} ${green} ${blue}`);
}
console.log("the camera is off");
