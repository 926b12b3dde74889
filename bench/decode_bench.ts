/**
 * Decoding: pybytes against msgpackr (as it comes, with records, with records and bundled strings), cbor-x,
 * @msgpack/msgpack, JSON through `TextDecoder` and `node:v8`, each from its own bytes.
 *
 * Each has returned exactly the value before it is timed. The floor copies pybytes' bytes. For datetimes, UUIDs and
 * Decimals, which the others lack, they decode texts that are then parsed. The 64 KiB of bytes, which the others return as
 * a view of their input, are copied for them, so that everybody's result is independent.
 */
import { FLOOR, lineups } from "./lineup.ts";
import { registerGroup } from "./register.ts";

for (const { payload, entrants, floor } of lineups()) {
  registerGroup(`decode ${payload.name}`, [
    ...entrants.map(({ name, decode }) => ({ name, run: decode })),
    { name: FLOOR, run: floor },
  ]);
}
