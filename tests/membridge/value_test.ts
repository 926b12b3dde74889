import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertThrows,
} from "../helpers/assert.ts";
import { freshName, leavesNothing } from "../helpers/shm.ts";
import { ClosedError, DeadlockError, SegmentError, SharedValue } from "../../membridge/mod.ts";
import { pathOfName } from "../../membridge/segment/names.ts";
import { STATE } from "../../membridge/segment/header.ts";
import { Segment } from "../../membridge/segment/segment.ts";
import { EncodeError } from "../../pybytes/mod.ts";

const FFI = { permissions: { ffi: true } } as const;

function withValue(body: (value: SharedValue<unknown>, name: string) => Promise<void> | void) {
  return leavesNothing(async () => {
    const name = freshName("value");
    const value = SharedValue.open<unknown>(name, { create: true });
    try {
      await body(value, name);
    } finally {
      value.close();
      SharedValue.remove(name);
    }
  });
}

Deno.test(
  "value: undefined at version 0, then what was set last, through every handle",
  FFI,
  () =>
    withValue((value, name) => {
      assertEquals(value.get(), undefined);
      assertEquals(value.version, 0);
      assertEquals(value.set("one"), 1);
      using other = SharedValue.open<unknown>(name);
      assertEquals(other.get(), "one");
      other.set({ two: [2, 2n ** 80n] });
      assertEquals(value.get(), { two: [2, 2n ** 80n] });
      assertEquals(value.version, 2);
      value.set(null);
      assertEquals(other.get(), null);
      assertEquals(other.version, 3);
    }),
);

Deno.test(
  "value: grows by itself, to and fro, and other handles follow",
  FFI,
  () =>
    withValue((value, name) => {
      using other = SharedValue.open<unknown>(name);
      for (
        const size of [
          0,
          1,
          3000,
          3600,
          3601,
          5000,
          10,
          100_000,
          99_999,
          7,
          3_000_000,
          1,
          2_999_999,
        ]
      ) {
        const bytes = new Uint8Array(size).fill(size & 0xff);
        value.set(bytes);
        assertEquals(other.get(), bytes);
        other.set([bytes, size]);
        assertEquals(value.get(), [bytes, size]);
      }
    }),
);

Deno.test(
  "value: many sizes in turn never disturb the current version",
  FFI,
  () =>
    withValue((value) => {
      for (let i = 0; i < 4000; i++) {
        const text = String.fromCharCode(97 + i % 26).repeat((i * 7919) % 1500);
        value.set(text);
        assertEquals(value.get(), text);
      }
      assertEquals(value.version, 4000);
    }),
);

Deno.test(
  "value: update is one step, and its errors change nothing",
  FFI,
  () =>
    withValue((value, name) => {
      assertEquals(value.update((old) => [old, 1]), [undefined, 1]);
      assertEquals(value.update((old) => [old, 2]), [[undefined, 1], 2]);
      assertThrows(
        () =>
          value.update(() => {
            throw new RangeError("no");
          }),
        RangeError,
        "no",
      );
      assertThrows(() => value.update(() => () => {}), EncodeError);
      assertEquals(value.version, 2);
      using other = SharedValue.open<unknown>(name);
      assertThrows(() => value.update(() => value.set(1)), DeadlockError, name);
      assertThrows(() => value.update(() => other.set(1)), DeadlockError, name);
      assertEquals(value.set("still writable"), 3);
    }),
);

Deno.test(
  "value: what pybytes cannot carry is an EncodeError with its path, and changes nothing",
  FFI,
  () =>
    withValue((value) => {
      value.set(1);
      const error = assertThrows(() => value.set({ list: [1, () => {}] }), EncodeError);
      assertEquals(error.path, "$.list[1]");
      assertEquals(value.get(), 1);
      assertEquals(value.version, 1);
    }),
);

Deno.test(
  "value: after close every use is a ClosedError, and closing twice is fine",
  FFI,
  () =>
    withValue(async (_value, name) => {
      const value = SharedValue.open<number>(name);
      value.set(1);
      value.close();
      value.close();
      value[Symbol.dispose]();
      for (
        const use of [
          () => value.get(),
          () => value.set(1),
          () => value.version,
          () => value.update(() => 1),
          () => value.watch(),
        ]
      ) assertThrows(use, ClosedError, name);
      await Promise.resolve();
    }),
);

Deno.test(
  "value: close while watching ends the iteration",
  FFI,
  () =>
    withValue(async (_value, name) => {
      const value = SharedValue.open<number>(name);
      const watch = value.watch();
      const next = watch.next();
      value.close();
      assertEquals((await next).done, true);
      assertEquals((await watch.next()).done, true);
    }),
);

Deno.test("value: not_found, wrong names, and remove", FFI, () =>
  leavesNothing(() => {
    const name = freshName("absent");
    const error = assertThrows(() => SharedValue.open(name), SegmentError, name);
    assertEquals(error.code, "not_found");
    assertEquals(SharedValue.remove(name), false);
    for (
      const bad of ["", "x", "/", "/a/b", "/..\0", "/a b", `/${"x".repeat(201)}`, "/ä", "/a@b"]
    ) {
      assertThrows(() => SharedValue.open(bad, { create: true }), TypeError, "as a name");
      assertThrows(() => SharedValue.remove(bad), TypeError, "as a name");
    }
    for (const timeoutMs of [-1, NaN, "5" as unknown as number]) {
      assertThrows(
        () => SharedValue.open(name, { create: true, timeoutMs }),
        RangeError,
        "timeoutMs",
      );
    }
    for (const mode of [0o700, 0o066, 1.5, -1]) {
      assertThrows(() => SharedValue.open(name, { create: true, mode }), RangeError, "mode");
    }
  }));

