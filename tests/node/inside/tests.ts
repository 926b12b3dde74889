/** `Deno.test` on Node's test runner. */
import { test as nodeTest } from "node:test";
import { withMissing } from "./missing.ts";
import { limitOf, reasonToSkip } from "./reasons.ts";

type Body = (context: object) => unknown;

interface Definition {
  readonly name?: string;
  readonly ignore?: boolean;
  readonly fn?: Body;
}

let currentFile = "";

/** Imports a file of tests by its URL. That it cannot be loaded is a test's result as well. */
export async function importTests(url: string): Promise<void> {
  currentFile = url;
  try {
    await import(url);
  } catch (error) {
    void nodeTest(labelOf("the whole file"), { skip: reasonToSkip(error) ?? false }, () => {
      throw error;
    });
  }
}

/** Registers a test, in any of the forms that `Deno.test` takes: name, options and function, or fewer of them. */
export function test(...parts: (string | Definition | Body)[]): void {
  const definition: Definition = Object.assign({}, ...parts.map(asDefinition));
  const { ignore = false, fn } = definition;
  const name = definition.name || fn?.name || "";
  if (fn === undefined || name === "") throw new TypeError("A test needs a name and a function");
  const skip = ignore && "ignored by its own condition";
  const limit = limitOf(name);
  void nodeTest(labelOf(name), { skip }, async (context) => {
    try {
      await fn(withMissing("TestContext", { name }));
    } catch (error) {
      const reason = limit ?? reasonToSkip(error);
      if (reason === undefined) throw error;
      return context.skip(reason);
    }
    if (limit !== undefined) throw new Error("It passes: take it off the list in reasons.ts");
  });
}

/** Node's runner tells its reporter of a test's name and of nothing else that is ours. */
function labelOf(name: string): string {
  return JSON.stringify([currentFile, name]);
}

function asDefinition(part: string | Definition | Body): Definition {
  if (typeof part === "string") return { name: part };
  return typeof part === "function" ? { fn: part } : part;
}
