import { Decimal } from "../../../pybytes/types/mod.ts";
import { assert, assertEquals, assertThrows } from "../../helpers/assert.ts";
import { askPython, hasPython, SeededRandom } from "./python_oracle.ts";

/** Text, Python's `str` of it, or the error it gives. */
const TEXTS: readonly (readonly [string, string | typeof SyntaxError | typeof RangeError])[] = [
  ["1.50", "1.50"],
  ["-0E-10", "-0E-10"],
  ["0E-6", "0.000000"],
  ["0E-7", "0E-7"],
  ["0.0000001", "1E-7"],
  ["0.000001", "0.000001"],
  ["123E-8", "0.00000123"],
  ["123E-9", "1.23E-7"],
  ["1E+3", "1E+3"],
  ["10e2", "1.0E+3"],
  ["1.", "1"],
  [".5", "0.5"],
  ["+5", "5"],
  ["-00", "-0"],
  ["007.0", "7.0"],
  ["Infinity", "Infinity"],
  ["-inf", "-Infinity"],
  ["iNf", "Infinity"],
  ["NaN", "NaN"],
  ["-nan007", "-NaN7"],
  ["sNaN123", "sNaN123"],
  ["-snan0", "-sNaN"],
  ["1_000.5", "1000.5"],
  ["__1__", "1"],
  ["1e_5", "1E+5"],
  ["i_n_f", "Infinity"],
  [" \t\n1\u3000", "1"],
  ["\x1c1\x1f", "1"],
  ["\u0661\u0662.\u0663", "12.3"],
  ["\u{1d7cf}\u{1d7d8}\u{1d7f0}", "104"],
  ["1E00000000000000000000000005", "1E+5"],
  ["1E+999999999999999999", "1E+999999999999999999"],
  ["1E-1999999999999999997", "1E-1999999999999999997"],
  ["0.0E1000000000000000000", "0E+999999999999999999"],
  ["1E+1000000000000000000", RangeError],
  ["12E+999999999999999999", RangeError],
  ["0E+1000000000000000000", RangeError],
  ["1.0E-1999999999999999997", RangeError],
  ["1E+99999999999999999999999999", RangeError],
  ["", SyntaxError],
  ["_", SyntaxError],
  [".", SyntaxError],
  ["e5", SyntaxError],
  ["1e", SyntaxError],
  ["1e+", SyntaxError],
  ["1 2", SyntaxError],
  ["--1", SyntaxError],
  ["1.2.3", SyntaxError],
  ["0x1", SyntaxError],
  ["infinit", SyntaxError],
  ["sinf", SyntaxError],
  ["nan-1", SyntaxError],
  ["nan1.5", SyntaxError],
  ["\ufeff1", SyntaxError],
  ["1\0", SyntaxError],
  ["\u017fnan", SyntaxError],
];

Deno.test({
  name: "Decimal reads and writes text as Python does",
  permissions: "none",
  fn() {
    assert(TEXTS.length > 0);
    for (const [text, expected] of TEXTS) {
      if (typeof expected !== "string") {
        assertThrows(() => Decimal.parse(text), expected, "Cannot parse Decimal");
        assert(!Decimal.isValid(text));
        continue;
      }
      const decimal = Decimal.parse(text);
      assertEquals(decimal.toString(), expected, text);
      assertEquals(JSON.stringify([decimal]), JSON.stringify([expected]));
      assert(decimal.equals(Decimal.parse(expected)));
      assert(Decimal.isValid(text));
    }
  },
});

Deno.test({
  name: "Decimal holds its parts",
  permissions: "none",
  fn() {
    const price = Decimal.parse("-19.90");
    assertEquals(
      [price.sign, price.coefficient, price.exponent, price.kind],
      [1, 1990n, -2, "finite"],
    );
    assert(Object.isFrozen(price));
    const same = new Decimal({ sign: 1, coefficient: 1990n, exponent: -2n });
    assert(price.equals(same));
    assertEquals(same.exponent, -2);
    assertEquals(Decimal.parse("1E+999999999999999999").exponent, 999999999999999999n);
    assert(!Decimal.parse("1.0").equals(Decimal.parse("1.00")));
    assert(!Decimal.parse("0").equals(Decimal.parse("-0")));
    assert(!Decimal.parse("NaN1").equals(Decimal.parse("sNaN1")));
    assert(!price.equals("-19.90"));
    const payload = Decimal.parse("sNaN42");
    assertEquals([payload.kind, payload.coefficient, payload.exponent], ["snan", 42n, 0]);
  },
});

Deno.test({
  name: "Decimal refuses parts that make no decimal",
  permissions: "none",
  fn() {
    const good = { sign: 0, coefficient: 1n, exponent: 0 } as const;
    assertThrows(() => new Decimal({ ...good, coefficient: -1n }), RangeError, "negative");
    assertThrows(() => new Decimal({ ...good, sign: 2 as 0 }), RangeError, "sign 0 or 1");
    assertThrows(() => new Decimal({ ...good, exponent: 0.5 }), RangeError, "whole exponent");
    assertThrows(() => new Decimal({ ...good, exponent: 2 ** 60 }), RangeError, "whole exponent");
    assertThrows(() => new Decimal({ ...good, kind: "infinity" }), RangeError, "coefficient 0");
    assertThrows(
      () => new Decimal({ ...good, exponent: 1, kind: "nan" }),
      RangeError,
      "exponent 0",
    );
    assertThrows(() => new Decimal({ ...good, kind: "inf" as "nan" }), RangeError, "unknown kind");
    assertThrows(
      () => new Decimal({ ...good, coefficient: 1 as unknown as bigint }),
      TypeError,
      "bigint coefficient",
    );
    assertThrows(() => Decimal.parse(1 as unknown as string), TypeError, "expected a string");
  },
});

Deno.test({
  name: "Decimal takes near-linear time for long texts",
  permissions: "none",
  fn() {
    const time = (text: string): number => {
      const start = performance.now();
      assert(text.length > 0);
      Decimal.isValid(text);
      return performance.now() - start;
    };
    const digits = "1234567890".repeat(100_000);
    assertEquals(Decimal.parse(`${digits}E-1000000`).toString().length, digits.length + 2);
    // A quadratic reading of either takes minutes.
    assert(time(`1${" ".repeat(300_000)}1`) < 5_000);
    assert(time(`${"0".repeat(300_000)}x`) < 5_000);
  },
});

Deno.test({
  name: "Decimal agrees with this machine's Python",
  ignore: !hasPython,
  async fn() {
    const random = new SeededRandom("decimal texts");
    const texts = Array.from({ length: 600 }, (_, index) => {
      const sign = random.pick(["", "-", "+"]);
      if (index % 10 === 0) return `${sign}${random.pick(["nan", "sNaN"])}${random.digits(5)}`;
      const point = random.pick(["", ".", "_"]);
      const exponent = random.pick(["", `e${random.below(40) - 20}`, `E+${random.digits(19)}`]);
      return `${sign}${random.digits(12)}${point}${random.digits(8)}${exponent}`;
    });
    texts.push(...TEXTS.map(([text]) => text));
    const expected = await askPython(
      `from decimal import Decimal, InvalidOperation
def show(text):
    try:
        return str(Decimal(text))
    except InvalidOperation:
        return "invalid"
print(json.dumps([show(v) for v in values]))`,
      texts,
    );
    const shown = texts.map((text) =>
      Decimal.isValid(text) ? String(Decimal.parse(text)) : "invalid"
    );
    assertEquals(shown, expected);
    assert(shown.filter((text) => text !== "invalid").length > 300);
  },
});
