import { Complex, Float } from "../../../pybytes/types/mod.ts";
import { assert, assertEquals, assertThrows } from "../../helpers/assert.ts";
import { askPython, hasPython, SeededRandom } from "./python_oracle.ts";

const FLOAT_TEXTS: readonly (readonly [number, string])[] = [
  [0, "0.0"],
  [-0, "-0.0"],
  [3, "3.0"],
  [-1.5, "-1.5"],
  [NaN, "nan"],
  [Infinity, "inf"],
  [-Infinity, "-inf"],
  [1e16, "1e+16"],
  [9999999999999998, "9999999999999998.0"],
  [123456789012345680, "1.2345678901234568e+17"],
  [0.0001, "0.0001"],
  [0.00001, "1e-05"],
  [-0.000012345, "-1.2345e-05"],
  [5e-324, "5e-324"],
  [1.7976931348623157e308, "1.7976931348623157e+308"],
  [1e22, "1e+22"],
];

Deno.test({
  name: "Float prints as Python does",
  permissions: "none",
  fn() {
    assert(FLOAT_TEXTS.length > 0);
    for (const [value, text] of FLOAT_TEXTS) assertEquals(new Float(value).toString(), text);
  },
});

Deno.test({
  name: "Float keeps bits, NaN payloads included",
  permissions: "none",
  fn() {
    const patterns = [
      0n,
      0x8000000000000000n,
      0x7ff8000000000000n,
      0x7ff0000000000001n,
      0xfff8000000000123n,
      0x3ff8000000000000n,
      0xffffffffffffffffn,
    ];
    for (const bits of patterns) {
      const float = Float.fromBits(bits);
      assertEquals(float.bits, bits);
      assert(float instanceof Float && Object.isFrozen(float));
      assert(float.equals(Float.fromBits(bits)));
    }
    assertEquals(Float.fromBits(0x7ff0000000000001n).toString(), "nan");
    assertEquals(new Float(NaN).bits, 0x7ff8000000000000n);
    assert(!new Float(NaN).equals(Float.fromBits(0x7ff8000000000001n)));
    assert(!new Float(0).equals(new Float(-0)));
    assert(!new Float(1).equals(1));
  },
});

Deno.test({
  name: "Float works as a number, is frozen, refuses what is none",
  permissions: "none",
  fn() {
    const three = new Float(3);
    assertEquals(+three + 1, 4);
    assertEquals(JSON.stringify([three]), "[3]");
    assert(Object.isFrozen(three));
    assertThrows(() => new Float("3" as unknown as number), TypeError, "expected a number");
    assertThrows(() => Float.fromBits(-1n), RangeError, "0 to 2**64-1");
    assertThrows(() => Float.fromBits(2n ** 64n), RangeError, "0 to 2**64-1");
    assertThrows(() => Float.fromBits(1 as unknown as bigint), TypeError, "expected a bigint");
  },
});

const COMPLEX_TEXTS: readonly (readonly [number, number, string])[] = [
  [1, 2, "(1+2j)"],
  [0, 2, "2j"],
  [-0, -0, "(-0-0j)"],
  [0, -0, "-0j"],
  [-0, 0, "(-0+0j)"],
  [0, 0, "0j"],
  [1.5, -2.25, "(1.5-2.25j)"],
  [NaN, NaN, "(nan+nanj)"],
  [Infinity, -Infinity, "(inf-infj)"],
  [1e16, 1e-5, "(1e+16+1e-05j)"],
  [0, NaN, "nanj"],
];

Deno.test({
  name: "Complex prints as Python does and keeps signed zeros and NaN payloads",
  permissions: "none",
  fn() {
    assert(COMPLEX_TEXTS.length > 0);
    for (const [re, im, text] of COMPLEX_TEXTS) {
      const complex = new Complex(re, im);
      assertEquals(complex.toString(), text);
      assert(Object.isFrozen(complex));
      assert(complex.equals(new Complex(re, im)));
    }
    assertEquals(new Complex(1).im, 0);
    assert(!new Complex(0, 0).equals(new Complex(0, -0)));
    const odd = Complex.fromBits(0x7ff0000000000001n, 0x3ff0000000000000n);
    assertEquals([odd.reBits, odd.imBits], [0x7ff0000000000001n, 0x3ff0000000000000n]);
    assert(!odd.equals(new Complex(NaN, 1)));
    assert(Complex.fromBits(0n, 0n).equals(new Complex(0, 0)));
    assertThrows(() => new Complex("1" as unknown as number), TypeError, "two numbers");
  },
});

Deno.test({
  name: "Float and Complex print as this machine's Python does",
  ignore: !hasPython,
  async fn() {
    const random = new SeededRandom("float texts");
    const numbers = Array.from({ length: 500 }, (_, index) => {
      if (index % 3 === 0) return Float.fromBits(random.bits());
      if (index % 3 === 1) return new Float(random.below(2 ** 20) / 10 ** random.below(12));
      return new Float(Number(`${random.digits(20)}1e${random.below(60) - 30}`));
    });
    const texts = await askPython(
      `import struct
floats = [struct.unpack(">d", bytes.fromhex(v))[0] for v in values]
print(json.dumps([[repr(f) for f in floats], [repr(complex(a, b)) for a, b in zip(floats, floats[1:])]]))`,
      numbers.map((float) => float.bits.toString(16).padStart(16, "0")),
    );
    assertEquals(texts, [
      numbers.map(String),
      numbers.slice(1).map((im, index) => String(new Complex(numbers[index].value, im.value))),
    ]);
  },
});
