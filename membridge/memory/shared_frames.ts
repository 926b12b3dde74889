/** Large arrays that go from process to process without a copy: written in place, published at once, read in place. */
import { ClosedError, SegmentError } from "../errors.ts";
import { checkOptions, resolveBoolean, resolveMode, resolveSignal } from "../options.ts";
import { openNamed, removeNamed } from "../segment/named.ts";
import { Changes } from "../value/changes.ts";
import {
  checkSizeBytes,
  checkView,
  type SharedArray,
  type SharedArrayClass,
  typeNumber,
  typeOfNumber,
} from "./element_types.ts";
import { Frame, Loan } from "./frame.ts";
import { FramesHandle } from "./frames_handle.ts";
import { FRAMES, makeFrames, MAX_SLOTS } from "./frames_layout.ts";
import { FramesSegment } from "./frames_segment.ts";

/** How {@linkcode SharedFrames.open} opens. */
export interface SharedFramesOptions {
  /** Make the frames if nothing has that name; without it that is an error. */
  readonly create?: boolean;
  /** The longest array in bytes; needed to make them. What is found must have the same, if it is given. */
  readonly slotBytes?: number;
  /**
   * How many arrays there is room for, from 2 to 32; 3 unless given. One is current, each loan takes one, and so does each older frame that a
   * reader still has. What is found must have as many, if it is given.
   */
  readonly slots?: number;
  /** Permission bits of the file, made or found; 0o600 (this user alone) unless given. */
  readonly mode?: number;
}

/** How {@linkcode SharedFrames.watch} watches. */
export interface FrameWatchOptions {
  /** Ends the iteration with its reason as the error. */
  readonly signal?: AbortSignal;
  /** Yield the current version first, if there is one. */
  readonly initial?: boolean;
}

/** An unclosed handle that was dropped, with all its frames and loans, is closed all the same. */
const dropped = new FinalizationRegistry<FramesHandle>((core) => core.close());

/**
 * Named slots for large arrays: a writer fills one in place and publishes it, in the same two microseconds for 1 KiB and 1 GiB; readers see the
 * current one in place, without a copy.
 *
 * As long as a reader has a frame no writer touches its slot; the next versions go into other slots. A loan's view ends when it is published, a
 * frame's when it is released: it has length 0 then. Several processes may write: versions are counted in one order. What a killed process had
 * borrowed or on loan comes back as soon as a writer needs it.
 * The memory is all reserved when it is made, and stays until {@linkcode SharedFrames.remove} or a reboot.
 *
 * @example An image that others look at
 * ```ts
 * import { SharedFrames } from "@sysframe/sysframe/membridge";
 * import { assertEquals } from "@std/assert/equals";
 *
 * using camera = SharedFrames.open("/doc.camera", { create: true, slotBytes: 640 * 480 * 4 });
 * using loan = camera.loan(Float32Array, 640 * 480);
 * loan.view.fill(0.5);
 * assertEquals(loan.publish(), 1);
 * {
 *   using frame = camera.borrow(Float32Array);
 *   assertEquals(frame?.version, 1);
 *   assertEquals(frame?.view.length, 640 * 480);
 *   assertEquals(frame?.view[7], 0.5);
 * }
 * SharedFrames.remove("/doc.camera");
 * ```
 */
export class SharedFrames implements Disposable {
  /** The name that it was opened by. */
  readonly name: string;
  /** How many arrays there is room for. */
  readonly slots: number;
  /** The longest array in bytes. */
  readonly slotBytes: number;
  readonly #core: FramesHandle;

  private constructor(name: string, frames: FramesSegment) {
    const core = this.#core = new FramesHandle(frames);
    this.name = name;
    this.slots = frames.slots;
    this.slotBytes = frames.slotBytes;
    dropped.register(this, core, this);
  }

  /**
   * Opens the frames with that name.
   *
   * @param name A slash and 1 to 200 of `A-Z a-z 0-9 . _ -`.
   * @throws {TypeError} for `create` without `slotBytes`.
   * @throws {SegmentError} `not_found` without `create`; `incompatible` if the slots are others; `wrong_kind`, `foreign`, `corrupt`.
   * @throws {SystemError} `ENOSPC`: shared memory is full; nothing was made.
   */
  static open(name: string, options: SharedFramesOptions = {}): SharedFrames {
    checkOptions("SharedFrames.open", options, ["create", "slotBytes", "slots", "mode"]);
    const mode = resolveMode(options.mode);
    const { slotBytes, slots } = options;
    const create = resolveBoolean("create", options.create, false);
    if (slotBytes !== undefined) checkSizeBytes("slotBytes", slotBytes);
    else if (create) throw new TypeError(`Cannot create ${name}: expected slotBytes`);
    if (slots !== undefined && !(Number.isInteger(slots) && slots >= 2 && slots <= MAX_SLOTS)) {
      throw new RangeError(`Cannot use ${slots} as slots: expected 2 to ${MAX_SLOTS}`);
    }
    const make = () => makeFrames({ slots: slots ?? 3, slotBytes: slotBytes!, mode });
    const segment = openNamed(name, { kind: FRAMES, mode, make: create ? make : undefined });
    try {
      const frames = new FramesSegment(segment, name);
      if (
        (slots ?? frames.slots) !== frames.slots ||
        (slotBytes ?? frames.slotBytes) !== frames.slotBytes
      ) {
        throw new SegmentError(
          "incompatible",
          name,
          `has ${frames.slots} slots of ${frames.slotBytes} bytes, not ${
            slots ?? frames.slots
          } of ${slotBytes ?? frames.slotBytes}`,
        );
      }
      return new SharedFrames(name, frames);
    } catch (error) {
      segment.close();
      throw error;
    }
  }

