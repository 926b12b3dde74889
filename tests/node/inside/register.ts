/** The first thing that Node loads: after it Node can import the TypeScript sources by their own paths. */
import { register } from "node:module";

// Emitted beside this file's own JavaScript, so the suffix is the emitted one.
register("./hooks.js", import.meta.url);
