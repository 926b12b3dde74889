/** What the serializer benchmarks compare: pybytes, what the runtime brings, and the peers that are installed. */
import { deserialize, serialize } from "node:v8";
import { decode, type DecodeOptions, encode } from "../pybytes/mod.ts";
import { loadPeers } from "./peers.ts";

/**
 * What a contender is made of.
 *
 * `"native"` is C++ inside the runtime. A package counts as `"JavaScript"` also where it calls an add-on of its own for
 * a part of its work, as msgpackr's decoder does for strings.
 */
export type Engine = "JavaScript" | "native";

/** A serializer: a value to bytes and back. */
export interface Contender {
  /** Its name in the tables. */
  readonly name: string;
  /** What it is made of; encoders are judged separately by it. */
  readonly engine: Engine;
  /** Returns the bytes of a value; a later call may reuse their memory. */
  readonly encode: (value: unknown) => Uint8Array;
  /** Returns the value of bytes that its own `encode` wrote; it may be a view of them. */
  readonly decode: (bytes: Uint8Array) => unknown;
}

/** The name of pybytes in every table; the baseline of every group. */
export const OURS = "pybytes";

const toUtf8 = new TextEncoder();
const fromUtf8 = new TextDecoder();

const BUILT_IN: readonly Contender[] = [
  {
    name: "JSON",
    engine: "native",
    encode: (value) => toUtf8.encode(JSON.stringify(value)),
    decode: (bytes) => JSON.parse(fromUtf8.decode(bytes)),
  },
  { name: "node:v8", engine: "native", encode: serialize, decode: deserialize },
];

/** Returns pybytes, decoding with these options. */
export function pybytes(options?: DecodeOptions): Contender {
  return {
    name: OURS,
    engine: "JavaScript",
    encode: (value) => encode(value),
    decode: options === undefined
      ? (bytes) => decode<unknown>(bytes)
      : (bytes) => decode<unknown>(bytes, options),
  };
}

/** All that pybytes is compared with. Peers that cannot be loaded are named on the console and left out. */
export function allRivals(): readonly Contender[] {
  return [...BUILT_IN, ...loadPeers()];
}
