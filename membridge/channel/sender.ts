/** Sending for one handle: at once where there is room, else in order as room is made. */
import { BusyError, ClosedError, TimeoutError } from "../errors.ts";
import { Hold } from "../peer/hold.ts";
import { reactor, type Source } from "../peer/reactor.ts";
import type { ChannelMemory } from "./channel_memory.ts";
import { POLICY } from "./layout.ts";
import { Pace } from "./pace.ts";
import { Waiter, type WaitInit } from "./waiter.ts";

/** The loop is paced once in so many sends. */
const PACE_ITEMS = 64;
/** The most messages that go in while the lock is held: others want it as well. */
const BURST_ITEMS = 64;

const SENT: Promise<void> = Promise.resolve();

/** Messages on their way in, whose sender waits for room. */
interface Waiting {
  readonly payloads: readonly Uint8Array[];
  sent: number;
  readonly waiter: Waiter<void>;
}

/** The sending side of a handle. */
export class Sender implements Source {
  readonly #memory: ChannelMemory;
  readonly #pace = new Pace();
  readonly #queue: Waiting[] = [];
  #sincePace = 0;
  #slot = -1;
  #added = false;
  readonly #hold = new Hold();
  #closed = false;

  /** Sends through `memory`, which it does not close. */
  constructor(memory: ChannelMemory) {
    this.#memory = memory;
  }

  /** Checks that a payload can ever fit, before anything is sent. */
  checkSize(payload: Uint8Array): void {
    const { maxPayloadBytes } = this.#memory.ring;
    if (payload.length <= maxPayloadBytes) return;
    throw new RangeError(
      `Cannot send ${payload.length} bytes through ${this.#memory.name}: a message is a quarter of the ring at most, here ${maxPayloadBytes} bytes (capacityBytes when the channel is made)`,
    );
  }

  /**
   * Sends as many as there is room for.
   *
   * @returns how many of the payloads, from `start` on
   */
  #append(payloads: readonly Uint8Array[], start: number): number {
    const memory = this.#memory;
    let count = 0;
    while (start + count < payloads.length) {
      let full = false;
      memory.lockSending();
      try {
        memory.sending.checkUsable();
        const end = Math.min(payloads.length, start + count + BURST_ITEMS);
        for (let i = start + count; i < end && !full; i++) {
          if (memory.sending.append(payloads[i]) || this.#appendAfterReclaim(payloads[i])) count++;
          else full = true;
        }
      } finally {
        memory.unlockSending();
      }
      if (count > 0) memory.consumers.wake();
      if (full) break;
    }
    return count;
  }

