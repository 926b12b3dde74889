/** Reading the keys of dicts, and telling what may stand where. */
import { itemArray } from "./build_container.ts";
import type { DecodeState } from "./decode_state.ts";
import { readValue } from "./read_fast.ts";
import type { PyValue } from "./values.ts";
import { fail } from "./wire/failure.ts";
import { Subtype, Tag } from "./wire/tags.ts";
import { isStringTag, readKey, readString } from "./wire/text.ts";

const { FIXSTR, FIXLIST, SREF, XT } = Tag;
/** Dicts with more keys are seldom records, whose keys come again. */
const MAX_FIELDS = 64;

/** Whether all keys that {@linkcode readKeys} read last have str tags. */
export let areTextKeys = true;

/** Reads keys that are not known together; strings among them are never bundled, numbered or referred to. */
export function readKeys(s: DecodeState, start: number, count: number, depth: number): PyValue[] {
  const keys = itemArray(count);
  let areText = true;
  for (let i = 0; i < count; i++) {
    const at = s.pos;
    const tag = at < s.end ? s.bytes[at] : 0;
    if (tag >= FIXSTR && tag < FIXLIST && count <= MAX_FIELDS) {
      s.pos = at + 1;
      keys[i] = readKey(s, at, tag);
    } else if (isStringTag(tag)) {
      s.pos = at + 1;
      keys[i] = readString(s, at, tag);
    } else {
      areText = false;
      refuseAsKey(s, start, tag);
      keys[i] = readValue(s, depth);
    }
  }
  areTextKeys = areText;
  return keys;
}

/** Refuses what may stand before a value, and a reference, but is no key. */
export function refuseAsKey(s: DecodeState, start: number, tag: number): void {
  if (tag === SREF) fail("invalid_value", start, "a key that refers to an earlier str");
  if (tag === XT && s.pos + 1 < s.end && isTextMark(s.bytes[s.pos + 1])) {
    fail("invalid_value", start, "a text block before a key");
  }
}

/** Refuses a named tuple one of whose fields has no str tag. */
export function refuseField(start: number): never {
  return fail("invalid_value", start, "a field name that is no str");
}

function isTextMark(subtype: number): boolean {
  return subtype === Subtype.BUNDLE || subtype === Subtype.LONG_BUNDLE;
}

/** Whether the subtype at the cursor is the mark of the text block; steps over it. */
export function startsText(s: DecodeState): boolean {
  if (s.pos >= s.end || !isTextMark(s.bytes[s.pos])) return false;
  s.pos++;
  return true;
}
