/** A client's connection to one owner of a name: one lane, from the first call until either side ends. */
import type { NamedCodec } from "../codec.ts";
import {
  ClosedError,
  DeadlockError,
  NoSuchFunctionError,
  NoSuchServiceError,
  OwnerDiedError,
  SegmentError,
  SupersededError,
  TimeoutError,
} from "../errors.ts";
import { unlinkFile } from "../libc/files.ts";
import { reactor, type Source } from "../peer/reactor.ts";
import type { RemotePeer } from "../peer/remote_peer.ts";
import { pathOfId } from "../segment/names.ts";
import { Segment, STATE } from "../segment/segment.ts";
import { type FrameHead, RingConsumer, RingCorruption, RingProducer } from "../sync/ring.ts";
import { storeU32 } from "../sync/port.ts";
import { decodeError } from "./errors_on_wire.ts";
import { Inbox } from "./inbox.ts";
import { LANE_BYTES, LANE_CLOSED, MESSAGE, NO_TIMEOUT, REPLIES, REQUESTS } from "./layout.ts";
import { Outbox } from "./outbox.ts";
import { type Outcome, PendingCall } from "./pending.ts";
import { holdsSlot, openService, readFunctions, register, type Slot } from "./service_segment.ts";

/** After so long without a message from the owner, it is looked at before the next call. */
const SILENCE_MS = 10;

let lanesMade = 0;

/** One lane to one owner. */
export class Connection implements Source {
  readonly #name: string;
  readonly #codec: NamedCodec;
  readonly #service: Segment;
  readonly #owner: RemotePeer;
  readonly #lane: Segment;
  readonly #lanePath: string;
  readonly #slot: Slot;
  readonly #inbox: Inbox;
  readonly #outbox: Outbox;
  readonly #functions: ReadonlyMap<string, number>;
  readonly #pending = new Map<number, PendingCall>();
  #nextId = 0;
  #lastHeard = performance.now();
  #waiting = 0;
  #keepsRunning: boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerEnd = Infinity;
  #ended: Error | undefined;

