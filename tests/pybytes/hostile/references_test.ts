/** Rows 4 and 5: references. */
import { decode, encode, FrozenSet, Tuple } from "../../../pybytes/mod.ts";
import { assert, assertEquals } from "../../helpers/assert.ts";
import { encodeErrorOf } from "../helpers/errors.ts";
import { joined, length32, listOf, times } from "./bombs.ts";
import { assertRefused, assertUnharmed, decodeDeep } from "./unharmed.ts";

Deno.test({
  name: "hostile 4: a million references to a long string share it",
  permissions: { run: [Deno.execPath()] },
  async fn() {
    const config = new URL("../../../deno.json", import.meta.url).pathname;
    const program = new URL("./references_child.ts", import.meta.url).pathname;
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      // A million copies of 255 characters would take 255 MB.
      args: [
        "run",
        "--quiet",
        "--no-check",
        "--config",
        config,
        "--v8-flags=--expose-gc,--max-old-space-size=120",
        program,
      ],
    }).output();
    assert(success, new TextDecoder().decode(stderr).slice(0, 500));
    const { count, heapBytes } = JSON.parse(new TextDecoder().decode(stdout));
    assertEquals(count, 1_000_000);
    assert(heapBytes < 20_000_000, `${heapBytes} bytes`);
  },
});

Deno.test({
  name: "hostile 4: references to many keys need as many values",
  permissions: "none",
  fn() {
    const size = 10_000;
    const keys = Array.from({ length: size }, (_, i) => encode(`key ${i}`, { pooled: false }));
    const dict = joined("e9", length32(size - 12), ...keys, times(size, "c0"));
    assertRefused(joined("83", dict, "98", times(size, "c0"), "98c0"), "truncated");
    const [, again] = decode<[object, object]>(joined("82", dict, "98", times(size, "c1")));
    assertEquals(Object.values(again), new Array(size).fill(false));
    // A string that is too long to be numbered cannot be referred to.
    const long = joined("e0", length32(256 - 32), times(256, "61"));
    assertRefused(joined("82", long, "e400"), "invalid_reference");
    assertRefused(joined("82", "626161", "e400"), "invalid_reference");
    const longest = joined("e0", length32(255 - 32), times(255, "61"));
    const [one, other] = decode<string[]>(joined("82", longest, "e400"));
    assert(one.length === 255 && one === other);
  },
});

/** Documents that refer to what is not there yet, in them or at all. */
const NOWHERE: Readonly<Record<string, string>> = {
  "a string that never comes": "e400",
  "a string that comes later": "82e40063616263",
  "a string of a key": "a163616263e400",
  "a string inside a tuple that is a key comes after": "a191e40000",
  "a far number": "8263616263e4fcffffffffffff",
  "keys that never come": "98",
  "keys that come later": "8298c0a16161c0",
  "keys of a subtype": "82f81ea16161c098c0",
  "keys that are no str": "82a105c098c0",
  "no keys": "82a098",
  "far keys": "82a16161c0ecfcffffffffffff",
  "keys of the dict whose keys are being read": "a19198c0c0",
};

Deno.test({
  name: "hostile 5: references to what is not there are refused",
  permissions: "none",
  fn() {
    assert(Object.keys(NOWHERE).length > 10);
    for (const [what, hex] of Object.entries(NOWHERE)) {
      assertRefused(joined(hex), "invalid_reference", what);
    }
    assertRefused(joined("a1e400c0"), "invalid_value", "a reference as a key");
    assertRefused(joined("8263616263a1e400c0"), "invalid_value", "a reference as a key");
  },
});

Deno.test({
  name: "hostile 5: a value inside the dict may refer to its keys, and never to the dict",
  permissions: "none",
  fn() {
    for (const read of [decode<unknown>, decodeDeep]) {
      const value = read(joined("a1616198c0"));
      assertEquals(value, { a: { a: null } });
      assertEquals(read(joined("a16161", times(500, "98"), "c0")) instanceof Object, true);
    }
    // What cannot change is made when all that is in it is there; it cannot hold itself.
    const inner: unknown[] = [];
    const tuple = Tuple.of(inner);
    inner.push(tuple);
    assertEquals(encodeErrorOf(tuple).code, "cycle");
    const map = new Map<unknown, unknown>();
    map.set(1, new Map([[2, map]]));
    assertEquals(encodeErrorOf(map).code, "cycle");
    const holder: Record<string, unknown> = {};
    holder.set = [new FrozenSet([1]), { holder }];
    assertEquals(encodeErrorOf(holder).code, "cycle");
    assertUnharmed();
  },
});

Deno.test({
  name: "hostile 4: one value in very many places is written each time, and that ends",
  permissions: "none",
  fn() {
    let value: unknown = "laughs";
    for (let i = 0; i < 16; i++) value = [value, value];
    const bytes = encode(value);
    assert(bytes.length > 65_536);
    assertEquals(encode(decode(bytes)), bytes);
    assertEquals(decode<unknown[]>(listOf(1000, "80")).length, 1000);
    assertUnharmed();
  },
});
