/** A file in `/dev/shm` with membridge's header: made so that nobody ever sees half of it, checked before anything in it is believed. */
import { SegmentError, SystemError } from "../errors.ts";
import { S_IFMT, S_IFREG } from "../libc/constants.ts";
import {
  closeFile,
  type FileStatus,
  linkFile,
  openIfPresent,
  openUnnamed,
  renameFile,
  reserve,
  statFile,
  statPath,
  unlinkFile,
} from "../libc/files.ts";
import { Mapping } from "../libc/memory.ts";
import { effectiveUid } from "../libc/process.ts";
import { storeU32 } from "../sync/port.ts";
import {
  checkHeader,
  HEADER_BYTES,
  type HeaderExpectation,
  ID_U64,
  type Kind,
  readCodec,
  readKind,
  STATE_WORD,
  writeHeader,
} from "./header.ts";
import { Bias } from "./bias.ts";
import { KernelLock } from "./kernel_lock.ts";
import { randomId, SHM_DIRECTORY } from "./names.ts";

/** How a segment is made. */
export interface SegmentInit {
  /** What it holds. */
  readonly kind: Kind;
  /** Length in bytes, at least {@linkcode HEADER_BYTES}. */
  readonly sizeBytes: number;
  /** Permission bits of the file; 0o600 unless given. */
  readonly mode?: number;
  /** Its id; random unless given. */
  readonly id?: bigint;
  /** Name of the codec of what it carries; "pybytes" unless given. */
  readonly codec?: string;
  /** How much of the beginning to map; all of it unless given. */
  readonly mappedBytes?: number;
}

/** What an opener insists on. */
export interface SegmentExpectation extends HeaderExpectation {
  /** The least length that makes sense. */
  readonly minimumBytes: number;
  /** Permission bits that it may have at most; 0o600 unless given. */
  readonly mode?: number;
  /** How much of the beginning to map; all of it unless given. */
  readonly mappedBytes?: number;
}

/** How opening a path ends when something else than a file of this user has it. */
const FOREIGN_CODES: ReadonlySet<string> = new Set([
  "EACCES",
  "EISDIR",
  "ELOOP",
  "ENXIO",
  "EPERM",
  "EROFS",
  "ETXTBSY",
]);

/** An open, mapped segment. */
export class Segment {
  /** The file, for its lock and its growth. */
  readonly fd: number;
  /** The inode, which tells whether a name still means this file. */
  readonly inode: bigint;
  /** The id in the header: one for each time that a segment was made. */
  readonly id: bigint;
  /** The mapped memory. It is another one after {@linkcode remap}. */
  mapping: Mapping;
  /** The mapped memory as u32 words. */
  words!: Uint32Array<ArrayBuffer>;
  /** The mapped memory as u64 words. */
  words64!: BigUint64Array<ArrayBuffer>;
  /** The mapped memory as bytes. */
  bytes!: Uint8Array<ArrayBuffer>;
  /** The segment's exclusive lock. */
  readonly lock: KernelLock;
  #open = true;

  private constructor(fd: number, inode: bigint, mapping: Mapping) {
    this.fd = fd;
    this.inode = inode;
    this.mapping = mapping;
    this.#view();
    this.id = this.words64[ID_U64];
    this.lock = new KernelLock(this, Bias.of(this.kind, this));
  }