Deno.test(
  "value: a removed value can be read but not written, its watches end, the name is free",
  FFI,
  () =>
    withValue(async (value, name) => {
      value.set("last");
      const watch = value.watch();
      const next = watch.next();
      assertEquals(SharedValue.remove(name), true);
      assertEquals((await next).done, true);
      assertEquals(value.get(), "last");
      assertEquals(assertThrows(() => value.set(1), SegmentError).code, "removed");
      assertEquals(assertThrows(() => value.update(() => 1), SegmentError).code, "removed");
      using fresh = SharedValue.open(name, { create: true });
      assertEquals(fresh.get(), undefined);
    }),
);

Deno.test(
  "value: watch reports every last change once, coalescing those that came together",
  FFI,
  () =>
    withValue(async (value) => {
      value.set(0);
      const watch = value.watch();
      for (let i = 1; i <= 5; i++) value.set(i);
      assertEquals(await watch.next(), { done: false, value: 5 });
      setTimeout(() => value.set(6), 5);
      assertEquals(await watch.next(), { done: false, value: 6 });
      await watch.return!();
      assertEquals((await watch.next()).done, true);
    }),
);

Deno.test(
  "value: watch with initial begins with the current value",
  FFI,
  () =>
    withValue(async (value) => {
      value.set("now");
      await using watch = value.watch({ initial: true });
      assertEquals(await watch.next(), { done: false, value: "now" });
      const next = watch.next();
      value.set("then");
      assertEquals(await next, { done: false, value: "then" });
    }),
);

Deno.test(
  "value: an aborted watch ends with the signal's reason",
  FFI,
  () =>
    withValue(async (value) => {
      const controller = new AbortController();
      const watch = value.watch({ signal: controller.signal });
      const next = watch.next();
      setTimeout(() => controller.abort(new RangeError("enough")), 5);
      await assertRejects(() => next, RangeError, "enough");
      assertEquals((await watch.next()).done, true);
      assertThrows(
        () => value.watch({ signal: AbortSignal.abort(new RangeError("before")) }),
        RangeError,
        "before",
      );
    }),
);

Deno.test(
  "value: many watches of one value and many values at a time",
  FFI,
  () =>
    leavesNothing(async () => {
      const values = Array.from(
        { length: 50 },
        () => SharedValue.open<number>(freshName("many"), { create: true }),
      );
      const watches = values.flatMap((value) => [value.watch(), value.watch()]);
      const nexts = watches.map((watch) => watch.next());
      values.forEach((value, i) => value.set(i));
      const results = await Promise.all(nexts);
      assertEquals(results.map((result) => result.value), watches.map((_, i) => i >> 1));
      for (const value of values) {
        value.close();
        SharedValue.remove(value.name);
      }
    }),
);

Deno.test(
  "value: bytes stay bytes, and another codec works and is checked",
  FFI,
  () =>
    leavesNothing(() => {
      const name = freshName("codec");
      const json = {
        name: "json",
        encode: (value: unknown) => new TextEncoder().encode(JSON.stringify(value)),
        decode: (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes)),
      };
      using value = SharedValue.open(name, { create: true, codec: json });
      value.set({ a: [1, 2] });
      assertEquals(value.get(), { a: [1, 2] });
      using same = SharedValue.open(name, { codec: json });
      assertEquals(same.get(), { a: [1, 2] });
      assertEquals(
        assertThrows(() => SharedValue.open(name), SegmentError, "json").code,
        "incompatible",
      );
      assertThrows(
        () => SharedValue.open(name, { codec: { ...json, name: "ä" } }),
        TypeError,
        "codec name",
      );
      SharedValue.remove(name);
      using raw = SharedValue.open<Uint8Array>(name, { create: true });
      raw.set(new Uint8Array([1, 2, 3]));
      const got = raw.get();
      assertInstanceOf(got, Uint8Array);
      assertEquals(got, new Uint8Array([1, 2, 3]));
      got[0] = 9;
      assertEquals(raw.get(), new Uint8Array([1, 2, 3]));
      SharedValue.remove(name);
    }),
);

Deno.test("value: no views of the memory leave the handle", FFI, () =>
  withValue((value) => {
    const big = new Uint8Array(100_000).fill(1);
    value.set(big);
    const copy = value.get() as Uint8Array;
    value.close();
    // A view of unmapped memory would have length 0 now, or crash.
    assertEquals(copy.length, 100_000);
    assert(copy.every((byte) => byte === 1));
  }));

Deno.test(
  "value: a removal that was cut short is finished by the next opener",
  FFI,
  () =>
    leavesNothing(() => {
      const name = freshName("half-removed");
      using old = SharedValue.open<number>(name, { create: true });
      old.set(1);
      // What is left when a remover is killed between its two steps.
      const segment = Segment.open(pathOfName(name), { kind: "value", name, minimumBytes: 4096 })!;
      segment.setState(STATE.removed);
      segment.close();
      assertEquals(assertThrows(() => SharedValue.open(name), SegmentError).code, "not_found");
      using fresh = SharedValue.open<number>(name, { create: true });
      assertEquals(fresh.get(), undefined);
      assertEquals(fresh.set(2), 1);
      assertEquals(old.get(), 1);
      SharedValue.remove(name);
    }),
);
