import {
  ByteArray,
  decode,
  DecodeError,
  encode,
  encodeInto,
  MemoryView,
} from "../../pybytes/mod.ts";
import { ELEMENT_TYPES } from "../../pybytes/wire/pack.ts";
import { assert, assertEquals, assertInstanceOf } from "../helpers/assert.ts";
import { bytesOf, decodeErrorOf, encodeErrorOf } from "./helpers/errors.ts";
import { Random } from "./helpers/random.ts";

const ARRAYS = [
  Int8Array,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  BigInt64Array,
  BigUint64Array,
  Float16Array,
  Float32Array,
  Float64Array,
] as const;

Deno.test({
  name:
    "views: every typed array comes back as itself, aligned, at every offset and length around the limit",
  permissions: "none",
  fn() {
    const random = new Random(1);
    for (const arrayClass of ARRAYS) {
      for (const length of [0, 1, 3, 7, 8, 9, 16, 31, 32, 33, 64, 65, 1000]) {
        const size = length * arrayClass.BYTES_PER_ELEMENT;
        const value = new arrayClass(
          random.bytes(size + 8).buffer,
          8 - 8 % arrayClass.BYTES_PER_ELEMENT,
          length,
        );
        for (let pad = 0; pad < 9; pad++) {
          const copy = decode<[string, typeof value]>(encode(["x".repeat(pad), value]))[1];
          assertInstanceOf(copy, arrayClass);
          assertEquals(copy.length, length);
          assertEquals(bytesIn(copy), bytesIn(value));
        }
      }
    }
  },
});

function bytesIn(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
}

Deno.test({
  name: "views: data of 64 bytes and more are aligned in the document, with zeros",
  permissions: "none",
  fn() {
    for (const arrayClass of ARRAYS) {
      const value = new arrayClass(64 / arrayClass.BYTES_PER_ELEMENT);
      const ones = new Uint8Array(value.buffer).fill(0xff);
      for (let pad = 0; pad < 9; pad++) {
        // Into memory at an odd address, after older bytes: the position in the document counts, and zeros are written.
        const target = new Uint8Array(200).fill(0xaa).subarray(3);
        const size = encodeInto(["x".repeat(pad), value], target);
        const at = size - 64;
        assertEquals(at % arrayClass.BYTES_PER_ELEMENT, 0);
        assertEquals(target.slice(at, size), ones);
        const header = 2 + pad + 3;
        assert(at - header < arrayClass.BYTES_PER_ELEMENT);
        assertEquals(target.slice(header, at), new Uint8Array(at - header));
        if (at > header) {
          target[at - 1] = 1;
          const error = decodeErrorOf(target.subarray(0, size));
          assertEquals([error.code, error.offset], ["invalid_padding", 2 + pad]);
        }
      }
    }
    assertEquals(encode(new Float64Array(7)).length, 3 + 56);
    assertEquals(encode(new Float64Array(8)).length, 8 + 64);
  },
});

Deno.test({
  name: "views: bytes, ArrayBuffer, Buffer-like classes, bytearray, DataView and clamped arrays",
  permissions: "none",
  fn() {
    class Bytes extends Uint8Array {}
    const plain = Uint8Array.of(1, 2, 3);
    for (
      const value of [
        plain,
        plain.buffer,
        new Bytes(plain),
        new Uint8Array([0, 1, 2, 3]).subarray(1),
      ]
    ) {
      const copy = decode(encode(value));
      assertEquals(Object.getPrototypeOf(copy), Uint8Array.prototype);
      assertEquals(copy, plain);
    }
    for (const length of [0, 1, 8, 9, 16, 17, 20, 32, 33, 247, 256, 257, 1024, 1025, 5000, 70000]) {
      const bytes = new Random(length).bytes(length);
      assertEquals(decode(encode(bytes)), bytes);
      const array = decode(encode(ByteArray.from(bytes)));
      assertInstanceOf(array, ByteArray);
      assertEquals(Uint8Array.from(array), bytes);
      for (const view of [new DataView(bytes.buffer), new Uint8ClampedArray(bytes.buffer)]) {
        const copy = decode(encode(view));
        assertInstanceOf(copy, DataView);
        assertEquals(bytesIn(copy), bytes);
      }
    }
  },
});

