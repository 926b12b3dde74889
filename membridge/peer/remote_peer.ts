/** Another participant: how to wake it, and how to learn that it died. */
import { MembridgeError } from "../errors.ts";
import { O_WRONLY } from "../libc/constants.ts";
import { ringFifo } from "../libc/files.ts";
import { FifoReader } from "../libc/fifo_reader.ts";
import { isHungUp, isThreadGone, sleep, type ThreadIdentity } from "../libc/process.ts";
import type { Segment } from "../segment/segment.ts";
import {
  closeIfOpen,
  HINTS,
  HINTS_WORD,
  isPageDead,
  openPage,
  openPeerFifo,
  PARKED_WORD,
  readIdentity,
  SENT_WORD,
  unlinkPeerFiles,
} from "./peer_page.ts";

/** One object for each participant that this thread deals with, however many handles do. */
const known = new Map<bigint, RemotePeer>();

/** A participant other than this thread (or this thread itself, which works alike). */
export class RemotePeer {
  /** What it is found by. */
  readonly id: bigint;
  /** Process and thread, as it says. */
  readonly identity: ThreadIdentity;
  readonly #page: Segment;
  readonly #words: Uint32Array;
  readonly #bellFd: number;
  readonly #lifeFd: number;
  readonly #onDeath = new Set<() => void>();
  #life: FifoReader | undefined;
  #rung = 0;
  #users = 1;
  #dead = false;

  private constructor(id: bigint, page: Segment, bellFd: number, lifeFd: number) {
    this.id = id;
    this.#page = page;
    this.#words = page.words;
    this.identity = readIdentity(page.mapping.buffer);
    this.#bellFd = bellFd;
    this.#lifeFd = lifeFd;
  }

  /**
   * Returns the participant with that id, to be given back with {@linkcode release}.
   *
   * @returns `undefined` when it is dead; its files are gone then
   */
  static acquire(id: bigint): RemotePeer | undefined {
    const there = known.get(id);
    // Known for long perhaps, and dead for a moment: the event loop may not have heard of it yet.
    if (there !== undefined && !there.lifeEnded && there.checkAlive(true)) {
      there.#users++;
      return there;
    }
    const page = openPage(id);
    if (page === undefined) return undefined;
    let bellFd = -1, lifeFd = -1;
    try {
      bellFd = openPeerFifo(id, "bell", O_WRONLY);
      // It opened its end before it was published, so an end here means that it is gone.
      lifeFd = openPeerFifo(id, "life");
      if (bellFd >= 0 && lifeFd >= 0 && !isPageDead(page)) {
        const peer = new RemotePeer(id, page, bellFd, lifeFd);
        known.set(id, peer);
        return peer;
      }
      if (isPageDead(page)) unlinkPeerFiles(id);
    } catch (error) {
      closeAll();
      throw error;
    }
    closeAll();
    return undefined;

    function closeAll(): void {
      closeIfOpen(bellFd);
      closeIfOpen(lifeFd);
      page!.close();
    }
  }

  /**
   * Like {@linkcode acquire}, but `"unknown"` for one that this thread can neither wake nor judge: another user's, a damaged one, or for
   * want of a descriptor. What was to be done for others, too, goes on.
   */
  static find(id: bigint): RemotePeer | "unknown" | undefined {
    try {
      return RemotePeer.acquire(id);
    } catch (error) {
      if (error instanceof MembridgeError) return "unknown";
      throw error;
    }
  }

  /** Gives the participant back; the last one to do so closes what was open. */
  release(): void {
    if (--this.#users > 0) return;
    // Died unnoticed: its files would stay.
    this.#onDeath.clear();
    if (this.lifeEnded && this.#isGone()) unlinkPeerFiles(this.id);
    if (known.get(this.id) === this) known.delete(this.id);
    if (this.#life !== undefined) this.#life.close();
    else closeIfOpen(this.#lifeFd);
    closeIfOpen(this.#bellFd);
    this.#page.close();
  }

  /**
   * Wakes it if it sleeps. Call this after the store that it should see.
   *
   * Cost: one atomic load while it is awake, or was rung since it fell asleep; else a write of one byte.
   *
   * @returns whether it slept
   */
  wake(): boolean {
    const sequence = Atomics.load(this.#words, PARKED_WORD);
    if (sequence === 0) return false;
    if (sequence !== this.#rung) {
      this.#rung = sequence;
      if (!ringFifo(this.#bellFd)) this.checkAlive();
    }
    return true;
  }

  /** Whether several handles of this thread deal with it. */
  get isShared(): boolean {
    return this.#users > 1;
  }

  /** How many messages it sent through lanes of which it has several to one thread, modulo 2^32. Cost: one atomic load. */
  get sent(): number {
    return Atomics.load(this.#words, SENT_WORD);
  }

  /** Returns the number of the lane through which it sent that message, if it is one of the last 32. */
  hint(message: number): number {
    return this.#words[HINTS_WORD + (message & (HINTS - 1))];
  }

  /** Tells whether its sign of life has ended, be it that the event loop has not heard of it yet. Cost: one system call. */
  get lifeEnded(): boolean {
    if (!this.#dead && isHungUp(this.#lifeFd)) this.#die();
    return this.#dead;
  }

  /** The descriptor that reports its death to `poll(2)`. */
  get lifeFd(): number {
    return this.#lifeFd;
  }

  /** Tells whether it is known to be dead. */
  get dead(): boolean {
    return this.#dead;
  }

  /** Calls `listener` when it is found to be dead, once, and has the event loop look out for that. */
  onDeath(listener: () => void): void {
    this.ifFoundDead(listener);
    this.#life ??= new FifoReader(this.#lifeFd, () => {}, () => this.#die());
  }

  /** Calls `listener` when somebody finds it to be dead, once. */
  ifFoundDead(listener: () => void): void {
    this.#onDeath.add(listener);
  }

  /** Undoes {@linkcode onDeath} and {@linkcode ifFoundDead}. */
  offDeath(listener: () => void): void {
    this.#onDeath.delete(listener);
  }

  /**
   * Looks whether it still lives, and tells the listeners if not.
   *
   * @param threadOnly Only ask whether the thread is gone (a terminated Worker, whose process keeps lock and FIFOs); it is the cheaper half.
   * @returns whether it lives
   */
  checkAlive(threadOnly = false): boolean {
    if (this.#dead) return false;
    if (threadOnly ? !isThreadGone(this.identity) : !isPageDead(this.#page)) return true;
    this.#die();
    return false;
  }

  #die(): void {
    if (this.#dead) return;
    this.#dead = true;
    if (known.get(this.id) === this) known.delete(this.id);
    // Who waits is told first: the files are in nobody's way. The last one of them to give it back removes them.
    for (const listener of [...this.#onDeath]) listener();
    if (this.#page.isOpen && this.#isGone()) unlinkPeerFiles(this.id);
  }

  // A dying process gives up its descriptors one after the other, the lock within microseconds of the sign of life. If it takes longer,
  // a later sweep finds the files.
  #isGone(): boolean {
    for (let attempt = 0; attempt < 5; attempt++) {
      if (isPageDead(this.#page)) return true;
      sleep(1);
    }
    return false;
  }
}
