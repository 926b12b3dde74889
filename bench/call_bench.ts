/**
 * Calls to a function in another process: `callSync` and `call` of membridge against a Unix socket to the same process
 * (JSON messages, and raw bytes without any meaning), a worker's `postMessage`, `fetch` on the loopback interface, and
 * Redis where it is installed.
 *
 * Each has returned the right result before it is timed. The floors call the function right here. `64 in flight` is the
 * time of 64 calls that were started together.
 */
import { Stage } from "./calls/stage.ts";
import { IN_FLIGHT } from "./calls/work.ts";
import { registerCalls } from "./register.ts";

const missing = (["ffi", "read", "write", "run", "net"] as const)
  .filter((name) => Deno.permissions.querySync({ name }).state !== "granted");

if (missing.length > 0) {
  console.log(
    `skipped: calls need ${missing.map((name) => `--allow-${name}`).join(" ")} (deno task bench)`,
  );
} else {
  const stage = await Stage.open({ outsiders: false });
  globalThis.addEventListener("unload", () => stage.end());
  for (const { name, callers } of stage.groups) {
    await registerCalls(name, callers, 2000);
    const together = callers.filter(({ overlaps }) => overlaps).map((caller) => ({
      name: caller.name,
      run: () => Promise.all(Array.from({ length: IN_FLIGHT }, caller.run)),
    }));
    await registerCalls(`${name}, ${IN_FLIGHT} in flight`, together, 100);
  }
}
