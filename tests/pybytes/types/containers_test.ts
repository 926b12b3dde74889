import {
  ChainMap,
  Counter,
  Deque,
  Dict,
  FrozenSet,
  NamedTuple,
  OrderedDict,
  Tuple,
} from "../../../pybytes/types/mod.ts";
import { assert, assertEquals, assertThrows } from "../../helpers/assert.ts";
import { SeededRandom } from "./python_oracle.ts";

Deno.test({
  name: "Tuple is an array that nothing changes",
  permissions: "none",
  fn() {
    const tuple = Tuple.of(3, 1, 2);
    assert(Array.isArray(tuple) && tuple instanceof Tuple && Object.isFrozen(tuple));
    const mutators: ((array: number[]) => unknown)[] = [
      (array) => array.push(1),
      (array) => array.pop(),
      (array) => array.shift(),
      (array) => array.unshift(1),
      (array) => array.sort(),
      (array) => array.reverse(),
      (array) => array.fill(0),
      (array) => array.splice(0, 1),
      (array) => array.copyWithin(0, 1),
      (array) => array[0] = 5,
      (array) => array.length = 0,
    ];
    for (const mutate of mutators) assertThrows(() => mutate(tuple), TypeError);
    assertEquals([...tuple], [3, 1, 2]);
  },
});

Deno.test({
  name: "Tuple makes plain arrays, and is made in every way",
  permissions: "none",
  fn() {
    const tuple = Tuple.from([1, 2, 3]);
    const made: unknown[][] = [
      tuple.map((item) => item),
      tuple.filter(() => true),
      tuple.slice(),
      tuple.concat([]),
      tuple.flatMap((item) => [item]),
      tuple.toSorted(),
      tuple.with(0, 1),
    ];
    for (const array of made) {
      assertEquals(Object.getPrototypeOf(array), Array.prototype);
      assertEquals(array, [1, 2, 3]);
    }
    assertEquals([...new Tuple(3)], [3]);
    assertEquals(new Tuple<number>().length, 0);
    assertEquals([...Tuple.from("ab")], ["a", "b"]);
    assertEquals([...Tuple.from({ length: 2 }, (_, index) => index * 2)], [0, 2]);
    const source = [1];
    const copy = Tuple.fromArray(source);
    source.push(2);
    assertEquals([...copy], [1]);
    assertEquals(Tuple.fromArray(new Array<number>(300_000).fill(7)).length, 300_000);
    assertEquals(JSON.stringify(tuple), "[1,2,3]");
  },
});

Deno.test({
  name: "NamedTuple has names beside its items",
  permissions: "none",
  fn() {
    const point = NamedTuple.create("Point", { x: 1, y: "a" });
    assert(point instanceof Tuple && Object.isFrozen(point) && Object.isFrozen(point.fieldNames));
    assertEquals([point.length, point[1], point.get("x"), point.get("z")], [2, "a", 1, undefined]);
    assertEquals(point.toString(), "Point(x=1, y='a')");
    assertEquals(point.toObject(), { x: 1, y: "a" });
    assertEquals(Object.getPrototypeOf(point.map((item) => item)), Array.prototype);
    assertThrows(() => NamedTuple.of(), TypeError, "NamedTuple.create");
    assertThrows(() => NamedTuple.from(), TypeError, "NamedTuple.fromParts");
    const odd = NamedTuple.fromParts("Odd", ["__proto__", "constructor"], [1, 2]);
    assertEquals([odd.get("__proto__"), odd.get("constructor")], [1, 2]);
    assertEquals(Object.keys(odd.toObject()), ["__proto__", "constructor"]);
    assertThrows(
      () => NamedTuple.fromParts("P", ["a"], []),
      RangeError,
      "expected 1 values, found 0",
    );
    assertThrows(() => NamedTuple.fromParts("P", ["a", "a"], [1, 2]), RangeError, "twice");
    const many = Array.from({ length: 200_000 }, (_, index) => index);
    assertEquals(NamedTuple.fromParts("Wide", many.map((i) => `f${i}`), many).length, 200_000);
  },
});

