/** Containers on the wire: what kinds there are, and what stands before their members. */
import { countMembers, type DecodeState, readIntValue, readStringValue } from "./decode_state.ts";
import { readLength, readTag, truncated } from "./wire/cursor.ts";
import { fail } from "./wire/failure.ts";
import { Subtype, Tag } from "./wire/tags.ts";

/** What a container becomes. From DICT on, the members are all keys and then all values. */
export const Kind = {
  LIST: 0,
  TUPLE: 1,
  SET: 2,
  FROZEN_SET: 3,
  DEQUE: 4,
  CHAIN_MAP: 5,
  EXTENSION: 6,
  DICT: 7,
  MAP: 8,
  ORDERED_DICT: 9,
  COUNTER: 10,
  NAMED_TUPLE: 11,
  /** A dict whose keys are those of an earlier one: its members are the values. */
  SHAPED: 12,
} as const;

/** The most dicts of a ChainMap: they are passed as arguments, which the stack must hold. */
export const MAX_CHAINED_DICTS = 4096;
/** Python's `sys.maxsize`. */
const MAX_DEQUE_LIMIT = 2n ** 63n - 1n;
/** V8's largest array. */
const MAX_ARRAY_ITEMS = 2 ** 32 - 2;

const { FIXLIST, FIXTUPLE, DREF, FIXDICT, FIXBYTES, LISTV, TUPLEV, DICTV, SET, FSET, DREFV } = Tag;
const { XT, EXTV } = Tag;

/** Whether a tag may start a container; of XT the subtype decides. */
export function isContainerTag(tag: number): boolean {
  return (tag >= FIXLIST && tag < FIXBYTES) || (tag >= LISTV && tag <= DREFV) || tag === XT ||
    tag === EXTV;
}

/**
 * Reads what stands before a container's members and leaves their number in `s.count`.
 *
 * @returns its kind, or -1 (with nothing read) when `tag` is no container's
 * @throws {WireFailure} `truncated` if fewer bytes remain than members are claimed, `count_too_large`,
 * `invalid_value`, `reserved_tag`
 */
export function enterContainer(s: DecodeState, start: number, tag: number): number {
  if (tag < FIXLIST) return -1;
  let kind: number = -1;
  if (tag < FIXTUPLE) {
    s.count = tag - FIXLIST;
    kind = Kind.LIST;
  } else if (tag < DREF) {
    s.count = tag - FIXTUPLE;
    kind = Kind.TUPLE;
  } else if (tag < FIXDICT) {
    kind = enterShaped(s, start, tag - DREF);
  } else if (tag < FIXBYTES) {
    s.count = tag - FIXDICT;
    kind = Kind.DICT;
  } else if (tag === XT) {
    kind = enterExtended(s, start);
  } else if (tag === LISTV) {
    s.count = readLength(s, start) + 16;
    kind = Kind.LIST;
  } else if (tag === DICTV) {
    s.count = readLength(s, start) + 12;
    kind = Kind.DICT;
  } else if (tag === TUPLEV) {
    s.count = readLength(s, start) + 8;
    kind = Kind.TUPLE;
  } else if (tag === SET || tag === FSET) {
    s.count = readLength(s, start);
    kind = tag === SET ? Kind.SET : Kind.FROZEN_SET;
  } else if (tag === DREFV) {
    kind = enterShaped(s, start, readLength(s, start) + 8);
  } else if (tag === EXTV) {
    s.side = readTypeId(s, start);
    s.count = 1;
    kind = Kind.EXTENSION;
  }
  if (kind >= 0) claim(s, start, kind);
  return kind;
}

/** Reads the id of a user type. */
export function readTypeId(s: DecodeState, start: number): number {
  const id = readLength(s, start);
  return id < 2 ** 32 ? id : fail("invalid_value", start, `type ${id}, below 2^32 expected`);
}

/** Finds the keys that a dict has from an earlier one, counted back from the last that has keys of its own. */
export function enterShaped(s: DecodeState, start: number, number: number): number {
  if (number >= s.shapeCount) {
    fail("invalid_reference", start, `the keys ${number} dicts back, of ${s.shapeCount} so far`);
  }
  const shape = s.shapes[s.shapeCount - 1 - number];
  s.shape = shape;
  s.count = shape.keys.length;
  return Kind.SHAPED;
}

