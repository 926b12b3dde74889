/** Row 20: the caller's own code, called from inside, that does what it should not. */
import {
  ByteArray,
  Counter,
  decode,
  DecodeError,
  defineType,
  encode,
  EncodeError,
  encodeInto,
  type PyValue,
} from "../../../pybytes/mod.ts";
import { assert, assertEquals, assertThrows } from "../../helpers/assert.ts";
import { encodeErrorOf } from "../helpers/errors.ts";
import { assertUnharmed } from "./unharmed.ts";

class Box {
  readonly content: unknown;

  constructor(content: unknown) {
    this.content = content;
  }
}

/** A type of boxes with these hooks. */
function boxes(hooks: { encode?: (box: Box) => unknown; decode?: (content: unknown) => unknown }) {
  return {
    types: [defineType<object>({
      id: 3,
      class: Box,
      encode: (box) => (hooks.encode ?? ((one) => one.content))(box as Box),
      decode: (content) => (hooks.decode ?? ((one) => new Box(one)))(content) as object,
    })],
  };
}

/** Text for a block, keys to refer to, and boxes among them. */
function content(): unknown[] {
  const many: unknown[] = Array.from({ length: 40 }, (_, i) => `string ${i % 8}`);
  for (let i = 0; i < 6; i++) many.push({ name: `string ${i}`, box: new Box([`inner ${i}`, i]) });
  return many;
}

class Mine extends Error {}

Deno.test({
  name: "hostile 20: a hook that throws midway passes through, and leaves nothing behind",
  permissions: "none",
  fn() {
    const bytes = encode(content(), boxes({}));
    for (let at = 1; at <= 6; at++) {
      let calls = 0;
      const throwing = () => {
        if (++calls === at) throw new Mine("on purpose");
        return 0;
      };
      assertThrows(() => decode(bytes, boxes({ decode: throwing })), Mine);
      assertUnharmed();
      calls = 0;
      assertThrows(() => encode(content(), boxes({ encode: throwing })), Mine);
      assertUnharmed();
      calls = 0;
      assertThrows(
        () => encodeInto(content(), new Uint8Array(4096), boxes({ encode: throwing })),
        Mine,
      );
      assertUnharmed();
    }
  },
});

Deno.test({
  name:
    "hostile 20: hooks that encode and decode, and fail at it, do not disturb the call around them",
  permissions: "none",
  fn() {
    const decoding = (inner: unknown) => {
      assertUnharmed();
      assertThrows(() => decode(Uint8Array.of(0x82, 0x63, 0x61)), DecodeError);
      assertThrows(() => encode([content(), () => 1]), EncodeError);
      return new Box(decode<unknown>(encode(inner)));
    };
    const hooks = boxes({
      decode: decoding,
      encode: (box) => {
        assertUnharmed();
        encode(content().map(String));
        return box.content;
      },
    });
    const plain = encode(content(), boxes({}));
    assertEquals(encode(content(), hooks), plain);
    assertEquals(decode<PyValue[]>(plain, hooks), content() as PyValue[]);
    assertEquals(
      encode(content(), { ...hooks, canonical: true }),
      encode(content(), { ...boxes({}), canonical: true }),
    );
    // As deep as one likes.
    let levels = 0;
    const recursive = boxes({
      decode: (inner): object =>
        ++levels < 50 ? new Box(decode<object>(plain, recursive)) : new Box(inner),
    });
    decode(plain, recursive);
    assertUnharmed();
  },
});

Deno.test({
  name: "hostile 20: bytes that a hook keeps stay what they were",
  permissions: "none",
  fn() {
    const kept: Uint8Array[] = [];
    const keeping = boxes({
      decode: (content) => {
        kept.push(content as Uint8Array);
        return new Box(content);
      },
    });
    const values = Array.from({ length: 30 }, (_, i) => new Box(new Uint8Array(5 + i).fill(i)));
    const bytes = encode(values, boxes({})).slice();
    decode(bytes, keeping);
    bytes.fill(0xff);
    for (let i = 0; i < 20; i++) assertUnharmed();
    assertEquals(kept.length, 30);
    for (const [i, one] of kept.entries()) assertEquals(one, new Uint8Array(5 + i).fill(i));
    // Bytes of one document share memory, but no byte is two values'.
    kept[0].fill(77);
    assertEquals(kept[1], new Uint8Array(6).fill(1));
  },
});

