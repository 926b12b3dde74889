/** Writing what stands before the values of a dict whose keys are all str. */
import { MAX_SHAPE_KEYS, type Shape, shapeOf } from "./encode_shapes.ts";
import type { EncodeState } from "./encode_state.ts";
import { writeString } from "./wire/strings.ts";
import { Tag } from "./wire/tags.ts";
import { writeLength } from "./wire/writer.ts";
import { writeDictHeader } from "./write_headers.ts";

/** The dicts of a document that later ones can refer to. */
const MAX_REFERRED = 1 << 16;

/** Writes the header and the keys of a dict, and returns the shape of objects that have them, if there is one. */
export function writeKeys(e: EncodeState, keys: readonly string[]): Shape | undefined {
  const count = keys.length;
  if (count > 0 && count <= MAX_SHAPE_KEYS) {
    const shape = shapeOf(keys);
    writeShapeHeader(e, shape);
    return shape;
  }
  writeEachKey(e, keys);
  if (count > 0) e.shapeCount++;
  return undefined;
}

/** Writes the header and the keys of a dict, none of which is referred to. */
export function writeEachKey(e: EncodeState, keys: readonly string[]): void {
  writeDictHeader(e, keys.length);
  for (const key of keys) writeString(e, key);
}

/** Writes the header and the keys of a dict, or a reference to those of an earlier one. */
export function writeShapeHeader(e: EncodeState, shape: Shape): void {
  if (e.pos > e.limit) e.grow(0);
  if (shape.document === e.document && e.dedup) {
    const number = e.shapeCount - 1 - shape.number;
    if (number < 8) {
      e.bytes[e.pos++] = Tag.DREF + number;
    } else {
      e.bytes[e.pos++] = Tag.DREFV;
      writeLength(e, number - 8);
    }
    return;
  }
  const number = e.shapeCount++;
  if (number < MAX_REFERRED) {
    shape.document = e.document;
    shape.number = number;
  }
  const { bytes } = shape;
  if (bytes === undefined) return writeEachKey(e, shape.keys);
  const size = bytes.length;
  e.reserve(size);
  const b = e.bytes;
  let at = e.pos;
  // `set` costs 11 ns whatever the size.
  if (size <= 16) { for (let i = 0; i < size; i++) b[at++] = bytes[i]; }
  else b.set(bytes, at);
  e.pos += size;
}
