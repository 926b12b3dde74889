/** Sequences of values as streams of bytes. */
import {
  decode,
  DecodeError,
  DecoderStream,
  encode,
  EncodeError,
  EncoderStream,
  equals,
} from "../../pybytes/mod.ts";
import { Splitter } from "../../pybytes/wire/split.ts";
import { assert, assertEquals, assertInstanceOf, assertRejects } from "../helpers/assert.ts";
import { SUBTYPE_EXAMPLES, TAG_EXAMPLES } from "./helpers/examples.ts";
import { newSeed, Random } from "./helpers/random.ts";

/** Every type, references, and documents with a text block of each kind. */
const VALUES: readonly unknown[] = [
  ...Object.values(TAG_EXAMPLES),
  ...Object.values(SUBTYPE_EXAMPLES),
  [],
  Array.from({ length: 60 }, (_, i) => ({ id: i, name: `name ${i % 9}`, note: "é€".repeat(i) })),
  [1, new Float64Array(100), Array.from({ length: 9000 }, (_, i) => `text number ${i}`)],
  new Map<unknown, unknown>([[1, "a"], ["b", new Map([[2, { a: 1 }]])], [3, { a: 2 }]]),
];

function bytesOf(values: readonly unknown[]): Uint8Array {
  const documents = values.map((value) => encode(value));
  const all = new Uint8Array(documents.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const document of documents) {
    all.set(document, at);
    at += document.length;
  }
  return all;
}

function cut(bytes: Uint8Array, size: () => number): Uint8Array<ArrayBuffer>[] {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = Math.min(bytes.length, at + size());
    pieces.push(bytes.slice(at, end));
    at = end;
  }
  return pieces;
}

async function collect<T>(stream: ReadableStream<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of stream) values.push(value);
  return values;
}

Deno.test({
  name: "streams: all values come back, however the bytes are cut",
  permissions: "none",
  async fn() {
    const random = new Random(newSeed("streams"));
    const bytes = bytesOf(VALUES);
    const sizes = [() => bytes.length, () => 1, () => 7, () => 1 + random.below(5000)];
    for (const size of sizes) {
      for (const zeroCopy of [false, true]) {
        const decoder = new DecoderStream({ exact: true, zeroCopy });
        const found = await collect(ReadableStream.from(cut(bytes, size)).pipeThrough(decoder));
        assertEquals(found.length, VALUES.length);
        for (let i = 0; i < found.length; i++) {
          assert(equals(found[i], VALUES[i], { dictKinds: false }), Deno.inspect(VALUES[i]));
        }
      }
    }
  },
});

Deno.test({
  name: "streams: an encoder's documents are those of encode, its errors those of the value",
  permissions: "none",
  async fn() {
    const encoder = new EncoderStream({ canonical: true });
    const values = [{ b: 1, a: 2 }, new Set([2, 1])];
    const documents = await collect(ReadableStream.from(values).pipeThrough(encoder));
    assertEquals(documents, values.map((value) => encode(value, { canonical: true })));
    const broken = ReadableStream.from([1, { f() {} }, 2]).pipeThrough(new EncoderStream());
    const reader = broken.getReader();
    assertEquals((await reader.read()).value, encode(1));
    const error = await assertRejects(() => reader.read(), EncodeError);
    assertEquals([error.code, error.path], ["unsupported_type", "$.f"]);
  },
});

Deno.test({
  name: "streams: what is wrong is a DecodeError, after the values before it",
  permissions: "none",
  async fn() {
    const rows: readonly (readonly [number[], number, string, number])[] = [
      [[1, 2, 0xfc], 2, "reserved_tag", 0],
      [[0x81, 5, 0x83, 1, 2], 1, "truncated", 3],
      [[5, 0xe0], 1, "truncated", 1],
      [[0xa2, 0x61, 0x61, 0x61, 0x61, 1, 2, 7], 0, "duplicate_key", 0],
      [[0x82, 0x63, 97, 98, 99, 0xe4, 9], 0, "invalid_reference", 5],
      [[0x82, 0x01, 0x98], 0, "invalid_reference", 2],
    ];
    for (const [bytes, before, code, offset] of rows) {
      for (const size of [1, 2, 100]) {
        const pieces = cut(Uint8Array.from(bytes), () => size);
        const found: unknown[] = [];
        const values = ReadableStream.from(pieces).pipeThrough(new DecoderStream());
        const error = await assertRejects(async () => {
          for await (const value of values) found.push(value);
        });
        assertInstanceOf(error, DecodeError);
        assertEquals([found.length, error.code, error.offset], [before, code, offset]);
      }
    }
  },
});

