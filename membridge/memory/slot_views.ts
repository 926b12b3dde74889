/** Views of slots that die when their use ends: a mapping for each view that lives, kept for the next one. */
import { Mapping } from "../libc/memory.ts";

/** Where the slots lie. */
export interface SlotPlace {
  readonly fd: number;
  readonly slotBytes: number;
  offsetOf(slot: number): number;
}

/**
 * The mappings of one handle.
 *
 * Each view that lives has a buffer of its own, so that it can be detached alone; two buffers of one address would be one too many for V8, so
 * each has a mapping of its own as well. A mapping whose view has ended serves the next view of that slot.
 */
export class SlotViews {
  readonly #place: SlotPlace;
  readonly #idle: Mapping[][] = [];
  readonly #used = new Set<Mapping>();

  /** @param place Stays open as long as this is used. */
  constructor(place: SlotPlace) {
    this.#place = place;
  }

  /** Returns a mapping of the slot for one view. */
  take(slot: number): Mapping {
    const { fd, slotBytes } = this.#place;
    const mapping = this.#idle[slot]?.pop() ??
      new Mapping(fd, slotBytes, { offsetBytes: this.#place.offsetOf(slot) });
    this.#used.add(mapping);
    return mapping;
  }

  /** Ends the view: it has length 0 from now on. */
  giveBack(slot: number, mapping: Mapping): void {
    if (!this.#used.delete(mapping)) return;
    if (mapping.renew()) (this.#idle[slot] ??= []).push(mapping);
    else mapping.close();
  }

  /** Ends all views and unmaps everything. */
  close(): void {
    for (const mapping of this.#used) mapping.close();
    this.#used.clear();
    for (const mappings of this.#idle) for (const mapping of mappings ?? []) mapping.close();
    this.#idle.length = 0;
  }
}
