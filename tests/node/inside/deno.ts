/** The `Deno` of the tests in Node: what they use of it and no more. */
import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { Command } from "./command.ts";
import { withMissing } from "./missing.ts";
import { test } from "./tests.ts";

/** A name of `Deno` that is not here skips the test which reads it. */
export const denoStandIn: object = withMissing("Deno", {
  test,
  inspect,
  // The assertions ask for it.
  noColor: true,
  build: { os: process.platform },
  readTextFileSync: (path: string | URL) => readFileSync(path, "utf8"),
  // Node has no permissions; what may not be done fails when it is done.
  permissions: { query: () => Promise.resolve({ state: "granted" }) },
  Command,
});
