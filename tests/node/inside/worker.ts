/** As much of the web's `Worker` as the tests use, made from Node's. */
import { Worker } from "node:worker_threads";
import { Missing } from "./missing.ts";

/** A thread that runs a module, with handlers for what it posts and for how it fails. */
export class WebWorker {
  readonly #thread: Worker;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onerror: ((event: { message: string; preventDefault(): void }) => void) | null = null;

  constructor(url: URL) {
    this.#thread = new Worker(url);
    this.#thread.on("message", (data) => this.onmessage?.({ data }));
    this.#thread.on("error", ({ message }) => this.onerror?.({ message, preventDefault() {} }));
  }

  /** The threads here only speak. */
  postMessage(_message: unknown): void {
    throw new Missing("speaks to a thread");
  }

  /** Ends the thread. */
  terminate(): void {
    void this.#thread.terminate();
  }
}
