import { Range } from "../../../pybytes/types/mod.ts";
import { assert, assertEquals, assertThrows } from "../../helpers/assert.ts";
import { askPython, hasPython, SeededRandom } from "./python_oracle.ts";

Deno.test({
  name: "Range has Python's members",
  permissions: "none",
  fn() {
    assertEquals([...new Range(0, 5)], [0, 1, 2, 3, 4]);
    assertEquals([...new Range(5, 0, -2)], [5, 3, 1]);
    assertEquals([...new Range(5, 0)], []);
    assertEquals(new Range(0, 10, 3).length, 4);
    assertEquals([new Range(0, 10, 3).at(-1), new Range(0, 10, 3).at(4)], [9, undefined]);
    assertEquals(new Range(0, 10, 3).at(-5), undefined);
    assert(new Range(0, 10, 3).includes(9) && !new Range(0, 10, 3).includes(10));
    assert(!new Range(0, 10).includes(1.5) && !new Range(0, 10).includes(NaN));
    assert(new Range(0, 5).equals(new Range(0n, 5n, 1n)));
    // Fields count, not members: in Python these two are equal.
    assert(!new Range(0, 3, 2).equals(new Range(0, 4, 2)));
    assert(Object.isFrozen(new Range(0, 1)));
  },
});

Deno.test({
  name: "Range is exact beyond 2**53",
  permissions: "none",
  fn() {
    const max = Number.MAX_SAFE_INTEGER;
    const wide = new Range(-max, max);
    assertEquals(wide.length, BigInt(max) * 2n);
    assertEquals([wide.at(-1), wide.at(0)], [max - 1, -max]);
    assertEquals([...new Range(-max, max, max)], [-max, 0]);
    const huge = new Range(2n ** 70n, 2n ** 70n + 4n, 2);
    assertEquals([...huge], [2n ** 70n, 2n ** 70n + 2n]);
    assertEquals([...new Range(max, 2n ** 53n + 1n)], [max, 2n ** 53n]);
    assertEquals([huge.length, typeof huge.step, typeof huge.start], [2, "number", "bigint"]);
    assert(huge.includes(2n ** 70n + 2n) && !huge.includes(2 ** 60));
    assertThrows(() => new Range(0, 1, 0), RangeError, "step is 0");
    assertThrows(() => new Range(0, 1, 0n), RangeError, "step is 0");
    assertThrows(() => new Range(0.5, 1), RangeError, "whole start");
    assertThrows(() => new Range(0, 2 ** 53), RangeError, "whole stop");
  },
});

Deno.test({
  name: "Range agrees with this machine's Python",
  ignore: !hasPython,
  async fn() {
    const random = new SeededRandom("ranges");
    const parts = Array.from({ length: 300 }, () => {
      const scale = random.pick([1n, 1n, 2n ** 53n, 10n ** 25n]);
      const part = () => BigInt(random.below(40) - 20) * scale + BigInt(random.below(3) - 1);
      return [part(), part(), part() || 7n] as const;
    });
    const expected = await askPython(
      `def show(v):
    r = range(*map(int, v))
    n = (r.stop - r.start + r.step - (1 if r.step > 0 else -1)) // r.step
    n = max(n, 0)
    return [str(n), str(r[-1]) if n else "", [str(x) for x, _ in zip(r, range(50))], repr(r)]
print(json.dumps([show(v) for v in values]))`,
      parts.map((triple) => triple.map(String)),
    );
    const shown = parts.map(([start, stop, step]) => {
      const range = new Range(start, stop, step);
      const first: string[] = [];
      for (const member of range) {
        if (first.push(String(member)) === 50) break;
      }
      return [String(range.length), String(range.at(-1) ?? ""), first, String(range)];
    });
    assertEquals(shown, expected);
  },
});
