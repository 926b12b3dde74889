/** Receiving for one handle: the messages that it claimed, those that it delivered, and those who wait for one. */
import { ClosedError, EndedError, MembridgeError, SegmentError, TimeoutError } from "../errors.ts";
import { Hold } from "../peer/hold.ts";
import { reactor, type Source } from "../peer/reactor.ts";
import type { ChannelMemory } from "./channel_memory.ts";
import { Claims, type Delivery } from "./claims.ts";
import { Pace } from "./pace.ts";
import { Waiter, type WaitInit } from "./waiter.ts";

/** Somebody who waits for a message. */
interface Waiting {
  readonly waiter: Waiter<unknown>;
  readonly take: (delivery: Delivery) => unknown;
}

/** The receiving side of a handle. */
export class Receiver implements Source {
  readonly #memory: ChannelMemory;
  readonly #claims: Claims;
  readonly #pace = new Pace();
  readonly #queue: Waiting[] = [];
  #hungry = false;
  readonly #hold = new Hold();
  #closed = false;

  /**
   * Receives through `memory`, which it does not close.
   *
   * @param lastingPayloads Whether payloads are kept by whom they are given to.
   */
  constructor(memory: ChannelMemory, lastingPayloads: boolean) {
    this.#memory = memory;
    this.#claims = new Claims(memory, lastingPayloads);
  }

  /** Returns the next message, if there is one; without waiting. */
  next(): Delivery | undefined {
    if (this.#claims.slot < 0) this.#register();
    return this.#claims.next();
  }

  #register(): void {
    reactor.add(this);
    try {
      this.#claims.slot = this.#memory.consumers.enter();
    } catch (error) {
      reactor.remove(this);
      throw error;
    }
  }

  /** Acknowledges a delivery of this handle. Returns whether the message still was this handle's. */
  ack(delivery: Delivery): boolean {
    return !this.#closed && this.#claims.ack(delivery);
  }

  /** Like {@linkcode ack}, by a consumer that may not receive anything for a while. */
  ackNow(delivery: Delivery): boolean {
    return !this.#closed && this.#claims.ackNow(delivery);
  }

  /** Returns the next message if there is one, and nobody of this handle waits for it. */
  take(): Delivery | undefined {
    return this.#queue.length === 0 ? this.next() : undefined;
  }

