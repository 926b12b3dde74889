/** Calls over a Unix socket, in two ways: functions by JSON messages, and bare bytes that come back. */
import { FrameSender, receiveFrames } from "./frames.ts";
import type { FunctionName, Reply } from "./work.ts";
import { writeAll } from "./write_queue.ts";

/** Calls functions of another process with length-prefixed JSON; any number may be in flight. */
export class JsonSocket implements Disposable {
  readonly #conn: Deno.Conn;
  readonly #sender: FrameSender;
  readonly #pending = new Map<number, PromiseWithResolvers<unknown>>();
  #nextId = 0;

  private constructor(conn: Deno.Conn) {
    this.#conn = conn;
    this.#sender = new FrameSender(conn);
    receiveFrames(conn, (message) => this.#settle(message as Reply)).catch((error: unknown) => {
      for (const { reject } of this.#pending.values()) reject(error);
    });
  }

  /** Connects to the socket at `path`. */
  static async connect(path: string): Promise<JsonSocket> {
    return new JsonSocket(await Deno.connect({ transport: "unix", path }));
  }

  /** Calls a function and returns a promise of its result. */
  call(name: FunctionName, ...args: readonly unknown[]): Promise<unknown> {
    const id = this.#nextId++;
    const pending = Promise.withResolvers<unknown>();
    this.#pending.set(id, pending);
    this.#sender.send({ id, name, args });
    return pending.promise;
  }

  #settle({ id, value }: Reply): void {
    this.#pending.get(id)!.resolve(value);
    this.#pending.delete(id);
  }

  /** Closes the connection. */
  [Symbol.dispose](): void {
    this.#conn.close();
  }
}

/** Sends bytes and reads as many back; one exchange at a time. */
export class RawSocket implements Disposable {
  readonly #conn: Deno.Conn;

  private constructor(conn: Deno.Conn) {
    this.#conn = conn;
  }

  /** Connects to the socket at `path`. */
  static async connect(path: string): Promise<RawSocket> {
    return new RawSocket(await Deno.connect({ transport: "unix", path }));
  }

  /** Sends `bytes` and fills `answer`, which has the same size, with what comes back. */
  async exchange(bytes: Uint8Array, answer: Uint8Array): Promise<Uint8Array> {
    const writing = writeAll(this.#conn, bytes);
    for (let filled = 0; filled < answer.length;) {
      const count = await this.#conn.read(answer.subarray(filled));
      if (count === null) throw new Error("The other side closed the connection");
      filled += count;
    }
    await writing;
    return answer;
  }

  /** Closes the connection. */
  [Symbol.dispose](): void {
    this.#conn.close();
  }
}
