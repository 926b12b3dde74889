/** A client's connection to one owner of a name: one lane, from the first call until either side ends. */
import type { NamedCodec } from "../codec.ts";
import {
  ClosedError,
  DeadlockError,
  NoSuchFunctionError,
  OwnerDiedError,
  SegmentError,
  SupersededError,
  TimeoutError,
} from "../errors.ts";
import { unlinkFile } from "../libc/files.ts";
import { Hold } from "../peer/hold.ts";
import { reactor, type Source } from "../peer/reactor.ts";
import { STATE } from "../segment/header.ts";
import { storeU32 } from "../sync/port.ts";
import { RingCorruption } from "../sync/ring.ts";
import { type ClientLane, makeLane } from "./client_lane.ts";
import { Deadlines } from "./deadlines.ts";
import { Inbox } from "./inbox.ts";
import { LANE_CLOSED, MESSAGE, NO_TIMEOUT, ONE_WAY, REPLIES, REQUESTS } from "./layout.ts";
import { type MessageHead, Outbox } from "./outbox.ts";
import { type BlockingCall, type PendingCall, PendingCalls } from "./pending.ts";
import { Replies } from "./replies.ts";
import { Requests } from "./requests.ts";
import { describeService, type ServiceDescription } from "./service_description.ts";
import { holdsSlot } from "./service_lookup.ts";

/** One-way calls have numbers from here on; nothing is ever answered to them. */
const ONE_WAY_IDS = 0x80000000;

/** How to connect. */
export interface ConnectionOptions {
  /** Whether what waits keeps the program running. */
  readonly keepsRunning: boolean;
  /** The id of a service's segment that counts as nobody's. */
  readonly except: bigint | undefined;
}

/** One lane to one owner. */
export class Connection implements Source {
  readonly #name: string;
  /** The lane, and whom it leads to. */
  readonly #way: ClientLane;
  readonly #inbox: Inbox;
  readonly #requests: Requests;
  readonly #replies: Replies;
  readonly #pending = new PendingCalls();
  readonly #deadlines: Deadlines;
  readonly #hold: Hold;
  #oneWayCalls = 0;
  #attached = false;
  #closing = false;
  #ended: Error | undefined;