  // Messages may be acknowledged whose room nobody gave back yet.
  #appendAfterReclaim(payload: Uint8Array): boolean {
    const memory = this.#memory;
    memory.lockReceiving();
    try {
      memory.receiving.reclaim();
      if (memory.policy === POLICY.drop_oldest) memory.receiving.drop(payload.length);
    } finally {
      memory.unlockReceiving();
    }
    return memory.sending.append(payload);
  }

  /** Sends one payload if there is room now and nobody of this handle waits before it. */
  trySend(payload: Uint8Array): boolean {
    if (this.#queue.length > 0) return false;
    const memory = this.#memory;
    let sent: boolean;
    memory.lockSending();
    try {
      memory.sending.checkUsable();
      sent = memory.sending.append(payload) || this.#appendAfterReclaim(payload);
    } finally {
      memory.unlockSending();
    }
    if (sent) memory.consumers.wake();
    return sent;
  }

  /** Sends payloads in order; resolves when the last one is in. */
  send(payloads: readonly Uint8Array[], init: WaitInit): Promise<void> {
    if (payloads.length === 0) return SENT;
    let sent = 0;
    if (this.#queue.length === 0) {
      sent = this.#append(payloads, 0);
      if (sent === payloads.length) return this.paced(sent);
    }
    if (this.#memory.policy === POLICY.fail) throw this.#busy(payloads.length - sent);
    this.#pace.rest();
    const waiter = new Waiter<void>(init, (waiter) => {
      const index = this.#queue.findIndex((each) => each.waiter === waiter);
      if (index >= 0) this.#queue.splice(index, 1);
      this.#rest();
    });
    this.#queue.push({ payloads, sent, waiter });
    try {
      this.#startWaiting(true);
    } catch (error) {
      this.#fail(error);
    }
    return waiter.promise;
  }

  /** Resolves at once for so many that were sent, now and then after timers and I/O had their turn. */
  paced(items: number): Promise<void> {
    this.#sincePace += items;
    if (this.#sincePace < PACE_ITEMS) return SENT;
    this.#sincePace = 0;
    return this.#pace.isOver(performance.now()) ? this.#pace.after(undefined) : SENT;
  }

  #busy(left: number): BusyError {
    return new BusyError(`${this.#memory.name} is full: ${left} not sent (whenFull is "fail")`);
  }

  /** Like {@linkcode send}, blocking the thread. */
  sendSync(payload: Uint8Array, timeoutMs: number): void {
    if (this.trySend(payload)) return;
    if (this.#memory.policy === POLICY.fail) throw this.#busy(1);
    this.#startWaiting(false);
    let sent = false;
    const attempt = () => sent ||= !this.#closed && this.trySend(payload);
    // What waits already goes first; the loop's look at everything sends it.
    const ready = () => sent || this.#closed || (this.#maySend(payload) && attempt());
    try {
      // Looked at once more with the slot taken: from here on who makes room sees it.
      if (!attempt()) reactor.waitSync(ready, true, timeoutMs, [], attempt);
    } finally {
      this.#rest();
    }
    if (this.#closed) throw new ClosedError(`The handle of ${this.#memory.name} was closed`);
    if (!sent) throw new TimeoutError(`${this.#memory.name} stayed full for ${timeoutMs} ms`);
  }

  #startWaiting(inEventLoop: boolean): void {
    if (!this.#added) {
      reactor.add(this);
      this.#added = true;
    }
    if (this.#slot < 0) this.#slot = this.#memory.waitingProducers.enter();
    if (!inEventLoop) return;
    reactor.attach();
    this.#hold.setWaiting(this.#queue.length);
    // Looks at once, with the slot taken: who makes room from here on sees it.
    this.#flush();
    if (this.#queue.length > 0) reactor.schedule(true);
  }

  // Nobody waits any more, perhaps.
  #rest(): void {
    this.#hold.setWaiting(this.#queue.length);
    if (this.#queue.length > 0 || this.#slot < 0) return;
    this.#memory.waitingProducers.leave(this.#slot);
    this.#slot = -1;
  }

  /** Says whether a wait keeps the program running. */
  setRef(keepsRunning: boolean): void {
    this.#hold.setRef(keepsRunning);
  }

  /** @inheritdoc */
  poll(): boolean {
    const first = this.#queue[0];
    if (first === undefined) return false;
    try {
      if (!this.#maySend(first.payloads[first.sent])) return false;
    } catch (error) {
      this.#fail(error);
      return true;
    }
    return this.#flush();
  }

  // Whether an attempt would end in one way or another. Needs no lock.
  #maySend(payload: Uint8Array): boolean {
    const { sending } = this.#memory;
    return sending.removed || sending.ended || sending.hasRoom(payload.length);
  }

  // Sends what waits as far as there is room.
  #flush(): boolean {
    let moved = false;
    try {
      while (this.#queue.length > 0) {
        const first = this.#queue[0];
        const count = this.#append(first.payloads, first.sent);
        first.sent += count;
        moved ||= count > 0;
        if (first.sent < first.payloads.length) return moved;
        this.#queue.shift();
        first.waiter.resolve();
      }
      this.#rest();
    } catch (error) {
      this.#fail(error);
    }
    return moved;
  }

  // Whatever is wrong, it is wrong for all that wait.
  #fail(error: unknown): void {
    for (const { waiter } of this.#queue.splice(0)) waiter.reject(error);
    this.#rest();
  }

  /** @inheritdoc */
  checkAlive(): void {
    // Who made room may have died before it woke anybody.
    if (this.#queue.length > 0) this.#flush();
  }

  /** @inheritdoc */
  abandon(): void {
    this.close();
  }

  /** Ends every wait. Twice is fine. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#fail(new ClosedError(`The handle of ${this.#memory.name} was closed`));
    if (this.#added) reactor.remove(this);
  }
}
