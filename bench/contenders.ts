/** What the serializer benchmarks compare: pybytes, what the runtime brings, and the peers that are installed. */
import { deserialize, serialize } from "node:v8";
import { decode, encode } from "../pybytes/mod.ts";
import { loadPeers } from "./peers.ts";

/** A serializer: a value to bytes and back. */
export interface Contender {
  /** Its name in the tables. */
  readonly name: string;
  /** Returns the bytes of a value; a later call may reuse their memory. */
  readonly encode: (value: unknown) => Uint8Array;
  /** Returns the value of bytes that its own `encode` wrote. */
  readonly decode: (bytes: Uint8Array) => unknown;
}

/** The name of pybytes in every table; the baseline of every group. */
export const OURS = "pybytes";

const toUtf8 = new TextEncoder();
const fromUtf8 = new TextDecoder();

const BUILT_IN: readonly Contender[] = [
  { name: OURS, encode: (value) => encode(value), decode: (bytes) => decode<unknown>(bytes) },
  {
    name: "JSON",
    encode: (value) => toUtf8.encode(JSON.stringify(value)),
    decode: (bytes) => JSON.parse(fromUtf8.decode(bytes)),
  },
  { name: "node:v8", encode: serialize, decode: deserialize },
];

/** All contenders, pybytes first. Peers that cannot be loaded are named on the console and left out. */
export function allContenders(): readonly Contender[] {
  return [...BUILT_IN, ...loadPeers()];
}
