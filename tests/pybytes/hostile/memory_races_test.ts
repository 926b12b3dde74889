/** Row 18: memory that is not aligned, or changes while it is read. */
import { decode, DecodeError, defineType, encode } from "../../../pybytes/mod.ts";
import { assert, assertEquals } from "../../helpers/assert.ts";
import { joined, listOf } from "./bombs.ts";
import { assertUnharmed } from "./unharmed.ts";

Deno.test({
  name: "hostile 18: packed values at every alignment are the same, copied and as views",
  permissions: "none",
  fn() {
    const value = [
      1,
      Float64Array.from({ length: 20 }, (_, i) => i / 3),
      "x",
      new Uint16Array(50).fill(7),
    ];
    const bytes = encode(value, { pooled: false });
    for (let shift = 0; shift < 17; shift++) {
      const memory = new Uint8Array(shift + bytes.length);
      memory.set(bytes, shift);
      for (const zeroCopy of [false, true]) {
        assertEquals(decode<unknown[]>(memory.subarray(shift), { zeroCopy }), value);
      }
    }
    assertUnharmed();
  },
});

Deno.test({
  name: "hostile 18: shared memory that another thread writes gives a value or a DecodeError",
  permissions: { read: [new URL("../../", import.meta.url)] },
  async fn() {
    const documents = [
      encode(
        Array.from(
          { length: 40 },
          (_, i) => ({ id: i, name: `name ${i % 7}`, tags: ["é€", i / 3] }),
        ),
      ),
      encode([new Map([[1, new Float64Array(12)]]), "x".repeat(300), { a: { b: [1n << 70n] } }]),
      joined("82a16161c0", listOf(100, "98c0")),
    ];
    const size = Math.max(...documents.map(({ length }) => length));
    const shared = new SharedArrayBuffer(size + 4);
    const worker = new Worker(new URL("./scribbler.ts", import.meta.url), { type: "module" });
    try {
      const started = new Promise((resolve) => worker.onmessage = resolve);
      worker.postMessage(shared);
      await started;
      const memory = new Uint8Array(shared, 4);
      let values = 0, errors = 0;
      const end = performance.now() + 1000;
      for (let round = 0; performance.now() < end; round++) {
        const document = documents[round % documents.length];
        memory.set(document);
        try {
          const value = decode<unknown>(memory.subarray(0, document.length), {
            exact: round % 2 === 0,
          });
          const before = encode(value, { pooled: false }).toHex();
          // What was returned does not lie in the shared memory.
          assertEquals(encode(value, { pooled: false }).toHex(), before);
          values++;
        } catch (error) {
          if (!(error instanceof DecodeError)) throw error;
          errors++;
        }
        if (round % 50 === 0) assertUnharmed();
      }
      assert(values > 10 && errors > 10, `${values} values, ${errors} errors`);
    } finally {
      worker.terminate();
    }
    assertUnharmed();
  },
});

class Marker {}

/** A user type whose hook does something to the memory that is being read. */
function marking(hook: () => void) {
  return defineType<object>({
    id: 9,
    class: Marker,
    encode: () => 0,
    decode: () => {
      hook();
      return new Marker();
    },
  });
}

/** Reads a list while its memory goes away: it is an error of ours, or all that was there. */
function decodeWhile(hook: () => void, bytes: Uint8Array, zeroCopy = false): unknown {
  const expected = bytes.toHex();
  const types = [marking(hook)];
  let value: unknown;
  try {
    value = decode(bytes, { types, zeroCopy });
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    assertUnharmed();
    return undefined;
  }
  // Views of memory that is gone are empty; copies are not.
  if (!zeroCopy) {
    const right = decode<unknown>(Uint8Array.fromHex(expected), { types: [marking(() => {})] });
    const options = { types, pooled: false };
    assertEquals(encode(value, options).toHex(), encode(right, options).toHex());
  }
  assertUnharmed();
  return value;
}

/** The marker comes first, and then everything that is read in a way of its own. */
const AFTER_MARKER = joined(
  // A list of 14: the marker, ints, a float, text, bytes, a UUID, packed elements, dicts, a big int.
  "8e f90900 05 c534 cda007 de9c7500883ce4377e 6461626364 e505000102030405060708090a0b0c0d",
  "f612345678123456781234567812345678 ed6b02000000000000f03f0000000000000040",
  "ed0c051232006400e100cf072c01 ed1802000000000000f03f0000000000000040 a16161c0 98c0",
  "d50400000040eaed7446d09c2c9f0c",
);

Deno.test({
  name: "hostile 18: a buffer that a hook detaches is a typed error, or the values that were there",
  permissions: "none",
  fn() {
    for (const zeroCopy of [false, true]) {
      const memory = AFTER_MARKER.slice();
      decodeWhile(() => memory.buffer.transfer(), memory, zeroCopy);
    }
    // In the middle of a text block: what is cut from it is there already.
    const types = [marking(() => {})];
    const texts = Array.from({ length: 30 }, (_, i) => `text ${i}`);
    const bundled = encode([texts, new Marker(), texts.map((text) => `${text} é€`), 1], { types });
    const memory = bundled.slice();
    decodeWhile(() => memory.buffer.transfer(), memory);
  },
});

Deno.test({
  name:
    "hostile 18: a buffer that a hook makes smaller is a typed error, or the values that were there",
  permissions: "none",
  fn() {
    for (let left = 0; left <= AFTER_MARKER.length; left++) {
      for (const isTracking of [true, false]) {
        for (const zeroCopy of [false, true]) {
          const size = AFTER_MARKER.length;
          const buffer = new ArrayBuffer(size, { maxByteLength: 2 * size });
          new Uint8Array(buffer).set(AFTER_MARKER);
          const memory = isTracking ? new Uint8Array(buffer) : new Uint8Array(buffer, 0, size);
          decodeWhile(() => buffer.resize(left), memory, zeroCopy);
        }
      }
    }
    // One that grows changes nothing.
    const buffer = new ArrayBuffer(AFTER_MARKER.length, { maxByteLength: 4096 });
    new Uint8Array(buffer).set(AFTER_MARKER);
    const grown = decodeWhile(
      () => buffer.resize(4096),
      new Uint8Array(buffer, 0, AFTER_MARKER.length),
    );
    assertEquals((grown as unknown[]).length, 14);
  },
});
