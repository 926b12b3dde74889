/** What one writes into, and what one reads: a view in place, and its end. */
import type { SharedArray } from "./element_types.ts";

/** What a frame or a loan does when it ends; it refers to its handle, which stays open as long as somebody has either. */
export interface FrameOwner {
  /** Ends the view of a slot that was read. */
  release(): void;
}

/** What a loan does when it ends. */
export interface LoanOwner {
  /** Ends the view and makes the slot the current one. */
  publish(): number;
  /** Ends the view and gives the slot back. */
  discard(): void;
}

/**
 * An array that a writer published, in place, until it is released: `using frame = frames.borrow()`.
 *
 * @example A frame stays as it is
 * ```ts
 * import { SharedFrames } from "@sysframe/sysframe/membridge";
 * import { assertEquals } from "@std/assert/equals";
 *
 * using frames = SharedFrames.open("/doc.frame", { create: true, slotBytes: 8 });
 * const publish = (byte: number) => {
 *   using loan = frames.loan(Uint8Array);
 *   loan.view.fill(byte);
 *   return loan.publish();
 * };
 * publish(1);
 * const frame = frames.borrow()!;
 * publish(2);
 * assertEquals([frame.version, frame.view[0]], [1, 1]);
 * frame.release();
 * assertEquals(frame.view.length, 0);
 * SharedFrames.remove("/doc.frame");
 * ```
 */
export class Frame<A extends SharedArray = SharedArray> implements Disposable {
  /**
   * The array, with the type and length that its writer gave it. Nobody writes into it as long as it is borrowed; do not write either.
   * It has length 0 after {@linkcode release}.
   */
  readonly view: A;
  /** Which version this is, from 1. */
  readonly version: number;
  #owner: FrameOwner | undefined;

  /** Made by `SharedFrames`. */
  constructor(view: A, version: number, owner: FrameOwner) {
    this.view = view;
    this.version = version;
    this.#owner = owner;
  }

  /** Ends the view and lets writers use the slot. Twice is fine. */
  release(): void {
    const owner = this.#owner;
    this.#owner = undefined;
    owner?.release();
  }

  /** Ends the view. */
  [Symbol.dispose](): void {
    this.release();
  }
}

/**
 * An array that is being written, in place, until it is published or discarded.
 *
 * @example A loan that is not published is not seen
 * ```ts
 * import { SharedFrames } from "@sysframe/sysframe/membridge";
 * import { assertEquals } from "@std/assert/equals";
 *
 * using frames = SharedFrames.open("/doc.loan", { create: true, slotBytes: 8 });
 * {
 *   using loan = frames.loan(Float64Array, 1);
 *   loan.view[0] = 0.5;
 * }
 * assertEquals(frames.borrow(), undefined);
 * SharedFrames.remove("/doc.loan");
 * ```
 */
export class Loan<A extends SharedArray = SharedArray> implements Disposable {
  /** The array; it holds whatever was there before. It has length 0 after {@linkcode publish} or {@linkcode discard}. */
  readonly view: A;
  #owner: LoanOwner | undefined;

  /** Made by `SharedFrames`. */
  constructor(view: A, owner: LoanOwner) {
    this.view = view;
    this.#owner = owner;
  }

  /**
   * Makes it the current frame. The view ends.
   *
   * Cost: some microseconds, whatever the length.
   *
   * @returns the version that this made
   * @throws {TypeError} if it was published or discarded already; `ClosedError` if its handle was closed.
   * @throws {SegmentError} `removed`; the loan has ended all the same.
   */
  publish(): number {
    const owner = this.#owner;
    this.#owner = undefined;
    if (owner === undefined) {
      throw new TypeError("Cannot publish a loan that was published or discarded already");
    }
    return owner.publish();
  }

  /** Gives the memory back without publishing it. The view ends. Twice is fine, also after {@linkcode publish}. */
  discard(): void {
    const owner = this.#owner;
    this.#owner = undefined;
    owner?.discard();
  }

  /** Discards it, unless it was published. */
  [Symbol.dispose](): void {
    this.discard();
  }
}
