/** Reads the conformance vectors; see README.md beside this file for what the fields mean. */
import { assert } from "../../helpers/assert.ts";

/** A document that decodes. */
export interface ValidVector {
  readonly name: string;
  /** The value, in Python. */
  readonly python: string;
  readonly hex: string;
  /** The names of all tags and subtypes in it. */
  readonly tags: readonly string[];
  /** Whether it is the canonical document of its value. */
  readonly canonical: boolean;
}

/** A document that is wrong. */
export interface RejectedVector {
  readonly name: string;
  readonly hex: string;
  /** The code of the error, and the position that it is reported at. */
  readonly code: string;
  readonly offset: number;
}

/** Every vector of every file. */
export function readVectors(): { valid: ValidVector[]; rejected: RejectedVector[] } {
  const folder = new URL("./", import.meta.url);
  const valid: ValidVector[] = [], rejected: RejectedVector[] = [];
  const names = [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();
  for (const name of names.filter((name) => name.endsWith(".json"))) {
    const rows: (ValidVector | RejectedVector)[] = JSON.parse(
      Deno.readTextFileSync(new URL(name, folder)),
    );
    assert(rows.length > 0, name);
    for (const row of rows) {
      if ("code" in row) rejected.push(row);
      else valid.push(row);
    }
  }
  assert(valid.length >= 400 && rejected.length >= 400, "every file was found");
  return { valid, rejected };
}

/** The bytes of a vector's hex, in which `61{40}` is the byte 61 forty times. */
export function expand(hex: string): Uint8Array<ArrayBuffer> {
  const pieces = [...hex.matchAll(/([0-9a-f]{2})(?:\{(\d+)\})?/g)].map((match) =>
    [parseInt(match[1], 16), Number(match[2] ?? 1)] as const
  );
  const bytes = new Uint8Array(pieces.reduce((size, [, count]) => size + count, 0));
  let at = 0;
  for (const [byte, count] of pieces) bytes.fill(byte, at, at += count);
  return bytes;
}
