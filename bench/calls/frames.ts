/** Messages on a byte stream. Layout of one: `size:u32 (little-endian)  JSON text in UTF-8:size bytes`. */

const HEADER_BYTES = 4;
const toUtf8 = new TextEncoder();
const fromUtf8 = new TextDecoder();

/** Writes all of `bytes`. */
export async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await conn.write(bytes.subarray(done));
}

/** Sends messages; those given while a write is under way leave together in the next one. */
export class FrameSender {
  readonly #conn: Deno.Conn;
  #waiting: Uint8Array[] = [];
  #isWriting = false;

  /** Sends on an open connection. */
  constructor(conn: Deno.Conn) {
    this.#conn = conn;
  }

  /** Puts a message into the queue, and starts to write unless a write is under way. */
  send(message: unknown): void {
    const text = toUtf8.encode(JSON.stringify(message));
    const frame = new Uint8Array(HEADER_BYTES + text.length);
    new DataView(frame.buffer).setUint32(0, text.length, true);
    frame.set(text, HEADER_BYTES);
    this.#waiting.push(frame);
    if (!this.#isWriting) this.#writeWaiting();
  }

  async #writeWaiting(): Promise<void> {
    this.#isWriting = true;
    try {
      while (this.#waiting.length > 0) {
        // What the callers of this turn send still joins.
        await Promise.resolve();
        const frames = this.#waiting;
        this.#waiting = [];
        await writeAll(this.#conn, frames.length === 1 ? frames[0] : joined(frames));
      }
    } catch {
      // The other side is gone; whoever reads from the connection learns it.
    } finally {
      this.#isWriting = false;
    }
  }
}

function joined(frames: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(frames.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const frame of frames) {
    whole.set(frame, at);
    at += frame.length;
  }
  return whole;
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
