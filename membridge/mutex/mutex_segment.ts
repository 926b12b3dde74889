/**
 * The memory of a mutex: two files, so that its bookkeeping never waits for who holds it.
 *
 * The segment that has the mutex's name holds the table of who waits, and its lock is held for some stores at a time. Layout, after the
 * header: `high:u32  zero:u32`, then from 128 slots of `peer:u64`, as {@linkcode WakeList} has them, and from 8192 for each slot
 * `arrived:u64`, when its waiter came, in milliseconds since 1970.
 *
 * The mutex itself is the lock of a second segment, `sysframe@ID.hold`, where ID is the first one's: who holds the mutex holds that kernel
 * lock, and the kernel takes it from a dying process. Layout, after the header: `holder:u64  turns:u64  heir:u32  zero:u32`, all written
 * under that very lock. `holder` is the participant that holds the mutex; it is written after the lock was taken, and 0 again before it is
 * given up, so whoever takes the lock and does not find 0 knows that the last owner died.
 *
 * Nobody is overtaken for ever: who gives the mutex up while somebody has waited for long names that slot in `heir`, the longest first.
 * Others leave it the mutex for some milliseconds; then they take it all the same, and it waits anew. `turns` counts the owners, so that each
 * promise is told from the next.
 *
 * @module
 */
import { MembridgeError, SegmentError } from "../errors.ts";
import type { WakeList } from "../peer/wake_list.ts";
import { tryWithLock, withLock } from "../segment/lock.ts";
import { HEADER_BYTES, STATE } from "../segment/header.ts";
import type { Segment } from "../segment/segment.ts";
import { storeU32, storeU64 } from "../sync/port.ts";
import { openMutexFiles, TABLE_TIMEOUT_MS, WAITERS, waitersOf } from "./mutex_files.ts";

const HOLDER_U64 = HEADER_BYTES / 8;
const TURNS_U64 = HOLDER_U64 + 1;
const HEIR_U32 = (HEADER_BYTES + 16) / 4;
/** What a count of turns may be: a safe integer. */
const MAX_TURNS = (1n << 52n) - 1n;
/** Who has waited for so long goes next. Soon enough not to matter to people, and late enough for thousands of short owners to come first. */
export const PATIENCE_MS = 20;
/** So long it is kept: a waiter that sleeps takes it in some 0.1 ms. */
const COURTESY_MS = 5;
/** The mutexes that this thread holds, by the inode of their `.hold`, through whichever handle. */
const heldHere = new Set<bigint>();

/** How {@linkcode MutexSegment.tryTake} tries. */
export interface TakeOptions {
  readonly rescue: boolean;
  readonly slot?: number;
}

/** The protocol over the two open segments. */
export class MutexSegment {
  /** Who waits. */
  readonly waiters: WakeList;
  readonly #name: string;
  readonly #segment: Segment;
  readonly #hold: Segment;
  #holding = false;
  #courtesyTurn = -1;
  #courtesyEnd = 0;

  private constructor(name: string, segment: Segment, hold: Segment) {
    this.#name = name;
    this.#segment = segment;
    this.#hold = hold;
    this.waiters = waitersOf(segment, name);
  }

  /** Opens the mutex with that name, making it if asked to. */
  static open(name: string, { create, mode }: { create: boolean; mode: number }): MutexSegment {
    const { segment, hold } = openMutexFiles(name, { create, mode });
    return new MutexSegment(name, segment, hold);
  }

  /** Whether the mutex was removed: nobody can take it any more. */
  get removed(): boolean {
    return this.#segment.state !== STATE.live;
  }

