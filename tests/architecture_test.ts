/** The arrows between the rooms of the house point down only: read from the import statements themselves. */
import { assert, assertEquals } from "./helpers/assert.ts";

const READ: Omit<Deno.TestDefinition, "name" | "fn"> = {
  permissions: { read: [new URL("..", import.meta.url).pathname] },
};

const ROOT = new URL("../", import.meta.url);

/** A source file: its path from the root, its text, and what it imports as paths from the root (or bare names). */
interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const IMPORT = /(?:^|\n)\s*(?:import|export)\b[^;"'`]*?\bfrom\s*["']([^"']+)["']/g;
const BARE_IMPORT = /(?:^|\n)\s*import\s*["']([^"']+)["']/g;
const DYNAMIC_IMPORT = /\bimport\s*\(\s*["']([^"']+)["']/g;
const TYPE_IMPORT = /\bimport\("([^"]+)"\)/g;

/** Removes comments, so that an example in one counts for nothing. Text in quotes stays. */
function withoutComments(text: string): string {
  return text.replace(
    /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g,
    (_all, quoted: string | undefined) => quoted ?? " ",
  );
}

function importsOf(path: string, code: string): string[] {
  const found: string[] = [];
  for (const pattern of [IMPORT, BARE_IMPORT, DYNAMIC_IMPORT, TYPE_IMPORT]) {
    for (const [, specifier] of code.matchAll(pattern)) {
      const relative = specifier.startsWith(".");
      found.push(
        relative ? new URL(specifier, new URL(path, ROOT)).href.slice(ROOT.href.length) : specifier,
      );
    }
  }
  return [...new Set(found)];
}

function readSources(folder: string): Source[] {
  const sources: Source[] = [];
  for (const entry of Deno.readDirSync(new URL(folder, ROOT))) {
    const path = `${folder}${entry.name}`;
    if (entry.isDirectory) sources.push(...readSources(`${path}/`));
    else if (path.endsWith(".ts")) {
      const text = withoutComments(Deno.readTextFileSync(new URL(path, ROOT)));
      sources.push({ path, text, imports: importsOf(path, text) });
    }
  }
  return sources.sort((a, b) => a.path < b.path ? -1 : 1);
}

/** Layers of membridge from the ground up: a file imports from its own layer and from those below. */
const LAYERS: readonly (readonly string[])[] = [
  ["membridge/errors.ts"],
  ["membridge/libc/"],
  ["membridge/sync/"],
  ["membridge/segment/"],
  ["membridge/options.ts", "membridge/codec.ts"],
  ["membridge/peer/"],
  ["membridge/value/", "membridge/call/", "membridge/mutex/", "membridge/channel/"],
  ["membridge/topic/", "membridge/memory/"],
  ["membridge/catalog/"],
  ["membridge/mod.ts"],
];

function layerOf(path: string): number {
  return LAYERS.findIndex((layer) => layer.some((prefix) => path.startsWith(prefix)));
}

Deno.test("architecture: the reader of imports finds every form of them", () => {
  const code = withoutComments(`
    /** @example import { no } from "./comment.ts" */
    // import { no } from "./line.ts";
    import { a } from "./a.ts";
    import b, { type c } from
      "./b.ts";
    import "./side_effect.ts";
    import type { D } from "./d.ts";
    export { e } from "./e.ts";
    export * from "../up/e.ts";
    export type { F } from "@std/f";
    const lazy = await import("./lazy.ts");
    let g: typeof import("./g.ts");
    const text = "// no comment";`);
  assertEquals(importsOf("folder/file.ts", code).toSorted(), [
    "@std/f",
    "folder/a.ts",
    "folder/b.ts",
    "folder/d.ts",
    "folder/e.ts",
    "folder/g.ts",
    "folder/lazy.ts",
    "folder/side_effect.ts",
    "up/e.ts",
  ]);
  assert(code.includes('"// no comment"'));
});

Deno.test(
  "architecture: every import of a file is a file, or a bare name of deno.json",
  READ,
  () => {
    const { imports } = JSON.parse(Deno.readTextFileSync(new URL("deno.json", ROOT)));
    const sources = [...readSources("pybytes/"), ...readSources("membridge/")];
    const paths = new Set(sources.map((source) => source.path));
    assert(paths.size > 60, `${paths.size} files`);
    let edges = 0;
    for (const source of sources) {
      for (const target of source.imports) {
        edges++;
        const known = paths.has(target) || Object.hasOwn(imports, target);
        assert(known, `${source.path} imports ${target}`);
      }
    }
    assert(edges > 150, `${edges} imports`);
  },
);

Deno.test("architecture: pybytes runs anywhere and knows nothing of membridge", READ, () => {
  const sources = readSources("pybytes/");
  assert(sources.length > 40, `${sources.length} files`);
  for (const { path, text, imports } of sources) {
    for (const target of imports) {
      assert(
        target.startsWith("pybytes/") || target.startsWith("@std/uuid/"),
        `${path} imports ${target}`,
      );
    }
    for (
      const forbidden of [
        /\bDeno\b/,
        /["']node:/,
        /\bBuffer\b\./,
        /\bprocess\./,
        /\beval\(/,
        /\bnew Function\b/,
      ]
    ) {
      // The one place that generates code, where the host allows it.
      if (path === "pybytes/record_code.ts" && forbidden.source.includes("Function")) continue;
      assert(!forbidden.test(text), `${path} says ${forbidden}`);
    }
  }
});

Deno.test("architecture: pybytes/wire knows bytes only, pybytes/types values only", READ, () => {
  const wire = readSources("pybytes/wire/");
  const types = readSources("pybytes/types/");
  assert(wire.length > 4 && types.length > 20, `${wire.length} and ${types.length} files`);
  for (const [room, sources] of [["pybytes/wire/", wire], ["pybytes/types/", types]] as const) {
    for (const { path, imports } of sources) {
      for (const target of imports.filter((each) => each.startsWith("pybytes/"))) {
        // The errors are everybody's.
        const allowed = target.startsWith(room) || target === "pybytes/errors.ts";
        assert(allowed, `${path} imports ${target}`);
      }
    }
  }
});

Deno.test("architecture: the layers of membridge import downwards only", READ, () => {
  const sources = readSources("membridge/");
  assert(sources.length > 25, `${sources.length} files`);
  const seen = new Set<number>();
  for (const { path, imports } of sources) {
    const layer = layerOf(path);
    assert(layer >= 0, `${path} is in no layer`);
    seen.add(layer);
    for (const target of imports) {
      if (!target.startsWith("membridge/")) {
        assertEquals(target, "pybytes/mod.ts", `${path} imports ${target}`);
        assert(layer >= layerOf("membridge/codec.ts"), `${path} imports ${target}`);
        continue;
      }
      assert(layerOf(target) <= layer, `${path} imports ${target}, which is above it`);
    }
  }
  assertEquals(seen.size, LAYERS.length, "every layer has files");
});

Deno.test("architecture: only the port stores to shared memory", READ, () => {
  const stores = [
    /\bAtomics\.(?!load\b|pause\b)\w+/,
    /\.(?:setU?[iI]nt\d+|setBigU?[iI]nt64|setFloat\d+)\(/,
    /\b(?:words|words64|ids|slots|data|floats|#words|#words64|#ids|#slots|#data|#floats)\[[^\]]+\]\s*(?:[-+|&^]|<<|>>>?)?=[^=]/,
    /\b(?:bytes|words|words64|ids|slots|data|floats)\.(?:set|fill|copyWithin)\(/,
  ];
  const port = readSources("membridge/").find(({ path }) => path === "membridge/sync/port.ts")!;
  assert(stores[0].test(port.text), "the pattern finds the port's own stores");
  for (const { path, text } of readSources("membridge/")) {
    if (path === port.path) continue;
    for (const store of stores) assert(!store.test(text), `${path} says ${store.exec(text)?.[0]}`);
  }
});

Deno.test("architecture: values and calls do not know each other", READ, () => {
  const rooms = [["membridge/value/", "membridge/call/"], ["membridge/call/", "membridge/value/"]];
  for (const [room, other] of rooms) {
    const sources = readSources(room);
    assert(sources.length > 2);
    for (const { path, imports } of sources) {
      assertEquals(imports.filter((target) => target.startsWith(other)), [], path);
    }
  }
});

Deno.test("architecture: only membridge/libc reaches for C and for Node's modules", READ, () => {
  let found = 0;
  for (const { path, text } of [...readSources("membridge/"), ...readSources("pybytes/")]) {
    const reaches = /\bDeno\s*\.\s*(dlopen|Unsafe)|\bgetBuiltinModule\b|["']node:/.test(text);
    if (path.startsWith("membridge/libc/")) found += Number(reaches);
    else assert(!reaches, path);
  }
  assert(found >= 3, `${found} files of membridge/libc reach for them`);
});

Deno.test(
  "architecture: the front doors re-export, and do nothing themselves",
  READ,
  () => {
    for (const entry of ["pybytes/mod.ts", "membridge/mod.ts", "mod.ts"]) {
      const text = withoutComments(Deno.readTextFileSync(new URL(entry, ROOT)));
      assert(importsOf(entry, text).length > 0, entry);
      // The front doors re-export and do nothing.
      const rest = text.replace(/export\s+(type\s+)?(\{[^}]*\}|\*)\s+from\s+["'][^"']+["'];/g, "");
      assertEquals(rest.trim(), "", `${entry} has code of its own`);
    }
  },
);