  /**
   * Connects to the present owner of a name.
   *
   * @throws {NoSuchServiceError} if no living process serves it.
   * @throws {SegmentError} if the name is something else's, or the codecs differ.
   * @throws {BusyError} if the service has as many callers as it can.
   */
  constructor(name: string, codec: NamedCodec, keepsRunning: boolean) {
    this.#name = name;
    this.#codec = codec;
    this.#keepsRunning = keepsRunning;
    const { service, owner } = openService(name, codec);
    this.#service = service;
    this.#owner = owner;
    reactor.add(this);
    let lane: Segment | undefined;
    this.#lanePath = pathOfId(reactor.id, `lane${lanesMade++}`);
    try {
      this.#functions = readFunctions(service, name);
      lane = Segment.create({ kind: "lane", sizeBytes: LANE_BYTES });
      lane.publish(this.#lanePath);
      this.#slot = register(service, name, reactor.id, lanesMade - 1);
    } catch (error) {
      unlinkFile(this.#lanePath);
      lane?.close();
      // It may have been asked to look.
      owner.wake();
      reactor.remove(this);
      owner.release();
      service.close();
      throw error;
    }
    this.#lane = lane;
    this.#outbox = new Outbox(new RingProducer(lane.words, REQUESTS), codec);
    this.#inbox = new Inbox(new RingConsumer(lane.words, REPLIES), codec.name !== "pybytes");
    owner.wake();
  }

  /** Whether it can carry calls. An owner that was silent for a while is looked at, so that a call does not go to a dead one. */
  get usable(): boolean {
    if (this.#ended !== undefined) return false;
    this.#checkService();
    if (this.#ended === undefined && performance.now() - this.#lastHeard > SILENCE_MS) {
      this.#lastHeard = performance.now();
      if (this.#owner.lifeEnded) this.#onOwnerDeath();
    }
    return this.#ended === undefined;
  }

  /** Says whether calls in flight keep the program running. */
  setRef(keepsRunning: boolean): void {
    if (keepsRunning === this.#keepsRunning) return;
    this.#keepsRunning = keepsRunning;
    for (let i = 0; i < this.#waiting; i++) {
      if (keepsRunning) reactor.hold();
      else reactor.release();
    }
  }

  #start(args: readonly unknown[], call: PendingCall): number {
    const { functionName, timeoutMs } = call;
    const index = this.#functions.get(functionName);
    if (index === undefined) {
      throw new NoSuchFunctionError(
        `${this.#name} has no function ${JSON.stringify(functionName)}; it has ${
          [...this.#functions.keys()].join(", ")
        }`,
      );
    }
    let id = this.#nextId;
    while (this.#pending.has(id)) id = (id + 1) >>> 0;
    this.#nextId = (id + 1) >>> 0;
    const timeout = timeoutMs < NO_TIMEOUT ? Math.max(0, Math.ceil(timeoutMs)) : NO_TIMEOUT;
    this.#pending.set(id, call);
    try {
      this.#outbox.send({ type: MESSAGE.call, index, id, timeout }, args);
    } catch (error) {
      this.#pending.delete(id);
      if (!(error instanceof RingCorruption)) throw error;
      this.close(this.#nonsense(error));
      throw this.#ended;
    }
    return id;
  }

  /** Calls a function; the promise settles with its end. */
  call(
    functionName: string,
    args: readonly unknown[],
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      reactor.attach();
      this.#owner.onDeath(this.#onOwnerDeath);
      let onAbort: (() => void) | undefined;
      const call = new PendingCall(functionName, timeoutMs, (outcome: Outcome) => {
        this.#waiting--;
        if (this.#keepsRunning) reactor.release();
        if (onAbort !== undefined) signal!.removeEventListener("abort", onAbort);
        if ("error" in outcome) reject(outcome.error);
        else resolve(outcome.value);
      });
      const id = this.#start(args, call);
      const slept = this.#owner.wake();
      // A woken owner takes longer than spinning would pay for.
      reactor.schedule(!slept);
      this.#waiting++;
      if (this.#keepsRunning) reactor.hold();
      this.#armTimer(call.deadline);
      if (signal !== undefined) {
        onAbort = () => this.#giveUp(id, { error: signal.reason });
        signal.addEventListener("abort", onAbort, { once: true });
      }
    });
  }

  /** Calls a function and blocks the thread until its end. */
  callSync(functionName: string, args: readonly unknown[], timeoutMs: number): unknown {
    if (reactor.isSelf(this.#owner.id)) {
      throw new DeadlockError(
        `Cannot wait for ${functionName} of ${this.#name}: it would have to run on this very thread; use call`,
      );
    }
    if (this.#outbox.encoding) {
      throw new DeadlockError(
        `Cannot wait for ${functionName} of ${this.#name} from within an argument that is being sent to it`,
      );
    }
    const call = new PendingCall(functionName, timeoutMs);
    const id = this.#start(args, call);
    const slept = this.#owner.wake();
    const ended = reactor.waitSync(
      () => call.outcome !== undefined,
      !slept,
      call.deadline,
      [this.#owner.lifeFd],
      () => {
        if (!this.#owner.checkAlive()) this.#onOwnerDeath();
      },
    );
    if (!ended) this.#giveUp(id, { error: this.#timedOut(call) });
    const outcome = call.outcome!;
    if ("error" in outcome) throw outcome.error;
    return outcome.value;
  }

  #timedOut({ functionName, timeoutMs }: PendingCall): TimeoutError {
    return new TimeoutError(
      `${functionName} of ${this.#name} did not answer within ${timeoutMs} ms`,
    );
  }

  // The caller no longer waits; the function is told.
  #giveUp(id: number, outcome: Outcome): void {
    const call = this.#pending.get(id);
    if (call === undefined) return;
    this.#pending.delete(id);
    if (this.#ended === undefined) {
      try {
        this.#outbox.sendBytes(
          { type: MESSAGE.cancel, index: 0, id, timeout: 0 },
          new Uint8Array(0),
        );
        this.#owner.wake();
      } catch (error) {
        if (!(error instanceof RingCorruption)) throw error;
        this.close(this.#nonsense(error));
      }
    }
    call.end(outcome);
  }

  // One timer for all calls, for the earliest of their ends. It does not keep the program running; the calls do.
  #armTimer(deadline: number): void {
    if (deadline >= this.#timerEnd) return;
    clearTimeout(this.#timer);
    this.#timerEnd = deadline;
    const delay = Math.min(Math.max(0, deadline - performance.now()), 0x7fffffff);
    this.#timer = setTimeout(this.#onTimer, Math.ceil(delay));
    Deno.unrefTimer(this.#timer);
  }

  readonly #onTimer = (): void => {
    this.#timerEnd = Infinity;
    const now = performance.now();
    let next = Infinity;
    for (const [id, call] of this.#pending) {
      if (call.deadline <= now) {
        this.#giveUp(id, { error: this.#timedOut(call) });
      } else next = Math.min(next, call.deadline);
    }
    if (next !== Infinity) this.#armTimer(next);
  };

  /** @inheritdoc */
  poll(): boolean {
    if (this.#ended !== undefined) return false;
    try {
      const taken = this.#inbox.drain(this.#onMessage);
      if (this.#ended !== undefined) return true;
      const sent = this.#outbox.flush();
      if (sent || (taken > 0 && this.#inbox.producerWaits)) this.#owner.wake();
      // What the owner sent before it ended counts.
      if (taken === 0) this.#checkService();
      else this.#lastHeard = performance.now();
      return taken > 0 || sent;
    } catch (error) {
      if (!(error instanceof RingCorruption)) throw error;
      this.close(this.#nonsense(error));
      return true;
    }
  }

  #nonsense(error: RingCorruption): SegmentError {
    return new SegmentError("corrupt", this.#name, `sent nonsense: ${error.message}`);
  }

  #checkService(): void {
    const state = this.#service.state;
    if (state === STATE.live) {
      // The owner takes the slot away from a lane that it cannot read (any more).
      if (!holdsSlot(this.#service, this.#slot)) {
        this.close(
          new SegmentError("corrupt", this.#name, "gave this caller's lane up as unreadable"),
        );
      }
      return;
    }
    if (state === STATE.superseded) {
      this.#end(new SupersededError(`Another process took ${this.#name} over during the call`));
    } else this.#end(new ClosedError(`${this.#name} was closed during the call`));
  }

  /** @inheritdoc */
  checkAlive(): void {
    if (this.#pending.size > 0) this.#owner.checkAlive(true);
  }

  readonly #onMessage = (head: FrameHead, payload: Uint8Array): void => {
    const call = this.#pending.get(head.id);
    if (call === undefined) return; // Given up meanwhile.
    this.#pending.delete(head.id);
    call.end(this.#outcomeOf(head, payload));
  };

  #outcomeOf(head: FrameHead, payload: Uint8Array): Outcome {
    try {
      if (head.type === MESSAGE.result) return { value: this.#codec.decode(payload) };
      if (head.type === MESSAGE.error) return { error: decodeError(payload) };
      return { error: new NoSuchServiceError(`${this.#name} is being closed`) };
    } catch (error) {
      return { error };
    }
  }

  readonly #onOwnerDeath = (): void => {
    if (this.#ended !== undefined) return;
    // What it sent before it died counts.
    this.poll();
    this.#end(new OwnerDiedError(`The process that served ${this.#name} died during the call`));
  };

  /** Ends the connection; what is in flight fails with `reason`. */
  close(reason: Error): void {
    if (this.#ended !== undefined) return;
    storeU32(this.#lane.words, LANE_CLOSED / 4, 1);
    this.#owner.wake();
    this.#end(reason);
  }

  #end(reason: Error): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#inbox.close();
    clearTimeout(this.#timer);
    // The owner has unlinked it, unless it died before.
    unlinkFile(this.#lanePath);
    this.#owner.offDeath(this.#onOwnerDeath);
    const calls = [...this.#pending.values()];
    this.#pending.clear();
    for (const call of calls) call.end({ error: reason });
    reactor.remove(this);
    this.#owner.release();
    this.#service.close();
    this.#lane.close();
  }

  /** @inheritdoc */
  abandon(): void {
    this.close(new ClosedError("The program ended"));
  }
}