  /**
   * Removes the name. Open handles can still read the last frame; loans and publishing fail, and watches end.
   *
   * @returns `false` when nothing had that name
   * @throws {SegmentError} `wrong_kind` or `foreign`: it is not frames of this user.
   */
  static remove(name: string): boolean {
    return removeNamed(name, FRAMES);
  }

  /** How often a frame was published; 0 before the first time. Cost: one atomic load. */
  get version(): number {
    this.#check();
    return this.#core.frames.version;
  }

  /**
   * Lends a slot to write an array into. Nobody sees it before {@linkcode Loan.publish}.
   *
   * Cost: two microseconds together with its publication, whatever the length. The first use of a slot by a handle maps it, which the system does page by page as they are touched.
   *
   * @param type Such as `Float64Array`.
   * @param length How many elements; as many as a slot holds unless given.
   * @throws {RangeError} if so many do not fit.
   * @throws {BusyError} when every slot is current, lent, or being read.
   * @throws {SegmentError} `removed`
   */
  loan<A extends SharedArray>(type: SharedArrayClass<A>, length?: number): Loan<A> {
    this.#check();
    const number = typeNumber(type);
    const { frames, views, lent } = this.#core;
    const count = checkView(type, { sizeBytes: this.slotBytes, offsetBytes: 0, length });
    const self = this.#core.self();
    const slot = frames.loan(self);
    let mapping;
    try {
      mapping = views.take(slot);
    } catch (error) {
      frames.giveBack(slot, self);
      throw error;
    }
    lent.add(slot);
    return new Loan(new type(mapping.buffer, 0, count), {
      publish: () => {
        this.#check();
        // Before anybody can read it nobody can write it any more.
        views.giveBack(slot, mapping);
        lent.delete(slot);
        try {
          return frames.publish(slot, { self, type: number, length: count });
        } catch (error) {
          frames.giveBack(slot, self);
          throw error;
        }
      },
      discard: () => {
        if (!lent.delete(slot)) return;
        views.giveBack(slot, mapping);
        frames.giveBack(slot, self);
      },
    });
  }

  /**
   * Borrows the current frame: a view of it in place, which stays as it is until it is released, whatever is published meanwhile.
   *
   * Cost: about a microsecond, whatever the length; the first use of a slot by a handle maps it.
   *
   * @param type What the array must be, such as `Float64Array`; any typed array unless given.
   * @returns `undefined` before the first frame
   * @throws {TypeError} if it is something else; nothing stays borrowed.
   * @throws {BusyError} when 1,024 handles read already.
   * @throws {SegmentError} `corrupt`
   */
  borrow<A extends SharedArray = SharedArray>(type?: SharedArrayClass<A>): Frame<A> | undefined {
    this.#check();
    if (type !== undefined) typeNumber(type);
    const core = this.#core;
    const { frames, views } = core;
    const borrowed = frames.borrow(core.self());
    if (borrowed === undefined) return undefined;
    const { slot, length, version } = borrowed;
    try {
      const found = typeOfNumber(borrowed.type);
      if (found === undefined || !(length * found.BYTES_PER_ELEMENT <= this.slotBytes)) {
        throw new SegmentError(
          "corrupt",
          this.name,
          `contradicts itself: ${length} elements of type ${borrowed.type} in ${this.slotBytes} bytes`,
        );
      }
      if (type !== undefined && found !== type) {
        throw new TypeError(
          `Cannot borrow ${this.name} as ${type.name}: version ${version} is a ${found.name}`,
        );
      }
      const mapping = views.take(slot);
      const view = new found(mapping.buffer, 0, length) as A;
      return new Frame(view, version, {
        release: () => {
          if (!this.#core.isOpen) return;
          views.giveBack(slot, mapping);
          frames.release(slot);
        },
      });
    } catch (error) {
      frames.release(slot);
      throw error;
    }
  }

  /**
   * Iterates over the versions from now on: whenever a frame was published, the then current version. Versions that come faster than the loop
   * takes them are passed over, the last one never is. The frame itself is for {@linkcode borrow}.
   *
   * The iteration ends when the name is removed or this handle is closed. Breaking out of the loop ends the watch.
   *
   * @throws the signal's reason when it is aborted
   * @throws {BusyError} when there are 512 watches already.
   */
  watch(options: FrameWatchOptions = {}): AsyncIterableIterator<number> & AsyncDisposable {
    this.#check();
    checkOptions("watch", options, ["signal", "initial"]);
    const { frames } = this.#core;
    return new Changes<number>(this.#core, {
      seen: resolveBoolean("initial", options.initial, false) ? 0 : frames.version,
      signal: resolveSignal(options.signal),
      take(watch) {
        const { version } = frames;
        watch.see(version);
        return { value: version };
      },
    });
  }

  /** Lets the program end although a {@linkcode watch} of this handle waits. */
  unref(): this {
    this.#core.setRef(false);
    return this;
  }

  /** Undoes {@linkcode unref}. */
  ref(): this {
    this.#core.setRef(true);
    return this;
  }

  /** Closes this handle: all its views have length 0 from now on, loans are discarded, every later use is a {@linkcode ClosedError}. Twice is fine. */
  close(): void {
    dropped.unregister(this);
    this.#core.close();
  }

  /** Closes this handle. */
  [Symbol.dispose](): void {
    this.close();
  }

  #check(): void {
    if (!this.#core.isOpen) throw new ClosedError(`The handle of ${this.name} is closed`);
  }
}
