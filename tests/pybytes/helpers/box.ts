/** A user type for tests that need some type, whatever it is. */
import { defineType, type UserType } from "../../../pybytes/mod.ts";

/** Holds one value. */
export class Box {
  readonly content: unknown;

  constructor(content: unknown) {
    this.content = content;
  }
}

/** The type of boxes, with this id. */
export function boxType(id: number): UserType {
  return defineType<object>({
    id,
    class: Box,
    encode: (value) => (value as Box).content,
    decode: (content) => new Box(content),
  });
}
