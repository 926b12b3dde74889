/**
 * Public JSON documents of real services, the ones that simdjson measures itself with: text in many languages
 * (twitter), records under integer-like keys (citm_catalog), pairs of floats (canada), short ASCII records
 * (apache_builds), nested events (github_events), a flat list of floats with twelve decimals (numbers).
 */
import apacheBuilds from "corpus/apache_builds.json" with { type: "json" };
import canada from "corpus/canada.json" with { type: "json" };
import citmCatalog from "corpus/citm_catalog.json" with { type: "json" };
import githubEvents from "corpus/github_events.json" with { type: "json" };
import numbers from "corpus/numbers.json" with { type: "json" };
import twitter from "corpus/twitter.json" with { type: "json" };
import type { Payload } from "./payloads.ts";

/** The documents as values, fresh from `JSON.parse` like those of an application. */
export const CORPORA: readonly Payload[] = Object.entries({
  twitter,
  citm_catalog: citmCatalog,
  canada,
  apache_builds: apacheBuilds,
  github_events: githubEvents,
  numbers,
}).map(([name, document]) => ({
  name,
  kind: "corpus" as const,
  value: JSON.parse(JSON.stringify(document)) as unknown,
}));
