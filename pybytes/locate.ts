import { type PathStep, pathText } from "./path.ts";
import { type FailureCode, WireFailure } from "./wire/failure.ts";
import { type Role, ScanCursor, scanHead } from "./wire/scan.ts";
import { subtypeRow, tagRow } from "./wire/tag_table.ts";
import { Tag } from "./wire/tags.ts";
import { isStringTag, readString } from "./wire/text.ts";
import { type Level, Walker } from "./wire/walk.ts";

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
  const steps = levels.filter(isStep);
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

function levelsAt(bytes: Uint8Array, offset: number): readonly Level[] {
  const walker = new Walker(bytes);
  try {
    while (walker.cursor.pos < offset && !walker.isDone) walker.step();
  } catch (error) {
    // The bytes before the offset were readable a moment ago; a document that changes meanwhile gets a shorter path.
    if (!(error instanceof WireFailure)) throw error;
  }
  return walker.levels;
}

function isStep({ head }: Level): boolean {
  return head.nesting !== "parts" && head.nesting !== "content";
}

function stepOf(bytes: Uint8Array, { head, index }: Level): PathStep {
  if (head.nesting === "items") return index;
  if (head.nesting === "values") {
    return keyAt(bytes, head.keys!.first, index) ?? { key: index, isKey: false };
  }
  const keys = head.count / 2;
  if (index < keys) return { key: index, isKey: true };
  const key = index - keys;
  return keyAt(bytes, head.end, key) ?? { key, isKey: false };
}

/** The key with this index if it is a str; the keys before it are walked over again. */
function keyAt(bytes: Uint8Array, first: number, index: number): string | undefined {
  const c = new ScanCursor(bytes);
  c.pos = first;
  try {
    for (let skipped = 0; skipped < index; skipped++) {
      let role: Role = "key";
      for (let open = 1; open > 0; open--) {
        // Inside a key that is a tuple the strings of a bundled document are elsewhere, and the path goes without names.
        open += scanHead(c, role).count;
        role = "part";
      }
    }
    const start = c.pos;
    const tag = bytes[c.pos++];
    return isStringTag(tag) ? readString(c, start, tag) : undefined;
  } catch (error) {
    if (error instanceof WireFailure) return undefined;
    throw error;
  }
}
