/** Writing values: by recursion, and where they lie deep with a stack of our own. */
import { type Members, openContainer } from "./encode_containers.ts";
import { EncodeFailure, refuse } from "./encode_failure.ts";
import { MIN_PACKED_ITEMS, writeFewFloats, writeNumberList, writePoints } from "./number_list.ts";
import { writeScalarObject } from "./encode_scalars.ts";
import { sortBefore } from "./encode_order.ts";
import { hasKeys, type Place, type Shape, topPlace } from "./encode_shapes.ts";
import { type EncodeState, enter } from "./encode_state.ts";
import type { PathStep } from "./path.ts";
import { Ellipsis } from "./types/mod.ts";
import { writeBigInt } from "./wire/integers.ts";
import { writeString } from "./wire/strings.ts";
import { Subtype, Tag } from "./wire/tags.ts";
import { writeText } from "./wire/text_writer.ts";
import { writeListHeader } from "./write_headers.ts";
import { writeNumber } from "./write_number.ts";
import { writeKeys, writeShapeHeader } from "./write_keys.ts";

/** From so many items on a list counts as long. */
const MANY_ITEMS = 32;
/** Containers inside each other that are written by recursion; below, an explicit stack takes over. */
const RECURSIVE_DEPTH = 200;

const { NONE, FALSE, TRUE, ELLIPSIS, XT } = Tag;

/** Writes any value; `depth` containers are open around it, and `place` is where it stands among them. */
export function writeValue(e: EncodeState, value: unknown, depth: number, place: Place): void {
  if (e.pos > e.limit) e.grow(0);
  switch (typeof value) {
    case "string":
      return writeText(e, value);
    case "number":
      return writeNumber(e, value);
    case "object":
      if (value === null) break;
      return writeObject(e, value, depth, place);
    default:
      return writeOther(e, value);
  }
  e.bytes[e.pos++] = NONE;
}

/** Writes what is neither string, number nor object. */
function writeOther(e: EncodeState, value: unknown): void {
  switch (typeof value) {
    case "boolean":
      e.bytes[e.pos++] = value ? TRUE : FALSE;
      return;
    case "bigint":
      return writeBigInt(e, value);
    case "undefined":
      e.bytes[e.pos++] = XT;
      e.bytes[e.pos++] = Subtype.UNDEFINED;
      return;
    case "symbol":
      if (value !== Ellipsis) refuse("unsupported_type", `the symbol ${String(value)}`);
      e.bytes[e.pos++] = ELLIPSIS;
      return;
  }
  refuse("unsupported_type", `a ${typeof value}`);
}

function writeObject(e: EncodeState, value: object, depth: number, place: Place): void {
  if (depth >= RECURSIVE_DEPTH || e.canonical) {
    return writeAny(e, value, Object.getPrototypeOf(value), depth);
  }
  // Asking an array for its constructor takes 11 ns, for its prototype 24.
  if (Array.isArray(value) && value.constructor === Array) {
    return writeList(e, value, depth, place);
  }
  const prototype: object | null = Object.getPrototypeOf(value);
  if (prototype === Object.prototype) {
    enter(e, value, depth);
    return writeDict(e, value as Record<string, unknown>, depth + 1, place);
  }
  if (prototype === null) {
    enter(e, value, depth);
    return writeNewDict(e, value as Record<string, unknown>, depth + 1, topPlace);
  }
  writeAny(e, value, prototype, depth);
}

function writeList(e: EncodeState, items: readonly unknown[], depth: number, place: Place): void {
  const count = items.length;
  // A proxy of an array may say anything.
  if (count >>> 0 !== count) refuse("invalid_value", "an array whose length is no array's");
  let i = 0, isEntering = false;
  try {
    if (count >= MIN_PACKED_ITEMS && writeNumberList(e, items, count)) return;
    writeListHeader(e, count);
    const first = items[0];
    if (typeof first === "number" && !Number.isInteger(first)) {
      i = writeFewFloats(e, items, count);
    } else if (count >= MANY_ITEMS) {
      // Where there are many items there will be many strings, if there are any.
      e.inlineLeft = 0;
      if (depth + 1 < RECURSIVE_DEPTH) i = writePoints(e, items, count);
    }
    let inner: Place | undefined;
    for (; i < count; i++) {
      const item = items[i];
      if (e.pos > e.limit) e.grow(0);
      if (typeof item === "number") {
        writeNumber(e, item);
      } else if (typeof item === "string") {
        writeText(e, item);
      } else if (typeof item === "object" && item !== null) {
        if (inner === undefined) {
          // A list of scalars cannot contain itself.
          isEntering = true;
          enter(e, items, depth);
          isEntering = false;
          inner = place.items;
        }
        writeObject(e, item, depth + 1, inner);
      } else {
        writeValue(e, item, depth + 1, place);
      }
    }
  } catch (error) {
    // A list that is open already is refused itself, not its item.
    throw isEntering ? error : passing(error, i);
  }
}

function writeDict(
  e: EncodeState,
  value: Record<string, unknown>,
  depth: number,
  place: Place,
): void {
  const shape = predicted(e, value, place);
  if (shape === undefined) return writeNewDict(e, value, depth, place);
  writeShapeHeader(e, shape);
  const { keys } = shape;
  let i = 0;
  try {
    // The keys are those of the shape; a getter that changes them meanwhile ends this loop early.
    for (const key in value) {
      if (key !== keys[i]) break;
      const member = value[key];
      if (typeof member === "string") {
        writeText(e, member);
      } else if (typeof member === "object" && member !== null) {
        if (e.pos > e.limit) e.grow(0);
        writeObject(e, member, depth, shape.placeAt(i));
      } else if (typeof member === "number") {
        if (e.pos > e.limit) e.grow(0);
        writeNumber(e, member);
      } else {
        writeValue(e, member, depth, place);
      }
      i++;
    }
    for (; i < keys.length; i++) writeValue(e, value[keys[i]], depth, topPlace);
  } catch (error) {
    throw passing(error, keys[i]);
  }
}