Deno.test({
  name: "streams: a document that says it is too long fails before it has come",
  permissions: "none",
  async fn() {
    const huge = Uint8Array.of(0xe5, 0xfb, 0xff, 0xff, 0xff, 0x7f, 1, 2, 3);
    const text = encode(Array.from({ length: 100 }, (_, i) => `text ${i}`));
    for (const start of [huge, text.subarray(0, 200)]) {
      const decoder = new DecoderStream({ limits: { maxSizeBytes: 250 } });
      const writer = decoder.writable.getWriter();
      const write = writer.write(start.slice());
      const error = await assertRejects(() => decoder.readable.getReader().read(), DecodeError);
      assertEquals(error.code, "size_exceeded");
      await write;
      await assertRejects(() => writer.write(Uint8Array.of(1)), DecodeError);
      await assertRejects(() => writer.closed, DecodeError);
    }
    const small = ReadableStream.from([bytesOf([1, "a".repeat(240), 2])]);
    const values = small.pipeThrough(new DecoderStream({ limits: { maxSizeBytes: 250 } }));
    assertEquals((await collect(values)).length, 3);
  },
});

Deno.test({
  name: "streams: a slow reader slows the writer down, and decodes nothing ahead",
  permissions: "none",
  async fn() {
    let pulled = 0;
    const source = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled++;
        controller.enqueue(bytesOf([{ n: pulled }, "x"]));
      },
    }, { highWaterMark: 0 });
    const reader = source.pipeThrough(new DecoderStream()).getReader();
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert(pulled <= 2, `${pulled} pieces before anything was read`);
    for (let i = 0; i < 20; i++) await reader.read();
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert(pulled <= 13, `${pulled} pieces for 10`);
    await reader.cancel();
  },
});

Deno.test({
  name: "streams: cancelling the reader ends the writer, aborting the writer ends the reader",
  permissions: "none",
  async fn() {
    const first = new DecoderStream();
    const writer = first.writable.getWriter();
    const written = writer.write(Uint8Array.of(0xe7));
    await first.readable.cancel(new RangeError("enough"));
    await assertRejects(() => written, RangeError, "enough");
    const second = new DecoderStream();
    const read = second.readable.getReader().read();
    await second.writable.abort(new RangeError("gone"));
    await assertRejects(() => read, RangeError, "gone");
    const third = new DecoderStream();
    const wrong = third.writable.getWriter();
    const nothing = third.readable.getReader().read();
    await assertRejects(() => wrong.write("81" as unknown as Uint8Array), TypeError);
    await assertRejects(() => nothing, TypeError);
  },
});

Deno.test({
  name: "streams: the bytes that are needed are known, and each is looked at once",
  permissions: "none",
  async fn() {
    const decoder = new DecoderStream();
    assertEquals(decoder.neededBytes, 1);
    const writer = decoder.writable.getWriter();
    const read = decoder.readable.getReader().read();
    // bytes of 1000 octets, of which 3 have come.
    await writer.write(encode(new Uint8Array(1000)).slice(0, 6));
    await new Promise((resolve) => setTimeout(resolve));
    assertEquals(decoder.neededBytes, 1004 - 6 - 1 + 1);
    await writer.write(new Uint8Array(998));
    assertEquals((await read).value, new Uint8Array(1000));
  },
});

Deno.test({
  name: "streams: splitting agrees with decoding for every prefix of every document",
  permissions: "none",
  fn() {
    for (const value of VALUES) {
      const document = encode(value);
      const step = Math.max(1, Math.floor(document.length / 300));
      for (let size = 0; size <= document.length; size += step) {
        const splitter = new Splitter(Infinity);
        splitter.push(document.subarray(0, size));
        const found = splitter.next();
        if (size < document.length) {
          assertEquals(found, undefined);
          assert(splitter.neededBytes <= document.length - size, "no more than is there");
        }
        splitter.push(document.subarray(size));
        splitter.push(Uint8Array.of(5));
        const whole = found ?? splitter.next();
        assertEquals(whole?.length, document.length);
        assert(equals(decode(whole!, { exact: true }), decode(document, { exact: true })));
      }
    }
  },
});