  /**
   * Connects to the present owner of a name.
   *
   * @throws {NoSuchServiceError} if no living process serves it.
   * @throws {SegmentError} if the name is something else's, or the codecs differ.
   * @throws {BusyError} if the service has as many callers as it can.
   */
  constructor(name: string, codec: NamedCodec, { keepsRunning, except }: ConnectionOptions) {
    this.#name = name;
    this.#hold = new Hold(keepsRunning);
    reactor.add(this);
    try {
      this.#way = makeLane(name, codec, except);
    } catch (error) {
      reactor.remove(this);
      throw error;
    }
    const { lane, owner } = this.#way;
    this.#requests = new Requests(name, new Outbox(lane.producer(REQUESTS), codec));
    this.#replies = new Replies(name, codec, this.#pending, {
      onAnswer: (call) => this.#requests.forget(call),
      onClosing: () => this.#closing = true,
      giveUp: (id) => this.giveUp(id),
    });
    this.#inbox = new Inbox(lane.consumer(REPLIES), codec.keepsBytes);
    this.#deadlines = new Deadlines(this.#pending, this.#onExpired);
    owner.ifFoundDead(this.#onOwnerDeath);
    owner.wake();
  }

  /** Whether it ended. */
  get ended(): boolean {
    return this.#ended !== undefined;
  }

  /** Whether the owner takes no new calls. */
  get closing(): boolean {
    return this.#closing;
  }

  /** The id of the service's segment. */
  get serviceId(): bigint {
    return this.#way.service.id;
  }

  /** Whether it can carry new calls. */
  get usable(): boolean {
    if (this.#ended === undefined) this.#checkService();
    return this.#ended === undefined && !this.#closing;
  }

  /** What the service does and did. */
  describe(): ServiceDescription {
    return describeService(this.#way.service, this.#name);
  }

  /** Says whether calls in flight keep the program running. */
  setRef(keepsRunning: boolean): void {
    this.#hold.setRef(keepsRunning);
  }

  /** Something waits: the program goes on, unless told otherwise. */
  hold(): void {
    this.#hold.add();
  }

  /** Undoes one {@linkcode hold}. */
  release(): void {
    this.#hold.remove();
  }

  #indexOf(functionName: string): number {
    const index = this.#way.functions.get(functionName);
    if (index !== undefined) return index;
    throw new NoSuchFunctionError(
      `${this.#name} has no function ${JSON.stringify(functionName)}; it has ${
        [...this.#way.functions.keys()].join(", ")
      }`,
    );
  }

  // A corrupt ring ends the connection; an argument's getter may have closed it.
  #guard(send: () => void): void {
    try {
      send();
    } catch (error) {
      if (this.#ended === undefined) {
        if (!(error instanceof RingCorruption)) throw error;
        this.close(this.#nonsense(error));
      }
      throw this.#ended;
    }
  }

  #start(
    args: readonly unknown[],
    call: PendingCall,
    { flags, credit }: { readonly flags: number; readonly credit: number },
  ): number {
    const index = this.#indexOf(call.functionName);
    const { timeoutMs } = call;
    const timeout = flags === 0 && timeoutMs < NO_TIMEOUT
      ? Math.max(0, Math.ceil(timeoutMs))
      : NO_TIMEOUT;
    const id = this.#pending.add(call);
    const head = { type: MESSAGE.call, flags, index, id, timeout, credit };
    try {
      this.#guard(() => this.#requests.send(head, args, call));
    } catch (error) {
      this.#pending.take(id);
      throw error;
    }
    return id;
  }

  /**
   * Starts a call that the event loop waits for.
   *
   * @param flags `STREAM` for one whose items come one by one, at first `credit` of them.
   * @returns its number, for {@linkcode giveUp} and {@linkcode more}
   */
  start(args: readonly unknown[], call: PendingCall, flags = 0, credit = 0): number {
    if (!this.#attached) this.#attach();
    const id = this.#start(args, call, flags === 0 ? PLAIN : { flags, credit });
    // A woken owner takes longer than spinning would pay for.
    reactor.expect(this, !this.#wakeOwner());
    if (flags === 0) this.#deadlines.add(call);
    return id;
  }

  #attach(): void {
    this.#attached = true;
    reactor.attach();
    this.#way.owner.onDeath(this.#onOwnerDeath);
  }

  /** Watches over a deadline that begins now. */
  watch(call: PendingCall): void {
    this.#deadlines.add(call);
    reactor.expect(this);
  }

  /** Tells a stream's function that the caller takes more items. */
  more(id: number, credit: number): void {
    this.#tell({ type: MESSAGE.more, id, credit });
  }

  /** Calls a function whose end nobody waits for. */
  notify(functionName: string, args: readonly unknown[]): void {
    if (!this.#attached) this.#attach();
    const index = this.#indexOf(functionName);
    const id = ONE_WAY_IDS + (this.#oneWayCalls++ & 0x7fffffff);
    const head = { type: MESSAGE.call, flags: ONE_WAY, index, id, timeout: NO_TIMEOUT };
    this.#guard(() => this.#requests.send(head, args));
    this.#wakeOwner();
    if (!this.#requests.isEmpty) reactor.expect(this);
  }

  /** Makes a call and blocks the thread until its end. */
  callSync(args: readonly unknown[], call: BlockingCall): void {
    if (reactor.isSelf(this.#way.owner.id)) {
      throw new DeadlockError(
        `Cannot wait for ${call.functionName} of ${this.#name}: it would have to run on this very thread; use call`,
      );
    }
    const id = this.#start(args, call, PLAIN);
    const slept = this.#wakeOwner();
    reactor.heat(this);
    const ended = reactor.waitSync(
      () => call.ended,
      !slept,
      call.timeoutMs,
      [this.#way.owner.lifeFd],
      () => {
        if (!this.#way.owner.checkAlive()) this.#onOwnerDeath();
      },
    );
    if (!ended) this.giveUp(id)?.reject(this.#timedOut(call));
  }

  // The owner may have many lanes of this thread's.
  #wakeOwner(): boolean {
    const { owner, number } = this.#way;
    if (owner.isShared) reactor.hint(number);
    return owner.wake();
  }

  #timedOut({ functionName, timeoutMs }: PendingCall): TimeoutError {
    return new TimeoutError(
      `${functionName} of ${this.#name} did not answer within ${timeoutMs} ms`,
    );
  }

  readonly #onExpired = (id: number): void => {
    const call = this.giveUp(id);
    call?.reject(this.#timedOut(call));
  };

  /** The caller no longer waits; the function is told. Returns the call, which is to be ended, unless it ended before. */
  giveUp(id: number): PendingCall | undefined {
    const call = this.#pending.giveUp(id);
    if (call !== undefined) this.#tell({ type: MESSAGE.cancel, id });
    return call;
  }

  #tell(head: MessageHead): void {
    if (this.#ended !== undefined) return;
    try {
      this.#requests.tell(head);
      this.#wakeOwner();
      if (!this.#requests.isEmpty) reactor.expect(this);
    } catch (error) {
      if (!(error instanceof RingCorruption)) throw error;
      this.close(this.#nonsense(error));
    }
  }

  /** @inheritdoc */
  get idle(): boolean {
    return this.#pending.isEmpty && this.#requests.isEmpty;
  }

  /** @inheritdoc */
  poll(): boolean {
    if (this.#ended !== undefined) return false;
    this.#deadlines.stamp();
    try {
      let taken = 0;
      if (this.#inbox.ready) {
        taken = this.#inbox.drain(this.#replies.take);
        if (this.#ended !== undefined) return true;
        if (this.#inbox.producerWaits) this.#wakeOwner();
      } else this.#checkService(); // What the owner sent before it ended counts.
      if (this.#ended !== undefined || this.#requests.isEmpty) return taken > 0;
      const sent = this.#requests.flush();
      if (sent) this.#wakeOwner();
      return sent || taken > 0;
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
    const state = this.#way.service.state;
    if (state === STATE.live) {
      // The owner takes the slot away from a lane that it cannot read (any more).
      if (!holdsSlot(this.#way.service, this.#way.slot)) {
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
    if (this.#pending.size > 0) this.#way.owner.checkAlive(true);
    // Who took the name over may have died before it rang.
    if (this.#ended === undefined && this.#way.service.state !== STATE.live) this.poll();
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
    storeU32(this.#way.lane.words, LANE_CLOSED / 4, 1);
    this.#wakeOwner();
    this.#end(reason, false);
  }

  // `gone`: it is the owner that ended.
  #end(reason: Error, gone = true): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#inbox.close();
    this.#deadlines.close();
    // The owner has unlinked it, unless it died before.
    unlinkFile(this.#way.lanePath);
    this.#way.owner.offDeath(this.#onOwnerDeath);
    for (const call of this.#pending.takeAll()) {
      if (gone && (call.idempotent || this.#neverTaken(call, reason))) call.resend(reason);
      else call.reject(reason);
    }
    reactor.remove(this);
    this.#way.owner.release();
    this.#way.service.close();
    this.#way.lane.close();
  }

  // A dead owner can take nothing any more, so what it left in the ring has certainly not run.
  #neverTaken(call: PendingCall, reason: Error): boolean {
    return reason instanceof OwnerDiedError && !this.#requests.wasTaken(call);
  }

  /** @inheritdoc */
  abandon(): void {
    this.close(new ClosedError("The program ended"));
  }
}

const PLAIN = { flags: 0, credit: 0 } as const;
