/** What turns values into the bytes that cross, and back. */
import { decode, encode } from "../pybytes/mod.ts";
import { MAX_CODEC_NAME } from "./segment/header.ts";

/** A serializer other than pybytes. Both sides must use the same one; its name is checked when they meet. */
export interface Codec<T = unknown> {
  /** 1 to 16 printable ASCII characters that tell this codec from others; `"custom"` unless given. */
  readonly name?: string;
  /** Returns the bytes of a value; they are copied before anything else runs. */
  encode(value: T): Uint8Array;
  /** Returns the value of bytes that no other process can change any more and that the codec may keep. */
  decode(bytes: Uint8Array): T;
}

/** A codec with its name made sure. */
export interface NamedCodec {
  readonly name: string;
  /** Whether its values may refer to the bytes, so that each message needs bytes that last. */
  readonly keepsBytes: boolean;
  /** Returns the bytes of a value. */
  encode(value: unknown): Uint8Array;
  /**
   * Returns the value of bytes.
   *
   * @param lasting Whether the bytes stay as they are, so that the value may refer to them.
   */
  decode(bytes: Uint8Array, lasting?: boolean): unknown;
}

/** The default: pybytes, which loses nothing. */
export const PYBYTES: NamedCodec = {
  name: "pybytes",
  keepsBytes: false,
  encode: (value) => encode(value),
  // Binary data of a long message is a view of it: copying 64 MiB once more takes as long as sending them.
  decode: (bytes, lasting) => lasting ? decode(bytes, ZERO_COPY) : decode(bytes),
};

const ZERO_COPY = { zeroCopy: true } as const;

/**
 * Returns the codec to use for what the user gave.
 *
 * @throws {TypeError} if it lacks a function, or its name does not fit.
 */
export function resolveCodec<T>(codec: Codec<T> | undefined): NamedCodec {
  if (codec === undefined) return PYBYTES;
  if (typeof codec?.encode !== "function" || typeof codec.decode !== "function") {
    throw new TypeError("Cannot use this as a codec: expected an object with encode and decode");
  }
  const name = codec.name ?? "custom";
  if (name === PYBYTES.name) {
    throw new TypeError(
      `Cannot call a codec ${JSON.stringify(name)}: that is the built-in one's name`,
    );
  }
  if (!/^[!-~]+$/.test(name) || name.length > MAX_CODEC_NAME) {
    throw new TypeError(
      `Cannot use ${
        JSON.stringify(name)
      } as a codec name: expected 1 to ${MAX_CODEC_NAME} printable ASCII characters`,
    );
  }
  return {
    name,
    keepsBytes: true,
    encode: (value) => {
      const bytes: unknown = codec.encode(value as T);
      if (bytes instanceof Uint8Array) return bytes;
      throw new TypeError(`Codec ${name} must encode to a Uint8Array; it returned ${typeof bytes}`);
    },
    decode: (bytes) => codec.decode(bytes),
  };
}
