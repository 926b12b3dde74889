/** Calls to another thread of this process, through `postMessage`. */
import type { FunctionName, Reply } from "./work.ts";

/** Calls functions of a worker; any number may be in flight. */
export class WorkerClient implements Disposable {
  readonly #worker: Worker;
  readonly #pending = new Map<number, PromiseWithResolvers<unknown>>();
  #nextId = 0;

  /** Starts the worker. */
  constructor() {
    this.#worker = new Worker(new URL("./worker_main.ts", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<Reply>) => {
      this.#pending.get(data.id)!.resolve(data.value);
      this.#pending.delete(data.id);
    };
  }

  /** Calls a function and returns a promise of its result. */
  call(name: FunctionName, ...args: readonly unknown[]): Promise<unknown> {
    const id = this.#nextId++;
    const pending = Promise.withResolvers<unknown>();
    this.#pending.set(id, pending);
    this.#worker.postMessage({ id, name, args });
    return pending.promise;
  }

  /** Ends the worker. */
  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}
