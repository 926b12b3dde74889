/** One caller of a service, as the service sees it. */
import type { NamedCodec } from "../codec.ts";
import { statFile } from "../libc/files.ts";
import { reactor, type Source } from "../peer/reactor.ts";
import type { RemotePeer } from "../peer/remote_peer.ts";
import { type FrameHead, RingCorruption } from "../sync/ring.ts";
import type { Admission } from "./admission.ts";
import { ClientLanes } from "./client_lanes.ts";
import { CallContext } from "./context.ts";
import { encodeError } from "./errors_on_wire.ts";
import type { AnyHandler } from "./handlers.ts";
import { Inbox } from "./inbox.ts";
import type { LaneMemory } from "./lane_memory.ts";
import { LANE_CLOSED, MESSAGE, NO_TIMEOUT, ONE_WAY, REFUSED, REPLIES, REQUESTS } from "./layout.ts";
import { Outbox } from "./outbox.ts";
import { type CallLane, ServedCall } from "./served_call.ts";
import { Laps, type StatsWriter } from "./stats.ts";

/** With so much that waits for room in the ring, no more calls are taken from it: the caller does not read its replies. */
const MOST_UNSENT_BYTES = 64 << 20;
/** Blocking waits within each other, at the most, in which calls are taken in. Each of them takes some of the stack. */
const MOST_BLOCKED = 100;

/** What a lane asks its service. */
export interface LaneHost {
  /** The functions' names by index. */
  readonly names: readonly string[];
  /** The functions by index. */
  readonly functions: readonly AnyHandler[];
  /** The codec of arguments and results. */
  readonly codec: NamedCodec;
  /** What is counted. */
  readonly stats: StatsWriter;
  /** Who may run. */
  readonly admission: Admission;
  /** Whether calls are still taken. */
  readonly accepting: boolean;
  /** Told that a call ended, or that the last reply is on its way. */
  onIdle(): void;
}

/** How a lane ends. */
export interface LaneEnds {
  /** The caller is dead. */
  readonly onDeath: () => void;
  /** The caller closed its end. */
  readonly onClosed: () => void;
  /** The caller wrote nonsense. */
  readonly onBroken: () => void;
}

/** A lane whose owner this thread is. */
export class ServedLane implements Source, CallLane {
  readonly client: RemotePeer;
  readonly #number: number;
  readonly #host: LaneHost;
  readonly #memory: LaneMemory;
  readonly #inbox: Inbox;
  readonly #outbox: Outbox;
  readonly #kept = new Map<number, ServedCall>();
  readonly #uid: number;
  readonly #ends: LaneEnds;
  #innermost: ServedCall | undefined;
  #paused = false;
  #open = true;
  #draining = false;
  /** The times of the calls that end while messages are taken in. */
  #laps: Laps;

  /** Takes the owner's ends of the lane, the client's of that number; memory and client are the lane's from now on. */
  constructor(
    host: LaneHost,
    { memory, client, number }: {
      readonly memory: LaneMemory;
      readonly client: RemotePeer;
      readonly number: number;
    },
    ends: LaneEnds,
  ) {
    this.#host = host;
    this.#memory = memory;
    this.client = client;
    this.#number = number;
    this.#inbox = new Inbox(memory.consumer(REQUESTS), host.codec.keepsBytes);
    this.#outbox = new Outbox(memory.producer(REPLIES), host.codec);
    this.#uid = statFile(memory.fd).uid;
    this.#ends = ends;
    this.#laps = new Laps(host.stats);
    client.onDeath(ends.onDeath);
    reactor.add(this);
    ClientLanes.add(client, number, this);
  }

  /** Whether every reply is on its way. */
  get flushed(): boolean {
    return this.#outbox.isEmpty;
  }

