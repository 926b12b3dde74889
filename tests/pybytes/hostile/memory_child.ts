/** Measures what decoding takes of the heap, in a process of its own: a line of JSON for each document and mode. */
import { decode, DecodeError, type DecodeOptions } from "../../../pybytes/mod.ts";
import { validDocument } from "../fuzz/documents.ts";
import { spansOf } from "../fuzz/structure.ts";
import { Random } from "../helpers/random.ts";
import { bombs, deep, listOf } from "./bombs.ts";

/** What decoding a document took. */
export interface Measurement {
  readonly name: string;
  /** Bytes of heap, and of buffers outside it, that the value holds for each byte of the document. */
  readonly ratio: number;
  /** The document's first bytes. */
  readonly hex: string;
}

const MODES: Readonly<Record<string, DecodeOptions>> = {
  default: {},
  exact: { exact: true },
  map: { dicts: "map" },
  zeroCopy: { zeroCopy: true },
};

/** Whether a document takes another way in this mode than by default. */
function isOther(mode: string, name: string): boolean {
  if (mode === "map") return /dict|key|records/i.test(name);
  return mode !== "zeroCopy" || /bytes|view|Array|FIXBYTES|PACK/i.test(name);
}

declare const gc: () => void;

function usedBytes(): number {
  gc();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

/** Values that live on for a while: collecting garbage takes longer than decoding, so it is done once for each. */
let kept: unknown[] = [];
const KEPT_VALUES = 8;
let usedBefore = 0;

function measure(name: string, document: Uint8Array, options: DecodeOptions): Measurement {
  if (kept.length === 0) usedBefore = usedBytes();
  kept.push(decode<unknown>(document, options));
  const used = usedBytes();
  const ratio = (used - usedBefore) / document.length;
  usedBefore = used;
  if (kept.length === KEPT_VALUES) kept = [];
  return { name, ratio, hex: document.subarray(0, 24).toHex() };
}

/** Lists of small random values: what a search finds. */
function found(seed: number): Map<string, Uint8Array> {
  const random = new Random(seed);
  const all = new Map<string, Uint8Array>();
  for (let i = 0; i < 40; i++) {
    const document = validDocument(random);
    const small = spansOf(document).filter(({ start, end }) => end - start <= 12);
    if (small.length === 0) continue;
    const { start, end, name } = random.pick(small);
    const item = document.slice(start, end);
    const list = listOf(Math.floor(32_000 / item.length), item);
    try {
      decode(list);
      all.set(`${name} ${item.toHex()}`, list);
    } catch (error) {
      // A reference, or padding that does not suit the new place.
      if (!(error instanceof DecodeError)) throw error;
    }
  }
  return all;
}

if (import.meta.main) {
  const results: Measurement[] = [];
  // Whatever a first call needs.
  for (const options of Object.values(MODES)) decode(Uint8Array.of(0xc0), options);
  for (const [name, document] of [...bombs(), ...found(Number(Deno.args[0]))]) {
    for (const [mode, options] of Object.entries(MODES)) {
      if (!isOther(mode, name)) continue;
      results.push(measure(`${name} (${mode})`, document, options));
    }
    if (/key|records|empty/.test(name)) results.push(measure(`${name} (deep)`, deep(document), {}));
  }
  console.log(JSON.stringify(results));
}
