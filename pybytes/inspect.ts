import { enterContainer } from "./containers.ts";
import { bytesOf, decode } from "./decode.ts";
import { readScalar } from "./decode_scalars.ts";
import { DecodeState } from "./decode_state.ts";
import { DecodeError } from "./errors.ts";
import { repr } from "./types/repr.ts";
import { readLength, readTag } from "./wire/cursor.ts";
import { WireFailure } from "./wire/failure.ts";
import type { Head, Role } from "./wire/scan.ts";
import { Tag } from "./wire/tags.ts";
import { isStringTag, readString } from "./wire/text.ts";
import { openText, readText } from "./wire/text_block.ts";
import { Walker } from "./wire/walk.ts";

/** Bytes of a tag that are shown. */
const SHOWN_BYTES = 8;
/** Values of more bytes are not decoded for their text, of which only the beginning would be shown. */
const DECODED_BYTES = 1 << 16;
/** Characters of a value that are shown. */
const SHOWN_UNITS = 60;
/** Lines that are shown: more would not fit a string. */
const MAX_LINES = 1_000_000;
/** Levels shown by indentation; below, the depth is written as a number, or the text would grow quadratically. */
const INDENTED_LEVELS = 24;

/**
 * Describes a document byte by byte, as Python's `pickletools.dis` does: a line for every tag, with its offset, its
 * bytes, its name, and the value or the number of members. Nested values are indented; the keys of a dict come
 * before its values, as they do on the wire.
 *
 * Malformed bytes give the lines of what could be read, and at the end one that starts with `!!` after its offset and
 * says what is wrong. Any depth is fine.
 *
 * @throws {TypeError} if `bytes` is no byte array
 * @example What is in these bytes
 * ```ts
 * import { encode, inspect } from "@sysframe/sysframe/pybytes";
 * import { assertEquals } from "@std/assert/equals";
 *
 * assertEquals(
 *   inspect(encode({ a: [1, 3.14] })),
 *   [
 *     "0  a1                       FIXDICT 1 key, 1 value",
 *     "1  61 61                      key FIXSTR 'a'",
 *     "3  82                         FIXLIST 2 items",
 *     "4  01                           FIXINT 1",
 *     "5  da 3a 01                     F_D2 3.14",
 *   ].join("\n"),
 * );
 * ```
 */
export function inspect(bytes: Uint8Array | ArrayBufferLike | DataView): string {
  const input = bytesOf(bytes);
  const width = String(input.length).length;
  const lines: string[] = [];
  describe(input, (offset, text) => {
    lines.push(`${String(offset).padStart(width)}  ${text}`);
    return lines.length < MAX_LINES;
  });
  if (lines.length >= MAX_LINES) lines.push(`… only the first ${MAX_LINES} lines are shown`);
  const error = errorOf(input);
  if (error !== undefined) {
    lines.push(`${String(error.offset).padStart(width)}  !! ${error.code}: ${error.message}`);
  }
  return lines.join("\n");
}

/** What decoding the bytes fails with: some errors, such as duplicate keys, are no single tag's. */
function errorOf(bytes: Uint8Array): DecodeError | undefined {
  try {
    decode(bytes, { exact: true });
    return undefined;
  } catch (error) {
    if (error instanceof DecodeError) return error;
    throw error;
  }
}

/** Gives a line for every tag up to the first that cannot be read, as long as more are wanted. */
function describe(bytes: Uint8Array, line: (offset: number, text: string) => boolean): void {
  const walker = new Walker(bytes);
  const s = new DecodeState();
  s.begin(bytes, { exact: true });
  try {
    while (!walker.isDone) {
      const depth = walker.levels.length, role = walker.role;
      const head = walker.step();
      const key = role === "key" ? "key " : "";
      const text = `${hexOf(bytes, head)}${indent(depth)}${key}${textOf(s, head, role)}`;
      if (!line(head.start, text)) return;
    }
  } catch (error) {
    // The error line says it, with what decoding makes of it.
    if (!(error instanceof WireFailure)) throw error;
    return;
  }
  if (s.bundled) {
    line(
      s.end,
      `${"".padEnd(3 * SHOWN_BYTES + 1)}text block: ${counted(s.textEnd - s.end, "byte")}`,
    );
  }
}

function hexOf(bytes: Uint8Array, { start, end }: Head): string {
  const shown = Math.min(end, start + SHOWN_BYTES);
  let text = "";
  for (let i = start; i < shown; i++) text += `${bytes[i].toString(16).padStart(2, "0")} `;
  if (end > shown) text = `${text.slice(0, -1)}..`;
  return text.padEnd(3 * SHOWN_BYTES + 1);
}

function indent(depth: number): string {
  return depth <= INDENTED_LEVELS
    ? "  ".repeat(depth)
    : `${"  ".repeat(INDENTED_LEVELS)}(depth ${depth}) `;
}

function textOf(s: DecodeState, head: Head, role: Role): string {
  const { name, nesting, count } = head;
  if (nesting === "items") return `${name} ${counted(count, "item")}`;
  if (nesting === "values") return `${name} ${counted(count, "value")}`;
  if (nesting === "entries") {
    return `${name} ${counted(count / 2, "key")}, ${counted(count / 2, "value")}`;
  }
  if (nesting === "content") {
    return `${name} ${
      s.bytes[head.start] === Tag.XT ? marked(s, head.start) : typeId(s, head.start)
    }`;
  }
  const value = valueText(s, head, role);
  return value === "" ? name : `${name} ${value}`;
}

/** Opens the text block, from which the strings that follow come. */
function marked(s: DecodeState, start: number): string {
  s.pos = start + 2;
  openText(s, start);
  const narrow = s.narrow.length, wide = s.wide.length;
  return `structure to byte ${s.end}, text of ${narrow} narrow and ${wide} wide characters`;
}

function typeId(s: DecodeState, start: number): string {
  s.pos = start + 1;
  return `type ${readLength(s, start)}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** The value of a scalar, parts included; nothing for a container behind a subtype, or where decoding fails. */
function valueText(s: DecodeState, { start, end }: Head, role: Role): string {
  try {
    s.pos = start;
    s.budget = s.end;
    const tag = readTag(s);
    // Every string that is a value is read, for later ones count on it.
    if (isStringTag(tag)) {
      const text = role === "value" ? readText(s, start, tag) : readString(s, start, tag);
      return shortened(
        text.length > SHOWN_UNITS ? repr(text.slice(0, 2 * SHOWN_UNITS)) : repr(text),
      );
    }
    if (end - start > DECODED_BYTES) return "…";
    if (enterContainer(s, start, tag) >= 0) return "";
    return shortened(repr(readScalar(s, start, tag)));
  } catch (error) {
    if (error instanceof WireFailure) return "";
    throw error;
  }
}

function shortened(text: string): string {
  return text.length > SHOWN_UNITS ? `${text.slice(0, SHOWN_UNITS)}…` : text;
}
