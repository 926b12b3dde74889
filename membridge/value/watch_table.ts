/**
 * Who watches a value: a table in a file of its own, so that watching works without writing the value's memory.
 *
 * Layout, after the header: `high:u32  zero:u32`, then from 128 slots of `peer:u64`, as {@linkcode WakeList} has them.
 *
 * @module
 */
import { unlinkFile } from "../libc/files.ts";
import { WakeList } from "../peer/wake_list.ts";
import { pathOfId } from "../segment/names.ts";
import { HEADER_BYTES } from "../segment/header.ts";
import { Segment } from "../segment/segment.ts";

const SLOTS_OFFSET = 128;
const TABLE_BYTES = 8192;
/** How many watches one value can have. */
export const MAX_WATCHES = (TABLE_BYTES - SLOTS_OFFSET) / 8;

/** An open table of watchers. */
export class WatchTable {
  readonly #segment: Segment;
  readonly #list: WakeList;

  private constructor(segment: Segment, name: string) {
    this.#segment = segment;
    this.#list = new WakeList(
      segment,
      { highOffset: HEADER_BYTES, slotsOffset: SLOTS_OFFSET, capacity: MAX_WATCHES },
      name,
      "watched",
    );
  }

  /** Opens the table of the value with that id; `undefined` when nobody made one. */
  static open(valueId: bigint, name: string): WatchTable | undefined {
    const segment = Segment.open(pathOfId(valueId, "watch"), {
      kind: "watch",
      name,
      minimumBytes: TABLE_BYTES,
    });
    return segment === undefined ? undefined : new WatchTable(segment, name);
  }

  /** Opens the table, making it if there is none. */
  static openOrCreate(valueId: bigint, name: string): WatchTable {
    for (;;) {
      const there = WatchTable.open(valueId, name);
      if (there !== undefined) return there;
      const segment = Segment.create({ kind: "watch", sizeBytes: TABLE_BYTES });
      if (segment.publish(pathOfId(valueId, "watch"))) return new WatchTable(segment, name);
      segment.close();
    }
  }

  /** Removes the table of a value that goes. */
  static remove(valueId: bigint): void {
    unlinkFile(pathOfId(valueId, "watch"));
  }

  /**
   * Takes a slot for this thread.
   *
   * @returns its index, for {@linkcode leave}
   * @throws {BusyError} when every slot is taken by a living watcher.
   */
  enter(): number {
    return this.#list.enter();
  }

  /** Frees this thread's slot. One that stays is freed when this thread is gone. */
  leave(slot: number): void {
    this.#list.leave(slot);
  }

  /** Wakes every watcher that sleeps. */
  wakeAll(): void {
    this.#list.wakeAll();
  }

  /** Removes the files that its lock was moved to, for who removes the table. */
  removeLock(): void {
    this.#segment.lock.unlinkFile();
  }

  /** Closes the table. */
  close(): void {
    this.#list.close();
    this.#segment.close();
  }
}
