/** Gives Node the globals that the tests use and Node has not. Loaded before the test, also in a worker. */
import { isMainThread, parentPort } from "node:worker_threads";
import { denoStandIn } from "./deno.ts";
import { WebWorker } from "./worker.ts";

Reflect.set(globalThis, "Deno", denoStandIn);
Reflect.set(globalThis, "Worker", WebWorker);
if (!isMainThread) {
  Reflect.set(globalThis, "postMessage", (message: unknown) => parentPort?.postMessage(message));
}
