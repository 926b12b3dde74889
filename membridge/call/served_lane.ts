/** One caller of a service, as the service sees it. */
import type { NamedCodec } from "../codec.ts";
import { statFile } from "../libc/files.ts";
import { reactor } from "../peer/reactor.ts";
import type { RemotePeer } from "../peer/remote_peer.ts";
import type { Segment } from "../segment/segment.ts";
import { type FrameHead, RingConsumer, RingCorruption, RingProducer } from "../sync/ring.ts";
import { abortContext, CallContext } from "./context.ts";
import { encodeError } from "./errors_on_wire.ts";
import type { AnyHandler } from "./handlers.ts";
import { Inbox } from "./inbox.ts";
import { LANE_CLOSED, MESSAGE, NO_TIMEOUT, REPLIES, REQUESTS } from "./layout.ts";
import { Outbox } from "./outbox.ts";

/** What a lane asks its service. */
export interface LaneHost {
  /** The functions by index. */
  readonly functions: readonly AnyHandler[];
  /** The codec of arguments and results. */
  readonly codec: NamedCodec;
  /** Whether calls are still taken. */
  readonly accepting: boolean;
  /** Told that a call ended, while the service closes. */
  onIdle(): void;
}

/** A lane whose owner this thread is. */
export class ServedLane {
  readonly client: RemotePeer;
  readonly #host: LaneHost;
  readonly #segment: Segment;
  readonly #inbox: Inbox;
  readonly #outbox: Outbox;
  readonly #running = new Map<number, CallContext>();
  readonly #uid: number;
  readonly #onDeath: () => void;
  readonly #onBroken: () => void;
  #open = true;

  /** Takes the owner's ends of the lane; segment and client are the lane's from now on. */
  constructor(
    host: LaneHost,
    segment: Segment,
    client: RemotePeer,
    { onDeath, onBroken }: { onDeath: () => void; onBroken: () => void },
  ) {
    this.#onBroken = onBroken;
    this.#host = host;
    this.#segment = segment;
    this.client = client;
    this.#inbox = new Inbox(
      new RingConsumer(segment.words, REQUESTS),
      host.codec.name !== "pybytes",
    );
    this.#outbox = new Outbox(new RingProducer(segment.words, REPLIES), host.codec);
    this.#uid = statFile(segment.fd).uid;
    this.#onDeath = onDeath;
    client.onDeath(onDeath);
  }

  /** How many calls have not ended. */
  get running(): number {
    return this.#running.size;
  }

  /** Whether every reply is on its way. */
  get flushed(): boolean {
    return this.#outbox.isEmpty;
  }

  /** Whether the client closed its end. */
  get closedByClient(): boolean {
    return this.#open && Atomics.load(this.#segment.words, LANE_CLOSED / 4) !== 0;
  }

  /**
   * Takes in what the client sent, and sends what waits.
   *
   * @returns whether there was anything
   * @throws {RingCorruption} if the client wrote nonsense: the lane is to be closed.
   */
  poll(): boolean {
    const taken = this.#inbox.drain(this.#onMessage);
    if (!this.#open) return true;
    const sent = this.#outbox.flush();
    if (sent || (taken > 0 && this.#inbox.producerWaits)) this.client.wake();
    return taken > 0 || sent;
  }

  readonly #onMessage = (head: FrameHead, payload: Uint8Array): void => {
    if (!this.#open) return;
    const { type, index, id, timeout } = head;
    if (type === MESSAGE.call) this.#call(index, id, timeout, payload);
    else if (type === MESSAGE.cancel) {
      const context = this.#running.get(id);
      if (context !== undefined) abortContext(context, "The caller gave up");
    }
  };

  #call(index: number, id: number, timeout: number, payload: Uint8Array): void {
    const { functions, codec, accepting } = this.#host;
    const handler = functions[index];
    if (!accepting || handler === undefined) {
      this.#outbox.sendBytes(
        { type: MESSAGE.refused, index, id, timeout: 0 },
        payload.subarray(0, 0),
      );
      this.client.wake();
      return;
    }
    const context = new CallContext({
      pid: this.client.identity.pid,
      uid: this.#uid,
      deadline: timeout === NO_TIMEOUT ? Infinity : performance.now() + timeout,
    });
    let result: unknown;
    try {
      const args = codec.decode(payload);
      if (!Array.isArray(args)) throw new TypeError("The arguments of a call are a list");
      this.#running.set(id, context);
      result = handler.apply(context, args);
    } catch (error) {
      this.#finish(id, context, error, true);
      return;
    }
    if (!isThenable(result)) {
      this.#finish(id, context, result, false);
      return;
    }
    // Through a promise of our own: a thenable of the user's may throw, or settle twice.
    Promise.resolve(result).then(
      (value) => this.#finish(id, context, value, false),
      (error) => this.#finish(id, context, error, true),
    ).catch((error) => this.#onDamage(error));
  }

  // Outside of `poll` nobody else would notice that the lane is of no use any more.
  #onDamage(error: unknown): void {
    if (!(error instanceof RingCorruption)) throw error;
    this.#onBroken();
  }

  #finish(id: number, context: CallContext, outcome: unknown, failed: boolean): void {
    if (this.#running.get(id) === context) this.#running.delete(id);
    if (!this.#open) return;
    const head = { type: MESSAGE.result as number, index: 0, id, timeout: 0 };
    if (!failed) {
      try {
        this.#outbox.send(head, outcome);
      } catch (error) {
        // A result that cannot be carried is the caller's to know of.
        failed = true;
        outcome = error;
      }
    }
    if (failed) this.#outbox.sendBytes({ ...head, type: MESSAGE.error }, encodeError(outcome));
    this.client.wake();
    // What is left of a large result goes out as the client makes room; the loop looks after that.
    if (!this.#outbox.isEmpty) reactor.schedule(true);
    if (this.#running.size === 0) this.#host.onIdle();
  }

  /** Ends the lane: what still runs is told that nobody waits. */
  close(why: string): void {
    if (!this.#open) return;
    this.#open = false;
    this.#inbox.close();
    for (const context of this.#running.values()) abortContext(context, why);
    this.#running.clear();
    this.client.offDeath(this.#onDeath);
    this.client.release();
    this.#segment.close();
  }
}

/** Whether a value is to be awaited. A `then` that throws when it is looked at counts: awaiting it gives that error. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (typeof value !== "object" || value === null) return false;
  try {
    return typeof (value as { then?: unknown }).then === "function";
  } catch {
    return true;
  }
}
