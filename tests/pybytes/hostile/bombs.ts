/** Documents that are small and become large: those that take the most memory for their size. */
import { bytesOf } from "../helpers/errors.ts";

/** Joins bytes and hexadecimal text. */
export function joined(...parts: readonly (string | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  const arrays = parts.map((part) => typeof part === "string" ? bytesOf(part) : part);
  const result = new Uint8Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    result.set(array, at);
    at += array.length;
  }
  return result;
}

/** A length in the form that has four bytes whatever it is. */
export function length32(value: number): Uint8Array {
  return Uint8Array.of(251, value & 255, value >> 8 & 255, value >> 16 & 255, value >>> 24);
}

/** The same bytes again and again. */
export function times(count: number, item: string | Uint8Array): Uint8Array<ArrayBuffer> {
  const one = typeof item === "string" ? bytesOf(item) : item;
  const result = new Uint8Array(count * one.length);
  for (let i = 0; i < count; i++) result.set(one, i * one.length);
  return result;
}

/** A list of one value many times. */
export function listOf(count: number, item: string | Uint8Array): Uint8Array<ArrayBuffer> {
  return joined("e7", length32(count - 16), times(count, item));
}

/** Values, in hexadecimal, of which a list is made: what takes an object of its own, in as few bytes as can be. */
// deno-fmt-ignore
export const ITEMS: Readonly<Record<string, string>> = {
  "empty list": "80", "empty tuple": "90", "empty dict": "a0", "empty bytes": "ac",
  "empty set": "ea00", "empty frozenset": "eb00", "empty Map": "f81ea0", "empty deque": "f80680",
  "empty OrderedDict": "f808a0", "empty Counter": "f80aa0", "ChainMap": "f80b81a0",
  "longer ChainMap": "f80b84a0a0a0a0", "named tuple": "f80c60a0", "named tuple of one": "f80c60a160c0",
  "list of one": "8180", "tuple of one": "9190", "dict of one": "a160c0", "Map of one": "a100c0",
  "set of one": "ea0100", "frozenset of one": "eb0100", "set of frozensets": "ea01eb00",
  "deque of one": "f8068100", "deque of five": "f806850000000000", "set of five": "ea050001020304",
  "bytes": "ad00", "bytearray": "e600", "bytes of 33": `e518${"00".repeat(33)}`,
  "packed list": "ed0000", "packed tuple": "ed2000", "packed bools": "ed0008ff",
  "Float64Array": "ed6b00", "Int8Array": "ed6100", "DataView": "ed6200", "memoryview": "ed7200",
  "memoryview without dimensions": "ed820000", "read-only view": "f81fed6200", "view of 3 dimensions": "ed8203000000",
  "date": "ee0100", "far date": "f81600", "time": "ef000000", "aware time": "ef0000100 1",
  "naive datetime": "f000000000", "UTC datetime": "f100000000", "datetime with an offset": "f410013c",
  "datetime with a zone": "f41801635554 43", "unknown zone": "f418016158", "timedelta": "f50001",
  "duration": "f819010001", "buddhist date": "f81a006862756464686973 74ee0100",
  "Decimal": "f74001", "Infinity": "f77c", "UUID": `f6${"00".repeat(16)}`, "range": "f80200",
  "complex": "dfd7d7", "extension": "f905c0", "bytes extension": "fa0500", "float": "d801", "zero": "d7",
  "path": "f80d60", "Windows path": "f8106161", "str": "63616263", "UTF-16": "e2006100",
  "code points": "f81d00", "surrogates": "f81d023dd80000de00", "U64": "d300000000000000ff",
  "BIGP": "d500000000000000000001", "undefined": "f800", "fraction": "d905",
};

/** A dict of these keys, and many that refer to them. */
function records(keys: string, count: number, size: number): Uint8Array<ArrayBuffer> {
  const nones = "c0".repeat(count);
  return joined("82", `a${count}${keys}${nones}`, listOf(size, `98${nones}`));
}

/** Dicts of two keys, of which the second is never the same. */
function everNewKeys(first: string, count: number): Uint8Array<ArrayBuffer> {
  const dicts = Array.from({ length: count }, (_, i) => {
    return joined(`a2${first}62`, Uint8Array.of(97 + i % 64, 97 + (i >> 6)), "c0c0");
  });
  return joined("e7", length32(count - 16), ...dicts);
}

/** Keys that are indexes: an engine may keep the values of an object in an array that is as long as the index. */
const INDEX_KEYS: Readonly<Record<string, string>> = {
  "0": "6130",
  "99": "623939",
  "490": "63343930",
  "1023": "6431303233",
};

/** The worst documents of each kind by name, of about 32 KB each. */
export function bombs(): Map<string, Uint8Array<ArrayBuffer>> {
  const all = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const [name, hex] of Object.entries(ITEMS)) {
    const item = bytesOf(hex.replaceAll(" ", ""));
    all.set(name, listOf(Math.floor(32_000 / item.length), item));
  }
  for (const [key, hex] of Object.entries(INDEX_KEYS)) {
    all.set(`dicts with the key ${key}`, listOf(5000, `a1${hex}c0`));
    all.set(`records with the key ${key}`, records(hex, 1, 15_000));
    all.set(`ever new keys beside ${key}`, everNewKeys(hex, 3000));
  }
  all.set("records with the key __proto__", records("695f5f70726f746f5f5f", 1, 15_000));
  all.set("records of three", records("616161626163", 3, 8000));
  all.set("ever new keys", everNewKeys("6161", 3000));
  all.set("references to a string", joined("82", "63616263", listOf(16_000, "e400")));
  all.set("packed list of bools", joined("ed00", length32(256_000), new Uint8Array(32_000)));
  for (
    const [name, head] of Object.entries({
      lists: "81",
      tuples: "91",
      dicts: "a160",
      Maps: "a100",
      frozensets: "eb01",
      deques: "f80681",
      OrderedDicts: "f808a160",
      extensions: "f900",
    })
  ) {
    all.set(`nested ${name}`, joined(times(Math.floor(64_000 / head.length), head), "c0"));
  }
  return all;
}

/** Lists around a document, so that what is in it is read without recursion. */
export function deep(bytes: Uint8Array, levels = 256): Uint8Array<ArrayBuffer> {
  return joined(times(levels, "81"), bytes);
}
