/** Writes nonsense into the shared memory of a run, of every kind, while others use it. */
import { listDirectory } from "../../../membridge/libc/directory.ts";
import { closeFile, openIfPresent, statFile } from "../../../membridge/libc/files.ts";
import { Mapping } from "../../../membridge/libc/memory.ts";
import { readIdentity } from "../../../membridge/peer/peer_page.ts";
import { parseNamedFile, parseOwnFile } from "../../../membridge/segment/names.ts";
import type { Random } from "../../helpers/random.ts";
import { clear, lanesOf } from "../fixtures/attack.ts";

/** Words that are likely to be taken for something: counts, lengths of rings and files, claims, powers of two and what is beside them. */
const NOTABLE = [
  ...[0, 1, 2, 3, 7, 8, 9, 16, 24, 63, 64, 65, 127, 128, 255, 256, 1007, 1008, 1009, 1024, 4080],
  ...[4088, 4095, 4096, 4104, 8192, 16384, 32768, 65535, 65536, 0x10001, 0x20000, 0x40000, 0x40001],
  ...[0x1fff8, 0x20008, 0x100000, 0x3fffffff, 0x40000000, 0x7fffffff, 0x80000000, 0xfffffff7],
  ...[0xfffff000, 0xfffffff8, 0xffffffff],
];

const HEADER_BYTES = 64;
/** How far into a file a change is: most of what is not somebody's data lies near its beginning. */
const REACHES = [192, 320, 8192, Infinity];

/** A file that can be written, mapped. */
interface Target {
  readonly mapping: Mapping;
  readonly bytes: Uint8Array;
}

/** Who flips the bits. It touches the files of one run only. */
export class Flipper implements Disposable {
  readonly #prefix: string;
  readonly #random: Random;
  /** Ids of the run's participants and segments, as they were before anybody wrote there, and as they are. */
  readonly #ids = new Set<bigint>();
  #targets: Target[] = [];
  /** How many words were changed. */
  count = 0;

  constructor(prefix: string, random: Random) {
    this.#prefix = prefix;
    this.#random = random;
  }

  /** Finds the run's memory: by its names, by the participants `pids`, and by what these have open that has no name. */
  aim(pids: Iterable<number>): void {
    this.#let();
    const own = new Set(pids);
    const files = listDirectory("/dev/shm");
    for (const file of files) {
      if (this.#isNamed(file)) {
        const target = this.#map(`/dev/shm/${file}`);
        if (target !== undefined) this.#ids.add(idOf(target.bytes));
      } else if (file.endsWith(".peer")) this.#notePeer(file, own);
    }
    for (const file of files) {
      const parsed = parseOwnFile(file);
      if (parsed === undefined || !this.#ids.has(parsed.id)) continue;
      if (parsed.kind === "bell" || parsed.kind === "life") continue;
      const target = this.#map(`/dev/shm/${file}`);
      // A part of a segment is a segment, whose lock may have moved to a file that has its id.
      if (target !== undefined) this.#ids.add(idOf(target.bytes));
    }
    for (const pid of own) this.#addLanes(pid);
  }

  #isNamed(file: string): boolean {
    return parseNamedFile(file)?.startsWith(`${this.#prefix}.`) === true;
  }

  #map(path: string): Target | undefined {
    const fd = openIfPresent(path);
    if (fd < 0) return undefined;
    try {
      const { sizeBytes } = statFile(fd);
      if (sizeBytes < HEADER_BYTES) return undefined;
      return this.#add(new Mapping(fd, sizeBytes));
    } finally {
      closeFile(fd);
    }
  }

  #add(mapping: Mapping): Target {
    const target = { mapping, bytes: new Uint8Array(mapping.buffer) };
    this.#targets.push(target);
    return target;
  }

  // A page whose process is one of the run's when it is first seen, before anything is written there.
  #notePeer(file: string, pids: ReadonlySet<number>): void {
    const id = parseOwnFile(file)?.id;
    if (id === undefined || this.#ids.has(id)) return;
    const fd = openIfPresent(`/dev/shm/${file}`);
    if (fd < 0) return;
    try {
      if (statFile(fd).sizeBytes < 2 * HEADER_BYTES) return;
      const mapping = new Mapping(fd, 2 * HEADER_BYTES);
      if (pids.has(readIdentity(mapping.buffer).pid)) this.#ids.add(id);
      mapping.close();
    } finally {
      closeFile(fd);
    }
  }

  #addLanes(pid: number): void {
    try {
      for (const lane of lanesOf(pid)) this.#add(lane);
    } catch {
      // The process is gone.
    }
  }

  /** Changes a word, a byte or a bit somewhere: the heads of the files more often than the rest. */
  flip(): void {
    if (this.#targets.length === 0) return;
    const random = this.#random;
    const { bytes } = this.#targets[random.below(this.#targets.length)];
    // A damaged header ends most uses at once, so the rest has its turn first.
    const inHeader = random.below(12) === 0 || bytes.length === HEADER_BYTES;
    const reach = inHeader ? HEADER_BYTES : REACHES[random.below(REACHES.length)];
    const start = inHeader ? 0 : HEADER_BYTES;
    const end = Math.min(reach, bytes.length);
    const offset = start + random.below((end - start) / 8) * 8;
    const view = new DataView(bytes.buffer, offset, 8);
    const half = 4 * random.below(2);
    switch (random.below(5)) {
      case 0:
        bytes[offset + random.below(8)] ^= 1 << random.below(8);
        break;
      case 1:
        bytes[offset + random.below(8)] = random.below(256);
        break;
      case 2:
        view.setUint32(half, NOTABLE[random.below(NOTABLE.length)], true);
        break;
      case 3:
        view.setBigUint64(0, BigInt(NOTABLE[random.below(NOTABLE.length)]), true);
        break;
      default:
        view.setUint32(half, random.below(2 ** 32), true);
    }
    this.count++;
  }

  /** Takes the damaged files away, so that those who open the names begin with new ones. */
  clear(): void {
    for (const file of listDirectory("/dev/shm")) {
      const parsed = parseOwnFile(file);
      if (this.#isNamed(file) || (parsed !== undefined && this.#ids.has(parsed.id))) {
        clear(`/dev/shm/${file}`);
      }
    }
  }

  #let(): void {
    for (const { mapping } of this.#targets) mapping.close();
    this.#targets = [];
  }

  [Symbol.dispose](): void {
    this.#let();
  }
}

function idOf(bytes: Uint8Array): bigint {
  return new DataView(bytes.buffer).getBigUint64(16, true);
}
