/** Changes to documents that know where their values are. */
import { Tag } from "../../../pybytes/wire/tags.ts";
import { bytesOf } from "../helpers/errors.ts";
import type { Random } from "../helpers/random.ts";
import { EXAMPLES, validDocument } from "./documents.ts";
import { type Span, spansOf } from "./structure.ts";

/** Documents do not grow beyond this, so that each takes about as long as the last. */
const MAX_DOCUMENT_BYTES = 20_000;

/** What a mutation works on. */
interface Subject {
  readonly bytes: Uint8Array;
  readonly spans: readonly Span[];
  readonly random: Random;
}

type Mutation = (subject: Subject) => Uint8Array;

/** Headers of containers that take one value, and one of a dict that takes it as its key. */
const WRAPPERS: readonly (readonly [before: string, after: string])[] = [
  ["81", ""],
  ["91", ""],
  ["a16161", ""],
  ["a1", "c0"],
  ["ea01", ""],
  ["eb01", ""],
  ["f80681", ""],
  ["f8070181", ""],
  ["f80b81", ""],
  ["f808a16161", ""],
  ["f808a1", "05"],
  ["f809a16161", ""],
  ["f80c6152a16161", ""],
  ["f81ea16161", ""],
  ["f905", ""],
  ["f81f", ""],
  ["df", "d7"],
  ["dfd7", ""],
  ["f802", ""],
  ["f81a00686275646468697374", ""],
];

const MUTATIONS: readonly Mutation[] = [
  swapped,
  duplicated,
  deleted,
  inserted,
  inserted,
  spliced,
  spliced,
  wrapped,
  wrapped,
  retagged,
  retagged,
  recounted,
  recounted,
  referring,
  repeated,
  randomByte,
  randomByte,
  resizedText,
  repacked,
  truncated,
  extended,
];

/** One or more changes to a document. */
export function mutated(bytes: Uint8Array, random: Random): Uint8Array {
  let result = bytes;
  for (let left = random.pick([1, 1, 1, 2, 2, 3, 5]); left > 0; left--) {
    const spans = spansOf(result);
    if (spans.length === 0) return Uint8Array.of(...result.subarray(0, 64), random.below(256));
    const next = random.pick(MUTATIONS)({ bytes: result, spans, random });
    if (next.length > MAX_DOCUMENT_BYTES) continue;
    result = withTextMoved(result, next, spans, random);
  }
  return result;
}

/** Corrects the size of the structure before a text block, as most of the time only then anything else is tested. */
function withTextMoved(
  before: Uint8Array,
  after: Uint8Array,
  spans: readonly Span[],
  random: Random,
): Uint8Array {
  const mark = spans.find(({ name }) => name === "XT.BUNDLE");
  const delta = after.length - before.length;
  if (mark === undefined || delta === 0 || random.below(4) === 0) return after;
  const at = mark.start + 2;
  if (after[mark.start] !== Tag.XT || at + 1 >= after.length) return after;
  const size = (after[at] | after[at + 1] << 8) + delta;
  return replaced(after, at, at + 2, [size & 0xff, size >> 8 & 0xff]);
}

function replaced(
  bytes: Uint8Array,
  start: number,
  end: number,
  middle: ArrayLike<number>,
): Uint8Array {
  const result = new Uint8Array(bytes.length - (end - start) + middle.length);
  result.set(bytes.subarray(0, start));
  result.set(middle, start);
  result.set(bytes.subarray(end), start + middle.length);
  return result;
}

function bytesIn({ bytes }: Subject, { start, end }: Span): Uint8Array {
  return bytes.subarray(start, end);
}

/** Half of the time changes the count of the container around a value that comes or goes. */
function withCount(subject: Subject, span: Span, result: Uint8Array, by: number): Uint8Array {
  const parent = subject.spans[span.parent];
  if (parent === undefined || subject.random.below(2) === 0) return result;
  const tag = result[parent.start];
  const isFixed = tag >= Tag.FIXLIST && tag < Tag.FIXBYTES;
  result[isFixed ? parent.start : parent.headEnd - 1] += by;
  return result;
}

function swapped(subject: Subject): Uint8Array {
  const { bytes, spans, random } = subject;
  const one = random.pick(spans), other = random.pick(spans);
  const [first, second] = one.start < other.start ? [one, other] : [other, one];
  if (first.end > second.start) return randomByte(subject);
  const middle = [
    ...bytesIn(subject, second),
    ...bytes.subarray(first.end, second.start),
    ...bytesIn(subject, first),
  ];
  return replaced(bytes, first.start, second.end, middle);
}

function duplicated(subject: Subject): Uint8Array {
  const span = subject.random.pick(subject.spans);
  const copy = bytesIn(subject, span);
  return withCount(subject, span, replaced(subject.bytes, span.end, span.end, copy), 1);
}

function deleted(subject: Subject): Uint8Array {
  const span = subject.random.pick(subject.spans);
  return withCount(subject, span, replaced(subject.bytes, span.start, span.end, []), -1);
}

