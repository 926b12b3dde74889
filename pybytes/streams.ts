/** A sequence of values as a stream of bytes, and back. */
import { decode, decodeError } from "./decode.ts";
import { encode } from "./encode.ts";
import type { DecodeError } from "./errors.ts";
import { checkDecodeOptions, checkEncodeOptions } from "./options.ts";
import type { DecodeOptions, EncodeOptions } from "./options.ts";
import type { PyValue } from "./values.ts";
import { WireFailure } from "./wire/failure.ts";
import { Splitter } from "./wire/split.ts";

/**
 * Turns each value that is written into the bytes of one document. Documents say where they end, so they follow each other
 * without anything between them.
 *
 * @example Values through any byte stream
 * ```ts
 * import { DecoderStream, EncoderStream } from "@sysframe/sysframe/pybytes";
 * import { assertEquals } from "@std/assert/equals";
 *
 * const values = ReadableStream.from([1, "two", { three: 3n }])
 *   .pipeThrough(new EncoderStream())
 *   .pipeThrough(new DecoderStream());
 * assertEquals(await Array.fromAsync(values), [1, "two", { three: 3 }]);
 * ```
 */
export class EncoderStream extends TransformStream<unknown, Uint8Array<ArrayBuffer>> {
  /**
   * Makes a stream whose values are encoded with these options.
   *
   * The readable side fails with the `EncodeError` of the first value that cannot be encoded.
   *
   * @throws {TypeError} if an option is unknown
   */
  constructor(options: EncodeOptions = {}) {
    checkEncodeOptions(options);
    super({
      transform: (value, controller) => controller.enqueue(encode(value, options)),
    });
  }
}

/** A promise that is settled from outside. */
class Signal {
  readonly promise: Promise<void>;
  resolve!: () => void;
  reject!: (reason: unknown) => void;

  constructor() {
    this.promise = new Promise<void>((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Whoever waits handles it; that nobody does is no error of its own.
    this.promise.catch(() => {});
  }
}

/**
 * Turns the bytes of documents into their values, however the bytes are cut into pieces.
 *
 * A value is decoded when somebody asks for it, and more bytes are taken when the ones at hand hold no whole document: a
 * slow reader slows the writer down. Bytes are looked at once, and only those that have come are kept. Use it with
 * `pipeThrough`; `limits.maxSizeBytes` bounds a single document, and one that announces more fails before it has come.
 *
 * The values are copies; with `zeroCopy` they are views of a copy of their document.
 *
 * @example One byte at a time
 * ```ts
 * import { DecoderStream, encode } from "@sysframe/sysframe/pybytes";
 * import { assertEquals } from "@std/assert/equals";
 *
 * const bytes = [...encode(["a", 1]), ...encode(null)];
 * const pieces = ReadableStream.from(bytes.map((byte) => Uint8Array.of(byte)));
 * const values = pieces.pipeThrough(new DecoderStream({ limits: { maxSizeBytes: 1000 } }));
 * assertEquals(await Array.fromAsync(values), [["a", 1], null]);
 * ```
 */
export class DecoderStream<T = PyValue> {
  /**
   * The values. Fails with a `DecodeError` for the first document that is wrong, or is cut off by the end (`truncated`);
   * its offset counts from the beginning of the document.
   */
  readonly readable: ReadableStream<T>;
  /** Where the bytes go. */
  readonly writable: WritableStream<Uint8Array>;

  readonly #options: DecodeOptions;
  readonly #splitter: Splitter;
  #isClosed = false;
  /** Resolved when bytes, or the end, have come. */
  #arrival = new Signal();
  /** Resolved when more bytes are wanted. */
  #demand = new Signal();

  /**
   * Makes a stream whose documents are decoded with these options.
   *
   * @throws {TypeError} if an option is unknown
   * @throws {RangeError} if a limit is no number from 0 up
   */
  constructor(options: DecodeOptions = {}) {
    checkDecodeOptions(options);
    this.#options = options;
    this.#splitter = new Splitter(options.limits?.maxSizeBytes ?? Infinity);
    // Nothing is decoded ahead of the reader.
    const onDemand = { highWaterMark: 0 };
    this.readable = new ReadableStream<T>({
      pull: (controller) => this.#pull(controller),
      cancel: (reason) => this.#demand.reject(reason),
    }, onDemand);
    this.writable = new WritableStream<Uint8Array>({
      write: (piece) => this.#write(piece),
      close: () => this.#end(),
      abort: (reason) => this.#arrival.reject(reason),
    });
  }

  /** How many more bytes the next value needs at least: what a reader of a socket may wait for. At least 1. */
  get neededBytes(): number {
    return this.#splitter.neededBytes;
  }

  async #pull(controller: ReadableStreamDefaultController<T>): Promise<void> {
    try {
      for (;;) {
        const document = this.#next();
        if (document !== undefined) {
          // A view of the buffer would change with the next piece.
          const bytes = this.#options.zeroCopy === true ? new Uint8Array(document) : document;
          controller.enqueue(decode<T>(bytes, this.#options));
          return;
        }
        if (this.#isClosed) {
          if (!this.#splitter.isEmpty) throw this.#cutOff();
          controller.close();
          return;
        }
        const { promise } = this.#arrival;
        this.#demand.resolve();
        await promise;
      }
    } catch (error) {
      this.#demand.reject(error);
      throw error;
    }
  }

  #next(): Uint8Array | undefined {
    try {
      return this.#splitter.next();
    } catch (error) {
      throw error instanceof WireFailure ? decodeError(this.#splitter.rest, error) : error;
    }
  }

  #cutOff(): DecodeError {
    const { rest, neededBytes } = this.#splitter;
    const detail = `the stream ends ${neededBytes} or more bytes before the document does`;
    return decodeError(rest, new WireFailure("truncated", rest.length, detail));
  }

  async #write(piece: Uint8Array): Promise<void> {
    if (!(piece instanceof Uint8Array)) {
      const error = new TypeError(
        `Cannot decode: a Uint8Array expected, found ${Object.prototype.toString.call(piece)}`,
      );
      this.#arrival.reject(error);
      throw error;
    }
    // Not before the reader wants more than there is.
    await this.#demand.promise;
    this.#splitter.push(piece);
    this.#demand = new Signal();
    this.#arrive();
  }

  async #end(): Promise<void> {
    await this.#demand.promise;
    this.#isClosed = true;
    this.#arrive();
  }

  #arrive(): void {
    const arrived = this.#arrival;
    this.#arrival = new Signal();
    arrived.resolve();
  }
}
