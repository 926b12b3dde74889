/**
 * Biased locking: who takes a lock again and again, with nobody else in between, takes it without asking the kernel.
 *
 * The kernel's lock takes a microsecond, most of what setting a small value costs. So a handle that was the last holder for a while
 * biases the lock towards itself, while it holds it. From then on it enters by a store and a load; whoever else comes takes the
 * kernel's lock as always, and then the bias away.
 *
 * Words, where the kind of segment has room for them (its layout says so): `bias:u32`, `inside:u64` for each of two places. A place is a
 * handle's as long as it holds the kernel's lock on the byte of that number in the file (`F_OFD_SETLK`, which has nothing to do with
 * `flock`); it ends with the handle or its process.
 * - `bias`, written by who holds the kernel's lock: a place + 1; that with {@linkcode REVOKED}; or anything from {@linkcode CANDIDATE} on, a
 *   number that says which handle was the last holder.
 * - `inside`, written by whose place it is: 0, or its thread's signature while it is in the critical section.
 *
 * Entering: store `inside`, **then** load `bias`; if it is not one's own any more, store 0 and take the kernel's lock. Revoking, with the
 * kernel's lock held: store `bias`, **then** load `inside`; not 0 is a busy lock, unless the byte's lock is free: then its holder died.
 *
 * @module
 */
import { tryLockByte, unlockByte } from "../libc/files.ts";
import { isSignerGone, ownThread } from "../libc/process.ts";
import { storeU32, storeU64 } from "../sync/port.ts";
import type { Kind } from "./header.ts";
import type { Lockable } from "./kernel_lock.ts";

/** Where the words are: `bias` as the index of a u32, `inside` of the first place as that of a u64. */
interface BiasWords {
  readonly bias: number;
  readonly inside: number;
}

/** The kinds of segments that have the words. */
export const BIAS_WORDS: Readonly<Partial<Record<Kind, BiasWords>>> = {
  value: { bias: 108 / 4, inside: 112 / 8 },
  topic: { bias: 108 / 4, inside: 112 / 8 },
  channel: { bias: 140 / 4, inside: 144 / 8 },
  consumers: { bias: 88 / 4, inside: 96 / 8 },
};

/** How many handles can have a place at a time. */
const PLACES = 2;
/** Added to `bias` by who takes the bias away, until nobody is inside. */
export const REVOKED = 0x100;
/** The least number of a handle. */
export const CANDIDATE = 0x10000;
/** As often in a row a handle has to be the holder before it biases the lock, at first. */
const LEAST_STREAK = 16;
/** The longest streak that is asked for: each bias that was taken away doubles it. */
const MOST_STREAK = 1 << 16;

/** A handle's part in the bias of a segment's lock. */
export class Bias {
  readonly #segment: Lockable;
  readonly #biasWord: number;
  readonly #insideWord: number;
  /** This handle among the last holders. */
  readonly #number = CANDIDATE + Math.floor(Math.random() * (2 ** 32 - CANDIDATE));
  #streak = 0;
  #least = LEAST_STREAK;
  /** The place that this handle has and, as far as it knows, the bias. */
  #place = -1;
  #isInside = false;

  /** Returns the bias of a segment of that kind; `undefined` if it has none, or is too short for it. */
  static of(kind: Kind | undefined, segment: Lockable): Bias | undefined {
    const words = kind && BIAS_WORDS[kind];
    if (words === undefined || segment.words64.length < words.inside + PLACES) return undefined;
    return new Bias(segment, words);
  }

  private constructor(segment: Lockable, { bias, inside }: BiasWords) {
    this.#segment = segment;
    this.#biasWord = bias;
    this.#insideWord = inside;
  }

  /** Enters the critical section, if the lock is biased towards this handle. Cost: two atomic accesses. */
  enter(): boolean {
    if (this.#place < 0) return false;
    const { words, words64 } = this.#segment;
    const inside = this.#insideWord + this.#place;
    storeU64(words64, inside, ownThread().signature);
    if (Atomics.load(words, this.#biasWord) === this.#place + 1) return this.#isInside = true;
    storeU64(words64, inside, 0n);
    unlockByte(this.#segment.fd, this.#place);
    this.#place = -1;
    this.#least = Math.min(2 * this.#least, MOST_STREAK);
    return false;
  }

  /** Leaves it. Returns `false` if it was not entered by {@linkcode enter}. */
  leave(): boolean {
    if (!this.#isInside) return false;
    this.#isInside = false;
    storeU64(this.#segment.words64, this.#insideWord + this.#place, 0n);
    return true;
  }

  /**
   * Takes the bias away from whoever has it. The caller holds the kernel's lock.
   *
   * @returns `false` if that one is inside: the lock is not the caller's yet
   */
  revoke(): boolean {
    const { words, words64 } = this.#segment;
    const bias = Atomics.load(words, this.#biasWord);
    if (bias === this.#number) {
      this.#streak++;
      return true;
    }
    const place = (bias & (REVOKED - 1)) - 1;
    if (bias < CANDIDATE && place >= 0 && place < PLACES) {
      if ((bias & REVOKED) === 0) storeU32(words, this.#biasWord, bias | REVOKED);
      const inside = this.#insideWord + place;
      if (Atomics.load(words64, inside) !== 0n) {
        if (!tryLockByte(this.#segment.fd, place)) return false;
        // It died inside.
        storeU64(words64, inside, 0n);
        unlockByte(this.#segment.fd, place);
      }
    }
    storeU32(words, this.#biasWord, this.#number);
    this.#streak = 0;
    return true;
  }

  /** Biases the lock towards this handle if it was the last holder for long enough. The caller holds the kernel's lock, and gives it up next. */
  offer(): void {
    if (this.#streak < this.#least || this.#place >= 0) return;
    this.#streak = 0;
    const { fd, words, words64 } = this.#segment;
    for (let place = 0; place < PLACES; place++) {
      if (!tryLockByte(fd, place)) continue;
      // Somebody may have died there.
      const inside = this.#insideWord + place;
      if (words64[inside] !== 0n) storeU64(words64, inside, 0n);
      storeU32(words, this.#biasWord, place + 1);
      this.#place = place;
      return;
    }
    this.#least = MOST_STREAK;
  }

  /** Whether a holder whose bias was taken away seems to be inside still. Cost: one atomic load mostly. */
  get looksBusy(): boolean {
    const { words, words64 } = this.#segment;
    const bias = Atomics.load(words, this.#biasWord);
    if (bias >= CANDIDATE || (bias & REVOKED) === 0) return false;
    const place = (bias & (REVOKED - 1)) - 1;
    return place >= 0 && place < PLACES &&
      Atomics.load(words64, this.#insideWord + place) !== 0n;
  }

  /** Puts out a holder that is inside, though its thread is gone: a terminated Worker, whose process keeps its place. The caller holds the kernel's lock. */
  evict(): void {
    const { words, words64 } = this.#segment;
    const bias = Atomics.load(words, this.#biasWord);
    const place = (bias & (REVOKED - 1)) - 1;
    if (bias >= CANDIDATE || place < 0 || place >= PLACES) return;
    const inside = this.#insideWord + place;
    const signer = Atomics.load(words64, inside);
    if (signer !== 0n && isSignerGone(signer)) storeU64(words64, inside, 0n);
  }
}
