/**
 * The other process: serves the functions through membridge, over HTTP on the loopback interface, and on two Unix
 * sockets, one for JSON calls and one that returns raw bytes. Arguments: the service's name, the sockets' directory.
 * Prints the port of HTTP when all are ready. Ends when its standard input does.
 */
import { serve } from "../../membridge/mod.ts";
import { serveHttp } from "./http_client.ts";
import { accept, answerCalls } from "./socket_server.ts";
import { handlers } from "./work.ts";
import { writeAll } from "./write_queue.ts";

async function returnBytes(conn: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(1 << 17);
  for (;;) {
    const count = await conn.read(buffer);
    if (count === null) return conn.close();
    await writeAll(conn, buffer.subarray(0, count));
  }
}

const [name, directory] = Deno.args;
const json = Deno.listen({ transport: "unix", path: `${directory}/json` });
const raw = Deno.listen({ transport: "unix", path: `${directory}/raw` });
accept(json, answerCalls);
accept(raw, returnBytes);
const http = serveHttp();
const service = serve(name, handlers);
console.log(http.addr.port);

for await (const _ of Deno.stdin.readable);
await service.close({ timeoutMs: 0 });
json.close();
raw.close();
Deno.exit(0);