/** Values that change while they are written. */
const CHANGING: Readonly<Record<string, () => unknown>> = {
  "an array that grows": () => {
    const list: unknown[] = ["a"];
    list.unshift({
      get grow() {
        for (let i = 0; i < 50; i++) list.push(`late ${i}`);
        return 1;
      },
    });
    return list;
  },
  "an array that shrinks": () => {
    const list: unknown[] = Array.from({ length: 40 }, (_, i) => `item ${i}`);
    list[3] = {
      get shrink() {
        list.length = 0;
        return "gone";
      },
    };
    return list;
  },
  "an object that loses and gets keys": () => {
    const object: Record<string, unknown> = {
      get first() {
        delete object.second;
        object.late = 1;
        return "first";
      },
      second: 2,
      third: [1, 2],
    };
    // Twice, so that the keys are known when it comes again.
    return [{ first: 1, second: 2, third: 3 }, object, object];
  },
  "a Map that is cleared": () => {
    const map = new Map<unknown, unknown>();
    map.set("a", {
      get clear() {
        map.clear();
        return 1;
      },
    }).set("b", 2);
    return [map, map];
  },
  "a Set that grows": () => {
    const set = new Set<unknown>(["a", 1]);
    const list = [set, {
      get grow() {
        for (let i = 2; i < 50; i++) set.add(i);
        return set;
      },
    }, set];
    return list;
  },
  "a Counter that changes": () => {
    const counter = new Counter<string>([["a", 1], ["b", 2]]);
    return [{
      get change() {
        counter.delete("b");
        return counter;
      },
    }, counter];
  },
  "a Proxy whose answers change": () => {
    let asked = 0;
    return new Proxy({ a: 1, b: 2 }, {
      get: () => `answer ${asked++}`,
      ownKeys: () => asked++ % 2 === 0 ? ["a", "b"] : ["a"],
      getOwnPropertyDescriptor: (target, key) => Reflect.getOwnPropertyDescriptor(target, key),
    });
  },
  "a Proxy of an array that lies about its length": () => {
    let length = 3;
    return [
      new Proxy([1, 2, 3], {
        get: (target, key) => key === "length" ? length++ : Reflect.get(target, key),
      }),
    ];
  },
  "an array of numbers that are no longer numbers": () => {
    const list: unknown[] = Array.from({ length: 40 }, (_, i) => i);
    let isFirst = true;
    return new Proxy(list, {
      get: (target, key) => {
        if (key === "20" && isFirst) isFirst = false;
        else if (key === "20") return "no number";
        return Reflect.get(target, key);
      },
    });
  },
  "sparse arrays": () => {
    const sparse: unknown[] = [1];
    sparse[30] = "end";
    return [sparse, new Array(20), new Array(2)];
  },
};

Deno.test({
  name: "hostile 20: values that change while they are written give a document that can be read",
  permissions: "none",
  fn() {
    for (const [what, make] of Object.entries(CHANGING)) {
      for (const outer of [(value: unknown) => value, nested]) {
        for (const options of [{}, { canonical: true }, { dedup: false }]) {
          let bytes: Uint8Array | undefined;
          try {
            bytes = encode(outer(make()), options);
          } catch (error) {
            if (!(error instanceof EncodeError)) throw new Error(what, { cause: error });
          }
          if (bytes !== undefined) {
            const value = decode<unknown>(bytes);
            assertEquals(encode(decode(encode(value))), encode(value), what);
          }
          assertUnharmed();
        }
      }
    }
  },
});

function nested(value: unknown): unknown {
  for (let i = 0; i < 250; i++) value = [value];
  return value;
}

Deno.test({
  name:
    "hostile 20: a proxy that throws, a cycle in the making, and toJSON, which is nobody's business",
  permissions: "none",
  fn() {
    for (const trap of ["get", "ownKeys", "getPrototypeOf", "getOwnPropertyDescriptor"] as const) {
      const proxy = new Proxy({ a: 1 }, {
        [trap]: () => {
          throw new Mine(trap);
        },
      });
      for (const value of [proxy, [proxy], { a: proxy }, new Map([[1, proxy]]), nested(proxy)]) {
        try {
          encode([content().slice(0, 40), value]);
        } catch (error) {
          assert(error instanceof Mine, String(error));
        }
        assertUnharmed();
      }
    }
    for (const length of [-1, 1.5, NaN, "5", {}]) {
      const list = new Proxy([], {
        get: (target, key) => key === "length" ? length : Reflect.get(target, key),
      });
      assertEquals(encodeErrorOf([list]).code, "invalid_value");
    }
    const cyclic: unknown[] = [];
    const object = {
      get a() {
        cyclic.push(cyclic);
        return cyclic;
      },
    };
    assertEquals(encodeErrorOf([object]).code, "cycle");
    assertUnharmed();
    let calls = 0;
    const toJSON = () => {
      calls++;
      throw new Mine("toJSON");
    };
    const hidden = Object.defineProperty({ a: 1 }, "toJSON", { value: toJSON });
    assertEquals(decode(encode(hidden)), { a: 1 });
    assertEquals(encodeErrorOf({ toJSON }).code, "unsupported_type");
    assertEquals(calls, 0);
    // Never the same object twice: only memory ends it, so the getter has to.
    let left = 2000;
    const long = {
      get more(): unknown {
        return left-- > 0
          ? Object.create(Object.prototype, Object.getOwnPropertyDescriptors(long))
          : ByteArray.of(1);
      },
    };
    assert(encode(long).length > 2000);
    assertUnharmed();
  },
});
