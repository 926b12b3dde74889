/**
 * Encoding: pybytes against msgpackr (as it comes, with records, with records and bundled strings), cbor-x (as it comes,
 * with records), @msgpack/msgpack, JSON through `TextEncoder` and `node:v8`.
 *
 * Each has carried the value there and back correctly before it is timed. The floor copies the bytes that pybytes
 * writes: no serializer that makes them can be faster. Where one lacks a type (JSON has no `Date`, none has Temporal,
 * UUIDs and Decimals), it encodes texts. JSON has no bytes.
 */
import { FLOOR, lineups } from "./lineup.ts";
import { registerGroup } from "./register.ts";

for (const { payload, entrants, floor } of lineups()) {
  registerGroup(`encode ${payload.name}`, [
    ...entrants.map(({ name, encode }) => ({ name, run: encode })),
    { name: FLOOR, run: floor },
  ]);
}
