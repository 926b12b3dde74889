/**
 * Decoding: pybytes against msgpackr (as it comes, with records, with records and bundled strings), cbor-x (as it comes,
 * with records), @msgpack/msgpack, JSON through `TextDecoder` and `node:v8`, each from its own bytes.
 *
 * Each has returned exactly the value before it is timed. The floor copies pybytes' bytes. The 64 KiB of bytes come back
 * as a view of the input, faster than that: most of the others return one, so pybytes decodes them with `zeroCopy`. A
 * list of `Date`s is one for everybody but JSON; for Temporal, UUIDs and Decimals, which the others lack, they decode
 * texts that are then parsed.
 */
import { FLOOR, lineups } from "./lineup.ts";
import { registerGroup } from "./register.ts";

for (const { payload, entrants, floor } of lineups()) {
  registerGroup(`decode ${payload.name}`, [
    ...entrants.map(({ name, decode }) => ({ name, run: decode })),
    { name: FLOOR, run: floor },
  ]);
}
