/** Reading containers that lie deep, with a stack of our own. */
import { buildContainer, itemArray, shapedDict } from "./build_container.ts";
import { enterContainer, Kind, membersOf } from "./containers.ts";
import { readScalar } from "./decode_scalars.ts";
import type { DecodeState } from "./decode_state.ts";
import { KeyRun } from "./key_runs.ts";
import { refuseAsKey, refuseField, startsText } from "./read_keys.ts";
import type { PyValue } from "./values.ts";
import { readTag } from "./wire/cursor.ts";
import { fail } from "./wire/failure.ts";
import { Tag } from "./wire/tags.ts";
import { isStringTag, readString } from "./wire/text.ts";
import { openText } from "./wire/text_block.ts";

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
        if (level.filled === level.keyCount) endKeys(s, level);
        continue;
      }
      if (level.filled < level.keyCount) {
        s.pos = at;
        refuseAsKey(s, level.start, tag);
        s.pos = at + 1;
        level.areText = false;
      } else if (tag === Tag.XT && startsText(s)) {
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
    if (level.filled === level.keyCount) endKeys(s, level);
  }
}

/** Counts the keys of a dict whose last key was read, for later ones to refer to. */
function endKeys(s: DecodeState, { start, kind, members, keyCount, areText }: Level): void {
  if (kind === Kind.NAMED_TUPLE && !areText) refuseField(start);
  if (kind !== Kind.DICT || !areText) return;
  // Checked with the dict itself, which cannot be complete before a value that refers to it.
  s.shapes[s.shapeCount++] = new KeyRun(members.slice(0, keyCount) as string[]);
}

function checkDepth(s: DecodeState, start: number, depth: number): void {
  if (depth > s.maxDepth) {
    fail("depth_exceeded", start, `containers nested more than ${s.maxDepth} deep`);
  }
}
