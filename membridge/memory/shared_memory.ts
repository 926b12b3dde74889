/**
 * Raw named bytes.
 *
 * Layout, after the header: `sizeBytes:u64`, written before the segment has a name, then from 4096 `sizeBytes` bytes that are the users'.
 *
 * @module
 */
import { ClosedError, SegmentError } from "../errors.ts";
import { statFile } from "../libc/files.ts";
import { Mapping } from "../libc/memory.ts";
import { checkOptions, resolveBoolean, resolveMode } from "../options.ts";
import { type NamedKind, openNamed, removeNamed } from "../segment/named.ts";
import { HEADER_BYTES } from "../segment/header.ts";
import { Segment } from "../segment/segment.ts";
import { putU64 } from "../sync/port.ts";
import {
  checkSizeBytes,
  checkView,
  type SharedArray,
  type SharedArrayClass,
  typeNumber,
} from "./element_types.ts";

const SIZE_U64 = HEADER_BYTES / 8;
/** Where the users' bytes begin: at a page, so that every kind of view is aligned. */
const DATA_OFFSET = 4096;
const MEMORY: NamedKind = {
  kind: "memory",
  minimumBytes: DATA_OFFSET + 1,
  mappedBytes: DATA_OFFSET,
};

/** How {@linkcode SharedMemory.open} opens. */
export interface SharedMemoryOptions {
  /** Make the memory if nothing has that name; without it that is an error. */
  readonly create?: boolean;
  /** Its length; needed to make it. What is found must have the same, if it is given. */
  readonly sizeBytes?: number;
  /** Permission bits of the file, made or found; 0o600 (this user alone) unless given. */
  readonly mode?: number;
}

/** Where a {@linkcode SharedMemory.view} lies. */
export interface ViewOptions {
  /** Where it begins, a multiple of the element's size; 0 unless given. */
  readonly offsetBytes?: number;
  /** How many elements it has; as many as fit unless given. */
  readonly length?: number;
}

/** An unclosed handle that was dropped gives its descriptor back. Its views may live on, so the mapping stays. */
const dropped = new FinalizationRegistry<Segment>((segment) => segment.close());

/**
 * Named bytes that several processes have mapped: what one writes is what the others see, without a copy.
 *
 * Nothing orders plain reads and writes of different processes, and nothing keeps them apart. Use a `Mutex`, or `Atomics` on integer views,
 * which work across processes (`Atomics.wait` does not), or `SharedFrames` to hand over whole arrays.
 * The bytes are zero when they are made, and stay until {@linkcode SharedMemory.remove} or a reboot.
 *
 * @example A table of counters
 * ```ts
 * import { SharedMemory } from "@sysframe/sysframe/membridge";
 * import { assertEquals } from "@std/assert/equals";
 *
 * using memory = SharedMemory.open("/doc.memory", { create: true, sizeBytes: 4096 });
 * const counters = memory.view(BigInt64Array, { offsetBytes: 64, length: 8 });
 * Atomics.add(counters, 0, 5n);
 * assertEquals(memory.bytes[64], 5);
 * memory.close();
 * assertEquals(counters.length, 0);
 * SharedMemory.remove("/doc.memory");
 * ```
 */
export class SharedMemory implements Disposable {
  /** The name that it was opened by. */
  readonly name: string;
  /** How many bytes there are. */
  readonly sizeBytes: number;
  readonly #segment: Segment;
  readonly #mapping: Mapping;
  readonly #bytes: Uint8Array<ArrayBuffer>;

  private constructor(name: string, segment: Segment, sizeBytes: number) {
    this.name = name;
    this.sizeBytes = sizeBytes;
    this.#segment = segment;
    // Of its own: the user gets the whole of this buffer, and the header is none of it.
    this.#mapping = new Mapping(segment.fd, sizeBytes, { offsetBytes: DATA_OFFSET });
    this.#bytes = new Uint8Array(this.#mapping.buffer);
    dropped.register(this, segment, this);
  }

