/** Writing a JavaScript number as the Python number that it stands for. */
import { writeDouble, writeFloat, writeFraction } from "./wire/floats.ts";
import { writeInt } from "./wire/integers.ts";
import type { Writer } from "./wire/writer.ts";

/** Writes an int if the number is integral, safe and not -0, else a float; uses the slack. */
export function writeNumber(w: Writer, value: number): void {
  const int32 = value | 0;
  if (int32 === value && (int32 !== 0 || 1 / value > 0)) writeInt(w, int32);
  else if (Math.trunc(value) !== value) writeFraction(w, value);
  else if (Number.isSafeInteger(value) && value !== 0) writeInt(w, value);
  else writeFloat(w, value);
}

/** The same, with eight bytes for whatever is not integral; uses the slack. */
export function writeBinary(w: Writer, value: number): void {
  if (Math.trunc(value) === value || value !== value) return writeNumber(w, value);
  writeDouble(w, value);
}
