/** Decodes the worst documents with little memory: what the decoder needs on its way counts as well. */
import { decode } from "../../../pybytes/mod.ts";
import { bombs, deep } from "./bombs.ts";

if (import.meta.main) {
  let documents = 0;
  for (const document of bombs().values()) {
    for (const options of [{}, { exact: true }]) {
      // Three at a time, or the limit would be more than any of them needs.
      const values = Array.from({ length: 3 }, () => decode<unknown>(document, options));
      values.push(decode<unknown>(deep(document, 200), options));
      documents += values.length;
    }
  }
  console.log(documents);
}
