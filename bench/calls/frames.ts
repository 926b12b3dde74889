/** Messages on a byte stream. Layout of one: `size:u32 (little-endian)  JSON text in UTF-8:size bytes`. */
import { WriteQueue } from "./write_queue.ts";

const HEADER_BYTES = 4;
const toUtf8 = new TextEncoder();
const fromUtf8 = new TextDecoder();

/** Sends messages. */
export class FrameSender {
  readonly #queue: WriteQueue;

  /** Sends on an open connection. */
  constructor(conn: Deno.Conn) {
    this.#queue = new WriteQueue(conn);
  }

  /** Puts a message into the queue. */
  send(message: unknown): void {
    const text = toUtf8.encode(JSON.stringify(message));
    const frame = new Uint8Array(HEADER_BYTES + text.length);
    new DataView(frame.buffer).setUint32(0, text.length, true);
    frame.set(text, HEADER_BYTES);
    this.#queue.push(frame);
  }
}

/** Reads messages until the other side closes, and hands each to `receive`. */
export async function receiveFrames(
  conn: Deno.Conn,
  receive: (message: unknown) => void,
): Promise<void> {
  let buffer = new Uint8Array(1 << 16);
  let filled = 0;
  for (;;) {
    const count = await conn.read(buffer.subarray(filled));
    if (count === null) return;
    filled += count;
    const view = new DataView(buffer.buffer);
    let at = 0;
    while (filled - at >= HEADER_BYTES) {
      const end = at + HEADER_BYTES + view.getUint32(at, true);
      if (end > filled) break;
      receive(JSON.parse(fromUtf8.decode(buffer.subarray(at + HEADER_BYTES, end))));
      at = end;
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
