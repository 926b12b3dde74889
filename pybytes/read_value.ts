/** Reading values of all kinds, in all modes. */
import { buildContainer, checkKeys, newDict, newMap } from "./build_container.ts";
import { enterContainer, isContainerTag, Kind } from "./containers.ts";
import { readFloatValue, readScalar } from "./decode_scalars.ts";
import type { DecodeState } from "./decode_state.ts";
import { findKeyRun, hashKeys, keepKeyRun, type KeyRun } from "./key_runs.ts";
import { readDeep } from "./read_deep.ts";
import { readItems, readValue } from "./read_fast.ts";
import { areTextKeys, readKeys, refuseField, startsText } from "./read_keys.ts";
import { setOwn } from "./record_maker.ts";
import type { PyValue } from "./values.ts";
import { readTag } from "./wire/cursor.ts";
import { readInt } from "./wire/integers.ts";
import { Tag } from "./wire/tags.ts";
import { openText, readShortText, readText } from "./wire/text_block.ts";

const { FIXSTR, FIXLIST, NONE, TRUE, INT2P, BIGN, F_0, F64, STRV, SREF, XT } = Tag;

/**
 * Reads the next value, whatever the options are and however near the end it stands; `depth` containers are open around
 * it. `readValue` comes here with what it does not read itself.
 */
export function readAny(s: DecodeState, depth: number): PyValue {
  const start = s.pos;
  const tag = readTag(s);
  if (tag < FIXSTR) return s.bigints ? BigInt(tag) : tag;
  if (tag < FIXLIST) return readShortText(s, start, tag - FIXSTR);
  if (tag >= NONE) {
    if (tag <= TRUE) return tag === NONE ? null : tag === TRUE;
    if (tag >= F_0 && tag <= F64) return readFloatValue(s, start, tag);
    if (tag >= INT2P && tag <= BIGN && !s.bigints) return readInt(s, start, tag);
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

/** Reads the members of the container that was entered last, itself `depth` deep. */
function readContainer(s: DecodeState, start: number, kind: number, depth: number): PyValue {
  if (depth > s.recursiveDepth) return readDeep(s, start, kind, depth);
  const count = s.count;
  if (kind === Kind.LIST) return readItems(s, count, depth);
  if (kind === Kind.SHAPED) return readShaped(s, s.shape!, depth);
  const side = s.side;
  if (kind < Kind.DICT) {
    return buildContainer(s, start, kind, readItems(s, count, depth), side);
  }
  if (kind === Kind.NAMED_TUPLE) {
    const names = readKeys(s, start, count, depth);
    if (!areTextKeys) refuseField(start);
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
    checkKeys(s, start, kind, found);
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
