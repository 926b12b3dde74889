/** A few seconds of the fuzzer, and that it finds what it should. */
import { assert, assertEquals } from "../../helpers/assert.ts";
import { bytesOf } from "../helpers/errors.ts";
import { newSeed, Random } from "../helpers/random.ts";
import { EXAMPLES, validDocument } from "./documents.ts";
import { fuzz } from "./fuzzer.ts";
import { smallest } from "./minimize.ts";
import { mutated } from "./mutate.ts";
import { spansOf } from "./structure.ts";

Deno.test({
  name: "fuzz: no bytes make the decoder do anything but give a value or a DecodeError",
  permissions: "none",
  fn() {
    const seed = newSeed("fuzz");
    const { documents, valid, finding } = fuzz({ seed, timeMs: 5000 });
    assertEquals(finding, undefined, `seed ${seed}`);
    // Of mere random bytes almost none are valid, and then nothing behind the decoder is tested.
    assert(documents > 300 && valid > documents / 10, `${valid} of ${documents} are valid`);
  },
});

Deno.test({
  name: "fuzz: the spans of a document are its values",
  permissions: "none",
  fn() {
    const spans = spansOf(bytesOf("82 a1 61 61 92 01 c0 05"));
    assertEquals(spans.map(({ start, end, parent }) => [start, end, parent]), [
      [0, 8, -1],
      [1, 7, 0],
      [2, 4, 1],
      [4, 7, 1],
      [5, 6, 3],
      [6, 7, 3],
      [7, 8, 0],
    ]);
    assert(EXAMPLES.length > 70);
    for (const example of EXAMPLES) assert(spansOf(example).length > 0);
  },
});

Deno.test({
  name: "fuzz: the same seed makes the same documents, and changes change them",
  permissions: "none",
  fn() {
    const made = (seed: number) => {
      const random = new Random(seed);
      return Array.from({ length: 50 }, () => mutated(validDocument(random), random).toHex());
    };
    assertEquals(made(7), made(7));
    const random = new Random(8);
    let changed = 0;
    for (let i = 0; i < 200; i++) {
      const document = validDocument(random);
      if (mutated(document, random).toHex() !== document.toHex()) changed++;
    }
    assert(changed > 150, `${changed} of 200`);
  },
});

Deno.test({
  name: "fuzz: a fault is made as small as it can be",
  permissions: "none",
  fn() {
    const bytes = new Random(9).bytes(300);
    bytes[120] = 0xf8;
    bytes[121] = 0x42;
    const hasFault = (candidate: Uint8Array) => {
      return candidate.some((byte, at) => byte === 0xf8 && candidate[at + 1] >= 0x40);
    };
    assertEquals(smallest(bytes, hasFault), Uint8Array.of(0xf8, 0x40));
  },
});
