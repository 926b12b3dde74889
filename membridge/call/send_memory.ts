/** Where values are encoded before they go into a ring: memory that is used again, for new memory costs more than writing it does. */
import { EncodeError, encodeInto } from "../../pybytes/mod.ts";
import { Scratch } from "../sync/scratch.ts";
import { LARGE_RING_BYTES, RING_BYTES } from "./layout.ts";

/** Memory of one frame. What it holds has to be sent at once. */
export const frameMemory: Scratch = new Scratch(RING_BYTES / 4);

/** pybytes writes to a target straight as long as so much would be left of it; what comes then takes a copy more. */
const ROOM_BYTES = 64;

/** The last large memory that was given back. The garbage collector may have it if nobody needs it. */
let spare: WeakRef<Scratch> | undefined;
/** Whether a value is being encoded: its getters may send something themselves. */
let encoding = false;

/** Tells whether the memory is in use, because this is a getter of a value that is being encoded. */
export function isEncoding(): boolean {
  return encoding;
}

/** Takes memory for a value of so many bytes; the taker gives it back. What is not touched of it costs nothing. */
export function takeLargeMemory(valueBytes: number): Scratch {
  const memory = spare?.deref();
  const least = valueBytes + ROOM_BYTES;
  if (memory !== undefined && memory.bytes.length >= least) {
    spare = undefined;
    return memory;
  }
  return new Scratch(Math.max(LARGE_RING_BYTES, least + (-least & 3)));
}

/** Gives memory back, with nothing in it that is still needed. */
export function giveBack(memory: Scratch): void {
  if (memory === frameMemory) return;
  const other = spare?.deref();
  if (other === undefined || other.bytes.length < memory.bytes.length) spare = new WeakRef(memory);
}

/**
 * Encodes a value to the beginning of `memory`.
 *
 * @returns how many bytes it takes; the negative of that, the memory's content being unspecified, when it is too short
 * @throws what pybytes throws.
 */
export function encodeWithin({ bytes }: Scratch, value: unknown): number {
  encoding = true;
  try {
    return encodeInto(value, bytes);
  } catch (error) {
    if (error instanceof EncodeError && error.code === "target_too_small") {
      return -error.neededBytes!;
    }
    throw error;
  } finally {
    encoding = false;
  }
}
