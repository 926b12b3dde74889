/** Removing a name, whatever it is of. */
import { removeDeadService } from "../call/service_lookup.ts";
import { AlreadyServedError, SegmentError } from "../errors.ts";
import { servicePid } from "../call/service_description.ts";
import { statPath } from "../libc/files.ts";
import { pathOfName } from "../segment/names.ts";
import { HEADER_BYTES, type Kind } from "../segment/header.ts";
import { Segment } from "../segment/segment.ts";
import { Channel } from "../channel/channel.ts";
import { SharedFrames } from "../memory/shared_frames.ts";
import { SharedMemory } from "../memory/shared_memory.ts";
import { Mutex } from "../mutex/mutex.ts";
import { Topic } from "../topic/topic.ts";
import { SharedValue } from "../value/shared_value.ts";

/**
 * Removes a name from shared memory, whatever it is of: as `SharedValue.remove` and the others do. Who has it open keeps what it has.
 *
 * A service's name goes with its owner; a name whose owner is dead can be removed.
 *
 * @param name A slash and 1 to 200 of `A-Z a-z 0-9 . _ -`.
 * @returns `false` when nothing had that name
 * @throws {AlreadyServedError} if a living process serves it.
 * @throws {SegmentError} `foreign`, `incompatible` or `corrupt`: it is not ours to remove.
 *
 * @example Whatever it is
 * ```ts
 * import { remove, SharedValue } from "@sysframe/sysframe/membridge";
 * import { assertEquals } from "@std/assert/equals";
 *
 * using value = SharedValue.open("/doc.removed", { create: true });
 * assertEquals(remove("/doc.removed"), true);
 * assertEquals(remove("/doc.removed"), false);
 * ```
 */
export function remove(name: string): boolean {
  const path = pathOfName(name);
  const segment = Segment.open(path, { name, minimumBytes: HEADER_BYTES, mode: 0o666 });
  if (segment === undefined) return false;
  const kind = segment.kind;
  const pid = kind === "service" ? servicePid(segment) : 0;
  segment.close();
  return removeKind(name, kind, pid);
}

function removeKind(name: string, kind: Kind | undefined, pid: number): boolean {
  switch (kind) {
    case "value":
      return SharedValue.remove(name);
    case "topic":
      return Topic.remove(name);
    case "channel":
      return Channel.remove(name);
    case "mutex":
      return Mutex.remove(name);
    case "memory":
      return SharedMemory.remove(name);
    case "frames":
      return SharedFrames.remove(name);
    case "service":
      if (removeDeadService(name)) return true;
      if (statPath(pathOfName(name)) === undefined) return false; // Gone by itself meanwhile.
      throw new AlreadyServedError(
        `${name} is served by process ${pid}: close the service there`,
        pid,
      );
    default:
      throw new SegmentError("wrong_kind", name, "is of a kind that has no name of its own");
  }
}