  /** @inheritdoc */
  get hasRoom(): boolean {
    if (!this.#open || this.#outbox.isEmpty) return this.#open;
    this.#paused = true;
    return false;
  }

  /** @inheritdoc */
  poll(): boolean {
    if (!this.#open) return false;
    try {
      let taken = 0;
      if (this.#inbox.ready && this.#takesMore) {
        taken = this.#drain();
        if (!this.#open) return true;
        if (this.#inbox.producerWaits) this.client.wake();
        // Ringing is one way to find out that the caller is dead.
        if (!this.#open) return true;
      } else if (Atomics.load(this.#memory.words, LANE_CLOSED / 4) !== 0) {
        this.#ends.onClosed();
        return true;
      }
      if (!this.#outbox.isEmpty) return this.#flush() || taken > 0;
      return this.#resume() || taken > 0;
    } catch (error) {
      this.onDamage(error);
      return true;
    }
  }

  // Not while a caller that does not read its replies has too many of them, nor while functions that block the thread are too deep within
  // each other: each call that comes in then runs inside of what blocks.
  get #takesMore(): boolean {
    return this.#outbox.waitingBytes < MOST_UNSENT_BYTES && reactor.blocked <= MOST_BLOCKED;
  }

  #drain(): number {
    const outer = this.#laps;
    // While a function of this very lane blocks the thread in a call of its own.
    if (this.#draining) this.#laps = new Laps(this.#host.stats);
    const nested = this.#draining;
    this.#draining = true;
    this.#laps.begin();
    const taken = this.#inbox.drain(this.#onMessage);
    this.#laps.end();
    this.#draining = nested;
    this.#laps = outer;
    return taken;
  }

  #flush(): boolean {
    const sent = this.#outbox.flush();
    if (sent) this.client.wake();
    if (!this.#open || !this.#outbox.isEmpty) return sent;
    this.#resume();
    this.#host.onIdle();
    return sent;
  }

  // Streams that waited for room, or for their next turn.
  #resume(): boolean {
    if (!this.#paused) return false;
    this.#paused = false;
    for (const call of [...this.#kept.values()]) call.resume();
    return true;
  }

  /** @inheritdoc */
  pause(): void {
    this.#paused = true;
    reactor.expect(this);
  }

  readonly #onMessage = (head: FrameHead, payload: Uint8Array, lasting: boolean): void => {
    switch (head.type) {
      case MESSAGE.call:
        return this.#call(head, payload, lasting);
      case MESSAGE.cancel:
        return this.#find(head.id)?.cancel("The caller gave up");
      case MESSAGE.more:
        return this.#find(head.id)?.more(head.credit);
    }
  };

  // One that runs synchronously is not among the kept ones yet: what comes in meanwhile comes through a blocking call of its own.
  #find(id: number): ServedCall | undefined {
    const kept = this.#kept.get(id);
    if (kept !== undefined) return kept;
    let call = this.#innermost;
    while (call !== undefined && (call.id !== id || call.ended)) call = call.outer;
    return call;
  }

  #call(head: FrameHead, payload: Uint8Array, lasting: boolean): void {
    const { names, functions, codec, accepting, admission, stats } = this.#host;
    const { id, index, timeout } = head;
    const handler = functions[index];
    const oneWay = (head.flags & ONE_WAY) !== 0;
    if (this.#find(id) !== undefined) throw new RingCorruption(`two calls with the number ${id}`);
    if (!accepting || handler === undefined) {
      return this.#refuse(id, oneWay, accepting ? REFUSED.noFunction : REFUSED.closing);
    }
    const { startMs } = this.#laps;
    const deadline = timeout === NO_TIMEOUT ? Infinity : startMs + timeout;
    const context = new CallContext(this.client.identity.pid, this.#uid, deadline);
    let call: ServedCall;
    try {
      const args = codec.decode(payload, lasting);
      if (!Array.isArray(args)) throw new TypeError("The arguments of a call are a list");
      call = new ServedCall(this, head, { name: names[index], handler, args, context, startMs });
    } catch (error) {
      return this.#sendError(id, oneWay, error);
    }
    switch (admission.enter(call)) {
      case "queued":
        return this.keep(call);
      case "refused":
        stats.refused(index);
        return this.#refuse(id, oneWay, REFUSED.busy);
    }
  }

  /** @inheritdoc */
  enter(call: ServedCall): ServedCall | undefined {
    this.#host.stats.started(call.index);
    // One that waited for its turn begins only now.
    if (this.#kept.has(call.id)) call.startMs = performance.now();
    const outer = this.#innermost;
    this.#innermost = call;
    return outer;
  }

  /** @inheritdoc */
  exit(outer: ServedCall | undefined): void {
    this.#innermost = outer;
  }

  /** @inheritdoc */
  keep(call: ServedCall): void {
    if (this.#open) this.#kept.set(call.id, call);
  }

  /** @inheritdoc */
  withdraw(call: ServedCall): boolean {
    if (!this.#host.admission.withdraw(call)) return false;
    this.#kept.delete(call.id);
    if (this.#open) this.#refuse(call.id, call.oneWay, REFUSED.cancelled);
    return true;
  }

  /** @inheritdoc */
  sendItem({ id }: ServedCall, item: unknown): void {
    if (!this.#open) return;
    this.#send(() => this.#outbox.send({ type: MESSAGE.item, id }, item));
  }

  /** @inheritdoc */
  sendEnd(call: ServedCall, outcome: unknown, failed: boolean): void {
    const { id, index, oneWay, startMs } = call;
    const { stats, admission } = this.#host;
    const kept = this.#kept.get(id) === call;
    if (kept) this.#kept.delete(id);
    if (this.#open && !oneWay) {
      if (!failed) {
        try {
          this.#send(() => this.#outbox.send({ type: MESSAGE.result, id }, outcome));
        } catch (error) {
          // A result that cannot be carried is the caller's to know of.
          failed = true;
          outcome = error;
        }
      }
      if (failed) this.#sendError(id, oneWay, outcome);
    }
    // After the reply, which need not wait for it.
    if (!kept && this.#draining) this.#laps.add(index, failed);
    else stats.ended(index, performance.now() - startMs, failed);
    admission.leave();
    if (admission.size === 0) this.#host.onIdle();
  }

  #sendError(id: number, oneWay: boolean, error: unknown): void {
    if (oneWay) return;
    const bytes = encodeError(error);
    this.#send(() => this.#outbox.sendBytes({ type: MESSAGE.error, id }, bytes));
  }

  #refuse(id: number, oneWay: boolean, why: number): void {
    if (oneWay) return;
    this.#send(() => this.#outbox.sendBytes({ type: MESSAGE.refused, id, index: why }));
  }

  #send(send: () => void): void {
    try {
      send();
    } catch (error) {
      // The value's getters may have closed the lane, and with it the memory.
      if (!this.#open) return;
      if (!(error instanceof RingCorruption)) throw error;
      return this.onDamage(error);
    }
    this.client.wake();
    reactor.allowFor(this.#outbox.lastBytes);
    // What is left of a large message goes out as the client makes room; the loop looks after that.
    if (!this.#outbox.isEmpty) reactor.expect(this);
  }

  /** @inheritdoc */
  readonly onDamage = (error: unknown): void => {
    if (!(error instanceof RingCorruption)) throw error;
    this.#ends.onBroken();
  };

  /** @inheritdoc */
  checkAlive(): void {
    this.client.checkAlive(true);
  }

  /** Ends the lane: what still runs is told that nobody waits. */
  close(why: string): void {
    if (!this.#open) return;
    this.#open = false;
    this.#inbox.close();
    const calls = [...this.#kept.values()];
    for (let call = this.#innermost; call !== undefined; call = call.outer) calls.push(call);
    this.#kept.clear();
    for (const call of calls) call.cancel(why);
    ClientLanes.delete(this.client, this.#number);
    reactor.remove(this);
    this.client.offDeath(this.#ends.onDeath);
    this.client.release();
    this.#memory.close();
  }
}
