/** Objects that have the prototype of a class without being made by it. */
import * as pybytes from "../../pybytes/mod.ts";
import { decode, encode, FrozenSet, NamedTuple, Tuple } from "../../pybytes/mod.ts";
import { assert, assertEquals } from "../helpers/assert.ts";
import { encodeErrorOf } from "./helpers/errors.ts";

/** The classes whose instances can be encoded: ours, and the language's own. */
const CLASSES: readonly { readonly name: string; readonly prototype: object }[] = [
  ...Object.values(pybytes).filter((value) =>
    typeof value === "function" && String(value).startsWith("class") &&
    // Errors and streams are no values.
    !(value.prototype instanceof Error) && !value.name.endsWith("Stream")
  ) as { name: string; prototype: object }[],
  ...[Map, Set, Date, String, ArrayBuffer, DataView, Uint8Array, Uint8ClampedArray, Int8Array],
  ...[Int16Array, Uint16Array, Int32Array, Uint32Array, BigInt64Array, BigUint64Array],
  ...[Float32Array, Float64Array],
];

Deno.test({
  name: "hollow objects are refused, wherever they are",
  permissions: "none",
  fn() {
    assert(CLASSES.length > 35);
    for (const { name, prototype } of CLASSES) {
      for (let nesting = 0; nesting < 3; nesting++) {
        const hollow = Object.create(prototype);
        const value = nesting === 0 ? hollow : nesting === 1 ? [{ a: hollow }] : deep(hollow);
        const error = encodeErrorOf(value);
        assertEquals([name, error.code], [name, "invalid_value"]);
        if (nesting === 1) assertEquals(error.path, "$[0].a");
      }
    }
    // Nothing of it is left behind.
    assertEquals(decode(encode([1, "a"])), [1, "a"]);
  },
});

function deep(core: unknown): unknown {
  let value = core;
  for (let i = 0; i < 300; i++) value = [value];
  return value;
}

Deno.test({
  name: "hollow objects are refused as keys and members too",
  permissions: "none",
  fn() {
    for (const { name, prototype } of CLASSES) {
      for (const make of [asMember, asKey]) {
        const { code } = encodeErrorOf(make(Object.create(prototype)));
        assert(code === "invalid_value" || code === "unhashable_key", `${name}: ${code}`);
      }
    }
    assertEquals(encodeErrorOf(asKey(Object.create(FrozenSet.prototype))).code, "invalid_value");
  },
});

function asMember(value: unknown): unknown {
  return new Set([value]);
}

function asKey(value: unknown): unknown {
  return new Map([[value, 1]]);
}

Deno.test({
  name: "hollow: proxies and other arrays with our prototypes, detached memory",
  permissions: "none",
  fn() {
    const detached = new ArrayBuffer(8);
    detached.transfer();
    const values = [
      new Proxy(new Map(), {}),
      new Proxy(new FrozenSet([1]), {}),
      new Proxy(new Date(0), {}),
      Object.setPrototypeOf({ length: 1, 0: 1 }, Tuple.prototype),
      Object.setPrototypeOf([1], NamedTuple.prototype),
      Object.create(pybytes.Float.prototype, { value: { value: "1" } }),
      Object.create(pybytes.Complex.prototype, { re: { value: 1 } }),
      detached,
    ];
    for (const [index, value] of values.entries()) {
      assertEquals([index, encodeErrorOf([value]).code], [index, "invalid_value"]);
    }
  },
});

Deno.test({
  name: "hollow: what a getter throws is the caller's own",
  permissions: "none",
  fn() {
    const own = new TypeError("mine");
    const value = {
      get a(): never {
        throw own;
      },
    };
    for (const outer of [value, [value], new Map([[1, value]]), deep(value)]) {
      let thrown: unknown;
      try {
        encode(outer);
      } catch (error) {
        thrown = error;
      }
      assert(thrown === own);
    }
  },
});
