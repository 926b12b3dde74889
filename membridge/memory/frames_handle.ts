/** What a handle of frames has open: its views, loans, borrows and watches, and their common end. */
import { reactor, type Source } from "../peer/reactor.ts";
import type { Watchable } from "../value/changes.ts";
import { Watch } from "../value/watch.ts";
import type { FramesSegment } from "./frames_segment.ts";
import { SlotViews } from "./slot_views.ts";

/** A thing of its own, so that the loop, which knows it, does not keep a handle that was dropped. */
export class FramesHandle implements Source, Watchable {
  /** The protocol. */
  readonly frames: FramesSegment;
  /** The mapped slots. */
  readonly views: SlotViews;
  /** The slots on loan. */
  readonly lent = new Set<number>();
  readonly #watches = new Set<Watch>();
  #keepsRunning = true;
  #joined = false;
  #open = true;

  /** Takes the protocol over. */
  constructor(frames: FramesSegment) {
    this.frames = frames;
    this.views = new SlotViews({
      fd: frames.segment.fd,
      slotBytes: frames.slotBytes,
      offsetOf: (slot) => frames.offsetOf(slot),
    });
  }

  /** Whether it was not closed. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** The id of this thread, which stays the same until the handle is closed. */
  self(): bigint {
    if (!this.#joined) {
      reactor.add(this);
      this.#joined = true;
    }
    return reactor.id;
  }

  /** @inheritdoc */
  watch(seen: number): Watch {
    const watch = new Watch(this.frames, this.frames.watchers, seen, this.#keepsRunning);
    this.#watches.add(watch);
    return watch;
  }

  /** @inheritdoc */
  unwatch(watch: Watch): void {
    watch.end();
    this.#watches.delete(watch);
  }

  /** Says whether the watches keep the program running. */
  setRef(keepsRunning: boolean): void {
    this.#keepsRunning = keepsRunning;
    for (const watch of this.#watches) watch.setRef(keepsRunning);
  }

  /** @inheritdoc */
  poll(): boolean {
    return false;
  }

  /** @inheritdoc */
  abandon(): void {
    this.close();
  }

  /** Ends all views, gives back what is lent and borrowed. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    for (const watch of [...this.#watches]) this.unwatch(watch);
    this.views.close();
    for (const slot of this.lent) this.frames.giveBack(slot, this.self());
    this.lent.clear();
    this.frames.close();
    if (this.#joined) reactor.remove(this);
  }
}
