/** Finding where documents end in bytes that come in pieces. */
import { fail, WireFailure } from "./failure.ts";
import { Walker } from "./walk.ts";

const FIRST_BUFFER_BYTES = 4096;

/**
 * Collects pieces of a sequence of documents and gives the documents, each whole.
 *
 * Every byte is looked at once, however small the pieces are: after a piece the walk goes on where it stood. What is kept
 * is what has come and was not given yet; nothing is allocated for what a length only claims.
 */
export class Splitter {
  readonly #maxDocumentBytes: number;
  #buffer: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  /** The bytes that have come and were not given: from `start` to `end`. */
  #start = 0;
  #end = 0;
  #walker = new Walker(new Uint8Array(0));
  /** The least number of bytes of the document at hand with which the walk could go on. */
  #wantedBytes = 1;

  /** Refuses documents of more bytes. */
  constructor(maxDocumentBytes: number) {
    this.#maxDocumentBytes = maxDocumentBytes;
  }

  /** How many more bytes the document at hand needs at least; 1 or more. */
  get neededBytes(): number {
    return Math.max(1, this.#wantedBytes - this.#available);
  }

  /** Bytes that have come of a document that is not complete. */
  get #available(): number {
    return this.#end - this.#start;
  }

  /** Whether nothing is left over. */
  get isEmpty(): boolean {
    return this.#start === this.#end;
  }

  /** The bytes of the document at hand that have come, valid until the next piece comes. */
  get rest(): Uint8Array {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** Copies the next piece. */
  push(piece: Uint8Array): void {
    if (this.#end + piece.length > this.#buffer.length) this.#makeRoom(piece.length);
    this.#buffer.set(piece, this.#end);
    this.#end += piece.length;
  }

  #makeRoom(count: number): void {
    const kept = this.#buffer.subarray(this.#start, this.#end);
    const needed = kept.length + count;
    if (needed * 2 > this.#buffer.length) {
      this.#buffer = new Uint8Array(Math.max(FIRST_BUFFER_BYTES, 2 * needed));
      this.#buffer.set(kept);
    } else {
      this.#buffer.copyWithin(0, this.#start, this.#end);
    }
    this.#start = 0;
    this.#end = kept.length;
  }

  /**
   * The next document, which is valid until the next piece comes; `undefined` if it is not complete.
   *
   * @throws {WireFailure} what keeps the bytes from being a document, `size_exceeded` as soon as a document says that it is
   * too long; positions count from its first byte
   */
  next(): Uint8Array | undefined {
    const available = this.#available;
    if (available < this.#wantedBytes) return undefined;
    const { cursor } = this.#walker;
    cursor.restartAt(this.#buffer.subarray(this.#start, this.#end));
    const size = this.#walk();
    if (size > this.#maxDocumentBytes || this.#wantedBytes > this.#maxDocumentBytes) {
      fail("size_exceeded", 0, `a document of more than ${this.#maxDocumentBytes} bytes`);
    }
    if (size === 0) return undefined;
    const document = this.#buffer.subarray(this.#start, this.#start + size);
    this.#start += size;
    this.#walker = new Walker(new Uint8Array(0));
    this.#wantedBytes = 1;
    return document;
  }

  /** Walks as far as the bytes allow; returns the size of the document if that is known and all of it is there, else 0. */
  #walk(): number {
    const walker = this.#walker, { cursor } = walker;
    while (!walker.isDone) {
      const start = cursor.pos;
      try {
        walker.step();
      } catch (error) {
        if (!(error instanceof WireFailure) || error.code !== "truncated") throw error;
        cursor.pos = start;
        this.#wantedBytes = cursor.wantedEnd;
        return 0;
      }
      // The mark of the text block says where the document ends, and was read only because all of it is there.
      if (cursor.documentEnd !== undefined) return cursor.documentEnd;
    }
    return cursor.pos;
  }
}