  /** Whether this thread holds it, through whichever handle. */
  get heldHere(): boolean {
    return heldHere.has(this.#hold.inode);
  }

  /** What tells the mutexes of this thread's handles apart. */
  get key(): bigint {
    return this.#hold.inode;
  }

  /** The participant that holds it, or that died holding it; 0 when nobody does. Cost: one atomic load. */
  get holder(): bigint {
    return Atomics.load(this.#hold.words64, HOLDER_U64);
  }

  /**
   * Takes the mutex if nobody has it.
   *
   * @param self The id of this thread.
   * @param options `rescue`: also if who has it is a thread that is gone from a living process; `slot`: what {@linkcode enter} returned.
   * @returns whether the last owner died, or `undefined` if somebody has it
   * @throws {SegmentError} `removed`
   */
  tryTake(self: bigint, { rescue, slot = -1 }: TakeOptions): boolean | undefined {
    if (this.removed) throw this.#removedError();
    if (this.heldHere || !this.#mayGo(slot)) return undefined;
    const { lock } = this.#hold;
    if (!lock.tryAcquire() && !(rescue && lock.rescue())) return undefined;
    if (this.removed) {
      // Removed before the lock was moved to a file of its own, perhaps: then nobody else takes that file away.
      lock.unlinkFile();
      lock.release();
      throw this.#removedError();
    }
    heldHere.add(this.#hold.inode);
    this.#holding = true;
    const { words, words64 } = this.#hold;
    const lastDied = this.holder !== 0n;
    storeU64(words64, HOLDER_U64, self);
    const heir = Atomics.load(words, HEIR_U32);
    if (heir !== 0) {
      if (this.#turns === this.#courtesyTurn && heir - 1 !== slot) this.#passOver(heir - 1);
      storeU32(words, HEIR_U32, 0);
    }
    storeU64(words64, TURNS_U64, BigInt(this.#turns + 1));
    return lastDied;
  }

  get #turns(): number {
    return Number(Atomics.load(this.#hold.words64, TURNS_U64) & MAX_TURNS);
  }

  // Whether nobody else is to go first.
  #mayGo(slot: number): boolean {
    const heir = Atomics.load(this.#hold.words, HEIR_U32) - 1;
    if (heir === -1 || heir === slot || heir >= WAITERS.capacity) return true;
    // It may have given up waiting.
    if (Atomics.load(this.#segment.words64, WAITERS.slotsOffset / 8 + heir) === 0n) return true;
    const now = performance.now();
    const turn = this.#turns;
    if (turn !== this.#courtesyTurn) {
      this.#courtesyTurn = turn;
      this.#courtesyEnd = now + COURTESY_MS;
    }
    return now >= this.#courtesyEnd;
  }

  // The heir did not come: it is busy, stopped or dead.
  #passOver(slot: number): void {
    forgiving(() => {
      tryWithLock(this.#segment, TABLE_TIMEOUT_MS, () => {
        if (slot < WAITERS.capacity && !this.waiters.clearIfDead(slot)) this.#arrive(slot);
      });
    });
  }

  // The caller holds the lock of the table.
  #arrive(slot: number): void {
    // The wall clock, the one that processes share. A leap of it makes somebody wait longer, or a little less.
    storeU64(this.#segment.words64, WAITERS.arrivedOffset / 8 + slot, BigInt(Date.now()));
  }

  /** Takes a slot in the table of who waits. */
  enter(): number {
    return withLock(this.#segment, this.#name, TABLE_TIMEOUT_MS, () => {
      const slot = this.waiters.enterLocked();
      this.#arrive(slot);
      return slot;
    });
  }

  // Who has waited longest, if for too long.
  #nextHeir(): number {
    const { words, words64 } = this.#segment;
    const high = Math.min(Atomics.load(words, WAITERS.highOffset / 4), WAITERS.capacity);
    let heir = 0;
    let oldest = Infinity;
    for (let slot = 0; slot < high; slot++) {
      if (Atomics.load(words64, WAITERS.slotsOffset / 8 + slot) === 0n) continue;
      const arrived = Number(Atomics.load(words64, WAITERS.arrivedOffset / 8 + slot));
      if (arrived < oldest) {
        oldest = arrived;
        heir = slot + 1;
      }
    }
    return heir !== 0 && Date.now() - oldest >= PATIENCE_MS ? heir : 0;
  }

  #removedError(): SegmentError {
    return new SegmentError("removed", this.#name, "was removed; open it again");
  }

  /** Gives the mutex up and wakes who waits for it. */
  release(): void {
    this.#holding = false;
    heldHere.delete(this.#hold.inode);
    const heir = this.#nextHeir();
    if (heir !== 0) storeU32(this.#hold.words, HEIR_U32, heir);
    storeU64(this.#hold.words64, HOLDER_U64, 0n);
    this.#hold.lock.release();
    forgiving(() => this.waiters.wakeAll());
  }

  /** Unmaps and closes both files. If this handle holds the mutex the kernel gives it up, and the next owner is told of a death. */
  close(): void {
    if (this.#holding) heldHere.delete(this.#hold.inode);
    this.#holding = false;
    this.waiters.close();
    this.#hold.close();
    this.#segment.close();
  }
}

// The mutex is taken, or given up: what is wrong with those who wait is not its owner's to hear.
function forgiving(tell: () => void): void {
  try {
    tell();
  } catch (error) {
    if (!(error instanceof MembridgeError)) throw error;
  }
}
