import { Path, PurePath, Str } from "../../../pybytes/types/mod.ts";
import { assert, assertEquals, assertThrows } from "../../helpers/assert.ts";
import { askPython, hasPython } from "./python_oracle.ts";

Deno.test({
  name: "Str keeps the halves of a pair apart",
  permissions: "none",
  fn() {
    const halves = new Str([0x61, 0xd83d, 0xde00]);
    assertEquals([halves.codePoints.length, halves.isPlain], [3, false]);
    assertEquals(`${halves}`, "a\u{1f600}");
    assertEquals(JSON.stringify([halves]), '["a\u{1f600}"]');
    const whole = new Str([0x61, 0x1f600]);
    assert(whole.isPlain && !whole.equals(halves) && whole.equals(new Str([0x61, 0x1f600])));
    assert(new Str([0xde00, 0xd83d]).isPlain && new Str([]).isPlain);
    assert(Object.isFrozen(halves) && Object.isFrozen(halves.codePoints));
    assertEquals(new Str(new Uint32Array(100_000).fill(0x10ffff)).toString().length, 200_000);
    for (const point of [-1, 0x110000, 0.5, NaN]) {
      assertThrows(() => new Str([point]), RangeError, "0 to 0x10ffff");
    }
  },
});

/** Flavour, text, Python's parts, name, suffix. */
const PATHS: readonly (readonly ["posix" | "windows", string, string[], string, string])[] = [
  ["posix", "", [], "", ""],
  ["posix", ".", [], "", ""],
  ["posix", "a", ["a"], "a", ""],
  ["posix", "/", ["/"], "", ""],
  ["posix", "//a", ["//", "a"], "a", ""],
  ["posix", "///a", ["/", "a"], "a", ""],
  ["posix", "/usr//lib/./x.tar.gz", ["/", "usr", "lib", "x.tar.gz"], "x.tar.gz", ".gz"],
  ["posix", "a/../b/", ["a", "..", "b"], "b", ""],
  ["posix", ".bashrc", [".bashrc"], ".bashrc", ""],
  ["posix", "a\\b", ["a\\b"], "a\\b", ""],
  ["windows", "c:\\a\\b.txt", ["c:\\", "a", "b.txt"], "b.txt", ".txt"],
  ["windows", "c:a", ["c:", "a"], "a", ""],
  ["windows", "c:/a/b", ["c:\\", "a", "b"], "b", ""],
  ["windows", "\\a", ["\\", "a"], "a", ""],
  ["windows", "\\\\host\\share\\x", ["\\\\host\\share\\", "x"], "x", ""],
  ["windows", "//host/share", ["\\\\host\\share\\"], "", ""],
  ["windows", "a/b", ["a", "b"], "b", ""],
];

Deno.test({
  name: "PurePath splits as Python does and keeps its text",
  permissions: "none",
  fn() {
    assert(PATHS.length > 0);
    for (const [flavour, text, parts, name, suffix] of PATHS) {
      const path = new PurePath(text, flavour);
      assertEquals([path.parts, path.name, path.suffix], [parts, name, suffix], text);
      assertEquals([path.stem + path.suffix, `${path}`], [name, text]);
    }
    assert(new PurePath("a").equals(new PurePath("a")) && !new PurePath("a").equals(new Path("a")));
    assert(!new PurePath("a").equals(new PurePath("a", "windows")));
    assert(!new PurePath("a").equals(new PurePath("a/")));
    assert(new Path("a") instanceof PurePath && Object.isFrozen(new Path("a")));
    assertThrows(() => new PurePath("a", "mac" as "posix"), RangeError, '"posix" or "windows"');
    assertThrows(() => new PurePath(1 as unknown as string), TypeError, "expected a string");
  },
});

Deno.test({
  name: "PurePath's expectations are what this machine's Python splits",
  ignore: !hasPython,
  async fn() {
    const split = await askPython(
      `from pathlib import *
make = {"posix": PurePosixPath, "windows": PureWindowsPath}
paths = [make[v[0]](v[1]) for v in values]
print(json.dumps([[p.parts, p.name, p.suffix] for p in paths]))`,
      PATHS,
    );
    assertEquals(split, PATHS.map(([, , parts, name, suffix]) => [parts, name, suffix]));
  },
});
