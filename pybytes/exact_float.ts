/** Floats that a JavaScript number would not keep. */
import { Float } from "./types/mod.ts";
import { nanHigh, nanLow } from "./wire/floats.ts";

/** Wraps the floats that a number would not keep: integral ones that would read as ints, and NaN payloads. */
export function exactFloat(value: number): number | Float {
  if (value !== value) {
    return nanHigh === 0x7ff80000 && nanLow === 0 ? value : Float.fromBits(nanBits());
  }
  return Number.isSafeInteger(value) && !Object.is(value, -0) ? new Float(value) : value;
}

/** The 64 bits of the NaN that was read last. */
export function nanBits(): bigint {
  return BigInt(nanHigh >>> 0) << 32n | BigInt(nanLow >>> 0);
}