  #view(): void {
    // Another process chose the length, so it need not be a multiple of anything.
    const { buffer, sizeBytes } = this.mapping;
    this.words = new Uint32Array(buffer, 0, Math.floor(sizeBytes / 4));
    this.words64 = new BigUint64Array(buffer, 0, Math.floor(sizeBytes / 8));
    this.bytes = new Uint8Array(buffer);
  }

  /** Makes a segment that has no name yet: whoever dies now leaves nothing behind. */
  static create(init: SegmentInit): Segment {
    const fd = openUnnamed(SHM_DIRECTORY, init.mode ?? 0o600);
    try {
      reserve(fd, init.sizeBytes);
      const mapping = new Mapping(fd, init.mappedBytes ?? init.sizeBytes);
      writeHeader(mapping.buffer, {
        kind: init.kind,
        id: init.id ?? randomId(),
        codec: init.codec ?? "pybytes",
      });
      return new Segment(fd, statFile(fd).inode, mapping);
    } catch (error) {
      closeFile(fd);
      throw error;
    }
  }

  /**
   * Opens the segment at `path`.
   *
   * @returns `undefined` when nothing has that name
   * @throws {SegmentError} `foreign`, `wrong_kind`, `incompatible` or `corrupt`, having written nothing.
   */
  static open(path: string, expected: SegmentExpectation): Segment | undefined {
    let fd: number;
    try {
      fd = openIfPresent(path);
    } catch (error) {
      // No permission, no such platform, no descriptor left: that is not about this file.
      if (!(error instanceof SystemError && FOREIGN_CODES.has(error.code))) throw error;
      throw new SegmentError(
        "foreign",
        expected.name,
        "cannot be opened (a symbolic link, a directory, or another user's file)",
        { cause: error },
      );
    }
    if (fd < 0) return undefined;
    try {
      const status = statFile(fd);
      checkStatus(status, expected);
      const mapped = Math.min(status.sizeBytes, expected.mappedBytes ?? Infinity);
      const mapping = new Mapping(fd, mapped);
      try {
        checkHeader(mapping.buffer, expected);
        checkSize(status.sizeBytes, expected.minimumBytes, expected.name);
      } catch (error) {
        mapping.close();
        throw error;
      }
      return new Segment(fd, status.inode, mapping);
    } catch (error) {
      closeFile(fd);
      throw error;
    }
  }

  /** Names the segment. Returns `false`, changing nothing, when the name is taken. */
  publish(path: string): boolean {
    return linkFile(this.fd, path);
  }

  /**
   * Names the segment, taking the name from whatever has it, in one step.
   *
   * @param interim A name of its own that it has for a moment; the caller sweeps it when it finds it.
   */
  publishOver(path: string, interim: string): void {
    // One that is there already was left by a replacement that failed between the two steps.
    if (!linkFile(this.fd, interim)) {
      unlinkFile(interim);
      linkFile(this.fd, interim);
    }
    renameFile(interim, path);
  }

  /** Tells whether `path` still names this segment. */
  isNamed(path: string): boolean {
    return statPath(path)?.inode === this.inode;
  }

  /** What it holds; `undefined` for a kind that this version does not know. */
  get kind(): Kind | undefined {
    return readKind(this.mapping.buffer);
  }

  /** Name of the codec of what it carries. */
  get codec(): string {
    return readCodec(this.mapping.buffer);
  }

  /** One of {@linkcode STATE}. Cost: one atomic load. */
  get state(): number {
    return Atomics.load(this.words, STATE_WORD);
  }

  /** Sets the state. The caller holds the lock of the file. */
  setState(state: number): void {
    storeU32(this.words, STATE_WORD, state);
  }

  /** Whether it was not closed. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** Maps the file again at the length it has now. Views of the old mapping have length 0 afterwards. */
  remap(): void {
    const { sizeBytes } = statFile(this.fd);
    const mapping = new Mapping(this.fd, Math.max(sizeBytes, this.mapping.sizeBytes));
    this.mapping.close();
    this.mapping = mapping;
    this.#view();
  }

  /** Unmaps and closes the file. Twice is fine. The name stays. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.lock.closeFile();
    this.mapping.close();
    closeFile(this.fd);
  }
}

function checkStatus(status: FileStatus, expected: SegmentExpectation): void {
  const allowed = expected.mode ?? 0o600;
  if ((status.mode & S_IFMT) !== S_IFREG) {
    throw new SegmentError("foreign", expected.name, "is not a regular file");
  }
  // With a wider mode the users of a group share the segment, so it may be another one's.
  if (status.uid !== effectiveUid() && (allowed & 0o066) === 0) {
    throw new SegmentError(
      "foreign",
      expected.name,
      `belongs to user ${status.uid}, not to user ${effectiveUid()}`,
    );
  }
  if ((status.mode & 0o777 & ~allowed) !== 0) {
    throw new SegmentError(
      "foreign",
      expected.name,
      `is open to more users (mode ${(status.mode & 0o777).toString(8)}) than asked for (mode ${
        allowed.toString(8)
      })`,
    );
  }
  checkSize(status.sizeBytes, HEADER_BYTES, expected.name);
}

function checkSize(sizeBytes: number, minimumBytes: number, name: string): void {
  if (sizeBytes < minimumBytes) {
    throw new SegmentError(
      "corrupt",
      name,
      `is too short: at least ${minimumBytes} bytes expected, ${sizeBytes} found`,
    );
  }
}