  /**
   * Opens the memory with that name.
   *
   * @param name A slash and 1 to 200 of `A-Z a-z 0-9 . _ -`.
   * @throws {TypeError} for `create` without `sizeBytes`.
   * @throws {SegmentError} `not_found` without `create`; `incompatible` if it has another length; `wrong_kind`, `foreign`, `corrupt`.
   * @throws {SystemError} `ENOSPC`: shared memory is full; nothing was made.
   */
  static open(name: string, options: SharedMemoryOptions = {}): SharedMemory {
    checkOptions("SharedMemory.open", options, ["create", "sizeBytes", "mode"]);
    const mode = resolveMode(options.mode);
    const { sizeBytes } = options;
    const create = resolveBoolean("create", options.create, false);
    if (sizeBytes !== undefined) checkSizeBytes("sizeBytes", sizeBytes);
    else if (create) throw new TypeError(`Cannot create ${name}: expected sizeBytes`);
    const make = () => makeMemory(sizeBytes!, mode);
    const segment = openNamed(name, { kind: MEMORY, mode, make: create ? make : undefined });
    try {
      return new SharedMemory(name, segment, readSize(segment, { name, sizeBytes }));
    } catch (error) {
      segment.close();
      throw error;
    }
  }

  /**
   * Removes the name. Who has the memory open keeps it.
   *
   * @returns `false` when nothing had that name
   * @throws {SegmentError} `wrong_kind` or `foreign`: it is not memory of this user.
   */
  static remove(name: string): boolean {
    return removeNamed(name, MEMORY);
  }

  /** All of it, live. Has length 0 after {@linkcode close}. */
  get bytes(): Uint8Array<ArrayBuffer> {
    this.#check();
    return this.#bytes;
  }

  /**
   * Returns a live view of it as numbers, in the byte order of the machine (little-endian). It has length 0 after {@linkcode close}.
   *
   * @param type Such as `Float64Array`.
   * @throws {RangeError} if it is not aligned, or does not fit.
   */
  view<A extends SharedArray>(type: SharedArrayClass<A>, options: ViewOptions = {}): A {
    this.#check();
    checkOptions("view", options, ["offsetBytes", "length"]);
    typeNumber(type);
    const { offsetBytes = 0, length } = options;
    const count = checkView(type, { sizeBytes: this.sizeBytes, offsetBytes, length });
    return new type(this.#bytes.buffer, offsetBytes, count);
  }

  /** Closes this handle: views have length 0 from now on, every later use is a {@linkcode ClosedError}. The memory stays. Twice is fine. */
  close(): void {
    dropped.unregister(this);
    this.#mapping.close();
    this.#segment.close();
  }

  /** Closes this handle. */
  [Symbol.dispose](): void {
    this.close();
  }

  #check(): void {
    if (!this.#segment.isOpen) throw new ClosedError(`The handle of ${this.name} is closed`);
  }
}

function makeMemory(sizeBytes: number, mode: number): Segment {
  const segment = Segment.create({
    kind: "memory",
    sizeBytes: DATA_OFFSET + sizeBytes,
    mappedBytes: DATA_OFFSET,
    mode,
  });
  putU64(segment.words64, SIZE_U64, BigInt(sizeBytes));
  return segment;
}

function readSize(
  segment: Segment,
  { name, sizeBytes }: { name: string; sizeBytes: number | undefined },
): number {
  const found = Number(segment.words64[SIZE_U64]);
  const fileBytes = statFile(segment.fd).sizeBytes;
  if (found < 1 || DATA_OFFSET + found > fileBytes) {
    throw new SegmentError(
      "corrupt",
      name,
      `contradicts itself: ${found} bytes of memory in a file of ${fileBytes}`,
    );
  }
  if (sizeBytes !== undefined && sizeBytes !== found) {
    throw new SegmentError("incompatible", name, `has ${found} bytes, not ${sizeBytes}`);
  }
  return found;
}