  /** Resolves to a value that was taken at once, now and then after timers and I/O had their turn. */
  paced<T>(value: T): Promise<T> {
    // The clock was read when the batch was claimed.
    const now = this.#claims.justClaimedAt;
    if (now !== undefined && this.#pace.isOver(now)) return this.#pace.after(value);
    return Promise.resolve(value);
  }

  /** Waits for a message; the promise resolves to what `take` makes of it. */
  wait<T>(take: (delivery: Delivery) => T, init: WaitInit): Waiter<T> {
    this.#pace.rest();
    const waiter = new Waiter<unknown>(init, this.#forget);
    this.#queue.push({ waiter, take });
    try {
      this.#starve(true);
    } catch (error) {
      this.giveUp(waiter, error);
    }
    return waiter as Waiter<T>;
  }

  /** Ends a wait with an error, unless it has ended. */
  giveUp<T>(waiter: Waiter<T>, error: unknown): void {
    this.#forget(waiter as Waiter<unknown>);
    waiter.reject(error);
  }

  readonly #forget = (waiter: Waiter<unknown>): void => {
    const index = this.#queue.findIndex((each) => each.waiter === waiter);
    if (index >= 0) this.#queue.splice(index, 1);
    this.#rest();
  };

  /** Like {@linkcode take} and {@linkcode wait}, blocking the thread. */
  receiveSync(timeoutMs: number): Delivery {
    const endMs = performance.now() + timeoutMs;
    let delivery = this.take();
    if (delivery !== undefined) return delivery;
    const attempt = () => {
      if (delivery !== undefined || this.#closed) return true;
      // Those who wait already go first; the loop's look at everything serves them.
      if (this.#queue.length === 0) delivery = this.#nextOrEnd();
      return delivery !== undefined;
    };
    const { consumers } = this.#memory;
    const check = () => {
      consumers.checkWatched();
      this.#memory.removeDeadConsumers();
      attempt();
    };
    try {
      this.#starve(false);
      // Each time that another consumer is watched, its descriptor is another one.
      do {
        const { lifeFd } = consumers;
        const ready = () => attempt() || consumers.lifeFd !== lifeFd;
        const left = Math.max(0, endMs - performance.now());
        reactor.waitSync(ready, true, left, lifeFd < 0 ? [] : [lifeFd], check);
        if (!attempt()) consumers.watchNext(this.#claims.slot, false);
      } while (!attempt() && performance.now() < endMs);
    } finally {
      this.#rest();
    }
    if (delivery !== undefined) return delivery;
    if (this.#closed) throw this.#closedError();
    throw new TimeoutError(`No message came through ${this.#memory.name} for ${timeoutMs} ms`);
  }

  /** Like {@linkcode next}, and throws when there will be no more. */
  #nextOrEnd(): Delivery | undefined {
    const { sending, receiving, name } = this.#memory;
    // Before the look: what was sent before the end is found by it.
    const { ended, removed } = sending;
    const delivery = this.next();
    if (delivery !== undefined) return delivery;
    if (removed) throw new SegmentError("removed", name, "was removed; open it again");
    if (!ended) return undefined;
    this.#memory.lockReceiving();
    let drained: boolean;
    try {
      drained = !receiving.mayHaveMore && receiving.isDrained(this.#claims.slot);
    } finally {
      this.#memory.unlockReceiving();
    }
    if (!drained) return undefined;
    throw new EndedError(`${name} was ended, and all that was sent has been received`);
  }

  // Somebody waits and nothing is there: says so, then looks everywhere once more.
  #starve(inEventLoop: boolean): void {
    const { consumers } = this.#memory;
    consumers.setHungry(this.#claims.slot, this.#hungry = true);
    // With nothing to do here, any room is worth a message.
    this.#claims.reclaimIfTight();
    this.#memory.wakeProducers();
    if (inEventLoop) {
      reactor.attach();
      this.#hold.setWaiting(this.#queue.length);
    }
    consumers.watchNext(this.#claims.slot, inEventLoop);
    if (!inEventLoop) return;
    this.poll();
    if (this.#queue.length > 0) reactor.schedule(true);
  }

  // Nobody waits any more, perhaps.
  #rest(): void {
    this.#hold.setWaiting(this.#queue.length);
    if (this.#queue.length > 0 || !this.#hungry || this.#closed) return;
    this.#memory.consumers.setHungry(this.#claims.slot, this.#hungry = false);
  }

  /** Says whether a wait keeps the program running. */
  setRef(keepsRunning: boolean): void {
    this.#hold.setRef(keepsRunning);
  }

  /** @inheritdoc */
  poll(): boolean {
    let moved = false;
    while (this.#queue.length > 0) {
      let delivery: Delivery | undefined;
      try {
        delivery = this.#nextOrEnd();
      } catch (error) {
        // Whatever is wrong, or over, is so for all that wait.
        for (const { waiter } of this.#queue.splice(0)) waiter.reject(error);
        moved = true;
        break;
      }
      if (delivery === undefined) return moved;
      moved = true;
      const { waiter, take } = this.#queue.shift()!;
      try {
        waiter.resolve(take(delivery));
      } catch (error) {
        waiter.reject(error);
      }
    }
    if (moved) this.#rest();
    return moved;
  }

  /** @inheritdoc */
  checkAlive(): void {
    if (this.#queue.length === 0) return;
    try {
      this.#memory.consumers.watchNext(this.#claims.slot, true);
      this.#memory.consumers.checkWatched();
      this.#memory.removeDeadConsumers();
    } catch (error) {
      if (!(error instanceof MembridgeError)) throw error;
    }
    // Who sent something may have died before it woke anybody.
    this.poll();
  }

  /** @inheritdoc */
  abandon(): void {
    this.close();
  }

  #closedError(): ClosedError {
    return new ClosedError(`The handle of ${this.#memory.name} was closed`);
  }

  /** Ends every wait, and gives back what was claimed or not acknowledged. Twice is fine. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { waiter } of this.#queue.splice(0)) waiter.reject(this.#closedError());
    this.#hold.setWaiting(this.#queue.length);
    if (this.#claims.slot < 0) return;
    try {
      this.#memory.consumers.leave(this.#claims.slot);
    } catch (error) {
      // Damaged memory: there is nothing to give back.
      if (!(error instanceof MembridgeError)) throw error;
    }
    reactor.remove(this);
  }
}
