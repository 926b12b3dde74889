import { ByteArray, itemSizeOf, MemoryView } from "../../../pybytes/types/mod.ts";
import { assert, assertEquals, assertThrows } from "../../helpers/assert.ts";
import { askPython, hasPython } from "./python_oracle.ts";

Deno.test({
  name: "ByteArray is a Uint8Array that stays one of its kind",
  permissions: "none",
  fn() {
    const bytes = ByteArray.from([1, 2, 255]);
    assert(bytes instanceof Uint8Array && bytes instanceof ByteArray);
    assert(bytes.subarray(1) instanceof ByteArray && bytes.subarray(1).buffer === bytes.buffer);
    assert(bytes.slice(1) instanceof ByteArray && bytes.slice(1).buffer !== bytes.buffer);
    assertEquals([...bytes.subarray(1, 2)], [2]);
    assertEquals([...ByteArray.of(7, 8)], [7, 8]);
    assertEquals([...ByteArray.from(new Set([1, 2]))], [1, 2]);
    assertEquals([...ByteArray.from("ab", (char) => char.charCodeAt(0))], [97, 98]);
    assertEquals(new ByteArray(3).length, 3);
    assertEquals(new ByteArray(new ArrayBuffer(8), 2, 4).byteOffset, 2);
    assertEquals(String(bytes), "bytearray(b'\\x01\\x02\\xff')");
  },
});

const SIZES: readonly (readonly [string, number | undefined])[] = [
  ...[..."?bBcspx"].map((code) => [code, 1] as const),
  ...[..."ehH"].map((code) => [code, 2] as const),
  ...[..."fiI"].map((code) => [code, 4] as const),
  ...[..."dqQlLnNP"].map((code) => [code, 8] as const),
  ["@l", 8],
  ["<l", 4],
  ["=L", 4],
  ["<q", 8],
];

Deno.test({
  name: "itemSizeOf knows the sizes of struct formats",
  permissions: "none",
  fn() {
    assert(SIZES.length > 0);
    for (const [format, size] of SIZES) assertEquals(itemSizeOf(format), size, format);
    assertEquals(itemSizeOf("|b"), 1);
    for (const format of ["", "<", "<n", ">i", "ii", "2i", "T{i:x:}", "toString", "O"]) {
      assertEquals(itemSizeOf(format), undefined, format);
    }
  },
});

Deno.test({
  name: "itemSizeOf's expectations are what this machine's Python computes",
  ignore: !hasPython || Deno.build.os !== "linux",
  async fn() {
    const sizes = await askPython(
      `import struct
print(json.dumps([struct.calcsize(v) for v in values]))`,
      SIZES.map(([format]) => format),
    );
    assertEquals(sizes, SIZES.map(([, size]) => size));
  },
});

Deno.test({
  name: "MemoryView holds format, shape and bytes",
  permissions: "none",
  fn() {
    const data = new Uint8Array(48).map((_, index) => index);
    const view = new MemoryView({ format: "l", shape: [2, 3], data });
    assertEquals([view.itemSizeBytes, view.readonly, view.shape], [8, false, [2, 3]]);
    assert(view.data === data && Object.isFrozen(view) && Object.isFrozen(view.shape));
    assert(view.equals(new MemoryView({ format: "l", shape: [2, 3], data: data.slice() })));
    assert(!view.equals(new MemoryView({ format: "l", shape: [2, 3], data, readonly: true })));
    assert(!view.equals(new MemoryView({ format: "l", shape: [3, 2], data })));
    assert(!view.equals(new MemoryView({ format: "q", shape: [2, 3], data })));
    assert(!view.equals(new MemoryView({ format: "l", shape: [6], data })));
    const changed = data.slice();
    changed[47]++;
    assert(!view.equals(new MemoryView({ format: "l", shape: [2, 3], data: changed })));
    const point = new MemoryView({ format: "d", shape: [], data: new Uint8Array(8) });
    assertEquals(point.shape.length, 0);
    const record = { format: "T{i:x:h:y:}", shape: [2], data: new Uint8Array(12) };
    assertEquals(new MemoryView({ ...record, itemSizeBytes: 6 }).itemSizeBytes, 6);
    assertEquals(String(view), "<memory format='l' shape=(2, 3)>");
  },
});

Deno.test({
  name: "MemoryView refuses what does not fit together",
  permissions: "none",
  fn() {
    const make = (init: Partial<ConstructorParameters<typeof MemoryView>[0]>) =>
      new MemoryView({ format: "i", shape: [2], data: new Uint8Array(8), ...init });
    assertEquals(make({}).itemSizeBytes, 4);
    assertThrows(() => make({ shape: [3] }), RangeError, "expected 12 bytes, found 8");
    assertThrows(() => make({ shape: [-2] }), RangeError, "whole numbers as shape");
    assertThrows(() => make({ shape: [0.5] }), RangeError, "whole numbers as shape");
    assertThrows(() => make({ shape: [2 ** 53 - 1, 2 ** 53 - 1] }), RangeError, "found 8");
    assertThrows(() => make({ format: "T{i:x:}" }), RangeError, "needs itemSizeBytes");
    assertThrows(() => make({ itemSizeBytes: 8 }), RangeError, "expected 16 bytes, found 8");
    assertEquals(make({ itemSizeBytes: 8, shape: [1] }).itemSizeBytes, 8);
    assertThrows(() => make({ format: "Zd", itemSizeBytes: 0 }), RangeError, "above 0");
  },
});