Deno.test({
  name: "views: small copies of one document share no byte and keep nothing of the input",
  permissions: "none",
  fn() {
    const value = Array.from({ length: 300 }, (_, i) => new Uint8Array(i % 40).fill(i));
    const copy = decode<Uint8Array[]>(encode(value));
    for (const bytes of copy) bytes.fill(0xee);
    copy.forEach((bytes, i) => assertEquals(bytes, new Uint8Array(i % 40).fill(0xee)));
    const total = new Set(copy.map((bytes) => bytes.buffer));
    assert(total.size < 10);
  },
});

Deno.test({
  name: "views: formats and shapes that no typed array has",
  permissions: "none",
  fn() {
    const random = new Random(2);
    const formats = ELEMENT_TYPES.flatMap(({ format, itemSizeBytes }) =>
      format === null ? [] : [[format, itemSizeBytes] as const]
    );
    assert(formats.length >= 15);
    for (
      const [format, itemSizeBytes] of [...formats, ["T{i:x:d:y:}", 16], ["<l", 4], ["@q", 8], [
        "3s",
        3,
      ], ["l", 8]] as const
    ) {
      for (const shape of [[], [3], [2, 5], [0, 4], [1, 1, 1], [3, 1, 7]]) {
        const count = shape.reduce((product, extent) => product * extent, 1);
        const value = new MemoryView({
          format,
          itemSizeBytes,
          shape,
          data: random.bytes(count * itemSizeBytes),
        });
        for (const pad of ["", "a", "ab"]) {
          const copy = decode<[string, MemoryView | DataView]>(encode([pad, value]))[1];
          if (copy instanceof MemoryView) assert(copy.equals(value), `${format} ${shape}`);
          else assertEquals(bytesIn(copy), value.data);
          if (!(copy instanceof MemoryView)) assertEquals(shape.length, 1);
        }
        const readonly = new MemoryView({
          format,
          itemSizeBytes,
          shape,
          data: value.data,
          readonly: true,
        });
        const copy = decode<MemoryView>(encode(readonly));
        assertInstanceOf(copy, MemoryView);
        assert(copy.equals(readonly) && copy.readonly);
      }
    }
  },
});

Deno.test({
  name: "views: what cannot be described or is gone is refused",
  permissions: "none",
  fn() {
    const data = new Uint8Array(0);
    const odd = new MemoryView({ format: "é", itemSizeBytes: 1, shape: [0], data });
    assertEquals(encodeErrorOf(odd).code, "out_of_range");
    const long = new MemoryView({ format: "i".repeat(1025), itemSizeBytes: 1, shape: [0], data });
    assertEquals(encodeErrorOf(long).code, "out_of_range");
    const buffer = new ArrayBuffer(8);
    const view = new DataView(buffer);
    structuredClone(buffer, { transfer: [buffer] });
    assertEquals(encodeErrorOf([view]).code, "invalid_value");
    assertEquals(
      decode(bytesOf("ed8b02fcffffffffffff00")),
      new MemoryView({ format: "d", shape: [2 ** 48 - 1, 0], data }),
    );
  },
});

Deno.test({
  name: "views: an item size other than the format's is kept, as packed ctypes structures have it",
  permissions: "none",
  fn() {
    for (
      const hex of [
        "ed7f01640301050607", // "d" with items of 3 bytes
        "ed7f016c040105060708", // "l" with 4, a long of another platform
        "ed7f014202010506", // "B" with 2
        "ed9f014203020300", // the same in two dimensions
        "ed7f023c6905010102030405",
      ]
    ) {
      const bytes = bytesOf(hex);
      const value = decode(bytes);
      assertInstanceOf(value, MemoryView);
      assertEquals(encode(value), bytes);
    }
  },
});

Deno.test({
  name: "views: any header is a view or a DecodeError",
  permissions: "none",
  fn() {
    const seed = crypto.getRandomValues(new Uint32Array(1))[0];
    console.log(`seed ${seed}`);
    const random = new Random(seed);
    let views = 0;
    for (let round = 0; round < 20_000; round++) {
      const bytes = random.bytes(2 + random.below(24));
      bytes[0] = 0xed;
      // Mostly the kinds and types that are used, mostly small counts.
      if (random.next() < 0.8) bytes[1] = (3 + random.below(2)) << 5 | random.below(32);
      for (let i = 2; i < 6 && i < bytes.length; i++) bytes[i] %= 12;
      try {
        decode(bytes);
        views++;
      } catch (error) {
        assertInstanceOf(error, DecodeError);
      }
    }
    assert(views > 100, `${views} views`);
  },
});
