/** Calls over HTTP on the loopback interface: `fetch` to `Deno.serve`. */
import { type FunctionName, perform, type Reply, type Request as Call } from "./work.ts";

/** Serves the functions on a free port of the loopback interface. */
export function serveHttp(): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const call: Call = await request.json();
    return Response.json(perform(call));
  });
}

/** Calls functions of the process that serves on `port`; any number may be in flight. */
export class HttpClient {
  readonly #url: string;

  /** Takes the port of {@linkcode serveHttp}. */
  constructor(port: number) {
    this.#url = `http://127.0.0.1:${port}/`;
  }

  /** Calls a function and returns a promise of its result. */
  async call(name: FunctionName, ...args: readonly unknown[]): Promise<unknown> {
    const body = JSON.stringify({ id: 0, name, args });
    const response = await fetch(this.#url, { method: "POST", body });
    const { value }: Reply = await response.json();
    return value;
  }
}
