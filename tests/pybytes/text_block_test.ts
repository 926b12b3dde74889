/** Strings of the text block are asked together for wide characters: that it is as if each was asked by itself. */
import { decode, encode, encodeInto, equals } from "../../pybytes/mod.ts";
import { closeText } from "../../pybytes/wire/bundle.ts";
import { readTextBlock } from "../../pybytes/wire/text_block.ts";
import { Cursor } from "../../pybytes/wire/cursor.ts";
import { TextWriter, writeText } from "../../pybytes/wire/text_writer.ts";
import { assert, assertEquals } from "../helpers/assert.ts";
import { newSeed, Random } from "./helpers/random.ts";

/** Writes strings, and numbers of bytes between them, either sure of each or of many together. */
function document(texts: readonly string[], gaps: readonly number[], each: boolean): Uint8Array {
  const w = new TextWriter();
  w.begin();
  texts.forEach((text, index) => {
    writeText(w, text);
    if (each) w.settle();
    w.reserve(gaps[index]);
    for (let i = 0; i < gaps[index]; i++) w.bytes[w.pos++] = index;
  });
  closeText(w);
  const bytes = w.finish(false);
  w.release();
  return bytes;
}

const LETTERS = ["a", "z", "é", "ÿ", "я", "你", "😀"];

function someText(random: Random, wideOf: number): string {
  const letters = random.below(wideOf) === 0 ? LETTERS : LETTERS.slice(0, 4);
  const length = random.below(20) === 0 ? random.below(6000) : random.below(40);
  return Array.from({ length }, () => letters[random.below(letters.length)]).join("");
}

Deno.test({
  name: "text block: strings asked together are written as strings asked one by one",
  permissions: "none",
  fn() {
    const seed = newSeed("text block"), random = new Random(seed);
    for (let round = 0; round < 300; round++) {
      // From all wide to nearly all narrow, so that chunks are clean, mixed, and asked one by one.
      const wideOf = [1, 4, 30, 200, 1000][round % 5];
      const texts = Array.from({ length: 20 + random.below(400) }, () => someText(random, wideOf));
      const gaps = texts.map(() => random.below(30) === 0 ? random.below(3000) : random.below(3));
      const together = document(texts, gaps, false);
      assertEquals(together, document(texts, gaps, true), `seed ${seed}, round ${round}`);
    }
  },
});

/** The two texts of a document that begins with `86`-like headers and has its block somewhere. */
function textsOf(bytes: Uint8Array): { narrow: string; wide: string } {
  const mark = bytes.findIndex((byte, i) => byte === 0xf8 && [0x20, 0x24].includes(bytes[i + 1]));
  const c = new Cursor(bytes);
  c.pos = mark + 2;
  const block = readTextBlock(c, mark, bytes[mark + 1] === 0x24);
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  return {
    narrow: decoder.decode(bytes.subarray(block.structureEnd, block.wideStart)),
    wide: decoder.decode(bytes.subarray(block.wideStart, block.end)),
  };
}

/** Lists of strings that a chunk takes for narrow, or for well-formed, and that are not. */
function deceptive(at: number, text: string): unknown[] {
  const list: unknown[] = Array.from({ length: 150 }, (_, i) => `item ${i}`);
  list[at] = text;
  // What is aligned must stay so.
  list.splice(at + 1, 0, new Float64Array(20).fill(at), { [`key ${at}`]: "value" });
  return list;
}

Deno.test({
  name: "text block: a wide string among narrow ones, or a lone surrogate, anywhere in a chunk",
  permissions: "none",
  fn() {
    const texts = [
      "a€",
      "€",
      "€€",
      "a\ud800",
      "\ud800",
      "\udc00\ud800",
      "я\ud83d",
      "x".repeat(5000) + "я",
    ];
    for (const text of texts) {
      for (let at = 32; at < 110; at += 3) {
        const list = deceptive(at, text);
        const bytes = encode(list);
        assert(equals(decode(bytes), list), `${JSON.stringify(text.slice(-3))} at ${at}`);
        assert(!/[^\0-\xff]/.test(textsOf(bytes).narrow), "the narrow text has narrow characters");
        const view = decode<unknown[]>(new Uint8Array(bytes), { zeroCopy: true })[at + 1];
        assert(view instanceof Float64Array && view.buffer.byteLength === bytes.length, "aligned");
        for (const room of [10, 200, 900, bytes.length]) {
          const target = new Uint8Array(room);
          let isWritten = true;
          try {
            encodeInto(list, target);
          } catch {
            isWritten = false;
          }
          assertEquals(isWritten, room === bytes.length);
          if (isWritten) assertEquals(target, bytes);
        }
      }
    }
  },
});
