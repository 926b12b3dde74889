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
import { SegmentError } from "../errors.ts";
import { unlinkFile } from "../libc/files.ts";
import { WakeList, type WakeListPlace } from "../peer/wake_list.ts";
import { tryWithLock, withLock } from "../segment/lock.ts";
import { type NamedKind, openNamed, removeNamed } from "../segment/named.ts";
import { pathOfId } from "../segment/names.ts";
import { HEADER_BYTES, Segment, STATE } from "../segment/segment.ts";
import { storeU32, storeU64 } from "../sync/port.ts";

const SLOTS_OFFSET = 128;
const ARRIVED_OFFSET = 8192;
const MUTEX_BYTES = 16384;
const HOLD_BYTES = 4096;
const HOLDER_U64 = HEADER_BYTES / 8;
const TURNS_U64 = HOLDER_U64 + 1;
const HEIR_U32 = (HEADER_BYTES + 16) / 4;
/** What a count of turns may be: a safe integer. */
const MAX_TURNS = (1n << 52n) - 1n;
const WAITERS: WakeListPlace = {
  highOffset: HEADER_BYTES,
  slotsOffset: SLOTS_OFFSET,
  capacity: (ARRIVED_OFFSET - SLOTS_OFFSET) / 8,
};
/** How many handles can wait for one mutex. */
export const MAX_WAITERS = WAITERS.capacity;
/** Who has waited for so long goes next. Soon enough not to matter to people, and late enough for thousands of short owners to come first. */
export const PATIENCE_MS = 20;
/** So long it is kept: a waiter that sleeps takes it in some 0.1 ms. */
const COURTESY_MS = 5;
/** Longest wait for the lock of the table, which nobody holds for more than some stores. */
const TABLE_TIMEOUT_MS = 30_000;

const MUTEX: NamedKind = {
  kind: "mutex",
  minimumBytes: MUTEX_BYTES,
  onRemove(segment, name) {
    const waiters = waitersOf(segment, name);
    waiters.wakeAll();
    waiters.close();
    try {
      const hold = openHold(segment, name);
      // A try to take it, successful or not, finds out where the lock is now.
      if (hold?.lock.tryAcquire()) hold.lock.release();
      hold?.lock.unlinkFile();
      hold?.close();
    } finally {
      unlinkFile(pathOfId(segment.id, "hold"));
    }
  },
};

function waitersOf(segment: Segment, name: string): WakeList {
  return new WakeList(segment, WAITERS, name, "waited for");
}

function openHold(segment: Segment, name: string): Segment | undefined {
  // It was made with the mode of the mutex, which was checked when that was opened.
  return Segment.open(pathOfId(segment.id, "hold"), {
    kind: "mutex",
    name,
    minimumBytes: HOLD_BYTES,
    mode: 0o666,
  });
}

function openOrMakeHold(segment: Segment, name: string, mode: number): Segment {
  const there = openHold(segment, name);
  if (there !== undefined) return there;
  const made = Segment.create({ kind: "mutex", sizeBytes: HOLD_BYTES, mode });
  made.publish(pathOfId(segment.id, "hold"));
  return made;
}

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
    const make = () => Segment.create({ kind: "mutex", sizeBytes: MUTEX_BYTES, mode });
    for (;;) {
      const segment = openNamed(name, { kind: MUTEX, mode, make: create ? make : undefined });
      try {
        // Under the lock, so that none is made for a mutex that is being removed: nobody would take it away.
        const hold = withLock(
          segment,
          name,
          TABLE_TIMEOUT_MS,
          () => segment.state === STATE.live ? openOrMakeHold(segment, name, mode) : undefined,
        );
        if (hold !== undefined) return new MutexSegment(name, segment, hold);
      } catch (error) {
        segment.close();
        throw error;
      }
      segment.close(); // Removed meanwhile.
    }
  }

  /** Removes the name. */
  static remove(name: string): boolean {
    return removeNamed(name, MUTEX);
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
    this.#checkLive();
    if (this.heldHere || !this.#mayGo(slot)) return undefined;
    const { lock } = this.#hold;
    if (!lock.tryAcquire() && !(rescue && lock.rescue())) return undefined;
    if (this.removed) {
      // Removed before the lock was moved to a file of its own, perhaps: then nobody else takes that file away.
      lock.unlinkFile();
      lock.release();
    }
    this.#checkLive();
    const { words, words64 } = this.#hold;
    const lastDied = this.holder !== 0n;
    storeU64(words64, HOLDER_U64, self);
    const heir = Atomics.load(words, HEIR_U32);
    if (heir !== 0) {
      if (this.#turns === this.#courtesyTurn && heir - 1 !== slot) this.#passOver(heir - 1);
      storeU32(words, HEIR_U32, 0);
    }
    storeU64(words64, TURNS_U64, BigInt(this.#turns + 1));
    heldHere.add(this.#hold.inode);
    this.#holding = true;
    return lastDied;
  }

  get #turns(): number {
    return Number(Atomics.load(this.#hold.words64, TURNS_U64) & MAX_TURNS);
  }

  // Whether nobody else is to go first.
  #mayGo(slot: number): boolean {
    const heir = Atomics.load(this.#hold.words, HEIR_U32) - 1;
    if (heir === -1 || heir === slot || heir >= MAX_WAITERS) return true;
    // It may have given up waiting.
    if (Atomics.load(this.#segment.words64, SLOTS_OFFSET / 8 + heir) === 0n) return true;
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
    tryWithLock(this.#segment, TABLE_TIMEOUT_MS, () => {
      if (slot < MAX_WAITERS && !this.waiters.clearIfDead(slot)) this.#arrive(slot);
    });
  }

  // The caller holds the lock of the table.
  #arrive(slot: number): void {
    // The wall clock, the one that processes share. A leap of it makes somebody wait longer, or a little less.
    storeU64(this.#segment.words64, ARRIVED_OFFSET / 8 + slot, BigInt(Date.now()));
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
    const high = Math.min(Atomics.load(words, WAITERS.highOffset / 4), MAX_WAITERS);
    let heir = 0;
    let oldest = Infinity;
    for (let slot = 0; slot < high; slot++) {
      if (Atomics.load(words64, SLOTS_OFFSET / 8 + slot) === 0n) continue;
      const arrived = Number(Atomics.load(words64, ARRIVED_OFFSET / 8 + slot));
      if (arrived < oldest) {
        oldest = arrived;
        heir = slot + 1;
      }
    }
    return heir !== 0 && Date.now() - oldest >= PATIENCE_MS ? heir : 0;
  }

  #checkLive(): void {
    if (this.removed) {
      throw new SegmentError("removed", this.#name, "was removed; open it again");
    }
  }

  /** Gives the mutex up and wakes who waits for it. */
  release(): void {
    this.#holding = false;
    heldHere.delete(this.#hold.inode);
    const heir = this.#nextHeir();
    if (heir !== 0) storeU32(this.#hold.words, HEIR_U32, heir);
    storeU64(this.#hold.words64, HOLDER_U64, 0n);
    this.#hold.lock.release();
    this.waiters.wakeAll();
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