Deno.test({
  name: "FrozenSet reads like a Set and cannot be changed",
  permissions: "none",
  fn() {
    const set = new FrozenSet([1, 2, 2, 3]);
    assertEquals([set.size, set.has(2), set.has(4)], [3, true, false]);
    assertEquals([[...set], [...set.keys()], [...set.values()]], [[1, 2, 3], [1, 2, 3], [1, 2, 3]]);
    assertEquals([...set.entries()][0], [1, 1]);
    const seen: number[] = [];
    set.forEach((value, again, same) => {
      assert(value === again && same === set);
      seen.push(value);
    });
    assertEquals(seen, [1, 2, 3]);
    const other = new Set([3, 4]);
    assertEquals([...set.union(other)], [1, 2, 3, 4]);
    assertEquals([...set.intersection(other)], [3]);
    assertEquals([...set.difference(other)], [1, 2]);
    assertEquals([...set.symmetricDifference(other)], [1, 2, 4]);
    const both = new Set([1]).union(set);
    assertEquals([...both], [1, 2, 3]);
    assert(set.isSupersetOf(new FrozenSet([1])) && new FrozenSet([1]).isSubsetOf(set));
    assert(set.isDisjointFrom(new FrozenSet([9])));
    assert(!("add" in set) && Object.isFrozen(set));
    set.members.add(9);
    assertEquals(set.size, 3);
    assertEquals(new FrozenSet(null).size, 0);
  },
});

Deno.test({
  name: "Deque agrees with an array, at both ends, with and without a limit",
  permissions: "none",
  fn() {
    const random = new SeededRandom("deque");
    for (const maxLength of [undefined, 0, 1, 7]) {
      const deque = new Deque<number>([], { maxLength });
      const model: number[] = [];
      for (let step = 0; step < 2_000; step++) {
        const action = random.below(5);
        if (action <= 1) {
          deque.push(step);
          model.push(step);
          if (maxLength !== undefined && model.length > maxLength) model.shift();
        } else if (action === 2) {
          deque.pushLeft(step);
          model.unshift(step);
          if (maxLength !== undefined && model.length > maxLength) model.pop();
        } else if (action === 3) assertEquals(deque.pop(), model.pop());
        else assertEquals(deque.popLeft(), model.shift());
        const place = random.below(9) - 4;
        assertEquals([deque.length, deque.at(place)], [model.length, model.at(place)]);
      }
      assertEquals([deque.toArray(), [...deque]], [model, model]);
    }
    assertEquals(new Deque([1, 2, 3], { maxLength: 2 }).toArray(), [2, 3]);
    assertThrows(() => new Deque([], { maxLength: -1 }), RangeError, "whole number");
    assertThrows(() => new Deque([], { maxLength: 1.5 }), RangeError, "whole number");
    assertThrows(() => new Deque([], { maxLength: 2n ** 63n }), RangeError, "2**63-1");
    assertThrows(() => new Deque([], { maxLength: -1n }), RangeError, "2**63-1");
    assertThrows(() => new Deque([], { maxLength: 2 ** 53 }), RangeError, "2**63-1");
    assertEquals(new Deque([1, 2], { maxLength: 1n }).maxLength, 1);
    const vast = new Deque([1, 2], { maxLength: 2n ** 63n - 1n });
    vast.push(3);
    vast.pushLeft(0);
    assertEquals([vast.maxLength, vast.toArray()], [2n ** 63n - 1n, [0, 1, 2, 3]]);
    assertEquals(String(vast), "deque([0, 1, 2, 3], maxlen=9223372036854775807)");
  },
});

Deno.test({
  name: "Deque takes constant time at both ends",
  permissions: "none",
  fn() {
    const deque = new Deque<number>();
    const start = performance.now();
    for (let index = 0; index < 300_000; index++) deque.push(index);
    for (let index = 0; index < 300_000; index++) deque.push(deque.popLeft() ?? -1);
    for (let index = 0; index < 300_000; index++) assertEquals(deque.popLeft() === index, true);
    // An array's shift and unshift would take minutes.
    assert(performance.now() - start < 10_000);
  },
});

Deno.test({
  name: "Dict, OrderedDict, Counter and ChainMap hold what Python's do",
  permissions: "none",
  fn() {
    const dict = new Dict<unknown, unknown>([["2", 1], ["1", 2]]);
    assert(dict instanceof Map);
    assertEquals([...dict.keys()], ["2", "1"]);
    const counts = Counter.count(["a", "b", "a"]);
    assertEquals([counts.get("a"), counts.get("z")], [2, undefined]);
    const chain = new ChainMap<unknown, number>(new Map([[1, 10]]), { "1": 20, toString: 30 });
    assertEquals([chain.get(1), chain.get("1"), chain.get("toString")], [10, 20, 30]);
    assertEquals([chain.has(1), chain.has("valueOf"), chain.get("valueOf")], [
      true,
      false,
      undefined,
    ]);
    assertEquals(new ChainMap().maps.length, 1);
    assert(new OrderedDict() instanceof Map && Object.isFrozen(chain.maps));
  },
});
