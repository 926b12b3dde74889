/**
 * A shared value in one process: `get`, `set` and `version` for a small record, a medium one and 64 KiB of bytes, against
 * `structuredClone` (a copy that stays in the process) and a plain variable, the floor.
 */
import { registerGroup } from "./register.ts";
import { ValueStage } from "./values.ts";

if (Deno.permissions.querySync({ name: "ffi" }).state === "granted") {
  const stage = new ValueStage();
  globalThis.addEventListener("unload", () => stage[Symbol.dispose]());
  for (const { name, subjects } of stage.groups) registerGroup(name, subjects);
} else {
  console.log("skipped: shared values need --allow-ffi (deno task bench)");
}