function inserted(subject: Subject): Uint8Array {
  const { random, spans, bytes } = subject;
  const span = random.pick(spans);
  const other = random.pick(EXAMPLES);
  return withCount(subject, span, replaced(bytes, span.start, span.start, other), 1);
}

/** Puts a value of another document in place of one. */
function spliced({ bytes, spans, random }: Subject): Uint8Array {
  const other = random.below(2) ? random.pick(EXAMPLES) : validDocument(random);
  const part = random.pick(spansOf(other));
  const { start, end } = random.pick(spans);
  return replaced(bytes, start, end, other.subarray(part.start, part.end));
}

function wrapped(subject: Subject): Uint8Array {
  const span = subject.random.pick(subject.spans);
  const [before, after] = subject.random.pick(WRAPPERS);
  const value = [...bytesOf(before), ...bytesIn(subject, span), ...bytesOf(after)];
  return replaced(subject.bytes, span.start, span.end, value);
}

function retagged({ bytes, spans, random }: Subject): Uint8Array {
  const { start } = random.pick(spans);
  const tag = bytes[start];
  const next = random.pick([random.below(256), 0x80 + random.below(128), tag + 1, tag - 1]);
  return replaced(bytes, start, start + 1, [next & 0xff]);
}

/** Changes the number behind a tag: its size, or a longer form of it. */
function recounted({ bytes, spans, random }: Subject): Uint8Array {
  const { start } = random.pick(spans);
  const at = start + 1;
  if (at >= bytes.length) return bytes;
  const number = bytes[at];
  switch (random.below(5)) {
    case 0:
      return replaced(bytes, at, at + 1, [number + 1 & 0xff]);
    case 1:
      return replaced(bytes, at, at + 1, [number - 1 & 0xff]);
    case 2:
      return replaced(bytes, at, at + 1, [251, number, 0, 0, 0]);
    case 3:
      return replaced(bytes, at, at + 1, [252, number, 0, 0, 0, 0, 0]);
    default:
      return replaced(bytes, at, at + 1, [247 + random.below(9)]);
  }
}

/** Puts a reference in place of a value. */
function referring({ bytes, spans, random }: Subject): Uint8Array {
  const { start, end } = random.pick(spans);
  const number = random.pick([0, 0, 1, 2, 3, 5, 8, 20, 247]);
  const reference = random.below(2)
    ? [Tag.SREF, number]
    : number < 8
    ? [Tag.DREF + number]
    : [Tag.DREFV, number - 8];
  return replaced(bytes, start, end, reference);
}

/** Puts a list, tuple, set or dict of many copies in place of a value. */
function repeated(subject: Subject): Uint8Array {
  const { random, bytes } = subject;
  const span = random.pick(subject.spans);
  const one = bytesIn(subject, span);
  if (one.length > 40) return bytes;
  const count = random.pick([1, 2, 16, 100, 247]);
  const tag = random.pick([Tag.LISTV, Tag.LISTV, Tag.TUPLEV, Tag.SET]);
  const offset = tag === Tag.LISTV ? 16 : tag === Tag.TUPLEV ? 8 : 0;
  const values = Array.from({ length: count + offset }, () => [...one]).flat();
  return replaced(bytes, span.start, span.end, [tag, count, ...values]);
}

function randomByte({ bytes, random }: Subject): Uint8Array {
  if (bytes.length === 0) return Uint8Array.of(random.below(256));
  const at = random.below(bytes.length);
  return replaced(bytes, at, at + 1, [random.below(256)]);
}

/** Changes one of the three sizes before a text block. */
function resizedText(subject: Subject): Uint8Array {
  const { bytes, spans, random } = subject;
  const mark = spans.find(({ name }) => name.endsWith("BUNDLE"));
  if (mark === undefined) return randomByte(subject);
  const at = mark.start + 2 + random.below(6);
  if (at >= bytes.length) return bytes;
  return replaced(bytes, at, at + 1, [bytes[at] + random.pick([1, -1, 128, 7]) & 0xff]);
}

/** Changes the header of packed elements. */
function repacked(subject: Subject): Uint8Array {
  const { bytes, spans, random } = subject;
  const packs = spans.filter(({ name }) => name === "PACK");
  const header = random.below(8) * 32 + random.below(32);
  if (packs.length === 0) {
    const { start, end } = random.pick(spans);
    return replaced(bytes, start, end, [Tag.PACK, header, random.below(10), ...random.bytes(80)]);
  }
  const at = random.pick(packs).start + 1;
  return replaced(bytes, at, at + 1, [header]);
}

function truncated({ bytes, random }: Subject): Uint8Array {
  return bytes.slice(0, random.below(bytes.length));
}

function extended({ bytes, random }: Subject): Uint8Array {
  return replaced(bytes, bytes.length, bytes.length, random.bytes(1 + random.below(3)));
}
