/** A string of 255 characters and a million references to it: what they take of the heap. */
import { decode } from "../../../pybytes/mod.ts";
import { joined, length32, listOf, times } from "./bombs.ts";

declare const gc: () => void;

if (import.meta.main) {
  const text = joined("e0", length32(255 - 32), times(255, "61"));
  const bytes = joined("82", text, listOf(1_000_000, "e400"));
  gc();
  const before = Deno.memoryUsage().heapUsed;
  const [first, all] = decode<[string, string[]]>(bytes);
  gc();
  const heapBytes = Deno.memoryUsage().heapUsed - before;
  console.log(JSON.stringify({ heapBytes, count: all.filter((item) => item === first).length }));
}