/** The shape that an object has if it is one that stood here before. */
function predicted(e: EncodeState, value: object, place: Place): Shape | undefined {
  const { shape } = place;
  if (shape === undefined || !e.isPrototypeClean) return undefined;
  // Anything may be outermost.
  if (place === topPlace && !Object.hasOwn(value, shape.keys[0])) return undefined;
  if (hasKeys(value, shape.keys)) return shape;
  const { other } = place;
  if (other === undefined || !hasKeys(value, other.keys)) return undefined;
  place.other = shape;
  place.shape = other;
  return other;
}

function writeNewDict(
  e: EncodeState,
  value: Record<string, unknown>,
  depth: number,
  place: Place,
): void {
  const keys = Object.keys(value);
  const shape = writeKeys(e, keys);
  if (shape !== undefined && shape !== place.shape) foresee(place, shape);
  let i = 0;
  try {
    for (; i < keys.length; i++) {
      const member = value[keys[i]];
      const isObject = typeof member === "object" && member !== null;
      const inner = isObject && shape !== undefined ? shape.placeAt(i) : topPlace;
      writeValue(e, member, depth, inner);
    }
  } catch (error) {
    throw passing(error, keys[i]);
  }
}

/**
 * Notes a shape to look for the next time, but none with integer-like keys.
 *
 * V8 goes through the keys of objects that have only names much faster, until it has seen one with others in the same loop.
 */
function foresee(place: Place, shape: Shape): void {
  if (isIndex(shape.keys[0])) {
    place.shape = place.other = undefined;
    return;
  }
  place.other = place.shape;
  place.shape = shape;
}

/** Whether a key begins as one that V8 keeps as the index of an element does; such come before all others. */
function isIndex(key: string): boolean {
  const unit = key.charCodeAt(0);
  return unit >= 0x30 && unit <= 0x39;
}

/** Adds a step to the path of a failure on its way out. */
function passing(error: unknown, step: PathStep): unknown {
  if (error instanceof EncodeFailure) error.steps.push(step);
  return error;
}

/** Writes any other object, or any at all that lies deep or is to be canonical. */
function writeAny(
  e: EncodeState,
  value: object,
  prototype: object | null,
  depth: number,
): void {
  const members = open(e, value, prototype, depth);
  if (members === undefined) return;
  if (depth >= RECURSIVE_DEPTH) return writeDeep(e, members, depth + 1);
  let i = 0;
  try {
    for (; i < members.count; i++) {
      if (members.starts !== undefined) sortBefore(e, members, i);
      writeMember(e, members, i, depth + 1);
    }
    if (members.starts !== undefined) sortBefore(e, members, i);
  } catch (error) {
    throw passing(error, stepOf(members, i));
  }
}

/** Writes a member that is no container to be written without recursion. */
function writeMember(e: EncodeState, members: Members, index: number, depth: number): void {
  const member = members.values[index];
  if (index < members.keyCount && typeof member === "string") writeString(e, member);
  else writeValue(e, member, depth, topPlace);
}

/** Writes a scalar, or the header of a container whose members it returns. */
function open(
  e: EncodeState,
  value: object,
  prototype: object | null,
  depth: number,
): Members | undefined {
  // Before the members: a user type's function is called for them.
  const members = openContainer(e, value, prototype);
  if (members !== undefined) {
    enter(e, value, depth);
    return members;
  }
  if (prototype !== null && writeScalarObject(e, value, prototype)) return undefined;
  return refuse("unsupported_type", `an instance of ${className(prototype)}`);
}

function className(prototype: object | null): string {
  for (let at = prototype; at !== null; at = Object.getPrototypeOf(at)) {
    const made: unknown = Object.getOwnPropertyDescriptor(at, "constructor")?.value;
    if (typeof made === "function" && made.name !== "") return made.name;
  }
  return "an unnamed class";
}

function stepOf(members: Members, index: number): PathStep {
  const { keyCount, names } = members;
  if (names !== undefined) return names[index];
  if (keyCount === 0) return index;
  if (index < keyCount) return { key: index, isKey: true };
  const key: unknown = members.values[index - keyCount];
  return typeof key === "string" ? key : { key: index - keyCount, isKey: false };
}

/** Writes members and all that is inside them without recursion. */
function writeDeep(e: EncodeState, outermost: Members, depth: number): void {
  const outer: Members[] = [], outerIndexes: number[] = [];
  let members = outermost, index = 0;
  try {
    for (;;) {
      if (members.starts !== undefined) sortBefore(e, members, index);
      if (index === members.count) {
        if (outer.length === 0) return;
        members = outer.pop()!;
        index = outerIndexes.pop()! + 1;
        continue;
      }
      const value = members.values[index];
      if (typeof value === "object" && value !== null) {
        if (e.pos > e.limit) e.grow(0);
        const inner = open(e, value, Object.getPrototypeOf(value), depth + outer.length);
        if (inner !== undefined) {
          outer.push(members);
          outerIndexes.push(index);
          members = inner;
          index = 0;
          continue;
        }
      } else {
        writeMember(e, members, index, depth);
      }
      index++;
    }
  } catch (error) {
    passing(error, stepOf(members, index));
    while (outer.length > 0) passing(error, stepOf(outer.pop()!, outerIndexes.pop()!));
    throw error;
  }
}
