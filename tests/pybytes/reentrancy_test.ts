import { decode, DecodeError, encode, EncodeError, encodeInto } from "../../pybytes/mod.ts";
import { assert, assertEquals, assertThrows } from "../helpers/assert.ts";
import { encodeErrorOf } from "./helpers/errors.ts";

Deno.test({
  name: "re-entrancy: getters may encode and decode",
  permissions: "none",
  fn() {
    const value = {
      before: "b".repeat(50),
      get nested() {
        return encode({ deep: encode([decode(encode("inner")), "x".repeat(10_000)]) });
      },
      get target() {
        const target = new Uint8Array(10);
        encodeInto([1, 2], target);
        return target;
      },
      after: [1, 2, 3],
    };
    const copy = decode<typeof value>(encode(value));
    assertEquals(copy.before, value.before);
    assertEquals(copy.after, [1, 2, 3]);
    assertEquals(copy.target.subarray(0, 3), Uint8Array.of(0x82, 1, 2));
    const inner = decode<{ deep: Uint8Array }>(copy.nested);
    assertEquals(decode(inner.deep), ["inner", "x".repeat(10_000)]);
  },
});

Deno.test({
  name: "re-entrancy: a getter that throws passes through and leaves nothing behind",
  permissions: "none",
  fn() {
    class Mine extends Error {}
    const good = encode({ a: "good" });
    for (let i = 0; i < 20; i++) {
      const bad = {
        a: "x".repeat(i * 1000),
        get b(): unknown {
          assertThrows(() => encode([1, Symbol("s")]), EncodeError);
          throw new Mine("on purpose");
        },
      };
      assertThrows(() => encode([bad]), Mine, "on purpose");
      assertThrows(() => encodeInto([bad], new Uint8Array(20)), Mine);
      assertEquals(encode({ a: "good" }), good);
    }
  },
});

Deno.test({
  name: "re-entrancy: arrays that change while they are encoded keep the announced length",
  permissions: "none",
  fn() {
    const growing: unknown[] = [{
      get a() {
        growing.push("late");
        return 1;
      },
    }, 2];
    assertEquals(decode(encode(growing)), [{ a: 1 }, 2]);
    const shrinking: unknown[] = [
      {
        get a() {
          shrinking.length = 1;
          return 1;
        },
      },
      2,
      3,
    ];
    assertEquals(decode(encode(shrinking)), [{ a: 1 }, undefined, undefined]);
    const map = new Map<unknown, unknown>([[1, {
      get a() {
        map.clear();
        return 1;
      },
    }], [2, 3]]);
    assertEquals(decode<unknown>(encode(map)), new Map<unknown, unknown>([[1, { a: 1 }], [2, 3]]));
    const object: Record<string, unknown> = {
      get a() {
        delete object.b;
        return 1;
      },
      b: 2,
    };
    assertEquals(decode(encode(object)), { a: 1, b: undefined });
  },
});

Deno.test({
  name: "re-entrancy: proxies are encoded as what they stand for",
  permissions: "none",
  fn() {
    assertEquals(decode(encode(new Proxy([1, 2], {}))), [1, 2]);
    const proxy = new Proxy({ a: 1 }, { get: () => encode("seen").length });
    assertEquals(decode(encode(proxy)), { a: 5 });
    const { proxy: revoked, revoke } = Proxy.revocable({}, {});
    revoke();
    assertThrows(() => encode([revoked]), TypeError);
    assertEquals(decode(encode([1])), [1]);
  },
});

Deno.test({
  name: "unsupported: everything that is no data is refused with its path",
  permissions: "none",
  fn() {
    class Point {
      x = 1;
    }
    class Names extends Array<string> {}
    class Index extends Map<string, number> {}
    const table: readonly (readonly [unknown, string])[] = [
      [() => 1, "a function"],
      [Symbol("x"), "Symbol(x)"],
      [new Point(), "Point"],
      [new Names(), "Names"],
      [new Index(), "Index"],
      [new WeakMap(), "WeakMap"],
      [Promise.resolve(), "Promise"],
      [/x/, "RegExp"],
      [new Error("x"), "Error"],
      [new Boolean(true), "Boolean"],
      [new Number(1), "Number"],
      [Object.create({}), "Object"],
      [Object.create(Array.prototype), "Array"],
      [Point, "a function"],
      [new URL("http://x"), "URL"],
      [globalThis, ""],
    ];
    for (const [value, what] of table) {
      const error = encodeErrorOf({ a: [0, new Map([[1, value]])] });
      assertEquals([error.code, error.path], ["unsupported_type", "$.a[1]{key 0}"]);
      assert(error.message.includes(what), error.message);
    }
    assertEquals(encodeErrorOf(new Map<unknown, unknown>([[1, 1], ["k", () => 1]])).path, "$.k");
    assertEquals(encodeErrorOf(new Set([Symbol("x")])).path, "$[0]");
    assertEquals(encodeErrorOf(new Set([() => 1])).code, "unhashable_key");
  },
});

Deno.test({
  name: "sparse arrays and undefined keep undefined; symbol keys are left out",
  permissions: "none",
  fn() {
    const sparse = [1];
    sparse[3] = 4;
    assertEquals(decode(encode(sparse)), [1, undefined, undefined, 4]);
    assertEquals(decode(encode({ a: undefined })), { a: undefined });
    assertEquals(decode(encode(undefined)), undefined);
    assertEquals(decode(encode({ a: 1, [Symbol("b")]: () => 1 })), { a: 1 });
  },
});

Deno.test({
  name: "re-entrancy: a polyfill may decode, and what it throws leaves nothing behind",
  permissions: "none",
  fn() {
    const bytes = encode(["a", Temporal.PlainDate.from("2024-01-02"), { b: new Uint8Array(3) }]);
    const inner = encode({ x: [1, new Uint8Array(5)], y: 1.5 });
    let calls = 0;
    class PlainDate extends Temporal.PlainDate {
      constructor(year: number, month: number, day: number) {
        super(year, month, day);
        calls++;
        assertEquals(decode<Map<string, unknown>>(inner, { dicts: "map" }).size, 2);
        assertThrows(() => decode(inner.subarray(0, 4)), DecodeError);
        if (calls % 2 === 0) throw new Error("on purpose");
      }
    }
    const temporal = Object.create(Temporal, { PlainDate: { value: PlainDate } });
    for (let i = 0; i < 6; i++) {
      if (i % 2 === 1) {
        assertThrows(() => decode(bytes, { temporal, exact: true }), Error, "on purpose");
      } else {
        const [a, date, dict] = decode<[string, unknown, object]>(bytes, { temporal });
        assertEquals([a, date instanceof PlainDate, dict], ["a", true, { b: new Uint8Array(3) }]);
      }
      // Options of one call are not those of the next.
      assertEquals(decode(encode([1, { a: 2 }])), [1, { a: 2 }]);
      const [, date] = decode<unknown[]>(bytes);
      assert(!(date instanceof PlainDate));
    }
    assertEquals(calls, 6);
  },
});
