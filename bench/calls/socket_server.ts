/** The other side of {@linkcode JsonSocket}: carries out what comes as JSON over a Unix socket. */
import { FrameSender, receiveFrames } from "./frames.ts";
import { perform, type Request } from "./work.ts";

/** Answers calls until the caller closes. */
export async function answerCalls(conn: Deno.Conn): Promise<void> {
  const sender = new FrameSender(conn);
  await receiveFrames(conn, (message) => sender.send(perform(message as Request)));
  conn.close();
}

/** Serves each connection. */
export async function accept(
  listener: Deno.UnixListener,
  serve: (conn: Deno.Conn) => Promise<void>,
): Promise<void> {
  for await (const conn of listener) serve(conn);
}
