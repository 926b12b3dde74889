/** Ten million levels, in a process of their own for the memory that their values take. */
import { decode, encode } from "../../../pybytes/mod.ts";
import { joined, times } from "./bombs.ts";

if (import.meta.main) {
  const levels = Number(Deno.args[0]);
  const bytes = joined(times(levels, "81"), "07");
  let value = decode<unknown>(bytes), depth = 0;
  for (; Array.isArray(value); value = value[0]) depth++;
  console.log(JSON.stringify([depth, value, encode([1]).toHex()]));
}
