/** Reading values: scalars where they stand, containers by recursion and, where they lie deep, with a stack of our own. */
import {
  buildContainer,
  checkKeys,
  itemArray,
  newDict,
  newMap,
  shapedDict,
} from "./build_container.ts";
import { claim, enterContainer, isContainerTag, Kind, membersOf } from "./containers.ts";
import { readFloatValue, readScalar } from "./decode_scalars.ts";
import type { DecodeState } from "./decode_state.ts";
import { findKeyRun, hashKeys, keepKeyRun, KeyRun } from "./key_runs.ts";
import { setOwn } from "./record_maker.ts";
import { readNumbers } from "./read_numbers.ts";
import type { PyValue } from "./values.ts";
import { readTag, take, viewOf } from "./wire/cursor.ts";
import { fail } from "./wire/failure.ts";
import { readInt } from "./wire/integers.ts";
import { Subtype, Tag } from "./wire/tags.ts";
import { isStringTag, readKey, readString } from "./wire/text.ts";
import { openText, readShortText, readText } from "./wire/text_block.ts";

/** Containers inside each other that are read by recursion; below, an explicit stack takes over. */
const RECURSIVE_DEPTH = 200;

const { FIXSTR, FIXLIST, FIXTUPLE, NONE, TRUE, INT2P, BIGP } = Tag;
const { F_0, F64, STRV, SREF, XT } = Tag;

/** Reads the next value; `depth` containers are open around it. The frequent tags come first. */
export function readValue(s: DecodeState, depth: number): PyValue {
  const start = s.pos;
  const tag = readTag(s);
  if (tag < FIXSTR) return s.bigints ? BigInt(tag) : tag;
  if (tag < FIXLIST) return readShortText(s, start, tag - FIXSTR);
  if (tag < FIXTUPLE) {
    s.count = tag - FIXLIST;
    claim(s, start, Kind.LIST);
    return readContainer(s, start, Kind.LIST, depth + 1);
  }
  if (tag >= NONE) {
    if (tag <= TRUE) return tag === NONE ? null : tag === TRUE;
    if (tag === F64 && !s.exact) return viewOf(s).getFloat64(take(s, start, 8), true);
    if (tag >= F_0 && tag <= F64) return readFloatValue(s, start, tag);
    if (tag >= INT2P && tag < BIGP && !s.bigints) return readInt(s, start, tag);
    if (tag >= STRV && tag <= SREF) return readText(s, start, tag);
    if (tag === XT && startsText(s)) {
      openText(s, start);
      return readValue(s, depth);
    }
  }
  if (!isContainerTag(tag)) return readScalar(s, start, tag);
  const kind = enterContainer(s, start, tag);
  return kind < 0 ? readScalar(s, start, tag) : readContainer(s, start, kind, depth + 1);
}

function isTextMark(subtype: number): boolean {
  return subtype === Subtype.BUNDLE || subtype === Subtype.LONG_BUNDLE;
}

/** Whether the subtype at the cursor is the mark of the text block; steps over it. */
function startsText(s: DecodeState): boolean {
  if (s.pos >= s.end || !isTextMark(s.bytes[s.pos])) return false;
  s.pos++;
  return true;
}

/** Reads the members of the container that was entered last, itself `depth` deep. */
function readContainer(s: DecodeState, start: number, kind: number, depth: number): PyValue {
  if (depth > RECURSIVE_DEPTH) return readDeep(s, start, kind, depth);
  checkDepth(s, start, depth);
  const count = s.count;
  if (kind === Kind.LIST) return readItems(s, count, depth);
  if (kind === Kind.SHAPED) return readShaped(s, s.shape!, depth);
  const side = s.side;
  if (kind < Kind.DICT) {
    return buildContainer(s, start, kind, readItems(s, count, depth), side);
  }
  if (kind === Kind.NAMED_TUPLE) {
    const names = readKeys(s, start, count, depth);
    return buildContainer(s, start, kind, [...names, ...readItems(s, count, depth)], side);
  }
  return readDict(s, start, kind, depth);
}

/** Reads all keys and then all values of the dict that was entered last. */
function readDict(s: DecodeState, start: number, kind: number, depth: number): PyValue {
  const count = s.count;
  if (count === 0) return kind === Kind.DICT && s.plainDicts ? {} : newMap(s, kind);
  const hash = hashKeys(s, count);
  let run = findKeyRun(s, count, hash);
  let keys: readonly PyValue[];
  if (run === undefined) {
    const from = s.pos;
    const found = readKeys(s, start, count, depth);
    checkKeys(s, start, found);
    // A str tag gives a string whatever the options are.
    if (areTextKeys) run = keepKeyRun(s, from, found as string[], hash);
    keys = found;
  } else {
    keys = run.keys;
  }
  if (run !== undefined && kind === Kind.DICT) {
    s.shapes[s.shapeCount++] = run;
    return readShaped(s, run, depth);
  }
  const dict = newDict(s, kind, keys);
  for (let i = 0; i < count; i++) {
    const value = readValue(s, depth);
    if (dict instanceof Map) dict.set(keys[i], value);
    else setOwn(dict, keys[i] as string, value);
  }
  return dict;
}

