/** Messages that one consumer claimed at once. */
import { FRAME_BYTES } from "./frame_ring.ts";

/** The most messages that a consumer claims at a time. */
export const MAX_BATCH = 64;
/** The most bytes that a consumer claims at a time, unless one message is longer. */
export const MAX_BATCH_BYTES = 65536;

/** What a consumer claimed and did not come to yet: messages that lie behind each other without a gap. */
export class Batch {
  /** How many there are. */
  count = 0;
  /** The first one that was not delivered. */
  index = 0;
  /** Where each begins. */
  readonly positions: Uint32Array = new Uint32Array(MAX_BATCH);
  /** Length of each payload. */
  readonly sizes: Uint32Array = new Uint32Array(MAX_BATCH);
  /** Whether each was delivered to another consumer before. */
  readonly again: boolean[] = [];
  /** Whether each that was delivered is acknowledged. */
  readonly acknowledged: boolean[] = [];

  /** Bytes from the beginning of the first to the end of the last payload. */
  get spanBytes(): number {
    const last = this.count - 1;
    return ((this.positions[last] - this.positions[0]) >>> 0) + FRAME_BYTES + this.sizes[last];
  }
}
