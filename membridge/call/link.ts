/** What all views of one client share: the connection, made anew when it ended. */
import type { NamedCodec } from "../codec.ts";
import { ClosedError, NoSuchServiceError } from "../errors.ts";
import { sleep } from "../libc/process.ts";
import { Connection } from "./connection.ts";

/** How often who waits for a service looks for it, at first and at the least. Nothing else here looks repeatedly. */
const FIRST_LOOK_MS = 1;
const LAST_LOOK_MS = 50;

/** The way from a client to whoever serves the name. */
export class Link {
  /** The name of the service. */
  readonly name: string;
  readonly #codec: NamedCodec;
  /** Connections to owners that end: calls are in flight there, new ones go elsewhere. */
  readonly #draining = new Set<Connection>();
  #connection: Connection | undefined;
  /** The segment of the last owner that said that it is closing. */
  #closing: bigint | undefined;
  #keepsRunning = true;
  #closed = false;

  /** Nothing is connected before {@linkcode connection} is asked for. */
  constructor(name: string, codec: NamedCodec) {
    this.name = name;
    this.#codec = codec;
  }

  /**
   * Returns a connection that can carry calls.
   *
   * @throws {NoSuchServiceError} if nobody serves the name, {@linkcode ClosedError} after {@linkcode close}, and as {@linkcode Connection}.
   */
  connection(): Connection {
    const present = this.#connection;
    if (present !== undefined && present.usable && !this.#closed) return present;
    return this.#connect();
  }

  #connect(): Connection {
    if (this.#closed) throw new ClosedError(`The client of ${this.name} is closed`);
    for (const connection of this.#draining) {
      if (connection.ended) this.#draining.delete(connection);
    }
    const present = this.#connection;
    if (present?.ended === false) this.#draining.add(present);
    // One that refuses calls is nobody, whether the name still leads there or not.
    if (present?.closing) this.#closing = present.serviceId;
    this.#connection = undefined;
    for (;;) {
      const connection = new Connection(this.name, this.#codec, {
        keepsRunning: this.#keepsRunning,
        except: this.#closing,
      });
      // An owner that died meanwhile is found dead as it is rung: the next look finds its heir, or nobody.
      if (!connection.ended) return this.#connection = connection;
    }
  }

  /** Like {@linkcode connection}, but `undefined` if nobody serves the name. */
  tryConnection(): Connection | undefined {
    try {
      return this.connection();
    } catch (error) {
      if (error instanceof NoSuchServiceError) return undefined;
      throw error;
    }
  }

  /**
   * Waits for somebody to serve the name, and uses the connection in the same breath: a moment later it may have ended.
   *
   * @param wanted Asked before each look: whether anybody still waits.
   * @throws {NoSuchServiceError} after `waitMs`; the signal's reason when that is aborted; what `use` throws.
   */
  async appearance(
    waitMs: number,
    { signal, wanted }: { readonly signal?: AbortSignal; readonly wanted: () => boolean },
    use: (connection: Connection) => void,
  ): Promise<void> {
    const end = performance.now() + waitMs;
    for (let pause = FIRST_LOOK_MS;; pause = Math.min(2 * pause, LAST_LOOK_MS)) {
      signal?.throwIfAborted();
      if (!wanted()) return;
      const connection = this.tryConnection();
      if (connection !== undefined) return use(connection);
      const left = end - performance.now();
      if (left <= 0) throw this.#absent(waitMs);
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, Math.min(pause, left));
        if (!this.#keepsRunning) Deno.unrefTimer(timer);
      });
    }
  }

  /** Like {@linkcode appearance}, blocking the thread. */
  appearanceSync(waitMs: number): Connection {
    if (waitMs === 0) return this.connection();
    const end = performance.now() + waitMs;
    for (let pause = FIRST_LOOK_MS;; pause = Math.min(2 * pause, LAST_LOOK_MS)) {
      const connection = this.tryConnection();
      if (connection !== undefined) return connection;
      const left = end - performance.now();
      if (left <= 0) throw this.#absent(waitMs);
      sleep(Math.min(pause, left));
    }
  }

  #absent(waitMs: number): NoSuchServiceError {
    return new NoSuchServiceError(
      waitMs === 0
        ? `Nobody serves ${this.name}`
        : `Nobody serves ${this.name}, and nobody came within ${waitMs} ms`,
    );
  }

  /** Says whether calls in flight keep the program running. */
  setRef(keepsRunning: boolean): void {
    this.#keepsRunning = keepsRunning;
    this.#connection?.setRef(keepsRunning);
    for (const connection of this.#draining) connection.setRef(keepsRunning);
  }

  /** Ends all connections; what is in flight fails. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const reason = new ClosedError(`The client of ${this.name} was closed during the call`);
    this.#connection?.close(reason);
    for (const connection of this.#draining) connection.close(reason);
  }
}
