/** Writing what stands before the members of lists and dicts. */
import { Tag } from "./wire/tags.ts";
import { writeLength, type Writer } from "./wire/writer.ts";

/** Writes the header of a list. */
export function writeListHeader(w: Writer, count: number): void {
  if (count < 16) {
    w.bytes[w.pos++] = Tag.FIXLIST + count;
  } else {
    w.bytes[w.pos++] = Tag.LISTV;
    writeLength(w, count - 16);
  }
}

/** Writes the header of a dict. */
export function writeDictHeader(w: Writer, count: number): void {
  if (count < 12) {
    w.bytes[w.pos++] = Tag.FIXDICT + count;
  } else {
    w.bytes[w.pos++] = Tag.DICTV;
    writeLength(w, count - 12);
  }
}
