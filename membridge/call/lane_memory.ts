/** The memory of a lane as one of its two sides has it: the segment, and the larger rings once there are any. */
import { SystemError } from "../errors.ts";
import { reserve } from "../libc/files.ts";
import { Mapping } from "../libc/memory.ts";
import type { Segment } from "../segment/segment.ts";
import { RingConsumer, type RingPlace, RingProducer } from "../sync/ring.ts";
import {
  LARGE_REPLIES_OFFSET,
  LARGE_REQUESTS_OFFSET,
  LARGE_RING_BYTES,
  REPLIES,
  REQUESTS,
} from "./layout.ts";

/** Where a direction's larger ring lies. */
const LARGE_OFFSETS: ReadonlyMap<RingPlace, number> = new Map([
  [REQUESTS, LARGE_REQUESTS_OFFSET],
  [REPLIES, LARGE_REPLIES_OFFSET],
]);

/** A lane's rings. */
export class LaneMemory {
  readonly #segment: Segment;
  readonly #mappings: Mapping[] = [];

  /** Takes the lane over: it is closed by {@linkcode close}. */
  constructor(segment: Segment) {
    this.#segment = segment;
  }

  /** The lane as u32 words. */
  get words(): Uint32Array<ArrayBuffer> {
    return this.#segment.words;
  }

  /** The lane's file. */
  get fd(): number {
    return this.#segment.fd;
  }

  /** Takes the writing end of a direction. */
  producer(place: RingPlace): RingProducer {
    return new RingProducer(this.words, place, () => this.#larger(place));
  }

  /** Takes the reading end of a direction. */
  consumer(place: RingPlace): RingConsumer {
    return new RingConsumer(this.words, place, () => this.#larger(place));
  }

  // Both sides reserve: the one that reads cannot know that the other one did, and memory that is not there would end the process.
  #larger(place: RingPlace): ArrayBuffer | undefined {
    const offsetBytes = LARGE_OFFSETS.get(place)!;
    try {
      reserve(this.fd, LARGE_RING_BYTES, offsetBytes);
      const mapping = new Mapping(this.fd, LARGE_RING_BYTES, { offsetBytes });
      this.#mappings.push(mapping);
      return mapping.buffer;
    } catch (error) {
      if (error instanceof SystemError) return undefined;
      throw error;
    }
  }

  /** Unmaps and closes it. */
  close(): void {
    for (const mapping of this.#mappings) mapping.close();
    this.#segment.close();
  }
}
