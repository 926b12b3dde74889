/**
 * The demo: `deno task demo`.
 *
 * It starts a service and two callers as three programs of their own, as a system would; none is the child of another. Read
 * `service.ts` first, then `caller.ts`.
 */
import { connect, NoSuchServiceError, SharedValue } from "@sysframe/sysframe/membridge";
import { expect } from "./report.ts";
import type { Handlers, Status } from "./service.ts";

function start(program: string, ...args: string[]): Deno.ChildProcess {
  const path = new URL(program, import.meta.url).pathname;
  // All that a program needs to share memory is --allow-ffi.
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--allow-ffi", path, ...args],
  }).spawn();
}

const service = start("service.ts");
const callers = [start("caller.ts", "Ada"), start("caller.ts", "Bob")];

try {
  const statuses = await Promise.all(callers.map((caller) => caller.status));
  expect(statuses.every((status) => status.success), "both callers succeed");
  await finish();
} catch (error) {
  // What is not as expected must not leave a service running.
  await connect<Handlers>("/demo.tweets").call("stop").catch(() => {});
  SharedValue.remove("/demo.status");
  throw error;
}

async function finish(): Promise<void> {
  // This program can call the service as well: the name is all that it takes.
  using tweets = connect<Handlers>("/demo.tweets");
  using status = SharedValue.open<Status>("/demo.status");
  const { pid, calls } = await tweets.call("about");
  expect(pid === service.pid, "the service is the program that was started");
  expect(calls > 2 * 10_000, "the service counted the calls of both");
  await tweets.call("stop");
  expect((await service.status).success, "the service ends by itself");
  expect(status.get()!.calls === calls, "its last status outlives it");
  console.log(`[demo ${Deno.pid}] process ${pid} answered ${calls} calls and is gone now`);

  const gone = await tweets.call("about").then(
    () => false,
    (error) => error instanceof NoSuchServiceError,
  );
  expect(gone, "calling it now fails at once, with a clear error");
  expect(SharedValue.remove("/demo.status"), "the status can be removed");
  console.log(`[demo ${Deno.pid}] everything was as expected`);
}
