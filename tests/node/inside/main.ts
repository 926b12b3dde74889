/** Runs the files of tests whose URLs are the arguments. */
import { importTests } from "./tests.ts";

for (const url of process.argv.slice(2)) await importTests(url);
