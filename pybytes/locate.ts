import { type PathStep, pathText } from "./path.ts";
import { Cursor } from "./wire/cursor.ts";
import type { FailureCode } from "./wire/failure.ts";
import { WireFailure } from "./wire/failure.ts";
import { scanHead } from "./wire/scan.ts";
import { subtypeRow, tagRow } from "./wire/tag_table.ts";
import { Tag } from "./wire/tags.ts";
import { isStringTag, readString } from "./wire/text.ts";

/** An open tag: where the first nested value is, how many there are, and the one that is being read. */
interface Level {
  readonly first: number;
  readonly count: number;
  readonly nesting: "parts" | "items" | "entries";
  index: number;
}

/**
 * Finds the path and the tag of the value at `offset`, by walking the document from its beginning.
 *
 * Runs only when decoding failed, so that decoding itself keeps no record of where it is. Linear time; never throws.
 */
export function locate(
  bytes: Uint8Array,
  offset: number,
  code: FailureCode,
): { path: string; tag: string | undefined } {
  const isPlace = code === "trailing_bytes" || code === "size_exceeded" || offset >= bytes.length;
  const levels = code === "trailing_bytes" ? [] : levelsAt(bytes, offset);
  const steps = levels.filter((level) => level.nesting !== "parts");
  return {
    path: pathText(steps.length, (i) => stepOf(bytes, steps[i])),
    tag: isPlace ? undefined : nameAt(bytes, offset),
  };
}

function nameAt(bytes: Uint8Array, offset: number): string {
  const row = tagRow(bytes[offset]);
  if (row.first !== Tag.XT || offset + 1 >= bytes.length) return row.name;
  const subtype = subtypeRow(bytes[offset + 1]);
  return subtype === undefined ? row.name : `${row.name}.${subtype.name}`;
}

function levelsAt(bytes: Uint8Array, offset: number): Level[] {
  const c = new Cursor(bytes);
  const levels: Level[] = [];
  try {
    while (c.pos < offset) {
      const head = scanHead(c);
      const level = { first: c.pos, count: head.count, nesting: head.nesting, index: 0 };
      if (head.count > 0) levels.push(level);
      else if (!stepOn(levels)) break;
    }
  } catch (error) {
    // The bytes before the offset were readable a moment ago; a document that changes meanwhile gets a shorter path.
    if (!(error instanceof WireFailure)) throw error;
  }
  return levels;
}

/** Goes on after a complete value: to its next sibling, or out of what it completes. False at the end of the document. */
function stepOn(levels: Level[]): boolean {
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    if (++level.index < level.count) return true;
    levels.pop();
  }
  return false;
}

function stepOf(bytes: Uint8Array, level: Level): PathStep {
  if (level.nesting === "items") return level.index;
  const keys = level.count / 2;
  if (level.index < keys) return { key: level.index, isKey: true };
  const key = level.index - keys;
  return keyAt(bytes, level.first, key) ?? { key, isKey: false };
}

/** The key with this index if it is a str; the keys before it are walked over again. */
function keyAt(bytes: Uint8Array, first: number, index: number): string | undefined {
  const c = new Cursor(bytes);
  c.pos = first;
  try {
    for (let skipped = 0; skipped < index; skipped++) {
      for (let open = 1; open > 0; open--) open += scanHead(c).count;
    }
    const start = c.pos;
    const tag = bytes[c.pos++];
    return isStringTag(tag) ? readString(c, start, tag) : undefined;
  } catch (error) {
    if (error instanceof WireFailure) return undefined;
    throw error;
  }
}
