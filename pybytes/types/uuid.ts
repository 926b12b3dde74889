import { validate as isRfcText, version as rfcVersion } from "@std/uuid/common";
import { validate as isV4Text } from "@std/uuid/v4";
import { generate as generateV7 } from "@std/uuid/v7";
import { reprText } from "./repr.ts";

const MAX_V7_TIMESTAMP_MS = 2 ** 48 - 1;

/**
 * Holds a Python `uuid.UUID`: any 128 bits.
 *
 * Frozen; the 16 bytes are kept as four 32-bit numbers, so that a UUID costs no typed array.
 *
 * @example Parse, print, generate
 * ```ts
 * import { UUID } from "@sysframe/sysframe/pybytes";
 * import { assertEquals } from "@std/assert/equals";
 *
 * const id = UUID.parse("{12345678123456781234567812345678}");
 * assertEquals(id.toString(), "12345678-1234-5678-1234-567812345678");
 * assertEquals(UUID.random().version, 4);
 * ```
 */
export class UUID {
  /** Bytes 0 to 3, the first one highest. */
  readonly a: number;
  /** Bytes 4 to 7. */
  readonly b: number;
  /** Bytes 8 to 11. */
  readonly c: number;
  /** Bytes 12 to 15. */
  readonly d: number;

  /** Makes a UUID from the four big-endian 32-bit words of its 16 bytes. */
  constructor(a: number, b: number, c: number, d: number) {
    this.a = a >>> 0;
    this.b = b >>> 0;
    this.c = c >>> 0;
    this.d = d >>> 0;
    Object.freeze(this);
  }

  /**
   * Reads the canonical 8-4-4-4-12 text in any case, and Python's other spellings of it: 32 hex
   * digits with or without hyphens, in braces, after `urn:uuid:`.
   *
   * Any 128 bits are accepted, as Python does; {@linkcode UUID.isRfc} tells the ones that RFC 9562
   * defines.
   *
   * @throws {TypeError} if `text` is not a string
   * @throws {SyntaxError} if the text is not 32 hex digits in one of these spellings
   */
  static parse(text: string): UUID {
    if (typeof text !== "string") {
      throw new TypeError(`Cannot parse UUID: expected a string, found ${typeof text}`);
    }
    const hex = text.replaceAll("urn:", "").replaceAll("uuid:", "").replace(/^[{}]+|[{}]+$/g, "")
      .replaceAll("-", "");
    if (!/^[0-9a-f]{32}$/i.test(hex)) {
      throw new SyntaxError(
        `Cannot parse UUID: expected 32 hex digits, found ${JSON.stringify(text.slice(0, 60))}`,
      );
    }
    return new UUID(word(hex, 0), word(hex, 8), word(hex, 16), word(hex, 24));
  }

  /**
   * Reads 16 bytes, the first one highest; the bytes are not kept.
   *
   * @param offset Where the 16 bytes begin.
   * @throws {RangeError} if fewer than 16 bytes follow
   */
  static fromBytes(bytes: Uint8Array, offset = 0): UUID {
    if (!(offset >= 0 && offset + 16 <= bytes.length)) {
      throw new RangeError(
        `Cannot read UUID at byte ${offset}: expected 16 bytes, found ${
          Math.max(0, bytes.length - offset)
        }`,
      );
    }
    return new UUID(
      wordAt(bytes, offset),
      wordAt(bytes, offset + 4),
      wordAt(bytes, offset + 8),
      wordAt(bytes, offset + 12),
    );
  }

  /** Generates a random UUID (version 4). */
  static random(): UUID {
    return UUID.parse(crypto.randomUUID());
  }

  /**
   * Generates a UUID that sorts by its time (version 7).
   *
   * @param timestampMs Milliseconds since 1970, now unless given.
   * @throws {RangeError} if the time is not a whole number from 0 to 2**48-1
   */
  static v7(timestampMs: number = Date.now()): UUID {
    if (
      !(Number.isInteger(timestampMs) && timestampMs >= 0 && timestampMs <= MAX_V7_TIMESTAMP_MS)
    ) {
      throw new RangeError(
        `Cannot generate UUID: expected milliseconds from 0 to 2**48-1, found ${timestampMs}`,
      );
    }
    return UUID.parse(generateV7(timestampMs));
  }

  /** Tells whether the UUID is one that RFC 9562 defines: versions 1 to 7, or all zero. */
  get isRfc(): boolean {
    return isRfcText(this.toString());
  }

  /** Tells whether the UUID is a random one (version 4). */
  get isRandom(): boolean {
    return isV4Text(this.toString());
  }

  /** The version that RFC 9562 gives it, 1 to 7; `undefined` for all others, as Python's `None`. */
  get version(): number | undefined {
    const text = this.toString();
    // The all-zero UUID passes the check without having a version.
    return isRfcText(text) ? rfcVersion(text) || undefined : undefined;
  }

  /** A new array of the 16 bytes, the first one highest. */
  get bytes(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(16);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, this.a);
    view.setUint32(4, this.b);
    view.setUint32(8, this.c);
    view.setUint32(12, this.d);
    return bytes;
  }

  /** Tells whether `other` is a UUID with the same bytes. */
  equals(other: unknown): boolean {
    return other instanceof UUID && this.a === other.a && this.b === other.b &&
      this.c === other.c && this.d === other.d;
  }

  /** Returns the canonical text, lower case: `"12345678-1234-5678-1234-567812345678"`. */
  toString(): string {
    const a = hex(this.a), b = hex(this.b), c = hex(this.c), d = hex(this.d);
    return `${a}-${b.slice(0, 4)}-${b.slice(4)}-${c.slice(0, 4)}-${c.slice(4)}${d}`;
  }

  /** Returns the canonical text. */
  toJSON(): string {
    return this.toString();
  }

  /** @internal */
  [reprText](): string {
    return `UUID('${this.toString()}')`;
  }
}

function hex(word: number): string {
  return word.toString(16).padStart(8, "0");
}

function word(hex: string, start: number): number {
  return parseInt(hex.slice(start, start + 8), 16);
}

function wordAt(bytes: Uint8Array, at: number): number {
  return bytes[at] << 24 | bytes[at + 1] << 16 | bytes[at + 2] << 8 | bytes[at + 3];
}
