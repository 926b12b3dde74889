/** Mapping a file into memory, and taking the mapping away so that no view of it can crash the process. */
import {
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_PRIVATE,
  MAP_SHARED,
  PROT_READ,
  PROT_WRITE,
} from "./constants.ts";
import { errno, libc, systemError } from "./libc.ts";

/** `MAP_FAILED`, `(void *) -1`, as the pointer's number. */
const MAP_FAILED = 0xffffffffffffffffn;

/**
 * A file mapped into this process, shared with every other process that maps it.
 *
 * `buffer` is the one ArrayBuffer over it: V8 must not see two backing stores at one address. After {@linkcode close} it and all views of it have length 0.
 */
export class Mapping {
  /** The mapped memory. It is another one after {@linkcode renew}. */
  buffer: ArrayBuffer;
  /** Its length when it was mapped. */
  readonly sizeBytes: number;
  #pointer: Deno.PointerObject;
  #open = true;

  /**
   * Maps `sizeBytes` of an open file for reading and writing.
   *
   * @param options `offsetBytes`: where they begin, a multiple of the page size; the beginning of the file unless given.
   * @throws {SystemError} as `mmap(2)`.
   */
  constructor(fd: number, sizeBytes: number, { offsetBytes = 0 } = {}) {
    const pointer = libc().mmap(
      0n,
      BigInt(sizeBytes),
      PROT_READ | PROT_WRITE,
      MAP_SHARED,
      fd,
      BigInt(offsetBytes),
    );
    if (
      pointer === null ||
      BigInt.asUintN(64, BigInt(Deno.UnsafePointer.value(pointer))) === MAP_FAILED
    ) {
      throw systemError("mmap", errno());
    }
    this.#pointer = pointer;
    this.sizeBytes = sizeBytes;
    this.buffer = Deno.UnsafePointerView.getArrayBuffer(pointer, sizeBytes);
  }

  /**
   * Detaches every view and gives the memory a new buffer.
   *
   * Cost: half a microsecond, whatever the size.
   *
   * @returns `false` if somebody moved the buffer away: then only {@linkcode close} is left to do.
   */
  renew(): boolean {
    if (this.buffer.detached) return false;
    this.buffer = this.buffer.transfer();
    return true;
  }

  /** Detaches every view, then unmaps. Twice is fine. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    if (this.buffer.detached) {
      // Somebody moved the buffer away, so a live alias exists: private zeros take the place of the shared memory.
      libc().mmap(
        BigInt(Deno.UnsafePointer.value(this.#pointer)),
        BigInt(this.sizeBytes),
        PROT_READ | PROT_WRITE,
        MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS,
        -1,
        0n,
      );
      return;
    }
    // The moved-to buffer is dropped at once, so nothing refers to the memory when it goes.
    this.buffer.transfer();
    libc().munmap(this.#pointer, BigInt(this.sizeBytes));
  }
}
