/** Node's module hooks: a `.ts` file is read from its transpiled copy, a bare name is looked up as in deno.json. */
import { readFileSync } from "node:fs";
import type { LoadHook, ResolveHook } from "node:module";
import type { Build } from "../build.ts";

// The copy of tests/node/inside/hooks.ts is three folders below that of the checkout.
const COPY = new URL("../../../", import.meta.url);
const { root, imports }: Build = JSON.parse(readFileSync(new URL("build.json", COPY), "utf8"));

/** Bare names lead to the files that Deno has in its cache; all else is Node's own affair. */
export const resolve: ResolveHook = (specifier, context, next) =>
  next(Object.hasOwn(imports, specifier) ? imports[specifier] : specifier, context);

/**
 * A module keeps the URL of its source, and so finds the files beside it and shows its own lines in a stack;
 * only the text comes from the copy.
 */
export const load: LoadHook = (url, context, next) => {
  if (!url.startsWith(root) || !url.endsWith(".ts")) return next(url, context);
  const copy = new URL(url.slice(root.length).replace(/\.ts$/, ".js"), COPY);
  return { format: "module", source: readFileSync(copy, "utf8"), shortCircuit: true };
};
