/** Bytes on their way into a connection: what is given while a write is under way leaves together in the next one. */

/** Writes all of `bytes`. */
export async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await conn.write(bytes.subarray(done));
}

/** Writes pieces in the order in which they come. */
export class WriteQueue {
  readonly #conn: Deno.Conn;
  #waiting: Uint8Array[] = [];
  #isWriting = false;

  /** Writes to an open connection. */
  constructor(conn: Deno.Conn) {
    this.#conn = conn;
  }

  /** Puts a piece into the queue, and starts to write unless a write is under way. */
  push(piece: Uint8Array): void {
    this.#waiting.push(piece);
    if (!this.#isWriting) this.#writeWaiting();
  }

  async #writeWaiting(): Promise<void> {
    this.#isWriting = true;
    try {
      while (this.#waiting.length > 0) {
        // What the callers of this turn push still joins.
        await Promise.resolve();
        const pieces = this.#waiting;
        this.#waiting = [];
        await writeAll(this.#conn, pieces.length === 1 ? pieces[0] : joined(pieces));
      }
    } catch {
      // The other side is gone; whoever reads from the connection learns it.
    } finally {
      this.#isWriting = false;
    }
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
