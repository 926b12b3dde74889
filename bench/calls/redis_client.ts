/** A Redis server on a Unix socket, and a client that speaks its protocol (RESP) without a library between. */
import { LineChild } from "../line_child.ts";
import { obstacleTo } from "../obstacle.ts";
import { WriteQueue } from "./write_queue.ts";

const toUtf8 = new TextEncoder();
const fromUtf8 = new TextDecoder();
const CR = 13;
const DOLLAR = 36;
/** Runs a server as long as the standard input lasts, so that it ends with this process, however that ends. */
const SCRIPT = 'redis-server "$@" & read -r _; kill $!; wait';
/** How long the server may take to listen. */
const START_MS = 5000;

/** A server of our own with a connection to it; any number of commands may be in flight. */
export class RedisClient implements AsyncDisposable {
  readonly #server: LineChild;
  readonly #conn: Deno.Conn;
  readonly #queue: WriteQueue;
  readonly #pending: PromiseWithResolvers<string>[] = [];

  private constructor(server: LineChild, conn: Deno.Conn) {
    this.#server = server;
    this.#conn = conn;
    this.#queue = new WriteQueue(conn);
    this.#receive().catch((error: unknown) => {
      for (const { reject } of this.#pending) reject(error);
    });
  }

  /**
   * Starts a server whose socket is in `directory`, and connects to it.
   *
   * Without a `redis-server` that may be run, a line on the console says so and there is none.
   */
  static async start(directory: string): Promise<RedisClient | undefined> {
    const missing = obstacleTo("redis-server", ["--version"]);
    if (missing !== undefined) {
      console.log(`skipped: Redis: ${missing}`);
      return undefined;
    }
    const path = `${directory}/redis`;
    const options = { port: "0", unixsocket: path, save: "", dir: directory, logfile: "/dev/null" };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
    const server = new LineChild("sh", ["-c", SCRIPT, "sh", ...args]);
    const end = performance.now() + START_MS;
    for (;;) {
      try {
        return new RedisClient(server, await Deno.connect({ transport: "unix", path }));
      } catch (error) {
        if (performance.now() > end) {
          await server[Symbol.asyncDispose]();
          throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
  }

  /** Has the server return `text`. */
  echo(text: string): Promise<string> {
    const pending = Promise.withResolvers<string>();
    this.#pending.push(pending);
    const size = toUtf8.encode(text).length;
    this.#queue.push(toUtf8.encode(`*2\r\n$4\r\nECHO\r\n$${size}\r\n${text}\r\n`));
    return pending.promise;
  }

  // Replies come in the order of the commands: `$SIZE\r\nBYTES\r\n`.
  async #receive(): Promise<void> {
    let buffer = new Uint8Array(1 << 16);
    let filled = 0;
    for (;;) {
      const count = await this.#conn.read(buffer.subarray(filled));
      if (count === null) throw new Error("Redis closed the connection");
      filled += count;
      let at = 0;
      for (;;) {
        const lineEnd = buffer.subarray(0, filled).indexOf(CR, at);
        if (lineEnd < 0) break;
        const line = fromUtf8.decode(buffer.subarray(at, lineEnd));
        if (buffer[at] !== DOLLAR) throw new Error(`Redis replied ${JSON.stringify(line)}`);
        const start = lineEnd + 2, end = start + Number(line.slice(1));
        if (end + 2 > filled) break;
        this.#pending.shift()!.resolve(fromUtf8.decode(buffer.subarray(start, end)));
        at = end + 2;
      }
      buffer.copyWithin(0, at, filled);
      filled -= at;
      if (filled === buffer.length) {
        const larger = new Uint8Array(2 * buffer.length);
        larger.set(buffer);
        buffer = larger;
      }
    }
  }

  /** Ends the server without waiting for that. */
  end(): void {
    this.#conn.close();
    this.#server.end();
  }

  /** Ends the server, and waits until it has. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#conn.close();
    await this.#server[Symbol.asyncDispose]();
  }
}