function enterExtended(s: DecodeState, start: number): number {
  if (s.pos >= s.end) return -1;
  const subtype = s.bytes[s.pos];
  switch (subtype) {
    case Subtype.DEQUE:
    case Subtype.DEQUE_MAX:
    case Subtype.CHAIN_MAP:
    case Subtype.ORDERED_DICT:
    case Subtype.COUNTER:
    case Subtype.NAMED_TUPLE:
    case Subtype.MAP:
      break;
    default:
      return -1;
  }
  s.pos++;
  switch (subtype) {
    case Subtype.DEQUE:
      s.side = undefined;
      return enterInner(s, LISTV, Kind.DEQUE);
    case Subtype.DEQUE_MAX: {
      const limit = readIntValue(s);
      if (limit < 0 || limit > MAX_DEQUE_LIMIT) {
        fail("invalid_value", start, `a deque's limit of 0..2^63-1 expected, found ${limit}`);
      }
      const kind = enterInner(s, LISTV, Kind.DEQUE);
      if (s.count > limit) {
        fail("invalid_value", start, `a deque of at most ${limit} items has ${s.count}`);
      }
      s.side = limit;
      return kind;
    }
    case Subtype.CHAIN_MAP: {
      const kind = enterInner(s, LISTV, Kind.CHAIN_MAP);
      if (s.count === 0) fail("invalid_value", start, "a ChainMap has at least one dict");
      if (s.count > MAX_CHAINED_DICTS) {
        fail(
          "count_too_large",
          start,
          `a ChainMap of ${s.count} dicts, at most ${MAX_CHAINED_DICTS}`,
        );
      }
      return kind;
    }
    case Subtype.NAMED_TUPLE: {
      const name = readStringValue(s);
      const kind = enterInner(s, DICTV, Kind.NAMED_TUPLE);
      s.side = name;
      return kind;
    }
    case Subtype.ORDERED_DICT:
      return enterInner(s, DICTV, Kind.ORDERED_DICT);
    case Subtype.COUNTER:
      return enterInner(s, DICTV, Kind.COUNTER);
  }
  return enterInner(s, DICTV, Kind.MAP);
}

/** Reads the header of the list or dict that has to follow a subtype; its members become the outer value's. */
function enterInner(s: DecodeState, expected: number, kind: number): number {
  const start = s.pos;
  const tag = readTag(s);
  const first = expected === LISTV ? FIXLIST : FIXDICT;
  const few = expected === LISTV ? 16 : 12;
  if (tag >= first && tag < first + few) {
    s.count = tag - first;
  } else if (tag === expected) {
    s.count = readLength(s, start) + few;
  } else {
    const what = expected === LISTV ? "list" : "dict";
    fail("invalid_value", start, `a ${what} expected, found tag 0x${tag.toString(16)}`);
  }
  return kind;
}

/**
 * Takes the `s.count` members of a container from what the document may have.
 *
 * @throws {WireFailure} `truncated`, `count_too_large`, `size_exceeded`
 */
export function claim(s: DecodeState, start: number, kind: number): void {
  claimMembers(s, start, membersOf(kind, s.count));
}

/** The same for a number of members. */
export function claimMembers(s: DecodeState, start: number, members: number): void {
  if (members > s.end - s.pos || (s.budget -= members) < 0 || s.isLimited) {
    refuseClaim(s, start, members);
  }
}

function refuseClaim(s: DecodeState, start: number, members: number): void {
  if (members > MAX_ARRAY_ITEMS) {
    fail("count_too_large", start, `${members} members, more than any container holds here`);
  }
  if (members > s.end - s.pos) truncated(s, start, members);
  if (s.budget < 0) {
    fail("truncated", start, `all containers together claim more members than there are bytes`);
  }
  countMembers(s, start, members);
}

/** How many values a container of this kind holds on the wire: of a dict the keys and the values. */
export function membersOf(kind: number, count: number): number {
  return kind >= Kind.DICT && kind < Kind.SHAPED ? 2 * count : count;
}