/** Reads the values of a dict with these keys. */
function readShaped(s: DecodeState, run: KeyRun, depth: number): PyValue {
  if (s.plainDicts) return run.make(readValue, s, depth);
  const { keys } = run;
  const dict = newMap(s, Kind.DICT);
  for (let i = 0; i < keys.length; i++) dict.set(keys[i], readValue(s, depth));
  return dict;
}

/** Whether all keys that {@linkcode readKeys} read last have str tags. */
let areTextKeys = true;

/** Reads keys that are not known together; strings among them are never bundled, numbered or referred to. */
function readKeys(s: DecodeState, start: number, count: number, depth: number): PyValue[] {
  const keys = itemArray(count);
  let areText = true;
  for (let i = 0; i < count; i++) {
    const at = s.pos;
    const tag = at < s.end ? s.bytes[at] : 0;
    if (tag >= FIXSTR && tag < FIXLIST) {
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
function refuseAsKey(s: DecodeState, start: number, tag: number): void {
  if (tag === SREF) fail("invalid_value", start, "a key that refers to an earlier str");
  if (tag === XT && s.pos + 1 < s.end && isTextMark(s.bytes[s.pos + 1])) {
    fail("invalid_value", start, "a text block before a key");
  }
}

function readItems(s: DecodeState, count: number, depth: number): PyValue[] {
  // Literals have exactly their capacity and no holes; growing an array from nothing reserves 17 places.
  if (count === 1) return [readValue(s, depth)];
  if (count > 1 && !s.isWrapping && startsNumber(s)) return readNumbers(s, count, depth, readValue);
  if (count === 2) return [readValue(s, depth), readValue(s, depth)];
  if (count === 3) return [readValue(s, depth), readValue(s, depth), readValue(s, depth)];
  const items = itemArray(count);
  for (let i = 0; i < count; i++) items[i] = readValue(s, depth);
  return items;
}

/** Whether an int or a float stands at the cursor, of a form that is read quickly. */
function startsNumber(s: DecodeState): boolean {
  const tag = s.bytes[s.pos];
  return tag < FIXSTR || (tag >= INT2P && tag <= F64);
}

function checkDepth(s: DecodeState, start: number, depth: number): void {
  if (depth > s.maxDepth) {
    fail("depth_exceeded", start, `containers nested more than ${s.maxDepth} deep`);
  }
}

/** A container that is being read without recursion. */
interface Level {
  readonly kind: number;
  readonly start: number;
  readonly side: number | bigint | string | undefined;
  readonly shape: KeyRun | undefined;
  readonly members: PyValue[];
  /** How many members there will be. */
  readonly total: number;
  /** How many of them are keys. */
  readonly keyCount: number;
  filled: number;
  /** Whether all keys so far have str tags. */
  areText: boolean;
}

/** The container that was entered last. */
function levelOf(s: DecodeState, start: number, kind: number): Level {
  const total = membersOf(kind, s.count);
  const members = itemArray(total);
  const keyCount = total - s.count;
  const { side } = s;
  const shape = kind === Kind.SHAPED ? s.shape : undefined;
  return { kind, start, side, shape, members, total, keyCount, filled: 0, areText: true };
}

/**
 * Reads the members of the container that was entered last, and all that is inside them, without recursion.
 *
 * This is also the simple reading of everything: tests compare it with the recursive one.
 */
export function readDeep(s: DecodeState, start: number, kind: number, depth: number): PyValue {
  const outer: Level[] = [];
  checkDepth(s, start, depth);
  let level = levelOf(s, start, kind);
  for (;;) {
    let value: PyValue;
    if (level.filled < level.total) {
      const at = s.pos;
      const tag = readTag(s);
      if (level.filled < level.keyCount && isStringTag(tag)) {
        level.members[level.filled++] = readString(s, at, tag);
        if (level.filled === level.keyCount) numberShape(s, level);
        continue;
      }
      if (level.filled < level.keyCount) {
        s.pos = at;
        refuseAsKey(s, level.start, tag);
        s.pos = at + 1;
        level.areText = false;
      } else if (tag === XT && startsText(s)) {
        openText(s, at);
        continue;
      }
      const inner = enterContainer(s, at, tag);
      if (inner >= 0) {
        checkDepth(s, at, depth + outer.length + 1);
        outer.push(level);
        level = levelOf(s, at, inner);
        continue;
      }
      value = readScalar(s, at, tag);
    } else {
      value = level.shape === undefined
        ? buildContainer(s, level.start, level.kind, level.members, level.side)
        : shapedDict(s, level.shape, level.members);
      if (outer.length === 0) return value;
      level = outer.pop()!;
    }
    level.members[level.filled++] = value;
  }
}

/** Numbers the keys of a dict whose last key was read. */
function numberShape(s: DecodeState, { kind, members, keyCount, areText }: Level): void {
  if (kind !== Kind.DICT || !areText) return;
  // Checked with the dict itself, which cannot be complete before a value that refers to it.
  s.shapes[s.shapeCount++] = new KeyRun(members.slice(0, keyCount) as string[]);
}
