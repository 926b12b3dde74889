/** What shared memory holds: every name, whatever it is of. */
import { MembridgeError } from "../errors.ts";
import { listDirectory } from "../libc/directory.ts";
import { statFile, statPath } from "../libc/files.ts";
import { parseNamedFile, pathOfName, SHM_DIRECTORY } from "../segment/names.ts";
import { HEADER_BYTES, type Kind, STATE } from "../segment/header.ts";
import { Segment } from "../segment/segment.ts";
import { isServiceAlive, servicePid } from "../call/service_description.ts";
import { VERSION_U64 } from "../value/value_layout.ts";

/** One name in shared memory. */
export interface Entry {
  /** The name, such as `"/thermostat"`. */
  readonly name: string;
  /** What it is a name of; `"unknown"` if that cannot be told. */
  readonly kind: Kind | "unknown";
  /** Length of its file in bytes. */
  readonly sizeBytes: number;
  /** Permission bits of its file. */
  readonly mode: number;
  /** The user whose file it is. */
  readonly uid: number;
  /** When the file was made, in milliseconds since 1970; 0 if the file system does not know. */
  readonly createdMs: number;
  /** Name of the codec of what it carries; empty if that cannot be told. */
  readonly codec: string;
  /** Of a service: the process that serves it. */
  readonly pid?: number;
  /** Of a service: whether it is served. A dead owner's name can be served at once, and goes when somebody next asks for it. */
  readonly alive?: boolean;
  /** Of a value or a topic: how often it was set. */
  readonly version?: number;
  /** Why it cannot be used, if it cannot: another user's, another version's, damaged, or being removed. */
  readonly problem?: string;
}

/**
 * Lists every name in shared memory, in the order of the names. It only reads.
 *
 * What other users made is listed as far as this one may look.
 *
 * @throws {SystemError} if shared memory cannot be listed.
 *
 * @example What is there
 * ```ts
 * import { list, SharedValue } from "@sysframe/sysframe/membridge";
 * import { assertEquals } from "@std/assert/equals";
 *
 * using value = SharedValue.open<number>("/doc.listed", { create: true });
 * value.set(1);
 * const entry = list().find(({ name }) => name === "/doc.listed")!;
 * assertEquals([entry.kind, entry.version], ["value", 1]);
 * SharedValue.remove("/doc.listed");
 * ```
 */
export function list(): Entry[] {
  const entries: Entry[] = [];
  for (const name of listDirectory(SHM_DIRECTORY).map(parseNamedFile).sort()) {
    const entry = name === undefined ? undefined : entryOf(name);
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

// `undefined` if the name went meanwhile.
function entryOf(name: string): Entry | undefined {
  const path = pathOfName(name);
  const status = statPath(path);
  if (status === undefined) return undefined;
  const { sizeBytes, uid, createdMs } = status;
  const file = { name, sizeBytes, mode: status.mode & 0o777, uid, createdMs };
  let segment: Segment | undefined;
  try {
    segment = Segment.open(path, { name, minimumBytes: HEADER_BYTES, mode: 0o666 });
    if (segment === undefined) return undefined;
    return { ...file, ...contents(segment), sizeBytes: statFile(segment.fd).sizeBytes };
  } catch (error) {
    if (!(error instanceof MembridgeError)) throw error;
    return { ...file, kind: "unknown", codec: "", problem: error.message };
  } finally {
    segment?.close();
  }
}

function contents(segment: Segment): Pick<Entry, "kind" | "codec"> & Partial<Entry> {
  const { kind, codec } = segment;
  if (kind === undefined) return { kind: "unknown", codec, problem: "is of a kind not known here" };
  const removed = segment.state === STATE.live ? {} : { problem: "is being removed" };
  switch (kind) {
    case "value":
    case "topic":
      return { kind, codec, ...removed, version: Number(segment.words64[VERSION_U64]) };
    case "service":
      return {
        kind,
        codec,
        ...removed,
        pid: servicePid(segment),
        alive: isServiceAlive(segment),
      };
    default:
      return { kind, codec, ...removed };
  }
}
